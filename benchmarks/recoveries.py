"""How often a recovery is shown where there is none, and where there is one, if calm and what follows both drift.

`python -m benchmarks.recoveries` prints the table of `docs/coverage.md`; a test holds two of its rows with fewer runs.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from creditstorm.analysis.measures.recovery import calm_of
from creditstorm.analysis.measures.scan import Seconds, scan_of
from creditstorm.scenario.model import RecoverySpec

RUNS = 400
CALM = 0.055
LIMIT = 1.5 * CALM
FAULT_S = 15


@dataclass(frozen=True)
class Pair:
    """Seconds of calm and seconds after the clear, requests a second, and the drift of both: AR(1) of the log-odds.

    `stalls` is how often in 120 s everybody is refused for one second, in calm and after it.
    """

    calm_s: int
    seen_s: int
    sd: float = 0.0
    rate_hz: float = 80.0
    stalls: bool = False

    def shown(self, share: float, runs: int, seed: int = 20261128) -> float:
        """Of so many runs with this share after the clear, the per cent that is shown back."""
        rng = np.random.default_rng([seed, round(1e4 * share), self.calm_s, self.seen_s, round(10 * self.sd)])
        return 100.0 * float(np.mean([self._back(rng, share) for _ in range(runs)]))

    def _back(self, rng: np.random.Generator, share: float) -> bool:
        length = self.calm_s + FAULT_S + self.seen_s
        steps = rng.normal(0.0, self.sd * np.sqrt(1.0 - 0.9**2), length)
        steps[0] = rng.normal(0.0, self.sd)
        level = np.where(np.arange(length) < self.calm_s + FAULT_S, CALM, share)
        chance = 1.0 / (1.0 + (1.0 / level - 1.0) * np.exp(-lfilter([1.0], [1.0, -0.9], steps)))
        if self.stalls:
            chance[rng.integers(120) :: 120] = 1.0
        asked = rng.poisson(self.rate_hz, length)
        bad = rng.binomial(asked, chance)
        calm = calm_of(_seconds(asked[: self.calm_s], bad[: self.calm_s]), RecoverySpec())
        after = _seconds(asked[-self.seen_s :], bad[-self.seen_s :])
        return calm is not None and bool(scan_of(after, calm).back.any())


def _seconds(asked: NDArray[np.int64], bad: NDArray[np.int64]) -> Seconds:
    return Seconds(asked, np.stack([bad, np.zeros_like(bad), np.zeros_like(bad)]))


PAIRS = (
    *(Pair(calm_s, 30, sd) for sd in (0.0, 0.1, 0.3, 0.6) for calm_s in (15, 20, 60)),
    *(Pair(60, seen_s, sd) for sd in (0.0, 0.1, 0.3, 0.6) for seen_s in (60, 100)),
    *(Pair(calm_s, 60, 0.0, 40.0) for calm_s in (20, 60)),
    *(Pair(60, 60, sd, 40.0) for sd in (0.1, 0.3)),
    *(Pair(calm_s, 60, sd) for calm_s in (5, 10) for sd in (0.0, 0.3)),
    Pair(60, 60, stalls=True),
)


def main(runs: int = RUNS) -> None:
    """Print the table."""
    print("| calm, s | seen, s | requests/s | drift, sd | shown back at the limit, % | recovered and shown, % |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |")
    for pair in PAIRS:
        drift = f"{pair.sd:g}" + (", stalls" if pair.stalls else "")
        at_limit, recovered = (pair.shown(share, runs) for share in (LIMIT, CALM))
        cells = (pair.calm_s, pair.seen_s, f"{pair.rate_hz:g}", drift, f"{at_limit:.1f}", f"{recovered:.1f}")
        print("|", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
