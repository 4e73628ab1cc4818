"""Measured runs of a matrix with made-up figures, for what is compared and for what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from creditstorm.analysis.matrix.cell import Cell, FirstAttempts
from creditstorm.analysis.matrix.compare import MatrixRequest, compare
from creditstorm.analysis.matrix.comparison import CellEnding, CellState, Comparison
from creditstorm.analysis.measures.money import EpisodeCost
from creditstorm.analysis.statistics.paired import People
from creditstorm.analysis.summary import Estimate, Recovery, Relapse, Verdict
from creditstorm.analysis.trust import Doubt, DoubtKind
from tests.analysis import builders
from tests.report.builders import bureau_outage, estimate, honesty, part

PEOPLE = 3264
SAME = FirstAttempts(5150, "the same")


@dataclass(frozen=True)
class CallDraw:
    """What one policy does to people: shares of people, of requests in the window, and money per 1,000 people."""

    wrongful: float = 0.3
    window: float | None = 0.99
    deferred: float = 0.0
    approved: float = 0.0
    exposure: float = 0.0
    calls: float = 7.0
    back_s: float | None = 0.0
    relapsed: bool = False
    verdict: Verdict = Verdict.FAIL
    doubts: tuple[str, ...] = ()


FATES = {
    "fail-closed": CallDraw(),
    "zero-fill": CallDraw(0.09, 0.27, approved=0.04, exposure=900_000, calls=7.1),
    "retry": CallDraw(0.42, 0.995, calls=18.2, back_s=None),
    "retry-budget": CallDraw(0.302, 0.992, calls=7.6),
    "hedge": CallDraw(0.297, 0.987, calls=7.7),
    "breaker": CallDraw(0.288, 0.99, calls=6.1, back_s=2.0),
    "last-known-good": CallDraw(0.051, 0.158, approved=0.011, exposure=210_000, calls=6.2),
    "partial-score": CallDraw(0.022, 0.071, approved=0.029, exposure=610_000, calls=6.2),
    "tri-state": CallDraw(
        0.001, 0.002, deferred=0.21, approved=0.002, exposure=31_000, calls=6.1, verdict=Verdict.PASS
    ),
    "tri-state-shed": CallDraw(0.001, 0.002, deferred=0.23, exposure=28_000, verdict=Verdict.INCONCLUSIVE, calls=6.0),
}


def _recovery(fate: CallDraw) -> Recovery:
    again = (Relapse(35.0, 38.0),) if fate.relapsed else ()
    return Recovery(("bureau",), fate.back_s, 40.0, low_s=fate.back_s or 0.0, relapses=again)


def cell(policy: str, fate: CallDraw, repeat: int = 0) -> Cell:
    """One measured run."""
    told = part("attempt", "people", fate.wrongful, PEOPLE)
    approved = replace(told.rates, wrongful_approval_rate=estimate(fate.approved, 1700, half=0.004))
    asked = part(
        "attempt",
        "requests",
        fate.wrongful,
        4100,
    ).rates
    summary = replace(
        bureau_outage(),
        policy=policy,
        seed=11 + repeat,
        verdict=fate.verdict,
        slices=(
            replace(told, rates=approved),
            replace(told, name="requests", rates=replace(asked, deferral_rate=estimate(fate.deferred / 2, 4100))),
        ),
        recovery=(_recovery(fate),),
        exposure_cny=round(fate.exposure * 5.021),
        honesty=honesty(doubts=tuple(Doubt(DoubtKind.MACHINE_CPU, text) for text in fate.doubts)),
    )
    numbers = np.arange(PEOPLE, dtype=np.int64)
    return Cell(
        policy=policy,
        repeat=repeat,
        summary=summary,
        people=People(numbers, numbers < round(fate.wrongful * PEOPLE)),
        wrongful_in_windows=estimate(fate.window, 1022) if fate.window is not None else nothing(),
        deferral_in_windows=estimate(fate.deferred, 1022) if fate.window is not None else nothing(),
        asked=SAME,
        calls_per_person=fate.calls,
        retaps_per_person=fate.wrongful * 1.4,
        wrongful_answers=round(fate.wrongful * 1400),
        episode_cost=EpisodeCost(1000 * fate.wrongful * 1.2 + 20 * fate.deferred, fate.exposure * 0.05),
    )


def nothing() -> Estimate:
    """A rate of nobody."""
    return Estimate(None, None, None, 0, "none")


def state(of: Cell) -> CellState:
    """The line of a measured run."""
    told = of.summary
    return CellState(
        of.policy, of.repeat, told.seed, f"{of.policy}-{of.repeat}", CellEnding.COMPLETED, told.verdict, told.headline,
        tuple(doubt.text for doubt in told.honesty.doubts),
    )  # fmt: skip


def compared(cells: Sequence[Cell], *, lacking: Sequence[CellState] = (), repeats: int = 1) -> Comparison:
    """The comparison of these runs, beside those that were not measured."""
    asked = builders.scenario([builders.fault()], id="bureau-outage-at-peak", seed=11)
    return compare(MatrixRequest(asked, repeats, (*map(state, cells), *lacking)), cells)


@cache
def everything() -> Comparison:
    """Ten policies, one run each; compared once."""
    return compared([cell(policy, fate) for policy, fate in FATES.items()])
