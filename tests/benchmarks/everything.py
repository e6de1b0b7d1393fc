"""Everything at once: settings with which every mechanism and every obstacle acts, week by week.

Nobody would run an organization like this. It is what the speed of the full model is measured on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario.settings import Settings

#: What it is called among scenarios.
NAME = "everything"
BASIS = "post_bureaucratic"
EVERYTHING: dict[str, dict[str, Any]] = {
    "leadership": {"hours": 0.5, "alignment": 0.1, "role_modelling": 0.5},
    "lectures": {"hours": 0.5, "size": 15, "tests": 0.2},
    "interpersonal": {
        **{"status": 0.3, "dominance": 1.0, "conflict": 0.3, "loafing": 0.3},
        "regulators": 0.3,
    },
    "cells": {"pacing": "officer", "advance": "together", "help": 0.25, "isolation": 0.5},
    "officers": {"hours": 2.0, "links": "tree", "branch": 4, "organization_meeting": 0.5},
    "communities": {
        **{"count": 3, "formation": "by_lot", "articulation": 0.5, "legitimacy": 0.5},
        **{"conformity": 0.2, "purpose": 0.1, "support": 0.2, "delegation": 0.5},
    },
    "self_organization": {"every": 13},
    "joining": {"rate": 0.02},
    "spanning": {"rate": 0.05, "appointed": 0.05},
    "programme": {"hours": 1.0, "start": 1, "weeks": 8, "every": 26, "invitation": 0.6},
    "social_media": {"hours": 0.5, "start": 0.6, "posting": 1.0, "passing_on": 0.3},
    "network_feedback": {"asked": 4},
    "dialogue": {"hours": 0.5},
    "coaching": {"hours": 1.0, "groups": 0.5},
    "incidental": {"rate": 0.1},
    "reinforcement": {"hours": 0.5},
    "pdsa": {
        **{"rate": 0.3, "weeks": 2.0, "stakes": 0.2, "purpose_effect": 0.5},
        **{"persistence": 0.5, "agenda": 0.3},
    },
    "advice": {"hours": 0.25},
    "work": {"checking": 0.3},
    "climate": {"reaction": 0.5, "rumour": 0.3},
    "reshuffle": {"rule": "most_different"},
}


def everything() -> Settings:
    """Those settings, on top of the post-bureaucratic form."""
    from sim.scenario.loading import load_scenario
    from sim.scenario.settings import Settings

    settings = load_scenario(BASIS).settings.model_dump()
    for section, changes in EVERYTHING.items():
        settings[section] |= changes
    return Settings.model_validate(settings)
