"""Spare time: hours of the week that nothing has claimed, and what asking others takes of it."""

from __future__ import annotations

import numpy as np

from sim.kernels import in_place
from sim.tallies import ADVICE, IDLE


@in_place
def note_spare(hours, overtime, backlog, rush, spare):
    """Note the hours each has to ask or answer (people,); none with too much work waiting.

    ``hours`` (people, activities) are this week's, less those of the next that are spent; who has
    more than ``rush`` weeks of work waiting (a float32) has no time.
    """
    for i in range(len(overtime)):
        spare[i] = 0.0 if backlog[i] > rush else hours[i, IDLE] - overtime[i]


@in_place
def spend_on_advice(hours, spent):
    """Book as advice what each has ``spent`` (people,) on it, out of idle ``hours``."""
    for i in range(len(spent)):
        idle = hours[i, IDLE]
        hours[i, ADVICE] += spent[i]
        hours[i, IDLE] = idle - min(spent[i], np.float64(idle))
