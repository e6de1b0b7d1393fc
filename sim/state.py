"""State: all arrays of an organization as one argument of compiled steps.

A rule is a function of the arrays it is about. What a week hands to its rules, though, is some nine
hundred arrays, and to hand one over from Python costs as much as a draw for a dozen people. So a
compiled step may take ``state`` instead, in which ``state.beliefs`` is the array, and hand the
rules theirs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)
from numba.np.arrayobj import populate_array
from numba.np.numpy_support import from_dtype
from numpy.typing import NDArray

from sim.arrays import ARRAYS, OPENING, ROOM
from sim.look_ahead import LINE

#: What stands in ``state`` as the period opened has this before its name.
OPENED = "opening_"
#: Whole numbers a field takes in the table: where the array begins, and its lengths.
WORDS = 4


class StateType(types.Type):
    """Type of ``state`` in kernels: which arrays there are, by their names."""

    def __init__(self, fields: Iterable[tuple[str, types.Array]]) -> None:
        self.fields = dict(fields)
        self.places = {name: WORDS * place for place, name in enumerate(self.fields)}
        super().__init__(name="State")

    @property
    def key(self) -> tuple[tuple[str, types.Array], ...]:
        """Two of them are one type if they hold the same arrays in the same places."""
        return tuple(self.fields.items())


def _array_type(declaration: Any) -> types.Array:
    return types.Array(from_dtype(np.dtype(declaration.dtype)), len(declaration.axes), "C")


#: What is declared of every array of a state, by its name.
DECLARED = {
    **ARRAYS,
    **{OPENED + name: ARRAYS[name] for name in OPENING},
    **ROOM,
}
#: The one type of state there is.
STATE = StateType((name, _array_type(declared)) for name, declared in DECLARED.items())
#: Type, number of axes and row in the table of every array.
MAKES = {
    name: (np.dtype(declared.dtype), len(declared.axes), row)
    for row, (name, declared) in enumerate(DECLARED.items())
}


class State:
    """The arrays of one organization, as kernels take them.

    It keeps the arrays alive, and is to be told (``hold``) when one is replaced by another.
    """

    __slots__ = ("_numba_type_", "address", "arrays", "table")

    def __init__(self) -> None:
        self._numba_type_ = STATE
        self.arrays: dict[str, NDArray[Any]] = {}
        self.table = np.zeros((len(MAKES), WORDS), dtype=np.int64)
        self.address = self.table.ctypes.data

    @classmethod
    def of(cls, arrays: dict[str, NDArray[Any]]) -> State:
        """The state of these arrays, one of each that is declared."""
        state = cls()
        for name, array in arrays.items():
            state.hold(name, array)
        return state

    @classmethod
    def of_zeros(cls, sizes: Mapping[str, int]) -> State:
        """A state of arrays that are zero throughout, with axes of these ``sizes``.

        They lie one behind the other in one piece of memory, each at the beginning of a line:
        to ask for hundreds one by one takes as long as some weeks of a small organization.
        """
        state, places, length = cls(), [], 0
        for name, declared in DECLARED.items():
            shape = tuple([sizes[axis] for axis in declared.axes])
            places.append((name, shape, length))
            length += -(-math.prod(shape) * MAKES[name][0].itemsize // LINE) * LINE
        piece = np.zeros(length + LINE, dtype=np.uint8)
        begin = -piece.ctypes.data % LINE
        address = piece.ctypes.data + begin
        for name, shape, place in places:
            state.arrays[name] = np.ndarray(shape, MAKES[name][0], piece, begin + place)
        none = (0,) * WORDS
        state.table[:] = [(address + place, *shape, *none)[:WORDS] for _, shape, place in places]
        return state

    def hold(self, name: str, array: NDArray[Any]) -> None:
        """Take ``array`` as the one of this name.

        Raises
        ------
        TypeError
            When it has another type than declared, does not lie in one piece, or is longer or
            shorter than the one it replaces, by whose lengths others go (but ties can be many).
        """
        dtype, axes, row = MAKES[name]
        if array.dtype != dtype or array.ndim != axes or not array.flags.c_contiguous:
            raise TypeError(
                f"{name} is to be an array of {dtype} in {axes} dimensions, in one piece; "
                f"found {array.dtype} in {array.ndim}"
            )
        before = self.arrays.get(name)
        if before is not None and before.shape != array.shape and name != "tie":
            raise TypeError(f"{name} is of shape {before.shape}; found {array.shape}")
        self.arrays[name] = array
        self.table[row, : 1 + axes] = (array.ctypes.data, *array.shape)

    def __reduce__(self) -> tuple[Any, tuple[dict[str, NDArray[Any]]]]:
        # Addresses hold in one process only.
        return State.of, (self.arrays,)


@typeof_impl.register(State)
def _type_of_state(state: State, context: Any) -> StateType:
    return STATE


@register_model(StateType)
class _StateModel(models.OpaqueModel):
    """To compiled code a state is the address of its table."""


@unbox(StateType)
def _address_of(state_type: StateType, state: Any, c: Any) -> NativeValue:
    address = c.pyapi.object_getattr_string(state, "address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


@infer_getattr
class _Fields(AttributeTemplate):
    key = StateType

    def generic_resolve(self, state: StateType, name: str) -> Any:  # type: ignore[override]
        return state.fields.get(name)


@lower_getattr_generic(StateType)
def _field(context: Any, builder: Any, state_type: StateType, state: Any, name: str) -> Any:
    """The array whose beginning and lengths stand in the table; nobody counts references to it."""
    array_type = state_type.fields[name]
    table = builder.bitcast(state, cgutils.intp_t.as_pointer())

    def word(number: int) -> Any:
        place = cgutils.intp_t(state_type.places[name] + number)
        return builder.load(builder.gep(table, [place]))

    size = cgutils.intp_t(context.get_abi_sizeof(context.get_data_type(array_type.dtype)))
    lengths = [word(1 + axis) for axis in range(array_type.ndim)]
    strides: list[Any] = []
    stride = size
    for length in reversed(lengths):
        strides.insert(0, stride)
        stride = builder.mul(stride, length)
    array = context.make_array(array_type)(context, builder)
    populate_array(
        array,
        data=builder.inttoptr(word(0), context.get_data_type(types.CPointer(array_type.dtype))),
        shape=lengths,
        strides=strides,
        itemsize=size,
        meminfo=None,
    )
    return array._getvalue()
