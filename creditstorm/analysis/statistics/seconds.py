"""Intervals of a share and of a quantile within one run: time is the cluster, people are kept whole.

Two levels: two-sided 95 % (mid-p) to show, a pair of one-sided 95 % bounds (exact) to gate. `docs/coverage.md` says
what they hold.
"""

import math
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit
from creditstorm.analysis.statistics.intervals import binomial_quantile, mid_p, rank
from creditstorm.analysis.statistics.memory import alike_s, block_length_s, kept_share, remembers, variance_of_sum
from creditstorm.analysis.summary import Estimate

WITHIN: Final = "within this episode"
METHOD: Final = "stationary bootstrap over seconds, people kept whole"


class Level(Enum):
    """How sure an interval is: its name, and what each end leaves out."""

    SHOWN = ("95 %", 0.025)
    GATED = ("each bound one-sided 95 %", 0.05)

    @property
    def text(self) -> str:
        """The level as a person reads it."""
        return self.value[0]

    @property
    def alpha(self) -> float:
        """What one end leaves out."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of how many, one entry a second and stratum, in the order of time.

    Strata are parts of the run that are fixed by design, so that a share may differ between them. A person is counted
    whole in the second of their first counted request; `squares` is Σ m² over people with m counted requests.
    """

    second: NDArray[np.int64]
    stratum: NDArray[np.int64]
    hits: NDArray[np.float64]
    n: NDArray[np.float64]
    squares: NDArray[np.float64]


PRIOR: Final = 3.0
"""Hits of the design effect of people, known beforehand, that go beside the measured ones: few say little of theirs."""
FEWEST_BLOCKS: Final = 8.0
"""A run is cut into at least so many blocks; this and what follows is from the simulation of `docs/coverage.md`."""
UNSEEN_S: Final = 20.0
"""A memory of so long, or of a third of a stratum, may hide in a run."""
FEWEST_LONG_BLOCKS: Final = 3.0
FEWEST_HITS: Final = 10.0
"""Fewer than so many hits vary by chance more than by any drift: their exact bounds are wide as they are."""
FEWEST_MEMORIES: Final = 12.0
"""Memory that was seen must fit into the run so often."""
MANY_MEMORIES: Final = 300.0
"""A share of 1 % that no burst showed in so many memories is bounded by the rule of three."""
FEWEST_BURSTS: Final = 5.0
"""Where hits come in bursts, so many bursts are the least."""
CLUSTERED: Final = 1.5
TANGLED: Final = 9.0
"""A design effect that two or three long blocks are too few for."""
BURSTY: Final = 4.0
SEEN_MORE: Final = 0.95
"""Long blocks count where they see so much of what seconds do: without memory that is four or five runs in ten."""
LONG_S: Final = 4.0
"""Block lengths up to this are seen where there is no memory at all."""


def counted(second: NDArray[np.int64], hits: NDArray[np.float64], n: NDArray[np.float64]) -> Counts:
    """The counts of people, in no stratum: when each began, and how many of how many are theirs."""
    sums = [np.bincount(second, column).astype(np.float64) for column in (hits, n, n * n)]
    some = np.flatnonzero(sums[1])
    told, asked, squares = (column[some] for column in sums)
    return Counts(some, np.zeros(len(some), np.int64), told, asked, squares)


def too_few(seconds: int) -> str:
    """Why there is no interval where hardly any second was seen."""
    return f"no interval: people asked in {seconds} s only, too few to see how answers vary in time"


def too_short(memory_s: float, seconds: int) -> str:
    """Why there is no interval where a run is not many of its memories long."""
    return f"no interval: this run is too short for its own memory (block {memory_s:.0f} s of {seconds} s)"


@dataclass(frozen=True, slots=True)
class Spread:
    """How much a sum varies as blocks of one length see it, and the degrees of freedom of that variance."""

    variance: float
    freedom: float

    def beside(self, known: float, most: float) -> Self:
        """With a `known` variance added, which only the measured part makes uncertain (Satterthwaite 1946)."""
        whole = self.variance + known
        freedom = self.freedom * (whole / self.variance) ** 2 if self.variance > 0.0 else most
        return replace(self, variance=whole, freedom=min(most, freedom))


@dataclass(frozen=True)
class Share:
    """A share whose variance is clustered in time, from its counts.

    With residuals e = h − p·n (p of the stratum) summed a second, b seconds a block, T seconds in which anybody asked:

        Var(H) = Var_SB(Σ e) + Σ m² (p_stratum − p)²        DEFF = Var(H) / (N p (1 − p))

    The second part is who happened to ask when. Blocks are at least min(√T, T/8): memory that the data cannot show
    is there all the same. The interval is that of n / DEFF · (t_{n−1} / t_df)² independent answers (Korn and Graubard
    1998), df the `freedom`; of the smaller number of two, where longer blocks see as much (`drift`). Bounds that gate
    are Clopper–Pearson's, as Korn and Graubard have it; an interval that is shown has mid-p bounds, which contain those
    (`intervals.mid_p`). Where all or none are hits nothing varies: then DEFF is that of people's own requests, which at
    one request a person gives the exact rule of three at either level. `level`, where there is one, is what the hits
    were cut from, such as the mean latency of each second: its memory is seen where a rare hit shows none.
    """

    counts: Counts
    level: NDArray[np.float64] | None = None

    @cached_property
    def n(self) -> int:
        """Of how many."""
        return int(self.counts.n.sum())

    @cached_property
    def hits(self) -> int:
        """How many."""
        return int(self.counts.hits.sum())

    @cached_property
    def _people_effect(self) -> float:
        return float(self.counts.squares.sum() / self.counts.n.sum())

    @cached_property
    def _of_stratum(self) -> NDArray[np.float64]:
        strata = self.counts.stratum
        asked = np.bincount(strata, self.counts.n)
        return np.asarray((np.bincount(strata, self.counts.hits) / np.maximum(asked, 1.0))[strata])

    @cached_property
    def residuals(self) -> NDArray[np.float64]:
        """One a second in which anybody asked: hits beyond what the stratum's share expects."""
        counts = self.counts
        second, place = np.unique(counts.second, return_inverse=True)
        return np.bincount(place, counts.hits - self._of_stratum * counts.n, len(second)).astype(np.float64)

    @cached_property
    def memory_s(self) -> float:
        """How long the answers of this run remember each other, by their own block length."""
        known = block_length_s(self.residuals)
        return known if self.level is None else max(known, block_length_s(self.level))

    @cached_property
    def gains_s(self) -> float:
        """How long of that makes the sum vary more than by chance."""
        return min(self.memory_s, alike_s(self.residuals))

    @cached_property
    def block_s(self) -> float:
        """The mean length of a block."""
        seconds = len(self.residuals)
        return max(1.0, min(max(self.memory_s, math.sqrt(seconds)), seconds / FEWEST_BLOCKS))

    @cached_property
    def df(self) -> float:
        """T / Σ (1 − 1/b)²ᵏ, the blocks in the variance, less a mean a stratum (a part of one for a short one)."""
        return self._blocks(self.block_s)

    def _blocks(self, block_s: float) -> float:
        stays = (1.0 - 1.0 / block_s) ** 2
        block = (1.0 + stays) / (1.0 - stays)
        return float(len(self.residuals) / block - np.minimum(1.0, self._lengths / block).sum())

    @cached_property
    def _lengths(self) -> NDArray[np.int64]:
        lengths = np.bincount(self.counts.stratum)
        return lengths[lengths > 0]

    def _within(self, block_s: float) -> float:
        kept = kept_share(self._lengths, max(len(self.residuals), int(self._lengths.max())), block_s)
        return variance_of_sum(self.residuals, block_s) / max(kept, 0.2)

    def _spread(self, block_s: float) -> Spread:
        """Var(H) and its degrees of freedom, df · (Var(H) / Var_SB)² (Satterthwaite 1946), at most n − 1.

        Of its two parts only the one from blocks is known from few; who happened to ask when, from everybody who asked.
        """
        whole, within = self.counts.hits.sum() / self.counts.n.sum(), self._within(block_s)
        variance = within + float(self.counts.squares @ (self._of_stratum - whole) ** 2)
        most = max(1.0, self.n - 1.0)
        freedom = min(most, max(1.0, self._blocks(block_s)) * (variance / within) ** 2) if within > 0.0 else most
        return Spread(variance, freedom)

    @cached_property
    def seen(self) -> Spread:
        """How the sum of hits varies with the block that the run itself shows."""
        return self._spread(self.block_s)

    @cached_property
    def drift(self) -> Spread | None:
        """How it varies in blocks of 20 s or a third of the longest stratum; None where they see less than seconds.

        A share that drifts slowly hides in a run of less than a minute: blocks of T/8 are too short to show it, and a
        test finds it too late. Two or three long blocks do not hide it, at their own degrees of freedom.
        """
        long_s = min(UNSEEN_S, int(self._lengths.max()) / FEWEST_LONG_BLOCKS)
        if long_s <= self.block_s or self._within(long_s) <= SEEN_MORE * self._within(1.0):
            return None
        return self._spread(long_s)

    @cached_property
    def spreads(self) -> tuple[Spread, ...]:
        """What an interval has to be wide enough for, each by itself."""
        return (self.seen,) if self.drift is None else (self.seen, self.drift)

    @cached_property
    def _weighed(self) -> tuple[Spread, ...]:
        rarer = min(self.hits, self.n - self.hits) / self._people_effect
        return self.spreads if rarer >= FEWEST_HITS else (self.seen,)

    @cached_property
    def deff(self) -> float:
        """How many answers tell as much as one independent one, at 3 hits more that tell as much as people do."""
        return self._effect(self._steadied(self.seen))

    def _steadied(self, spread: Spread) -> Spread:
        return spread.beside(PRIOR * self._people_effect, max(1.0, self.n - 1.0))

    def _effect(self, steadied: Spread) -> float:
        p = self.hits / self.n
        return steadied.variance / (self.n * p * (1.0 - p) + PRIOR)

    @cached_property
    def varies(self) -> bool:
        """Whether some are hits and some are not."""
        return 0 < self.hits < self.n

    @cached_property
    def reason(self) -> str:
        """Why there is no interval; empty where there is one."""
        seconds = len(self.residuals)
        if not self.varies and not self._late_for_long(seconds):
            return ""
        if self.df < 1.0:
            return too_few(seconds)
        if self.varies and self._forgets(seconds):
            return ""
        return too_short(self.memory_s, seconds)

    def _late_for_long(self, seconds: int) -> bool:
        # Not one hit may be luck where what hits are cut from remembers; of many memories it is not.
        return self._level_remembers and self.memory_s * MANY_MEMORIES > seconds

    @cached_property
    def _level_remembers(self) -> bool:
        return self.level is not None and (self.memory_s > LONG_S or remembers(self.level))

    def _forgets(self, seconds: int) -> bool:
        rarer = min(self.hits, self.n - self.hits)
        effect = self.deff / self._people_effect
        if self._level_remembers or (self.level is not None and effect > CLUSTERED):
            return rarer / self.n * seconds / self.memory_s >= FEWEST_BURSTS
        long = effect > CLUSTERED and self.gains_s * FEWEST_MEMORIES > seconds > FEWEST_MEMORIES
        if long and len(self._weighed) > 1:
            long = self._effect(self._steadied(self._weighed[-1])) / self._people_effect > TANGLED
        return not long and not (effect > BURSTY and rarer / self.deff < FEWEST_BURSTS)

    def worth(self, level: Level) -> float:
        """How many independent answers one of these tells as much as, small samples of time allowed for.

        The hits of `PRIOR` are known, so that what few hits are worth is surer than their blocks alone would have it.
        """
        if not self.varies:
            return 1.0 / self._people_effect
        quantile = 1.0 - level.alpha
        steadied = [self._steadied(one) for one in self._weighed]
        widest = max(stdtrit(one.freedom, quantile) ** 2 * self._effect(one) for one in steadied)
        return float(stdtrit(self.n - 1, quantile) ** 2 / widest)

    def estimate(self, level: Level) -> Estimate:
        """The share with its interval at this level; without one the reason."""
        if self.n == 0:
            return Estimate(None, None, None, 0, METHOD, level.text, WITHIN)
        share = self.hits / self.n
        if self.reason:
            return Estimate(share, None, None, self.n, METHOD, level.text, WITHIN, self.reason)
        n = self.n * self.worth(level)
        if level is Level.GATED or not self.varies:
            return self._of_as_many(n, level)
        low, high = mid_p(share * n, n, level.alpha), mid_p(share * n, n, 1.0 - level.alpha)
        return Estimate(share, low, high, self.n, METHOD, level.text, WITHIN)

    def _of_as_many(self, n: float, level: Level) -> Estimate:
        """The share with Clopper–Pearson's bounds of `n` independent answers."""
        share = self.hits / self.n
        low = 0.0 if self.hits == 0 else float(betaincinv(share * n, n - share * n + 1.0, level.alpha))
        high = 1.0 if self.hits == self.n else float(betaincinv(share * n + 1.0, n - share * n, 1.0 - level.alpha))
        return Estimate(share, low, high, self.n, METHOD, level.text, WITHIN)

    def stretches(self, level: Level) -> Estimate:
        """The bounds if every stretch of two memories were one answer: too wide to show, wide enough to trust.

        A share without an interval may still be far from any bound, as 88 % is from 2 %. With T seconds and a memory of
        m it is Clopper–Pearson's interval of T / 2m answers, and none where that is less than one.
        """
        n = min(float(self.n), len(self.residuals) / (2.0 * self.gains_s)) if self.n else 0.0
        share = self.hits / self.n if self.n else None
        if share is None or n < 1.0:
            return Estimate(share, None, None, self.n, METHOD, level.text, WITHIN, self.reason)
        return self._of_as_many(n, level)


def quantile_estimate(ordered: NDArray[np.float64], q: float, share: Share, level: Level) -> Estimate:
    """A quantile of ascending values; `share` is that of the values up to it, by second.

    Woodruff (1952): with the n* that the share is worth and B ~ Binomial(n*, q) the ranks that hold 95 % of B, as
    shares of n*, are ranks of n. Without clusters that is the exact order statistic. A missing end is None.
    """
    n = len(ordered)
    if n == 0:
        return Estimate(None, None, None, 0, METHOD, level.text, WITHIN)
    value = float(ordered[rank(n, q) - 1])
    if share.reason:
        return Estimate(value, None, None, n, METHOD, level.text, WITHIN, share.reason)
    effective = max(1, math.floor(n * min(1.0, share.worth(level)) + 1e-9))
    low_rank = math.floor(binomial_quantile(level.alpha, effective, q) * n / effective)
    high_rank = math.ceil((binomial_quantile(1.0 - level.alpha, effective, q) + 1) * n / effective)
    low = float(ordered[low_rank - 1]) if low_rank >= 1 else None
    high = float(ordered[high_rank - 1]) if high_rank <= n else None
    return Estimate(value, low, high, n, METHOD, level.text, WITHIN)
