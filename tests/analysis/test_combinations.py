"""Combinations found in millions of rows are those that a plain look at each row finds."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from creditstorm.analysis.combinations import MOST_TABLED, combinations_of

ROWS = 400


def frame(columns: int, *, seed: int = 1, words: int = 3) -> pl.DataFrame:
    """Booleans and enums by turns, a tenth of them null; few enough people that combinations come again."""
    rng = np.random.default_rng(seed)
    people = rng.integers(0, 60, ROWS)
    kind = pl.Enum([f"word {number}" for number in range(words)])

    def column(place: int) -> pl.Series:
        told = rng.integers(0, words, 60)[people]
        told = np.where(rng.random(60)[people] < 0.1, -1, told).tolist()
        if place % 2:
            return pl.Series(f"c{place}", [None if one < 0 else kind.categories[one] for one in told], kind)
        return pl.Series(f"c{place}", [None if one < 0 else one % 2 == 1 for one in told], pl.Boolean)

    return pl.DataFrame([column(place) for place in range(columns)])


@pytest.mark.parametrize("words", [2, 300])
@pytest.mark.parametrize("columns", [1, 2, 7, 30, 70])
def test_each_row_has_the_combination_that_is_its_own(columns: int, words: int) -> None:
    """However many columns: 3 to the power of 70 is far beyond the numbers of a machine."""
    rows = frame(columns, words=words)
    found = combinations_of(rows)
    assert found.table[found.code].equals(rows)
    assert found.table.height == rows.unique().height
    assert found.n.tolist() == np.bincount(found.code).tolist()


@pytest.mark.parametrize("tabled", [1, 16, MOST_TABLED])
def test_the_order_is_that_of_the_places_whichever_way_they_are_found(tabled: int) -> None:
    """The last column counts most, and null is the last of its values; by table or by sorting."""
    rows = frame(9)
    places = [column.to_physical().cast(pl.UInt8).fill_null(255).to_list() for column in reversed(rows.get_columns())]
    found = combinations_of(rows, tabled=tabled)
    firsts = [int(np.flatnonzero(found.code == code)[0]) for code in range(found.table.height)]
    assert [tuple(column[row] for column in places) for row in firsts] == sorted(set(zip(*places, strict=True)))


@pytest.mark.parametrize("words", [256, 257])
def test_more_combinations_than_two_bytes_can_number(words: int) -> None:
    """65,536 of them, and 513 more: no two share a number."""
    kind = pl.Enum([f"word {number}" for number in range(words)])
    one, other = (place.ravel() for place in np.indices((words, words)))
    rows = pl.DataFrame({"a": kind.categories.gather(one), "b": kind.categories.gather(other)}, {"a": kind, "b": kind})
    found = combinations_of(rows)
    assert len(np.unique(found.code)) == words**2
    assert found.table[int(found.code[-1])].equals(rows[-1])
