"""What learning in groups costs, who helps whom, and what passes between cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.measures.measure import Counted, Measure, ratio, yearly

if TYPE_CHECKING:
    from sim.organization import Organization


def help_to_slow(counted: Counted) -> float:
    return ratio(counted.help_given - counted.help_upward, counted.help_given)


def leaked_share(counted: Counted) -> float:
    return ratio(counted.leaked, counted.socialization_flow + counted.combination_flow)


def words_lost_share(counted: Counted) -> float:
    return ratio(counted.words_lost, counted.words_lost + counted.words_relayed)


def weeks_at_subject(organization: Organization) -> float:
    """Mean over cells of the weeks they have been at a subject; NaN unless they stay with one."""
    cells = organization.parameters["cells"]
    if cells.advance != "together" or cells.hours == 0.0:
        return float("nan")
    return float(organization.subject_weeks[: organization.cells].mean())


GROUPS: tuple[Measure, ...] = (
    Measure(
        "help_given",
        "Help given",
        "per person and year",
        "Times that one member of a cell helped another who does worse on its subject.",
        0,
        "emergent",
        flow=yearly("help_given"),
    ),
    Measure(
        "help_to_slow",
        "Help to slower learners",
        "share of help",
        "Help that went from a faster learner to a slower one.",
        0,
        "emergent",
        high=1.0,
        flow=help_to_slow,
    ),
    Measure(
        "weeks_at_subject",
        "Weeks at a subject",
        "weeks",
        "How long cells have been at what they learn together, mean over cells; only where they "
        "advance together.",
        0,
        "emergent",
        stock=weeks_at_subject,
    ),
    Measure(
        "turns_lost",
        "Turns lost in quarrels",
        "per person and year",
        "Turns at speaking that quarrels took.",
        -1,
        "emergent",
        flow=yearly("turns_lost"),
    ),
    Measure(
        "withdrawn",
        "Meetings sat out",
        "per person and year",
        "Meetings that people were in without taking part.",
        -1,
        "emergent",
        flow=yearly("withdrawn"),
    ),
    Measure(
        "leakage",
        "Leakage between cells",
        "beliefs per person and year",
        "Beliefs adopted with a part of somebody of another cell, apart from what passes through "
        "officers and sessions.",
        0,
        "emergent",
        flow=yearly("leaked"),
    ),
    Measure(
        "leaked_share",
        "Share that leaked",
        "share of beliefs adopted",
        "The same as a share of all beliefs adopted in talk and joint cases.",
        0,
        "emergent",
        flow=leaked_share,
    ),
    Measure(
        "words_lost_share",
        "Words lost on the way",
        "share of words passed on",
        "What officers said to each other and did not arrive.",
        -1,
        "input by design",
        high=1.0,
        flow=words_lost_share,
    ),
)
