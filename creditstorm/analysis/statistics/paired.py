"""Policies against each other: two of them person by person, and which nobody beats on two counts at once.

The same people met both, so only those who fared differently tell them apart.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from creditstorm.analysis.statistics.intervals import over_runs
from creditstorm.analysis.summary import Estimate

ALPHA: Final = 0.05
BONETT_PRICE: Final = "paired difference, Bonett–Price 95 %"


@dataclass(frozen=True, slots=True)
class People:
    """The eligible people of one run, by ascending number, and which of them were wronged at least once."""

    applicant: NDArray[np.int64]
    wronged: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Paired:
    """One policy against the first.

    `only_first` and `only_this` are the discordant pairs: people wronged under one of the two only. `unmatched` asked
    as eligible under one of the two only. `difference` is this share minus the first's; `correlation` is φ of the two
    outcomes, None where one of them never varies. `p_value` is McNemar's exact one, `p_holm` corrected for as many
    policies as were compared. All of it speaks of these episodes; another may differ.
    """

    first: str
    people: int
    unmatched: int
    both: int
    only_first: int
    only_this: int
    difference: Estimate
    correlation: float | None
    p_value: float | None
    p_holm: float | None = None

    @property
    def differs(self) -> bool:
        """Whether the people tell the two policies apart, at 5 % over all comparisons."""
        return self.p_holm is not None and self.p_holm < ALPHA


def paired(first: str, runs: Sequence[tuple[People, People]]) -> Paired:
    """The comparison over runs, each with the people of the first policy and of this one."""
    tables = [_table(a, b) for a, b in runs]
    neither, only_this, only_first, both = (sum(int(table[cell]) for table, _ in tables) for cell in range(4))
    n = neither + only_this + only_first + both
    differences = [_difference(int(table[1]), int(table[2]), int(table.sum())) for table, _ in tables]
    return Paired(
        first=first,
        people=n,
        unmatched=sum(unmatched for _, unmatched in tables),
        both=both,
        only_first=only_first,
        only_this=only_this,
        difference=over_runs(differences, least=-1.0),
        correlation=_phi(neither, only_this, only_first, both),
        p_value=mcnemar(only_first, only_this) if n else None,
    )


def mcnemar(one: int, other: int) -> float:
    """The exact two-sided p of McNemar's test: the discordant pairs would split evenly if the two were alike."""
    if not one + other:
        return 1.0
    from scipy import stats  # noqa: PLC0415 - half a second of CPU, for who compares only

    return float(stats.binomtest(one, one + other, 0.5).pvalue)


def holm(comparisons: Sequence[Paired]) -> tuple[Paired, ...]:
    """The comparisons with their p-values corrected for each other (Holm)."""
    known = [c.p_value for c in comparisons if c.p_value is not None]
    if not known:
        return tuple(comparisons)
    from statsmodels.stats.multitest import multipletests  # noqa: PLC0415 - half a second of CPU, for who compares only

    corrected = iter(multipletests(known, alpha=ALPHA, method="holm")[1])
    return tuple(c if c.p_value is None else replace(c, p_holm=float(next(corrected))) for c in comparisons)


def _table(first: People, this: People) -> tuple[NDArray[np.int64], int]:
    """Counts of (neither, this only, first only, both), and how many people have no pair."""
    common, a, b = np.intersect1d(first.applicant, this.applicant, assume_unique=True, return_indices=True)
    kinds = 2 * first.wronged[a].astype(np.int64) + this.wronged[b].astype(np.int64)
    return np.bincount(kinds, minlength=4), len(first.applicant) + len(this.applicant) - 2 * len(common)


def _difference(only_this: int, only_first: int, n: int) -> Estimate:
    # Bonett and Price (2012): the Wald interval after one more pair of each discordant kind.
    if n == 0:
        return Estimate(None, None, None, 0, BONETT_PRICE)
    up, down = (only_this + 1) / (n + 2), (only_first + 1) / (n + 2)
    half = float(ndtri(1.0 - ALPHA / 2)) * math.sqrt((up + down - (up - down) ** 2) / (n + 2))
    low, high = (min(1.0, max(-1.0, up - down + side * half)) for side in (-1, 1))
    return Estimate((only_this - only_first) / n, low, high, n, BONETT_PRICE)


def _phi(neither: int, only_this: int, only_first: int, both: int) -> float | None:
    rows, columns = (neither + only_this, only_first + both), (neither + only_first, only_this + both)
    product = math.prod(rows) * math.prod(columns)
    return (neither * both - only_this * only_first) / math.sqrt(product) if product else None


Point = tuple[float | None, float | None]


def front(points: Sequence[Point]) -> tuple[bool, ...]:
    """For each point (less is better on both axes) whether no other is as good on both and better on one.

    A point without a figure is on no front and beats nobody.
    """
    return tuple(None not in point and not any(_beats(other, point) for other in points) for point in points)


def _beats(one: Point, other: Point) -> bool:
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    return len(pairs) == 2 and all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)
