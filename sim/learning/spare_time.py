"""Spare time: hours of the week that nothing has claimed, and what asking others takes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.kernels import in_place, kernel
from sim.tallies import ADVICE, IDLE

if TYPE_CHECKING:
    from sim.organization import Organization


def spare_hours(organization: Organization) -> NDArray[np.float64]:
    """Hours each person has to ask or answer, (people,); none with too much work waiting."""
    spare: NDArray[np.float64] = _spare(
        organization.hours,
        organization.overtime,
        organization.backlog,
        np.float32(organization.parameters["work"].rush),
    )
    return spare


@kernel
def _spare(hours, overtime, backlog, rush):
    """The same, from the hours (people, activities) of this week and those of the next spent."""
    spare = np.empty(len(overtime))
    note_spare(hours, overtime, backlog, rush, spare)
    return spare


@in_place
def note_spare(hours, overtime, backlog, rush, spare):
    """The same, written into ``spare`` (people,); ``rush`` is a float32."""
    for i in range(len(overtime)):
        spare[i] = 0.0 if backlog[i] > rush else hours[i, IDLE] - overtime[i]


@in_place
def spend_on_advice(hours, spent):
    """Book as advice what each has ``spent`` (people,) on it, out of idle ``hours``."""
    for i in range(len(spent)):
        idle = hours[i, IDLE]
        hours[i, ADVICE] += spent[i]
        hours[i, IDLE] = idle - min(spent[i], np.float64(idle))
