"""Monitors while a run goes on count what the same monitors count of its whole record."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from creditstorm.analysis.frame import TECHNICAL
from creditstorm.analysis.monitors import live
from creditstorm.analysis.monitors.calm_chain import whole_steps
from creditstorm.analysis.monitors.cusum import Cusum, Usual
from creditstorm.analysis.monitors.live import LiveRace, RowTally, raw_columns
from creditstorm.analysis.monitors.race import CalmSeconds, Race
from creditstorm.credit import Answer, Outcome
from creditstorm.record.schema import ANSWERS, COMPLAINTS
from creditstorm.record.stream import plain
from creditstorm.scenario.monitors import ALL

WARM_UP_S, FAULT_S, LASTS_S = 1.0, 12.0, 30.0
RAW = plain(pa.schema([ANSWERS.field(name) for name in raw_columns(ALL)]))
HEARD = pa.schema([COMPLAINTS.field("t_s")])
REASONS = ("granted", "C_SCORE", "C_RECORD", *sorted(TECHNICAL)[:2], None)


def low(usual: Usual) -> Cusum:
    """A height that is reached all the time, so that there are alarms to compare."""
    return Cusum(usual.calm, usual.risen, 2 * whole_steps(usual.calm, usual.risen).up, 0.0)


def answers(rng: np.random.Generator, rows: int) -> pa.RecordBatch:
    """Any words beside each other, trouble from the fault on; a few were never sent."""
    done_s = np.sort(rng.uniform(0.0, LASTS_S, rows)).round(2)
    spent_s = rng.choice([0.1, 0.2, 0.3, 0.1 + 1e-9, 2.0], rows, p=[0.5, 0.3, 0.1, 0.05, 0.05])
    there = rng.random(rows) > 0.02
    in_calm = rng.choice(["approved", "no_credit", "undetermined"], rows, p=[0.6, 0.3, 0.1])
    words: dict[str, list[Any]] = {
        "truth": rng.choice(["eligible", "ineligible", None], rows, p=[0.6, 0.35, 0.05]).tolist(),
        "reason": rng.choice(np.array(REASONS, dtype=object), rows).tolist(),
        "answer": np.where(done_s < FAULT_S, in_calm, rng.choice([one.value for one in Answer], rows)).tolist(),
        "outcome": rng.choice([*(one.value for one in Outcome), None], rows).tolist(),
        "attempt": rng.integers(1, 4, rows).tolist(),
        "done_s": [at if has else None for at, has in zip(done_s.tolist(), there, strict=True)],
        "sent_s": [at if has else None for at, has in zip((done_s - spent_s).tolist(), there, strict=True)],
    }
    return pa.RecordBatch.from_pylist(
        [dict(zip(words, row, strict=True)) for row in zip(*words.values(), strict=True)], schema=RAW
    )


def as_reported(race: Race, came: pa.RecordBatch, heard: pa.RecordBatch) -> list[pl.DataFrame]:
    """The rows with what analysis adds to them, as one frame a kind."""
    frame = pl.DataFrame(pa.Table.from_batches([came])).with_columns(
        eligible=pl.col("truth") == "eligible",
        technical=pl.Series([reason in TECHNICAL for reason in came.column("reason").to_pylist()]),
    )
    return [race.sighted(frame), race.complained(pl.DataFrame(pa.Table.from_batches([heard])))]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32), st.integers(500, 900), st.lists(st.floats(0.3, 4.0), min_size=12, max_size=12))
def test_alarms_live_are_those_of_the_record(seed: int, rows: int, looks: list[float]) -> None:
    """Whenever somebody looks, and however the rows are cut into batches: the same calm, the same alarms."""
    rng = np.random.default_rng(seed)
    came = answers(rng, rows)
    heard = pa.record_batch([np.sort(rng.uniform(0.0, LASTS_S, rows // 20))], schema=HEARD)
    race, calm = Race(ALL, low), CalmSeconds.of(WARM_UP_S, FAULT_S)
    sights = as_reported(race, came, heard)
    race.learn(sights, calm)
    seconds = math.floor(max(sight["second"].max() for sight in sights)) + 1  # type: ignore[type-var]
    whole = [
        (name, alarm.raised + 1.0, None if alarm.ended is None else alarm.ended + 1.0)
        for name, alarm in race.take(race.counted(map(race.flagged, sights), 0, seconds))
        if alarm.raised >= calm.begin
    ]
    under_way = LiveRace(ALL, WARM_UP_S, LASTS_S, low)
    told, at_s, waited = [], -math.inf, 0
    for kept_s in [*np.cumsum(looks).tolist(), math.inf]:
        under_way.fault(FAULT_S if kept_s > FAULT_S else math.inf)
        if under_way.waits(kept_s):
            assert kept_s < FAULT_S
            waited += 1
            continue
        fresh = [of.filter(_between(of, name, at_s, kept_s)) for of, name in ((came, "done_s"), (heard, "t_s"))]
        cut = int(rng.integers(0, fresh[0].num_rows + 1))
        parts = [fresh[0].slice(0, cut), fresh[0].slice(cut)]
        told += [(one.monitor, one.raised_s, one.ended_s) for one in under_way.take(parts, kept_s, [fresh[1]])]
        at_s = kept_s
    assert sorted(told, key=str) == sorted(whole, key=str)
    assert len(told) > 1
    assert waited > 0


def _between(batch: pa.RecordBatch, name: str, from_s: float, until_s: float) -> pa.Array:
    at_s = np.array([0.0 if at is None else at for at in batch.column(name).to_pylist()])
    return pa.array((at_s >= from_s) & (at_s < until_s))


def test_kinds_that_never_come_again_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of them is forgotten where they are too many, and the counts stay the same."""
    rng = np.random.default_rng(3)
    parts = [answers(rng, 60) for _ in range(8)]
    counted = []
    for most in (10_000, 50):
        monkeypatch.setattr(live, "MOST_KINDS", most)
        tally = RowTally(Race(ALL))
        for part in parts:
            tally.answers([part])
        counted.append(np.array([*tally.take(0, int(LASTS_S))]))
    assert np.array_equal(*counted)
    assert counted[0][:, 1].sum() > 400
