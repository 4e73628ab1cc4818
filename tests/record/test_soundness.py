"""What no run can have written is found, by column and row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.errors import UsageError
from creditstorm.record.schema import ANSWERS
from creditstorm.record.soundness import checked
from creditstorm.record.stream import encoded, plain
from tests.record.rows import answer_row

PATH = Path("answers.parquet")
TRIES = st.lists(st.tuples(st.sampled_from([0, 1, 2, 900, 2**62]), st.integers(1, 3)), min_size=1, max_size=12)


def table(*rows: tuple[object, ...]) -> pa.Table:
    """Rows in the schema of the record."""
    columns = [
        pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), plain(ANSWERS).types, strict=True)
    ]
    return encoded(pa.table(columns, schema=plain(ANSWERS)), ANSWERS)


def with_value(rows: pa.Table, name: str, row: int, value: object) -> pa.Table:
    """The rows with one value changed."""
    values = rows.column(name).to_pylist()
    values[row] = value
    changed = pa.chunked_array([pa.array(values, plain(ANSWERS).field(name).type)])
    return encoded(rows.set_column(rows.schema.get_field_index(name), name, changed), ANSWERS)


THREE = table(*(answer_row(float(second), session=second) for second in range(3)))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("answer", "maybe", 'answer of row 2 is "maybe", which is no word of this column'),
        ("bureau_arrived", "perhaps", 'bureau_arrived of row 2 is "perhaps", which is no word of this column'),
        ("truth", None, "truth of row 2 is nothing, and every row has one"),
        ("done_s", float("nan"), "done_s of row 2 is nan, which is no number"),
        ("sent_s", 1e12, "an instant of no run"),
        ("attempt", 0, "at least 1 was expected"),
    ],
)
def test_the_value_is_named_with_its_place(name: str, value: object, said: str) -> None:
    """Column, row, what stands there, what is expected."""
    with pytest.raises(UsageError) as raised:
        checked(PATH, with_value(THREE, name, 1, value))
    assert said in str(raised.value)


@pytest.mark.parametrize("name", ["reason", "bureau_status", "done_s"])
def test_nothing_is_right_where_nothing_may_be(name: str) -> None:
    """An answer without a reason, or a time-out without evidence, is no damage; the lender's words are its own."""
    rows = with_value(with_value(THREE, name, 1, None), "cause", 0, "a word of the lender")
    assert checked(PATH, rows) is rows


@given(tries=TRIES)
def test_an_attempt_stands_there_once(tries: list[tuple[int, int]]) -> None:
    """However far apart the numbers of sessions are: those that stand there again are counted."""
    rows = table(*(answer_row(1.0, attempt=attempt) for _, attempt in tries))
    sessions = pa.chunked_array([np.array([session for session, _ in tries], dtype=np.int64)])
    rows = rows.set_column(rows.schema.get_field_index("session"), "session", sessions)
    again = len(tries) - len(set(tries))
    if not again:
        assert checked(PATH, rows) is rows
        return
    with pytest.raises(UsageError, match=f"damaged: {again:,} rows say again"):
        checked(PATH, rows)
