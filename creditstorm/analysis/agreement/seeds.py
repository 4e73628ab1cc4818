"""Pairs of several seeds as one comparison of a scenario under a policy, and all of them as what a job found."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy import stats
from creditstorm.analysis.agreement.margins import ALPHA, Alike, ComparedPair, FigureDifference, in_doubt, verdict
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

    What neither run gives is nothing to compare.
    """
    order = (Alike.DIFFERS, Alike.CANNOT_TELL, Alike.AGREES)
    return min((one for one in verdicts if one in order), key=order.index, default=Alike.CANNOT_TELL)


def together(pairs: Sequence[ComparedPair]) -> tuple[Compared, ...]:
    """The pairs of each scenario and policy as one; those in doubt are left out where another seed is not."""
    groups: dict[tuple[str, str], list[ComparedPair]] = {}
    for pair in pairs:
        groups.setdefault((pair.scenario, pair.policy), []).append(pair)
    return tuple(_of_seeds(group) for group in groups.values())


def _of_seeds(group: Sequence[ComparedPair]) -> Compared:
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
        figures=tuple(over_seeds(figures) for figures in by_figure.values()),
        doubts=tuple(f"seed {pair.seed}: {doubt}" for pair in group for doubt in pair.doubts),
    )


def over_seeds(figures: Sequence[FigureDifference]) -> FigureDifference:
    """One figure over seeds: the mean difference; what is left of sampling is independent between them.

    Half an interval is √(Σ half²) / R, or t₀.₉₅,ᵣ₋₁ · s / √R of the differences themselves where three seeds or more
    make that the wider. Where one seed tells nothing, nothing is told, unless it is a figure that no run gives.
    """
    lacking = [one for one in figures if one.alike is Alike.IN_NEITHER]
    if len(figures) == len(lacking) or len(figures) == 1:
        return figures[0]
    if lacking:
        note = f"neither run gives it under {len(lacking)} of {len(figures)} seeds: {lacking[0].note}"
        return replace(lacking[0], alike=Alike.CANNOT_TELL, note=note, n=sum(one.n for one in figures))
    unsure = next((one for one in figures if one.low is None or one.high is None), None)
    if unsure is not None:
        return replace(unsure, n=sum(one.n for one in figures))
    values = [float(one.value or 0.0) for one in figures]
    runs, ends = len(figures), [(float(one.low or 0.0), float(one.high or 0.0)) for one in figures]
    below, above = (
        math.sqrt(sum((end[side] - value) ** 2 for end, value in zip(ends, values, strict=True))) / runs
        for side in (0, 1)
    )
    mean = float(np.mean(values))
    if runs >= FEW_RUNS:
        between = float(stats.t.isf(ALPHA, runs - 1) * np.std(values, ddof=1) / math.sqrt(runs))
        below, above = max(below, between), max(above, between)
    margin = float(np.mean([float(one.margin or 0.0) for one in figures]))
    low, high = mean - below, mean + above
    doubted = any(one.note for one in figures)
    return replace(
        figures[0],
        live=float(np.mean([float(one.live or 0.0) for one in figures])),
        simulated=float(np.mean([float(one.simulated or 0.0) for one in figures])),
        value=mean,
        low=low,
        high=high,
        margin=margin,
        n=sum(one.n for one in figures),
        alike=Alike.CANNOT_TELL if doubted else verdict(low, high, margin),
        note=next((one.note for one in figures if one.note), ""),
    )


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


def agreement_of(
    pairs: Sequence[ComparedPair], lacking: Sequence[str], costs: dict[str, float], *, failed: bool
) -> Agreement:
    """All pairs; 4 where a run failed, else 1 where a figure differs, 130 where one never came, 3 where one is open."""
    compared = together(pairs)
    verdict = worst([one.alike for one in compared])
    if failed:
        exit_code = ExitCode.HARNESS
    elif verdict is Alike.DIFFERS:
        exit_code = ExitCode.FAIL
    elif lacking:
        exit_code = ExitCode.INTERRUPTED
    else:
        exit_code = ExitCode.PASS if verdict is Alike.AGREES else ExitCode.INCONCLUSIVE
    return Agreement(len(pairs) + len(lacking), len(pairs), tuple(lacking), compared, exit_code, costs)
