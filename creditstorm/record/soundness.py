"""Rows that a run can have written: a file with the right columns may still hold what nobody ever measured."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from creditstorm.credit import SERVICES, Answer, EvidenceStatus, File, Outcome, Segment
from creditstorm.credit.truth import Eligibility
from creditstorm.errors import UsageError
from creditstorm.record.files import RESTORE
from creditstorm.units import quoted

EARLIEST_S: Final = -86_400.0
LATEST_S: Final = 30 * 86_400.0
"""A load lasts 7 days at most, and what is seen of it lies within a month, however often the machine slept."""
INSTANTS: Final = frozenset({"intended_s", "sent_s", "done_s", "t_s", "deferred_s", "decided_s", "told_s"})
"""Columns with an instant that we took ourselves."""
WORDS: Final = {
    "segment": frozenset(Segment),
    "file": frozenset(File),
    "truth": frozenset(Eligibility),
    "truth_stable": frozenset(Eligibility),
    "answer": frozenset(Answer),
    "outcome": frozenset(Outcome),
    "shown": frozenset(Answer),
    **{f"{service}_{what}": frozenset(EvidenceStatus) for service in SERVICES for what in ("status", "arrived")},
}
"""The words that a column may hold; a column that is not here holds words of the lender's own."""
TABLED: Final = 16
"""Up to so many times the rows, pairs of session and attempt are ticked off in a table; others are sorted."""
SLICE: Final = 1 << 20
ALWAYS: Final = frozenset(
    {
        *("intended_s", "applicant", "session", "attempt", "segment", "file", "truth", "truth_stable"),
        *("truth_limit_cny", "answer", "t_s", "service"),
    }
)
"""Columns of any table of the record without a null."""
LEAST: Final = {"applicant": 0, "session": 0, "attempt": 1, "limit_cny": 0, "truth_limit_cny": 0}


def checked(path: Path, rows: pa.Table) -> pa.Table:
    """The rows as they are; UsageError with file, column and row where no run can have written a value."""
    for name in rows.column_names:
        column = _whole(rows.column(name))
        for bad, what in _faults(name, column):
            place = pc.index(bad, pa.scalar(value=True)).as_py()
            if place >= 0:
                value = column[place].as_py()
                shown = "nothing" if value is None else quoted(value)
                raise UsageError(f"{path}: damaged: {name} of row {place + 1} is {shown}, {what}. {RESTORE}")
    _check_once(path, rows)
    pa.default_memory_pool().release_unused()
    return rows


def _faults(name: str, column: pa.Array) -> Iterator[tuple[pa.Array, str]]:
    """Which values are wrong, and what is expected in their place."""
    if name in ALWAYS and column.null_count:
        yield pc.is_null(column), "and every row has one"
    if name in WORDS and (unknown := _unknown(name, column.dictionary)):
        # Looked for in the words that there are: ten million rows of them as text would be a gigabyte.
        places = pa.array(unknown, column.indices.type)
        yield pc.is_in(column.indices, value_set=places), "which is no word of this column"
    if pa.types.is_floating(column.type):
        yield _null_is_right(pc.invert(pc.is_finite(column))), "which is no number"
        if name in INSTANTS:
            beyond = pc.or_(pc.less(column, EARLIEST_S), pc.greater(column, LATEST_S))
            yield _null_is_right(beyond), "an instant of no run"
    if name in LEAST:
        yield _null_is_right(pc.less(column, LEAST[name])), f"at least {LEAST[name]} was expected"


def _null_is_right(bad: pa.Array) -> pa.Array:
    return pc.fill_null(bad, fill_value=False)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _unknown(name: str, words: pa.Array) -> list[int]:
    """The places, among the words of a column, of those that it may not hold."""
    return [place for place, word in enumerate(words.to_pylist()) if word is not None and word not in WORDS[name]]


def _check_once(path: Path, rows: pa.Table) -> None:
    """An attempt that stands there twice would count twice."""
    if not {"session", "attempt"} <= set(rows.column_names):
        return
    again = sum(part.num_rows - _pairs(*_numbers(part)) for part in _parts(rows))
    if again:
        raise UsageError(f"{path}: damaged: {again:,} rows say again what another one says (same attempt). {RESTORE}")


def _parts(rows: pa.Table) -> list[pa.Table]:
    """Of the notices those of a referral and those of a decision, which may follow it; of any other table all rows."""
    if "deferred_s" not in rows.column_names:
        return [rows]
    is_referral = pc.fill_null(pc.equal(pc.cast(rows.column("answer"), pa.string()), Answer.REFERRED.value), False)  # noqa: FBT003 - pyarrow's own
    return [rows.filter(is_referral), rows.filter(pc.invert(is_referral))]


def _numbers(rows: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    return _whole(rows.column("session")).to_numpy(), _whole(rows.column("attempt")).to_numpy()


def _pairs(session: NDArray[np.int64], attempt: NDArray[np.int16]) -> int:
    """How many different pairs there are of numbers that are not negative."""
    if not len(session):
        return 0
    attempts = int(attempt.max()) + 1
    pairs = (int(session.max()) + 1) * attempts
    if pairs <= TABLED * len(session):
        there = np.zeros(pairs, dtype=np.bool_)
        for start in range(0, len(session), SLICE):
            part = slice(start, start + SLICE)
            there[session[part] * attempts + attempt[part]] = True
        return int(np.count_nonzero(there))
    order = np.lexsort((attempt, session))
    other = (np.diff(session[order]) != 0) | (np.diff(attempt[order]) != 0)
    return 1 + int(np.count_nonzero(other))
