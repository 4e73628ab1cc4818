"""How long after a fault people were decided as rightly as in calm: shown, ruled out, or open."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl
from creditstorm.analysis.measures.scan import NEEDED_S, Calm, Scan, Seconds, scan_of
from creditstorm.analysis.phases import FaultMarks, Phases
from creditstorm.analysis.statistics.equivalence import Yardstick, design_effect
from creditstorm.analysis.summary import BadRequests, Recovery
from creditstorm.credit.outcomes import Outcome
from creditstorm.scenario.model import RecoverySpec
from creditstorm.scenario.threshold import Phase
from creditstorm.units import percent_text

MOST_TOLD: Final = 3
METASTABLE_S: Final = 300.0
METASTABLE_LENGTHS: Final = 5.0
KINDS: Final = (
    (Outcome.WRONGFUL_NO_CREDIT,),
    (Outcome.DEFERRED, Outcome.UNAVAILABLE),
    (Outcome.LIMIT_CUT, Outcome.LIMIT_INFLATED),
)
"""What an eligible request may get instead of a right decision, in the order of `BadRequests`."""


@dataclass(frozen=True, slots=True)
class Episode:
    """Faults between which there is too little undisturbed time to see one of them end."""

    faults: tuple[FaultMarks, ...]

    @property
    def cleared_s(self) -> float | None:
        """When the last of them was verified clear, None while one was not."""
        ends = [fault.cleared_s for fault in self.faults if fault.cleared_s is not None]
        return max(ends) if len(ends) == len(self.faults) else None

    @property
    def length_s(self) -> float:
        """From the first that was on to the last clear."""
        starts = [fault.effective_s for fault in self.faults if fault.effective_s is not None]
        return self.cleared_s - min(starts) if self.cleared_s is not None and starts else 0.0


def episodes_of(phases: Phases) -> tuple[Episode, ...]:
    """The faults by episode, in the order of time: undisturbed for 30 s after a clear, the next one begins."""
    episodes: list[Episode] = []
    for fault in phases.faults:
        cleared_s = episodes[-1].cleared_s if episodes else -np.inf
        if cleared_s is None or phases.onset_s(fault) - cleared_s < NEEDED_S:
            episodes[-1] = Episode((*episodes[-1].faults, fault))
        else:
            episodes.append(Episode((fault,)))
    return tuple(episodes)


def calm_of(seconds: Seconds, spec: RecoverySpec) -> Calm | None:
    """Calm from its whole seconds and a begun one, None where nobody eligible asked in it."""
    told = seconds.told(0, len(seconds.asked))
    if told.asked == 0:
        return None
    effect = design_effect((seconds.bad, seconds.asked))
    return Calm(seconds, Yardstick(told.bad, told.asked, spec.margin, spec.ratio, effect))


def recoveries_of(frame: pl.DataFrame, phases: Phases, spec: RecoverySpec) -> tuple[Recovery, ...]:
    """The recovery of every episode with a verified fault, in the order of time.

    What is seen of it ends with the arrivals, or where a request may meet the next episode.
    """
    eligible = frame.lazy().filter("eligible", "measured")
    bounds = phases.bounds(Phase.CALM) or (0.0, 0.0)
    in_calm = eligible.filter(pl.col("phase") == Phase.CALM.value)
    calm = calm_of(_seconds(in_calm, bounds[0], int(np.ceil(bounds[1] - bounds[0]))), spec)
    episodes = episodes_of(phases)
    ends = [*(phases.onset_s(episode.faults[0]) for episode in episodes[1:]), np.inf]
    return tuple(
        _recovery(episode, eligible, calm, min(phases.end_s, end_s))
        for episode, end_s in zip(episodes, ends, strict=False)
        if any(fault.effective_s is not None for fault in episode.faults)
    )


def _recovery(episode: Episode, eligible: pl.LazyFrame, calm: Calm | None, end_s: float) -> Recovery:
    names = tuple(fault.name for fault in episode.faults)
    if episode.cleared_s is None:
        what = "the fault was" if len(names) == 1 else "one of the faults was"
        return Recovery(names, None, 0.0, note=f"{what} never verified clear")
    seen = _seconds(eligible, episode.cleared_s, max(0, int(end_s - episode.cleared_s)))
    if calm is None:
        return Recovery(names, None, float(len(seen.asked)), note="no calm to come back to")
    return recovery_of(episode, seen, calm)


def _seconds(eligible: pl.LazyFrame, start_s: float, seconds: int) -> Seconds:
    second = (pl.col("intended_s") - start_s).floor().cast(pl.Int64).alias("second")
    rows = eligible.select(second, "outcome").filter(pl.col("second").is_between(0, seconds - 1))
    counted = rows.group_by("second", "outcome").agg(pl.len().alias("n")).collect()
    asked, kinds = np.zeros(seconds, dtype=np.int64), np.zeros((len(KINDS), seconds), dtype=np.int64)
    np.add.at(asked, counted["second"].to_numpy(), counted["n"].to_numpy())
    for row, outcomes in zip(kinds, KINDS, strict=True):
        of_kind = counted.filter(pl.col("outcome").is_in([outcome.value for outcome in outcomes]))
        np.add.at(row, of_kind["second"].to_numpy(), of_kind["n"].to_numpy())
    return Seconds(asked, kinds)


def recovery_of(episode: Episode, seen: Seconds, calm: Calm) -> Recovery:
    """The recovery from the seconds after the clear.

    Shown **not back** is each second from which, within 30 s, a window of 1, 3, 10 or 30 s is shown worse than the
    limit, at 5 % shared by all windows that are looked at (Bonferroni); `low_s` ends the unbroken row of such seconds.
    Shown **back** is the first second from which (1) a pool of 30, 45 or 60 s is shown within the limit, (2) so is all
    that follows up to a relapse, which keeps many looks at one run from finding luck, and (3) no window inside the pool
    is worse and nobody stopped asking for 10 s. A worse window after the unbroken row is a relapse. How much a request
    tells of a recovery is told by calm and all that was undisturbed, which drift alike (`Calm.beside`).
    """
    scan = scan_of(seen, calm)
    back = np.flatnonzero(scan.back)
    seconds = int(back[0]) if back.size else None
    observed_s = len(scan.seen.asked)
    low_s = max(0, scan.open_from - 1)
    turn = scan.open_from if seconds is None else seconds
    after = scan.seen.told(*scan.stretch(turn))
    yardstick = calm.beside(scan.undisturbed(turn))
    return Recovery(
        faults=tuple(fault.name for fault in episode.faults),
        seconds=None if seconds is None else float(seconds),
        observed_s=float(observed_s),
        metastable=seconds is None and low_s + 1 >= max(METASTABLE_LENGTHS * episode.length_s, METASTABLE_S),
        low_s=float(low_s),
        relapses=scan.relapses,
        calm=calm.told,
        until=scan.seen.told(0, turn),
        after=after,
        limit=calm.yardstick.limit,
        could_show=yardstick.could_show(after.asked) if after.asked else None,
        note="; ".join(_notes(scan, yardstick, after)),
    )


def _notes(scan: Scan, yardstick: Yardstick, after: BadRequests) -> Iterator[str]:
    if not scan.back.any():
        yield _why_not(scan, yardstick, after)
    for relapse in scan.relapses[:MOST_TOLD]:
        yield f"worse than calm {relapse.start_s:.0f}–{relapse.end_s:.0f} s after the clear"
    if len(scan.relapses) > MOST_TOLD:
        yield f"and {len(scan.relapses) - MOST_TOLD} more times"


def _why_not(scan: Scan, yardstick: Yardstick, after: BadRequests) -> str:
    seen = len(scan.seen.asked)
    if not after.asked:
        return "nobody creditworthy asked after the clear"
    if scan.open_from == seen:
        return f"not back within the {seen} s seen after the clear: {kinds_in_words(after)}"
    if seen - scan.open_from < NEEDED_S:
        before = f" after {scan.open_from} s not back" if scan.open_from else ""
        return f"{seen - scan.open_from} s of the {NEEDED_S} s needed seen{before}"
    return f"not shown back: {_compared(yardstick, after)}"


def _compared(calm: Yardstick, after: BadRequests) -> str:
    text = (
        f"{percent_text(after.bad / after.asked)} of {after.asked:,} requests were not decided rightly, in calm "
        f"{percent_text(calm.share)} of {calm.asked:,}; up to {percent_text(calm.limit)} would be back"
    )
    could, wanted = calm.could_show(after.asked), calm.limit - calm.share
    if could <= wanted:
        return text
    enough = replace(calm, design_effect=1.0).could_show(after.asked) <= wanted
    what = "what varies so much in time" if enough else "so few"
    return f"{text}, but {what} can show a margin of {100 * could:.1f} points at best, not of {100 * wanted:.1f}"


def kinds_in_words(told: BadRequests) -> str:
    """What came instead of right decisions, by kind, as shares of the requests."""
    kinds = (
        (told.wrongful_no_credit, "told “no credit”"),
        (told.undecided, "undecided"),
        (told.wrong_limit, "with a wrong limit"),
    )
    shares = [f"{percent_text(bad / told.asked)} {word}" for bad, word in kinds if bad]
    return ", ".join(shares) or "all decided rightly"
