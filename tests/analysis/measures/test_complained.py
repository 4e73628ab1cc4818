"""Who complained, from when on, and of what."""

from __future__ import annotations

import pyarrow as pa
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures.complained import complaints_of
from creditstorm.record.schema import COMPLAINTS
from creditstorm.record.stream import encoded, plain
from tests.analysis.builders import arrival, notices, run, scenario, wrongful


def complaints(*made: tuple[int, float]) -> pa.Table:
    """A complaint of this session's first answer, "no credit", at this instant, a second after it was shown."""
    rows = [
        {"t_s": t_s, "applicant": n, "session": n, "attempt": 1, "shown": "no_credit", "told_s": t_s - 1.0, "worker": 0}
        for n, t_s in made
    ]
    return encoded(pa.Table.from_pylist(rows, schema=plain(COMPLAINTS)), COMPLAINTS)


def test_complaints_count_from_the_end_of_the_warm_up_on() -> None:
    """One before it does not, one at that instant does; who was rightly refused complained and was not wronged."""
    rows = [*wrongful(3, from_s=1.0, step_s=1.0), arrival(3, 6.0, eligible=False)]
    frame, phases = frame_of(run(rows, scenario=scenario(warm_up_s=5.0)))
    right = {"outcome": "correct", "answer": "approved", "attempt": 1, "limit_cny": 10_000, "worker": 0}
    told = notices({"t_s": 30.0, "session": 1, "applicant": 1, **right})
    found = complaints_of(frame, complaints((0, 4.999), (1, 5.0), (2, 6.0), (3, 8.0)), told, phases)
    assert found is not None
    assert (found.made, found.people, found.of_no_credit, found.first_s) == (3, 3, 3, 5.0)
    assert (found.wronged_people, found.put_right) == (2, 1)
