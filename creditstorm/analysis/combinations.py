"""Which combinations of a few values there are among millions of rows, and which of them each row has."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

MOST_TABLED: Final = 1 << 22
"""Up to so many possible combinations are numbered through a table, more of them by sorting."""

Codes = NDArray[np.uint16] | NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Combinations:
    """`table` has a row a combination that is there, `code` the number of each row's, `n` how many rows each has."""

    table: pl.DataFrame
    code: Codes
    n: NDArray[np.int64]


def combinations_of(frame: pl.DataFrame) -> Combinations:
    """The combinations of a frame of booleans and enums, null being a value; it costs a few bytes a row."""
    places = [_places(column) for column in frame.iter_columns()]
    size = int(np.prod([radix for _, radix in places], dtype=np.float64))
    mixed = np.zeros(frame.height, dtype=np.uint32) if size <= 1 << 32 else np.zeros(frame.height, dtype=np.uint64)
    step = 1
    for place, radix in places:
        mixed += np.multiply(place, step, dtype=mixed.dtype)
        step *= radix
    firsts, code, n = _numbered(mixed, size)
    return Combinations(frame[firsts], code, n)


def _places(column: pl.Series) -> tuple[NDArray[np.uint8] | NDArray[np.uint32], int]:
    """The place of each value among those there may be, and how many these are, null being the last."""
    if column.dtype == pl.Boolean:
        return column.cast(pl.UInt8).fill_null(2).to_numpy(), 3
    assert isinstance(column.dtype, pl.Enum)  # noqa: S101 - every word of a frame is of a closed list
    most = len(column.dtype.categories)
    physical = column.to_physical()
    return (physical if most < 255 else physical.cast(pl.UInt32)).fill_null(most).to_numpy(), most + 1


def _numbered(mixed: NDArray[np.unsignedinteger], size: int) -> tuple[NDArray[np.int64], Codes, NDArray[np.int64]]:
    """Of each combination, ascending, where it first is; the number of each row's; how many rows each has."""
    if size > MOST_TABLED:
        there, firsts, n = np.unique(mixed, return_index=True, return_counts=True)
        return firsts, _narrow(np.searchsorted(there, mixed), len(there)), n
    first = np.full(size, len(mixed), dtype=np.int64)
    np.minimum.at(first, mixed, np.arange(len(mixed)))
    there = np.flatnonzero(first < len(mixed))
    code = _narrow(np.cumsum(first < len(mixed)) - 1, len(there))[mixed]
    return first[there], code, np.bincount(code, minlength=len(there))


def _narrow(code: NDArray[np.integer], most: int) -> Codes:
    return code.astype(np.uint16) if most <= 1 << 16 else code.astype(np.uint32)
