"""A study file: scenarios, what is varied, how often each is run, and what is looked at."""

from __future__ import annotations

from sim.studies.study.derived import Derived
from sim.studies.study.designs import Design, Points
from sim.studies.study.editing import study_schema
from sim.studies.study.factors import Factor
from sim.studies.study.points import Point, settings_id
from sim.studies.study.policy import Policy, PolicyOutcome
from sim.studies.study.reading import is_study, load_study, study_of_text
from sim.studies.study.study import Replications, Study
from sim.studies.study.trying import problems_at_points

__all__ = [
    "Derived",
    "Design",
    "Factor",
    "Point",
    "Points",
    "Policy",
    "PolicyOutcome",
    "Replications",
    "Study",
    "is_study",
    "load_study",
    "problems_at_points",
    "settings_id",
    "study_of_text",
    "study_schema",
]
