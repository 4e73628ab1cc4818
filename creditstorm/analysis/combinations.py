"""Which combinations of a few values there are among millions of rows, and which of them each row has."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

MOST_TABLED: Final = 1 << 22
"""Up to so many possible combinations are numbered through a table, more of them by sorting."""
SPARSE: Final = 4
"""Numbers up to so many times the rows are places in an array, others are sorted first."""

AT_ONCE: Final = 1 << 22

Codes = NDArray[np.uint16] | NDArray[np.uint32]
Mixed = NDArray[np.uint32] | NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Combinations:
    """`table` has a row a combination that is there, `code` the number of each row's, `n` how many rows each has."""

    table: pl.DataFrame
    code: Codes
    n: NDArray[np.int64]


def combinations_of(frame: pl.DataFrame, *, tabled: int = MOST_TABLED) -> Combinations:
    """The combinations of a frame of booleans and enums, null being a value; it costs a few bytes a row.

    They stand in the order of the last column, then of the one before it, and so on. However many columns there are,
    those that are there are numbered again before the possible ones are too many for a table.
    """
    mixed: Mixed = np.zeros(frame.height, dtype=np.uint32)
    size = 1
    for column in frame.iter_columns():
        place, radix = _places(column)
        if size * radix > tabled:
            mixed, size = _dense(mixed, size, tabled)
        if size * radix > 1 << 32:
            mixed = mixed.astype(np.uint64, copy=False)
        mixed += np.multiply(place, size, dtype=mixed.dtype)
        size *= radix
    firsts, code, n = _numbered(mixed, size, tabled)
    return Combinations(frame[firsts], code, n)


def _dense(mixed: Mixed, size: int, tabled: int) -> tuple[Mixed, int]:
    """The same order with the numbers that are there alone, and how many there are."""
    if size > tabled:
        there, dense = np.unique(mixed, return_inverse=True)
        return dense.astype(np.uint32), len(there)
    is_there = np.zeros(size, dtype=np.bool_)
    is_there[mixed] = True
    return (np.cumsum(is_there, dtype=np.uint32) - np.uint32(1))[mixed], int(is_there.sum())


def _places(column: pl.Series) -> tuple[NDArray[np.uint8] | NDArray[np.uint32], int]:
    """The place of each value among those there may be, and how many these are, null being the last."""
    if column.dtype == pl.Boolean:
        return column.cast(pl.UInt8).fill_null(2).to_numpy(), 3
    assert isinstance(column.dtype, pl.Enum)  # noqa: S101 - every word of a frame is of a closed list
    most = len(column.dtype.categories)
    physical = column.to_physical()
    return (physical if most < 255 else physical.cast(pl.UInt32)).fill_null(most).to_numpy(), most + 1


def _numbered(mixed: Mixed, size: int, tabled: int) -> tuple[NDArray[np.int64], Codes, NDArray[np.int64]]:
    """Of each combination, ascending, where it first is; the number of each row's; how many rows each has."""
    if size > tabled:
        there, firsts, n = np.unique(mixed, return_index=True, return_counts=True)
        return firsts, _narrow(np.searchsorted(there, mixed), len(there)), n
    first, n = np.full(size, len(mixed), dtype=np.int64), np.zeros(size, dtype=np.int64)
    for start in range(0, len(mixed), AT_ONCE):  # what numpy works an index out with is eight bytes a row
        part = mixed[start : start + AT_ONCE]
        np.minimum.at(first, part, np.arange(start, start + len(part)))
        n += np.bincount(part, minlength=size)
    there = np.flatnonzero(first < len(mixed))
    code = _narrow(np.cumsum(first < len(mixed)) - 1, len(there))[mixed]
    return first[there], code, n[there]


def _narrow(code: NDArray[np.integer], most: int) -> Codes:
    return code.astype(np.uint16) if most <= 1 << 16 else code.astype(np.uint32)


def distinct(numbers: NDArray[np.int64]) -> int:
    """How many different numbers there are; of those that lie close together without sorting."""
    if not len(numbers):
        return 0
    least, most = int(numbers.min()), int(numbers.max())
    if most - least > SPARSE * len(numbers):
        return len(np.unique(numbers))
    there = np.zeros(most - least + 1, dtype=np.bool_)
    there[numbers - least] = True
    return int(there.sum())
