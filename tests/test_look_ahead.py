"""What is asked for ahead: the lines of memory it stands in, of those whose turn comes soon."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numba import njit

from sim.look_ahead import FAR, GROUPS_AHEAD, coming_up, fetch, fetch_row


@njit(error_model="numpy")
def ask_for_places(table, numbers, i):
    fetch(table, (i, 2))
    fetch(numbers, i)
    return table[i, 2] + numbers[i]


@njit(error_model="numpy")
def ask_for_row(table, i):
    fetch_row(table, i)
    return table[i, 0]


@njit(error_model="numpy")
def ask_for_rows(table):
    for i in range(len(table)):
        fetch_row(table, i)


def asks_in(kernel) -> int:
    """How often the compiled code asks memory for something."""
    return len(re.findall(r"call void @llvm\.prefetch", kernel.inspect_llvm(kernel.signatures[0])))


def test_asking_is_an_order_to_the_machine_and_changes_no_number():
    table, numbers = np.arange(12.0).reshape(3, 4), np.arange(3)
    assert ask_for_places(table, numbers, np.int32(1)) == 6.0 + 1
    assert ask_for_row(table, np.uint32(2)) == 8.0
    assert asks_in(ask_for_places) == 2
    assert asks_in(ask_for_row) >= 2
    assert table.tolist() == np.arange(12.0).reshape(3, 4).tolist()


@pytest.mark.parametrize("dtype", [np.bool_, np.int8, np.int32, np.float64])
@pytest.mark.parametrize("width", [0, 1, 60, 150])
def test_rows_of_any_width_can_be_asked_for(dtype, width):
    ask_for_rows(np.zeros((5, width), dtype))


@pytest.mark.parametrize("people", [FAR - 1, FAR])
def test_members_of_a_later_group_come_up_where_an_organization_is_far_away(people):
    start, member = np.array([0, 2, 5, 6, 6, 9, 12], np.int32), np.arange(people, dtype=np.int32)
    groups = [member[start[g] : start[g + 1]].tolist() for g in range(6)]
    soon = [coming_up(start, member, g).tolist() for g in range(6)]
    later = [*groups[GROUPS_AHEAD:], *([[]] * GROUPS_AHEAD)]
    assert soon == (later if people >= FAR else [[]] * 6)
