"""Meeting in groups: what units, cells, officers and guests have in common.

The numbers are those of ``interpersonal``; what a group talks about, for how long, and who is in
it, its mechanism says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.learning.regulators import REGULATOR_READS

if TYPE_CHECKING:
    from sim.organization import Organization


def terms(organization: Organization) -> tuple[Any, ...]:
    """``Terms`` for a kernel, the same for all meetings of a week."""
    numbers: tuple[Any, ...] = kept(organization, "terms", lambda: _terms(organization))
    return numbers


def _terms(organization: Organization) -> tuple[Any, ...]:
    rule = organization.parameters["interpersonal"]
    return (
        *(float(rule.status), float(rule.conflict), float(rule.loafing)),
        np.float32(rule.dominance),
        *(float(rule.rate), float(rule.stranger), float(rule.identity_discount)),
        float(organization.parameters["structure"].formalization),
        float(organization.parameters["work"].hours_per_case),
        *(float(rule.adoption), float(rule.deepening), float(rule.regulators)),
    )


def meets_by_home(organization: Organization) -> bool:
    """Whether communities follow homes, and each meets about everything."""
    return bool(organization.parameters["communities"].formation == "by_home")


def kept(organization: Organization, name: str, work_out: Callable[[], Any]) -> Any:
    """What ``work_out`` gives, at its first use in a period: for what stands all period long."""
    known = organization.kept.get(name)
    if known is None or known[0] != organization.period:
        known = organization.kept[name] = (organization.period, work_out())
    return known[1]


def walls(organization: Organization, walled: bool) -> tuple[float, bool]:
    """Whether walls between cells stand, and whether what passes them is to be counted."""
    if not walled:
        return 0.0, False
    cells = organization.parameters["cells"]
    meet = cells.hours > 0.0 and "cells" not in organization.settings.without
    return float(cells.isolation), meet or cells.isolation > 0.0


#: What talking in groups touches; the same for units, cells and officers.
TALK_READS = (
    *("beliefs", "articulated", "record_success", "record_cases", "fear", "sociability"),
    *("dominance", "level", "cell", "learning_rate", "learning_share", "hours", "planned"),
    *("home", "contact", "familiarity", "trust", "last_met", "person"),
)
TALK_WRITES = (
    *("beliefs", "articulated", "contact", "familiarity", "trust", "last_met", "joint_hours"),
    *("warmth", "encouragement", "voice", "influence", "tally"),
)
#: What talking and working together touch.
GROUP_READS = (*TALK_READS, "code", "reality", *REGULATOR_READS)
GROUP_WRITES = (*TALK_WRITES, "practice", "used")
