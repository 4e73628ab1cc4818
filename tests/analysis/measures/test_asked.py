"""Who asked in a part of a run."""

from __future__ import annotations

import polars as pl
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures.asked import asked_of
from tests.analysis.builders import arrival, arrivals, manifest, run


def test_each_recorded_person_counts_once() -> None:
    """However often they tapped; an arrival that nobody recorded is nobody in particular."""
    again = arrival(2, 9.0, attempt=2)
    asked = asked_of(*frame_of(run([*arrivals(4), again], manifest=manifest(planned=6))))
    assert len(asked.part(pl.lit(value=True)).rows) == 4 + 1 + 2
    assert len(asked.people(pl.lit(value=True)).rows) == 4
