"""Compartments: what of the ways between cells is closed.

With ``cells.isolation`` 1 nothing passes from one cell to another in units, by advice or by shown
results: officers, and sessions of communities, are the only links [document 002]. In between, a
word or a case across cells is kept from happening with that chance, and what passes all the same
has leaked.
"""

from __future__ import annotations

from sim.kernels import inlined


@inlined
def walled_off(cell, i, j, isolation, luck):
    """Whether ``i`` and ``j`` sit in different cells and the wall between them holds this time.

    ``luck`` is uniform on [0, 1); with ``isolation`` 0 no wall holds, with 1 every one.
    """
    return (cell[i] != cell[j]) & (luck < isolation)
