"""Columns of the cube."""

from __future__ import annotations

import polars as pl
from creditstorm.analysis.cube import column_of


def test_what_is_not_known_is_not_so() -> None:
    """Null is false, and a literal holds for every row."""
    frame = pl.DataFrame({"eligible": [True, True, False], "late": [True, None, False]})
    assert column_of(frame, pl.col("late")).tolist() == [True, False, False]
    assert column_of(frame, pl.lit(value=True)).tolist() == [True, True, True]
