"""A state hands kernels the very arrays of an organization, whatever happens to these."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from numba.core.errors import TypingError
from organizations import lively, weeks

from sim.arrays import ARRAYS, OPENING, ROOM
from sim.kernels import in_place
from sim.state import OPENED, STATE


@in_place
def raise_fear(state, amount):
    """Add ``amount`` to everybody's fear; gives the last person's last belief and the seats."""
    fear, beliefs = state.fear, state.beliefs
    for i in range(len(fear)):
        fear[i] += amount
    return beliefs[-1, -1], state.familiarity.shape


@in_place
def ask_for_luck(state):
    return state.luck


def test_every_array_has_a_place_of_its_own():
    names = [*ARRAYS, *(OPENED + name for name in OPENING), *ROOM]
    assert list(STATE.fields) == names
    assert len(set(STATE.places.values())) == len(names)


def test_kernels_read_and_write_the_arrays_of_the_organization():
    organization = weeks(lively(), 2)
    organization.fear[:] = 0.25
    organization.beliefs[-1, -1] = -1
    belief, shape = raise_fear(organization.state, np.float32(0.5))
    assert (organization.fear == 0.75).all()
    assert belief == -1
    assert shape == organization.familiarity.shape


def test_every_field_is_the_array_of_that_name():
    organization = weeks(lively(), 2)
    for name in ARRAYS:
        assert organization.state.arrays[name] is getattr(organization, name), name
    for name in OPENING:
        assert organization.state.arrays[OPENED + name] is getattr(organization.opening, name)


def test_an_array_that_is_replaced_is_replaced_in_the_state():
    organization = lively()
    organization.fear = np.full(organization.people, 0.5, dtype=np.float32)
    raise_fear(organization.state, np.float32(0.25))
    assert (organization.fear == 0.75).all()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_has_a_state_of_its_own(copied):
    organization = lively()
    organization.fear[:] = 0.25
    other = copied(organization)
    raise_fear(other.state, np.float32(0.5))
    assert (organization.fear == 0.25).all()
    assert (other.fear == 0.75).all()


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(3),
        np.zeros((3, 1), dtype=np.float32),
        np.zeros(6, dtype=np.float32)[::2],
    ],
    ids=["type", "dimensions", "in pieces"],
)
def test_an_array_of_another_make_is_refused(array):
    organization = lively()
    before = organization.fear
    with pytest.raises(TypeError, match="fear is to be an array of float32 in 1 dimensions"):
        organization.fear = array
    assert organization.fear is before


def test_an_array_of_other_lengths_is_refused_where_others_go_by_them():
    organization = lively()
    with pytest.raises(TypeError, match=r"record_cases is of shape \(\d+, \d+\); found \(3, 2\)"):
        organization.record_cases = np.zeros((3, 2), dtype=np.float32)


def test_a_field_that_does_not_exist_does_not_compile():
    with pytest.raises(TypingError, match="luck"):
        ask_for_luck(lively().state)
