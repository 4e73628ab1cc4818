"""How long: recovery after a fault cleared, by the formula of DESIGN section 7."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from creditstorm.analysis.measures.rates import Tally
from creditstorm.analysis.phases import FaultMarks, Phases
from creditstorm.analysis.summary import Recovery
from creditstorm.credit.outcomes import Outcome
from creditstorm.scenario.threshold import Phase

STEP_S: Final = 1.0
WINDOW: Final = 10
HORIZON: Final = 30
SLACK: Final = 0.001
METASTABLE_S: Final = 300.0
METASTABLE_LENGTHS: Final = 5.0


@dataclass(frozen=True, slots=True)
class AfterClear:
    """The eligible arrivals of each whole step after a clear: how many, how many of them wronged."""

    asked: NDArray[np.int64]
    wronged: NDArray[np.int64]


def recoveries_of(frame: pl.DataFrame, phases: Phases) -> tuple[Recovery, ...]:
    """The recovery of every verified fault, in the order of the faults.

    Recovered at the first t after the clear mark from which every 10 s window in [t, t + 30 s] has a wrongful share of
    eligible arrivals ≤ calm + max(0.1 pp, 3 SE). Time moves in steps of 1 s. SE is that of the difference between the
    window's share and calm's, if calm's share held in both:

        SE² = p(1 − p)(1/n_window + 1/n_calm),   p = (k_calm + 2) / (n_calm + 4)

    (Agresti–Coull: a calm without a wrongful answer still has an SE.) A window nobody eligible asked in proves nothing,
    so it is not back. What is seen ends with the arrivals or when the next fault is applied.
    """
    asked = (
        frame.lazy()
        .filter("eligible", "measured")
        .select("intended_s", "phase", wronged=pl.col("outcome") == Outcome.WRONGFUL_NO_CREDIT.value)
        .collect()
    )
    calm_rows = asked.filter(pl.col("phase") == Phase.CALM.value)
    calm = Tally(int(calm_rows["wronged"].sum()), calm_rows.height)
    return tuple(_recovery(t, asked, calm, phases) for t in phases.faults if t.effective_s is not None)


def _recovery(fault: FaultMarks, asked: pl.DataFrame, calm: Tally, phases: Phases) -> Recovery:
    if fault.cleared_s is None:
        return Recovery(fault.name, None, 0.0, metastable=False, note="the fault was never verified clear")
    observed_s = max(0.0, _seen_until(fault, phases) - fault.cleared_s)
    if calm.n == 0:
        return Recovery(fault.name, None, observed_s, metastable=False, note="no calm to come back to")
    seen = _seen(asked, fault.cleared_s, observed_s)
    return recovery_of(fault, seen, calm, observed_s)


def recovery_of(fault: FaultMarks, seen: AfterClear, calm: Tally, observed_s: float) -> Recovery:
    """The recovery from what was seen after the clear."""
    back = _windows_back(seen, calm)
    first = _first_run(back, HORIZON - WINDOW + 1)
    if first is not None:
        return Recovery(fault.name, first * STEP_S, observed_s, metastable=False, at_least_s=first * STEP_S)
    refuted = np.flatnonzero(~back)
    at_least_s = float(refuted[-1] + 1) * STEP_S if len(refuted) else 0.0
    metastable = observed_s >= max(METASTABLE_LENGTHS * fault.length_s, METASTABLE_S)
    state = "metastable: not back" if metastable else f"censored: not yet back for {HORIZON} s"
    note = f"{state}, seen for {observed_s:.0f} s after the clear"
    return Recovery(fault.name, None, observed_s, metastable, at_least_s, note)


def _seen_until(fault: FaultMarks, phases: Phases) -> float:
    """The end of what can be told: the arrivals' end, or the next instant another fault is on."""
    cleared_s = fault.cleared_s or 0.0
    others = (other for other in phases.faults if other.name != fault.name)
    disturbed = [max(o.applied_s, cleared_s) for o in others if o.cleared_s is None or o.cleared_s > cleared_s]
    return min([phases.end_s, *disturbed])


def _seen(asked: pl.DataFrame, cleared_s: float, observed_s: float) -> AfterClear:
    steps = int(observed_s / STEP_S)
    after = asked.select(((pl.col("intended_s") - cleared_s) / STEP_S).floor().alias("step"), "wronged")
    after = after.filter((pl.col("step") >= 0) & (pl.col("step") < steps))
    step = after["step"].to_numpy().astype(np.int64)
    wronged = after["wronged"].to_numpy().astype(bool)
    return AfterClear(np.bincount(step, minlength=steps), np.bincount(step[wronged], minlength=steps))


def _windows_back(seen: AfterClear, calm: Tally) -> NDArray[np.bool_]:
    """Of the window that starts at each step: whether its share is at calm."""
    if len(seen.asked) < WINDOW:
        return np.zeros(0, dtype=np.bool_)
    n = np.convolve(seen.asked, np.ones(WINDOW, dtype=np.int64), mode="valid")
    hits = np.convolve(seen.wronged, np.ones(WINDOW, dtype=np.int64), mode="valid")
    share = hits / np.maximum(n, 1)
    p = (calm.hits + 2) / (calm.n + 4)
    error = np.sqrt(p * (1.0 - p) * (1.0 / np.maximum(n, 1) + 1.0 / calm.n))
    return np.asarray((n > 0) & (share <= calm.hits / calm.n + np.maximum(SLACK, 3.0 * error)))


def _first_run(back: NDArray[np.bool_], length: int) -> int | None:
    """The first index from which `length` entries in a row are true."""
    if len(back) < length:
        return None
    runs = np.convolve(back.astype(np.int64), np.ones(length, dtype=np.int64), mode="valid") == length
    return int(np.argmax(runs)) if runs.any() else None
