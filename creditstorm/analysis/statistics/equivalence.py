"""Whether a share is shown to be as good as calm within a margin, shown to be worse, or neither."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv
from creditstorm.analysis.statistics import seconds
from creditstorm.analysis.statistics.seconds import Share

ALPHA: Final = 0.05

Counts = NDArray[np.int64]
Shares = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Yardstick:
    """The share of calm, and how much more is still as good: at most c + `margin` or c × `ratio`, the larger.

    `design_effect` says how much more the shares of seconds differ than luck alone would make them; every count is
    divided by it (Korn and Graubard 1998), the compared ones too, so that restless traffic proves less.
    """

    bad: int
    asked: int
    margin: float
    ratio: float
    design_effect: float = 1.0

    @property
    def share(self) -> float:
        """The share of calm that was bad."""
        return self.bad / self.asked

    @property
    def limit(self) -> float:
        """The largest share that is still as good as what calm showed."""
        return float(self._most(np.asarray(self.share)))

    def shows_as_good(self, bad: Counts, asked: Counts, alpha: float = ALPHA) -> Flags:
        """Of each pair of counts, whether its share p is shown to be below the limit m(c).

        Bounds of one side each, exact ones (Clopper–Pearson), are squared and added (MOVER, Zou and Donner 2008):

            m(ĉ) − p̂ > √((m(ĉ) − m(c_low))² + (p_high − p̂)²)

        Where the true share is the limit this holds for at most 1.15 α of all samples, whatever the counts (enumerated
        for 3 to 1,500 requests and calm shares of 0 to 40 %).
        """
        share = bad / np.maximum(asked, 1)
        gap = self.limit - share
        doubt = self.limit - self._most(_low(self._fewer(self.bad), self._fewer(self.asked), alpha))
        shown = np.asarray((asked > 0) & (gap > doubt))
        high = _high(self._fewer(bad[shown]), self._fewer(asked[shown]), alpha)
        shown[shown] = gap[shown] > np.hypot(doubt, high - share[shown])
        return shown

    def shows_worse(self, bad: Counts, asked: Counts, alpha: float) -> Flags:
        """Of each pair of counts, whether its share is shown to be above the limit: the same with the other bounds."""
        share = bad / np.maximum(asked, 1)
        gap = share - self.limit
        doubt = self._most(_high(self._fewer(self.bad), self._fewer(self.asked), alpha)) - self.limit
        shown = np.asarray((asked > 0) & (gap > doubt))
        low = _low(self._fewer(bad[shown]), self._fewer(asked[shown]), alpha)
        shown[shown] = gap[shown] > np.hypot(doubt, share[shown] - low)
        return shown

    def could_show(self, asked: int) -> float:
        """The smallest margin that so many requests could be shown to keep, if their share were that of calm."""
        share, calm = np.asarray(self.share), self._fewer(self.asked)
        doubt = share - _low(share * calm, calm, ALPHA)
        high = _high(share * self._fewer(asked), self._fewer(asked), ALPHA)
        return float(np.hypot(doubt, high - share))

    def _most(self, share: Shares) -> Shares:
        return np.asarray(np.maximum(share + self.margin, share * self.ratio))

    def _fewer(self, count: Counts | int) -> Shares:
        return np.asarray(count, dtype=np.float64) / self.design_effect


def _low(hits: Shares, n: Shares, alpha: float) -> Shares:
    some = hits > 0
    return np.where(some, betaincinv(np.where(some, hits, 1.0), n - hits + 1.0, alpha), 0.0)


def _high(hits: Shares, n: Shares, alpha: float) -> Shares:
    some = hits < n
    return np.where(some, betaincinv(hits + 1.0, np.where(some, n - hits, 1.0), 1.0 - alpha), 1.0)


def design_effect(*stretches: tuple[Counts, Counts]) -> float:
    """How much more the seconds of stretches differ from the share of their own than independent requests, at least 1.

    Each stretch is how many were bad and how many asked, second by second; `Share` has the formulas.
    """
    lengths = [len(asked) for _, asked in stretches]
    stratum = np.repeat(np.arange(len(lengths)), lengths)
    bad, asked = (np.concatenate(column).astype(np.float64) for column in zip(*stretches, strict=True))
    some = np.flatnonzero(asked)
    share = Share(seconds.Counts(some, stratum[some], bad[some], asked[some], asked[some]))
    return max(1.0, share.deff)
