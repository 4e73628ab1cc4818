"""Pairs of several seeds as one comparison of a scenario under a policy, and all of them as what a job found."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy import stats
from creditstorm.analysis.agreement.margins import ALPHA, Alike, ComparedPair, FigureDifference, in_doubt, judged
from creditstorm.exit_code import ExitCode

FEW_RUNS: Final = 3
"""From so many seeds on their own spread can widen an interval."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One scenario under one policy over its seeds: every figure with the mean difference of `seeds` runs."""

    scenario: str
    policy: str
    storm: str
    seeds: tuple[int, ...]
    doubted: tuple[int, ...]
    figures: tuple[FigureDifference, ...]
    doubts: tuple[str, ...] = ()

    @property
    def alike(self) -> Alike:
        """The worst of its figures: one that differs, else one that cannot be told."""
        return worst([figure.alike for figure in self.figures])


def worst(verdicts: Sequence[Alike]) -> Alike:
    """`differs` before `cannot tell` before `agrees`; nothing to compare cannot be told.

    What neither run gives is nothing to compare, and so is what no run of this size could have shown.
    """
    order = (Alike.DIFFERS, Alike.CANNOT_TELL, Alike.AGREES)
    return min((one for one in verdicts if one in order), key=order.index, default=Alike.CANNOT_TELL)


def together(pairs: Sequence[ComparedPair], alpha: float = ALPHA) -> tuple[Compared, ...]:
    """The pairs of each scenario and policy as one; those in doubt are left out where another seed is not."""
    groups: dict[tuple[str, str], list[ComparedPair]] = {}
    for pair in pairs:
        groups.setdefault((pair.scenario, pair.policy), []).append(pair)
    return tuple(_of_seeds(group, alpha) for group in groups.values())


def _of_seeds(group: Sequence[ComparedPair], alpha: float) -> Compared:
    sound = [pair for pair in group if not pair.doubts] or list(group)
    by_figure: dict[tuple[str, str, str], list[FigureDifference]] = {}
    for pair in sound:
        for one in in_doubt(pair).differences:
            by_figure.setdefault((one.figure, one.where, one.of), []).append(one)
    return Compared(
        scenario=group[0].scenario,
        policy=group[0].policy,
        storm=group[0].storm,
        seeds=tuple(pair.seed for pair in group),
        doubted=tuple(pair.seed for pair in group if pair.doubts),
        figures=tuple(over_seeds(figures, alpha) for figures in by_figure.values()),
        doubts=tuple(f"seed {pair.seed}: {doubt}" for pair in group for doubt in pair.doubts),
    )


def over_seeds(figures: Sequence[FigureDifference], alpha: float = ALPHA) -> FigureDifference:
    """One figure over seeds: the mean difference; what is left of sampling is independent between them.

    Half an interval is √(Σ half²) / R, or t₁₋ₐ,ᵣ₋₁ · s / √R of the differences themselves where three seeds or more
    make that the wider; what few people leave unseen is that of all of them together. Where one seed tells nothing,
    nothing is told. Seeds under which neither run gives the figure are the same, and their number is said.
    """
    given = [one for one in figures if one.alike is not Alike.IN_NEITHER]
    if not given:
        return figures[0]
    found = given[0] if len(given) == 1 else _mean_of(given, alpha)
    if len(given) < len(figures):
        lacking = f"in neither run under {len(figures) - len(given)} of {len(figures)} seeds"
        return replace(found, note="; ".join(filter(None, (found.note, lacking))))
    return found


def _mean_of(figures: Sequence[FigureDifference], alpha: float) -> FigureDifference:
    unsure = next((one for one in figures if one.low is None or one.high is None), None)
    doubted = next((one for one in figures if one.alike is Alike.CANNOT_TELL and one.note), None)
    if unsure is not None:
        return replace(unsure, n=sum(one.n for one in figures))
    mean = float(np.mean([float(one.value or 0.0) for one in figures]))
    below, above = _halves(figures, alpha)
    found = replace(
        figures[0],
        live=float(np.mean([float(one.live or 0.0) for one in figures])),
        simulated=float(np.mean([float(one.simulated or 0.0) for one in figures])),
        value=mean,
        low=mean - below,
        high=mean + above,
        margin=float(np.mean([float(one.margin or 0.0) for one in figures])),
        n=sum(one.n for one in figures),
        note="",
        unseen=_unseen(figures),
    )
    return replace(found, alike=Alike.CANNOT_TELL, note=doubted.note) if doubted is not None else judged(found)


def _halves(figures: Sequence[FigureDifference], alpha: float) -> tuple[float, float]:
    """How far the interval of the mean reaches below it and above."""
    runs, values = len(figures), [float(one.value or 0.0) for one in figures]
    each = [
        (float(one.value or 0.0) - float(one.low or 0.0), float(one.high or 0.0) - float(one.value or 0.0), one.unseen)
        for one in figures
    ]
    below, above = (
        math.hypot(math.sqrt(sum(max(0.0, one[side] ** 2 - one[2] ** 2) for one in each)) / runs, _unseen(figures))
        for side in (0, 1)
    )
    if runs < FEW_RUNS:
        return below, above
    between = float(stats.t.isf(alpha, runs - 1) * np.std(values, ddof=1) / math.sqrt(runs))
    return max(below, between), max(above, between)


def _unseen(figures: Sequence[FigureDifference]) -> float:
    """What so few people leave unseen goes with one by their number, which adds up."""
    if any(one.unseen == 0.0 for one in figures):
        return 0.0
    return 1.0 / sum(1.0 / one.unseen for one in figures)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a job found: `wanted` pairs were asked for, `measured` are done, `lacking` names the others."""

    wanted: int
    measured: int
    lacking: tuple[str, ...]
    compared: tuple[Compared, ...]
    exit_code: ExitCode
    costs: dict[str, float]
    """Seconds that the simulated runs took a hop and a call to be."""
    looks: int = 1
    """How often it may be looked whether a figure is still open; each look has its share of the 5 %."""

    @property
    def level(self) -> float:
        """Of the intervals: 0.9 of a single look."""
        return 1.0 - 2.0 * ALPHA / self.looks


def agreement_of(
    pairs: Sequence[ComparedPair], lacking: Sequence[str], costs: dict[str, float], *, failed: bool, looks: int = 1
) -> Agreement:
    """All pairs; 4 where a run failed, else 1 where a figure differs, 130 where one never came, 3 where one is open."""
    compared = together(pairs, ALPHA / looks)
    verdict = worst([one.alike for one in compared])
    if failed:
        exit_code = ExitCode.HARNESS
    elif verdict is Alike.DIFFERS:
        exit_code = ExitCode.FAIL
    elif lacking:
        exit_code = ExitCode.INTERRUPTED
    else:
        exit_code = ExitCode.PASS if verdict is Alike.AGREES else ExitCode.INCONCLUSIVE
    return Agreement(len(pairs) + len(lacking), len(pairs), tuple(lacking), compared, exit_code, costs, looks)
