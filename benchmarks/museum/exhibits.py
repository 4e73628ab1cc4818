"""One incident of the museum: what was published, and the same figures counted in a simulated storm's answers.

Counted here from the answers alone: neither the plan of the storm nor what its faults are called is looked at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from creditstorm.analysis.analyse import summary_of
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.monitors.kinds import DECISIONS, MONITORS
from creditstorm.analysis.monitors.race import risen
from creditstorm.analysis.phases import Phases
from creditstorm.analysis.run_data import COLUMNS, RunData
from creditstorm.analysis.summary import Summary
from creditstorm.runs.simulate import simulate
from creditstorm.scenario import catalogue
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.monitors import MonitorName
from creditstorm.scenario.published import Published
from creditstorm.scenario.text.loader import load

WITHIN: Final = 0.2
"""How far from what was published a figure may be and still hold."""
OUTCOMES: Final = (MonitorName.DECLINE_RATE.value, MonitorName.UNDECIDED_RATE.value, MonitorName.COMPLAINT_RATE.value)
"""The monitors of what people were told, which need no truth."""
RISE: Final = MONITORS[MonitorName.DECLINE_RATE].rise
"""What those of declines call a rise."""
SCORES: Final = ("truth_score", "scoring_value")
_SLOW: Final = pl.col("took_s") > pl.col("usual_s")

_HITS: Final[dict[str | None, tuple[pl.Expr, pl.Expr]]] = {
    "refused": (pl.col("answer").cast(pl.String) == "no_credit", pl.col("eligible")),
    "undecided": (~DECISIONS, pl.lit(value=True)),
    "slow": (_SLOW.fill_null(value=True), pl.lit(value=True)),
    "score_off": (
        (pl.col("scoring_value") - pl.col("truth_score")).abs() >= 0.01,
        pl.col("scoring_value").is_not_null(),
    ),
    None: (pl.col("outcome").cast(pl.String) != "correct", pl.col("eligible")),
}
"""What is hit and of what, by the word of a scenario; where no share was published, whoever was not decided rightly."""


@dataclass(frozen=True)
class Stretch:
    """The seconds from `start_s` to `end_s`, and how many of the requests in them were hit."""

    start_s: int
    end_s: int
    hit: int
    n: int

    @property
    def share(self) -> float:
        """The share that was hit."""
        return self.hit / max(1, self.n)

    @property
    def lasted_s(self) -> int:
        """Its length."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Exhibit:
    """A replica that was simulated under the policy of its post-mortem."""

    run: RunData
    frame: pl.DataFrame
    phases: Phases
    summary: Summary

    @property
    def scenario(self) -> Scenario:
        """Its scenario."""
        return self.run.scenario

    @property
    def published(self) -> Published:
        """What was published."""
        if self.scenario.published is None:
            raise ValueError(f"{self.scenario.id} is of no incident with published figures")
        return self.scenario.published

    @cached_property
    def seconds(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Requests that were hit, and all that count, by the second in which they were meant to be made."""
        hit, of = _HITS[self.published.hit]
        scores = [pl.Series(name, self.run.answers[name].to_numpy()).fill_nan(None) for name in SCORES]
        rows = self.frame.hstack(scores).with_columns(took_s=pl.col("done_s") - pl.col("sent_s"))
        calm = rows.filter(pl.col("intended_s").is_between(self.phases.warm_up_s, self.phases.calm_end_s))
        rows = rows.with_columns(usual_s=pl.lit(calm["took_s"].quantile(0.99, "higher")))
        second = pl.col("intended_s").floor().cast(pl.Int64).alias("second")
        counted = rows.filter(of).group_by(second).agg(hit.sum().alias("hit"), pl.len().alias("n"))
        every = pl.DataFrame({"second": range(math.ceil(self.phases.end_s))})
        table = every.join(counted, "second", "left").fill_null(0).sort("second")
        return table["hit"].cast(pl.Int64).to_numpy(), table["n"].cast(pl.Int64).to_numpy()

    @cached_property
    def stretch(self) -> Stretch:
        """When people were hit: the likeliest one stretch of a risen share (the best sum of log-likelihood ratios).

        Risen is what the monitors call so, against the share before the first fault.
        """
        hit, n = self.seconds
        begin, end = math.ceil(self.phases.warm_up_s), math.floor(self.phases.calm_end_s)
        calm = (hit[begin:end].sum() + 0.5) / (n[begin:end].sum() + 1.0)
        high = min(0.999, risen(calm, RISE))
        gain = hit * math.log(high / calm) + (n - hit) * math.log((1.0 - high) / (1.0 - calm))
        start, stop = _best(gain[begin:])
        start, stop = start + begin, stop + begin
        return Stretch(start, stop, int(hit[start:stop].sum()), int(n[start:stop].sum()))

    @property
    def share_off(self) -> float | None:
        """How far the simulated share is from the published one, as a part of it; None where none was published."""
        return None if self.published.share is None else self.stretch.share / self.published.share - 1.0

    @property
    def length_off(self) -> float | None:
        """How far the simulated length is from the published one at its scale."""
        scaled_s = self.published.scaled_s
        return None if scaled_s is None else self.stretch.lasted_s / scaled_s - 1.0

    @property
    def holds(self) -> bool:
        """Whether every figure that was published is met within a fifth."""
        return all(off is None or abs(off) <= WITHIN for off in (self.share_off, self.length_off))

    @property
    def noticed(self) -> dict[str, float | None]:
        """After how many seconds from the first onset each monitor noticed; None where it never did."""
        start = {window.name: window.start_s for window in self.phases.windows}
        first_s = min(start.values())
        return {
            watch.monitor: min(
                (start[one.fault] + one.after_s - first_s for one in watch.noticed if one.after_s is not None),
                default=None,
            )
            for watch in self.summary.monitors
        }

    @property
    def noticed_by_outcome(self) -> float | None:
        """When the first monitor of what people were told noticed."""
        return min(
            (after_s for name, after_s in self.noticed.items() if name in OUTCOMES and after_s is not None),
            default=None,
        )


def pieces() -> tuple[str, ...]:
    """The replicas in the catalogue of which figures were published."""
    return tuple(path.stem for path in catalogue.paths() if load(path).published is not None)


def exhibit(name: str) -> Exhibit:
    """The simulated storm of one of them."""
    run = simulate(load(catalogue.find(name)), columns=(*COLUMNS, *SCORES))
    frame, phases = frame_of(run)
    return Exhibit(run, frame, phases, summary_of(run, frame, phases))


def _best(gain: NDArray[np.float64]) -> tuple[int, int]:
    """The slice of the largest sum (Kadane)."""
    best, found, level, start = 0.0, (0, 0), 0.0, 0
    for place, step in enumerate(gain):
        if level <= 0.0:
            level, start = 0.0, place
        level += step
        if level > best:
            best, found = level, (start, place + 1)
    return found
