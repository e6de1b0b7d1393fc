"""Asking memory for what will soon be needed, so that it is near by then.

Most of a large organization is far away: to look there takes as long as some hundred steps, and a
machine sees only that far ahead by itself. A kernel that goes from group to group, or from person
to person, may ask for what those need whose turn comes soon. No number depends on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from sim.kernels import inlined

#: Bytes that memory hands over at a time.
LINE = 64
#: People, or seats in groups, from which on an organization is far away: of fewer, most arrays (7
#: kB a person) stay in the second of a machine's three near memories, and to ask costs time only.
FAR = 500
#: Groups between the one whose turn it is and the one that is asked for: what is asked for is
#: there after the work of a few groups, and is not gone again.
GROUPS_AHEAD = 4
#: What LLVM's ``prefetch`` is told: to be read, soon and more than once, and that it is data.
READ, KEEP, DATA = 0, 3, 1


@inlined
def coming_up(start, member, g):
    """Members of the group whose turn is ``GROUPS_AHEAD`` after ``g``.

    Nobody behind the last, and in a small organization. ``start`` is as long as there are groups,
    and one longer; ``member`` has room for all people.
    """
    last = len(start) - 1 if len(member) >= FAR else 0
    return member[start[min(g + GROUPS_AHEAD, last)] : start[min(g + GROUPS_AHEAD + 1, last)]]


def written_out(function: Callable[..., Any]) -> Any:
    """A step of kernels that is written in LLVM's words: Numba has none for it."""
    return intrinsic(function)


@written_out
def fetch(typingctx: Any, array: Any, place: Any) -> Any:
    """Ask for what stands in an ``array`` at a ``place`` that is in it: a number, or several."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        places, kinds = [arguments[1]], [place]
        is_several = isinstance(place, types.BaseTuple)
        if is_several:
            places, kinds = cgutils.unpack_tuple(builder, arguments[1]), [*place.types]
        _ask(builder, _address(context, builder, array, arguments[0], places, kinds))
        return context.get_dummy_value()

    return types.void(array, place), generate


@written_out
def fetch_row(typingctx: Any, table: Any, i: Any) -> Any:
    """Ask for all of row ``i`` of a ``table``."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zero, line = (context.get_constant(types.intp, number) for number in (0, LINE))
        places, kinds = [arguments[1], zero], [i, types.intp]
        begin = _address(context, builder, table, arguments[0], places, kinds)
        shape = context.make_array(table)(context, builder, arguments[0]).shape
        each = context.get_abi_sizeof(context.get_data_type(table.dtype))
        length = builder.mul(builder.extract_value(shape, 1), line.type(each))
        with cgutils.for_range_slice(builder, zero, length, line) as (place, _):
            _ask(builder, builder.gep(begin, [place]))
        # The row may begin within a line, and then ends in one more.
        _ask(builder, builder.gep(begin, [builder.sub(length, line.type(1))]))
        return context.get_dummy_value()

    return types.void(table, i), generate


def _address(context: Any, builder: Any, kind: Any, value: Any, places: Any, kinds: Any) -> Any:
    """Where a place of an array lies, which is of this ``kind``, as its places are of theirs."""
    array = context.make_array(kind)(context, builder, value)
    indices = [
        context.cast(builder, each, of, types.intp) for each, of in zip(places, kinds, strict=True)
    ]
    pointer = cgutils.get_item_pointer(
        context, builder, kind, array, indices, wraparound=False, boundscheck=False
    )
    return builder.bitcast(pointer, cgutils.voidptr_t)


def _ask(builder: Any, address: Any) -> None:
    """Write LLVM's ``prefetch`` of an address."""
    number = ir.IntType(32)
    asks = builder.module.declare_intrinsic(
        "llvm.prefetch",
        [cgutils.voidptr_t],
        ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, number, number, number]),
    )
    builder.call(asks, [address, number(READ), number(KEEP), number(DATA)])
