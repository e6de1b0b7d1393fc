"""Kernels give back what they take."""

from __future__ import annotations

from numba.core.runtime import _nrt_python, rtsys
from organizations import lively, weeks


def test_kernels_free_the_arrays_they_make():
    """A kernel ``in_place`` that is given an array by another kernel would keep it for ever."""
    _nrt_python.memsys_enable_stats()
    try:
        organization = weeks(lively(), 8)
        before = held()
        weeks(organization, 10)
        # What stands for a week takes the place of last week's; one lost a week would show.
        assert held() - before < 10
    finally:
        _nrt_python.memsys_disable_stats()


def held() -> int:
    """Arrays made by kernels that stand at this moment."""
    counts = rtsys.get_allocation_stats()
    return counts.mi_alloc - counts.mi_free
