"""Whether two figures are the same within a margin, differ by more, or cannot be told: two one-sided tests of 5 %.

That no difference was shown is no agreement: a figure agrees only where its whole interval lies within the margin
(Schuirmann 1987), and differs only where all of it lies outside. Whoever may look several times gives each look its
share of the 5 % (Bonferroni), so that all of them together err as often as one look would.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

ALPHA: Final = 0.05
"""Of each of the two tests over all looks: of a single look the interval is one of 90 %."""


class Alike(StrEnum):
    """What can be said of a figure that was measured live and simulated."""

    AGREES = "agrees"
    DIFFERS = "differs"
    CANNOT_TELL = "cannot tell"
    IN_NEITHER = "in neither run"
    TOO_FEW = "too few"


class UnitOfFigure(StrEnum):
    """What a figure counts."""

    SHARE = "share"
    SECONDS = "seconds"
    EACH = "a person"


@dataclass(frozen=True, slots=True)
class Margin:
    """How much may be between the two: the larger of `absolute` and `relative` of the live figure, or their sum."""

    absolute: float
    relative: float
    summed: bool = False

    def of(self, live: float) -> float:
        """The margin where this was measured live."""
        parts = (self.absolute, self.relative * abs(live))
        return sum(parts) if self.summed else max(parts)


RATE: Final = Margin(0.02, 0.15)
RECOVERY: Final = Margin(2.0, 0.20)
LATENCY: Final = Margin(0.015, 0.10, summed=True)


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """One figure of a pair of runs: simulated minus live, with its interval, and what that says of it.

    `where` is ``run`` or the name of a window or episode, `of` what is counted: people, requests, or one service.
    `low` and `high` are None where nothing says how sure the difference is; `note` says why. `unseen` is the half of an
    interval that so few people leave though not one of them fared differently.
    """

    figure: str
    where: str
    of: str
    unit: UnitOfFigure
    live: float | None
    simulated: float | None
    value: float | None
    low: float | None
    high: float | None
    margin: float | None
    n: int
    alike: Alike
    note: str = ""
    unseen: float = 0.0

    @property
    def name(self) -> str:
        """AgreedFigure, of what, and where, as a person reads it."""
        about = f" of {self.of}" if self.of else ""
        return f"{self.figure.replace('_', ' ')}{about}{'' if self.where == 'run' else f' ({self.where})'}"


@dataclass(frozen=True, slots=True)
class AgreedFigure:
    """Which figure a difference is of."""

    figure: str
    where: str
    of: str
    unit: UnitOfFigure
    margin: Margin


@dataclass(frozen=True, slots=True)
class Between:
    """A difference and its interval `low` to `high`; `unseen` of each half is there whatever was seen."""

    live: float
    simulated: float
    low: float
    high: float
    unseen: float = 0.0


def difference(figure: AgreedFigure, between: Between, n: int) -> FigureDifference:
    """The difference with its verdict."""
    margin = figure.margin.of(between.live)
    low, high = between.low, between.high
    return judged(
        FigureDifference(
            *(figure.figure, figure.where, figure.of, figure.unit),
            live=between.live,
            simulated=between.simulated,
            value=between.simulated - between.live,
            low=low,
            high=high,
            margin=margin,
            n=n,
            alike=verdict(low, high, margin),
            unseen=between.unseen,
        )
    )


def judged(figure: FigureDifference) -> FigureDifference:
    """The figure with what its interval says of it, and how many people that would want where it has too few.

    Too few are those of whom, had not one fared differently, nothing could have been shown either, as long as what was
    seen lies within the margin: such a figure cannot agree at the scenario's own size, whatever the two runs do.
    """
    if figure.low is None or figure.high is None or figure.margin is None:
        return figure
    alike, note = verdict(figure.low, figure.high, figure.margin), figure.note
    if alike is Alike.CANNOT_TELL and abs(figure.value or 0.0) <= figure.margin < figure.unseen:
        wanted = math.ceil((figure.n + 2) * figure.unseen / figure.margin) - 2
        alike, note = Alike.TOO_FEW, f"{figure.n:,} people, of whom {wanted:,} are needed to show anything"
    return replace(figure, alike=alike, note=note)


def unknown(
    figure: AgreedFigure, why: str, *, live: float | None = None, simulated: float | None = None
) -> FigureDifference:
    """A figure of which nothing can be said, and why."""
    known = live is not None and simulated is not None
    return FigureDifference(
        *(figure.figure, figure.where, figure.of, figure.unit),
        live=live,
        simulated=simulated,
        value=simulated - live if known and live is not None and simulated is not None else None,
        low=None,
        high=None,
        margin=None if live is None else figure.margin.of(live),
        n=0,
        alike=Alike.CANNOT_TELL,
        note=why,
    )


def in_neither(figure: AgreedFigure, why: str) -> FigureDifference:
    """A figure that neither run gives, and why: the two tell the same, and nothing that could be compared."""
    return replace(unknown(figure, why), alike=Alike.IN_NEITHER)


def verdict(low: float, high: float, margin: float) -> Alike:
    """Whether an interval lies within the margin, outside of it, or across one of its ends."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return Alike.CANNOT_TELL
    if -margin <= low and high <= margin:
        return Alike.AGREES
    return Alike.DIFFERS if low > margin or high < -margin else Alike.CANNOT_TELL


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """A live run and the simulated one of the same scenario, policy and seed.

    `doubts` are why the live run cannot be believed: then nothing is said of any of its figures.
    """

    scenario: str
    policy: str
    seed: int
    storm: str
    differences: tuple[FigureDifference, ...]
    doubts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Scenario, policy and seed."""
        return f"{self.scenario} · {self.policy} · seed {self.seed}"


def in_doubt(pair: ComparedPair) -> ComparedPair:
    """The pair with nothing said of it where its live run is in doubt."""
    if not pair.doubts:
        return pair
    doubted = [replace(d, alike=Alike.CANNOT_TELL, note=f"in doubt: {pair.doubts[0]}") for d in pair.differences]
    return replace(pair, differences=tuple(doubted))
