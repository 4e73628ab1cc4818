"""How fast: the time from an arrival's intended instant, and from its send, to the end of its request.

Only decisions count: a fast error is no fast answer. How many requests that leaves out is said beside every figure.
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from creditstorm.analysis.statistics.intervals import rank
from creditstorm.analysis.summary import LatencyQuantiles
from creditstorm.credit.decision import DECISIONS

QUANTILES: Final = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
MEASURED_FROM: Final = ("intended", "sent")
BEYOND: Final = 10
_DECISIONS: Final = sorted(answer.value for answer in DECISIONS)


def latencies_s(frame: pl.LazyFrame, measured_from: str) -> NDArray[np.float64]:
    """The seconds of every decision of a part of the frame."""
    spent = frame.filter(is_decision()).select((pl.col("done_s") - pl.col(f"{measured_from}_s")).drop_nulls()).collect()
    return spent.to_series().to_numpy()


def is_decision() -> pl.Expr:
    """Whether a request was answered with a decision: not undetermined, no error, no time-out, not shed or unsent."""
    return pl.col("answer").is_in(_DECISIONS)


def left_out(frame: pl.LazyFrame) -> int:
    """How many requests of a part of the frame brought no decision, so that no latency counts them."""
    return int(frame.select((~is_decision()).sum()).collect().item())


def enough(n: int, q: float, beyond: int = BEYOND) -> bool:
    """Whether `beyond` of n values are expected above the quantile."""
    return n > 0 and n * (1.0 - q) >= beyond - 1e-9


def latency_of(frame: pl.LazyFrame, measured_from: str) -> LatencyQuantiles:
    """The quantiles that n allows: the nearest rank ⌈nq⌉, where at least ten answers are expected beyond it."""
    spent_s = latencies_s(frame, measured_from)
    n = len(spent_s)
    ranks = {name: rank(n, q) - 1 for name, q in QUANTILES.items() if enough(n, q)}
    parted = np.partition(spent_s, sorted(set(ranks.values()))) if ranks else spent_s
    quantiles = {name: float(parted[place]) for name, place in ranks.items()}
    return LatencyQuantiles(measured_from, n, quantiles, left_out(frame))
