"""Arrays as text of a page: whole numbers in few bytes, deflated, in base64; and back.

The page reads the same (``js/decode.js``): ``DecompressionStream("deflate-raw")``.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from math import ceil, log2
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Codes of a series go from 0 to LAST; MISSING stands for no value.
LAST, MISSING = 65534, 65535
#: Single seeds are only drawn: of their codes, this many are one, which makes files smaller.
COARSE = 256


def packed(array: NDArray[Any]) -> str:
    """Bytes of an array, little endian and row by row, as raw deflate in base64."""
    raw = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(deflate.compress(raw) + deflate.flush()).decode("ascii")


def unpacked(text: str, dtype: Any) -> NDArray[Any]:
    """The array that ``packed`` was given, flat; raises ValueError for anything else."""
    try:
        raw = zlib.decompress(base64.b64decode(text, validate=True), -15)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    return np.frombuffer(raw, dtype=np.dtype(dtype).newbyteorder("<"))


def film(codes: NDArray[np.uint8], every: int = 1) -> str:
    """Codes (attributes, weeks + 1, people) of every so many weeks, each less the one before it."""
    frames = codes[:, ::every]
    steps = frames.copy()
    steps[:, 1:] -= frames[:, :-1]  # modulo 256
    return packed(steps)


def codes_of_film(text: str, attributes: int, people: int) -> NDArray[np.uint8]:
    """The codes of a film, shape (attributes, frames, people)."""
    steps = unpacked(text, np.uint8).reshape(attributes, -1, people)
    return np.cumsum(steps, axis=1, dtype=np.uint8)


def series(
    values: ArrayLike, low: float, high: float, whole: bool = False, fine: int | None = None
) -> dict[str, Any]:
    """Rows of numbers over weeks as 16 bits each; NaN is kept.

    ``low`` and ``high`` are made wider where values lie outside. With ``whole`` (numbers of people)
    steps are a power of two, so that whole numbers, halves and quarters come back as they were.
    Otherwise rows from ``fine`` on are rounded to a 250th of the range.
    """
    rows = np.atleast_2d(np.asarray(values, dtype=np.float64))
    seen = rows[np.isfinite(rows)]
    if seen.size:
        low, high = min(low, float(seen.min())), max(high, float(seen.max()))
    if whole:
        low = float(np.floor(low))
        high = low + LAST * 2.0 ** ceil(log2(max(high - low, 1.0) / LAST))
    elif high <= low:
        high = low + 1.0
    codes = np.full(rows.shape, MISSING, dtype=np.uint16)
    there = np.isfinite(rows)
    codes[there] = np.rint((rows[there] - low) * (LAST / (high - low)))
    if fine is not None and not whole:
        rough = codes[fine:]
        most = LAST // COARSE * COARSE
        rounded = np.minimum(np.rint(rough / COARSE) * COARSE, most).astype(np.uint16)
        codes[fine:] = np.where(rough == MISSING, MISSING, rounded)
    return {"low": low, "high": high, "rows": len(rows), "data": packed(codes)}


def values_of_series(document: Mapping[str, Any]) -> NDArray[np.float64]:
    """The numbers of a series, shape (rows, weeks + 1), NaN where there is none."""
    codes = unpacked(document["data"], np.uint16).reshape(document["rows"], -1)
    low, high = document["low"], document["high"]
    values = low + codes.astype(np.float64) * (high - low) / LAST
    values[codes == MISSING] = np.nan
    return values
