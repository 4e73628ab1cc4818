"""How fast: the time from an arrival's intended instant, and from its send, to the end of its request.

Every request that ended counts, failures and time-outs too (those at the instant the client gave up); unsent ones
have no end and stand in the unsent share instead.
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from creditstorm.analysis.statistics.intervals import rank
from creditstorm.analysis.summary import LatencyQuantiles

QUANTILES: Final = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
MEASURED_FROM: Final = ("intended", "sent")
BEYOND: Final = 10


def latencies_s(frame: pl.LazyFrame, measured_from: str) -> NDArray[np.float64]:
    """The seconds of every ended request of a part of the frame, ascending."""
    spent = frame.select((pl.col("done_s") - pl.col(f"{measured_from}_s")).drop_nulls()).collect()
    return np.sort(spent.to_series().to_numpy())


def enough(n: int, q: float, beyond: int = BEYOND) -> bool:
    """Whether `beyond` of n values are expected above the quantile."""
    return n > 0 and n * (1.0 - q) >= beyond - 1e-9


def latency_of(frame: pl.LazyFrame, measured_from: str) -> LatencyQuantiles:
    """The quantiles that n allows: the nearest rank ⌈nq⌉, where at least ten answers are expected beyond it."""
    ordered = latencies_s(frame, measured_from)
    n = len(ordered)
    quantiles = {name: float(ordered[rank(n, q) - 1]) for name, q in QUANTILES.items() if enough(n, q)}
    return LatencyQuantiles(measured_from, n, quantiles)
