"""The frame reduced once to one row a combination of everything that a slice can ask for, and each arrival's place."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from creditstorm.analysis.combinations import Codes, combinations_of
from creditstorm.analysis.phases import Phases, window_column

KEYS: Final = ("measured", "phase", "segment", "file", "first", "final", "eligible", "outcome", "wrongful_cause")


@dataclass(frozen=True, slots=True)
class Cube:
    """`table` has the keys, a column a window and the number of arrivals `n`; `code` is each arrival's row in it.

    Whatever is said of the keys alone is said of a few hundred combinations and looked up for millions of arrivals.
    """

    table: pl.DataFrame
    code: Codes


def column_of(frame: pl.DataFrame, values: pl.Expr) -> NDArray[np.bool_]:
    """A boolean expression over a frame; null is false, and a literal is one value for every row."""
    whole = frame.lazy().select(pl.col("eligible"), values.fill_null(value=False).alias("value"))
    return np.asarray(whole.collect()["value"].to_numpy())


def cube_of(frame: pl.DataFrame, phases: Phases) -> Cube:
    """The cube of an analysed frame."""
    names = [*KEYS, *(window_column(index) for index in range(len(phases.windows)))]
    found = combinations_of(frame.select(names))
    return Cube(found.table.with_columns(n=pl.Series(found.n, dtype=pl.Int64)), found.code)
