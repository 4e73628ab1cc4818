"""LatencyQuantiles quantiles on a ramp whose percentiles are known by hand."""

from __future__ import annotations

import numpy as np
import pytest
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures.latency import latency_of
from tests.analysis.builders import arrival, run


def ramp(n: int, **changes: object) -> list[dict]:
    """Requests that took 1 ms, 2 ms … n ms from their send, in a shuffled order."""
    order = np.random.default_rng(1).permutation(n) + 1
    return [arrival(int(i), 0.0, lag_s=0.0, took_s=int(i) / 1000, **changes) for i in order]


def test_a_ramp_of_ten_thousand() -> None:
    """The nearest ranks of 1..10000 are the percentiles themselves."""
    latency = latency_of(frame_of(run(ramp(10_000)))[0].lazy(), "intended")
    assert latency.quantiles_s == pytest.approx({"p50": 5.0, "p90": 9.0, "p95": 9.5, "p99": 9.9, "p99.9": 9.99})
    assert latency.n == 10_000


@pytest.mark.parametrize(("n", "highest"), [(19, None), (20, "p50"), (100, "p90"), (999, "p95"), (1000, "p99")])
def test_a_quantile_needs_answers_beyond_it(n: int, highest: str | None) -> None:
    """A quantile is given from ten answers beyond it on, never below."""
    quantiles = latency_of(frame_of(run(ramp(n)))[0].lazy(), "sent").quantiles_s
    assert max(quantiles, key=quantiles.__getitem__, default=None) == highest


def test_intended_includes_the_wait_of_the_generator() -> None:
    """A late send lengthens the latency from the intended instant, not that from the send."""
    rows = [arrival(i, 1.0, lag_s=0.5, took_s=0.1) for i in range(40)]
    frame = frame_of(run(rows))[0].lazy()
    assert latency_of(frame, "intended").quantiles_s["p50"] == pytest.approx(0.6)
    assert latency_of(frame, "sent").quantiles_s["p50"] == pytest.approx(0.1)


def test_unsent_has_no_latency() -> None:
    """What was never sent never ended."""
    frame, _ = frame_of(run([arrival(1, answer="unsent"), arrival(2)]))
    assert latency_of(frame.lazy(), "intended").n == 1
