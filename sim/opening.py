"""How a week begins: counts at zero, and what others can see of everybody until it closes."""

from __future__ import annotations

import numpy as np

from sim.kernels import in_place
from sim.records import HALF_LIFE, overall

#: Share of ``influence`` that is left a week later.
INFLUENCE_KEPT = np.float32(0.5 ** (1.0 / HALF_LIFE))


@in_place
def begin_week(state):
    """Set to zero what counts within a week; a week of everybody's stay and influence goes by."""
    tally, used = state.tally, state.used
    tenure, influence = state.tenure, state.influence
    joint_hours, warmth, encouragement = state.joint_hours, state.warmth, state.encouragement
    rewarded, reprimanded = state.rewarded, state.reprimanded
    for k in range(len(tally)):
        tally[k] = 0.0
    for i in range(len(tenure)):
        tenure[i] += 1
        influence[i] *= INFLUENCE_KEPT
        joint_hours[i] = warmth[i] = encouragement[i] = 0.0
        rewarded[i] = reprimanded[i] = 0
    for i in range(used.shape[0]):
        for d in range(used.shape[1]):
            used[i, d] = False


@in_place
def take_opening(state):
    """Note what of everybody, and of the code, can be seen until the period closes."""
    copy_rows(state.beliefs, state.opening_beliefs)
    copy_rows(state.articulated, state.opening_articulated)
    copy_rows(state.record_success, state.opening_record_success)
    copy_rows(state.record_cases, state.opening_record_cases)
    code, opening = state.code, state.opening_code
    for d in range(len(code)):
        opening[d] = code[d]
    state.mean_success[0] = overall(state.opening_record_success, state.opening_record_cases)


@in_place
def copy_rows(array, copy):
    """Write an array (rows, columns) into another of the same shape."""
    for i in range(array.shape[0]):
        for k in range(array.shape[1]):
            copy[i, k] = array[i, k]
