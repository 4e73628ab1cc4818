"""What each second after a clear says: shown as good as calm, shown worse, or nothing; from counts alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from creditstorm.analysis.statistics.equivalence import ALPHA, Counts, Flags, Yardstick, design_effect
from creditstorm.analysis.summary import BadRequests, Relapse

NEEDED_S: Final = 30
POOLS_S: Final = (30, 45, 60)
WINDOWS_S: Final = (1, 3, 10, 30)
EMPTY_S: Final = 10
SETTLING_S: Final = 5
"""What still comes down after it was shown not back is no drift."""
UNSEEN: Final = 2.5
"""Blocks of √T s see less than half of what a memory of 10 s adds to the variance (`docs/coverage.md`)."""
NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Seconds:
    """The eligible requests of each second: how many `asked`, and by kind (rows) how many were not decided rightly."""

    asked: Counts
    kinds: Counts

    @property
    def bad(self) -> Counts:
        """How many of each second were not decided rightly."""
        return np.asarray(self.kinds.sum(axis=0))

    def told(self, start_s: int, end_s: int) -> BadRequests:
        """The requests of a stretch, by kind."""
        return BadRequests(int(self.asked[start_s:end_s].sum()), *map(int, self.kinds[:, start_s:end_s].sum(axis=1)))

    def part(self, start_s: int, end_s: int) -> "Seconds":
        """The seconds of a stretch."""
        return Seconds(self.asked[start_s:end_s], self.kinds[:, start_s:end_s])


@dataclass(frozen=True, slots=True)
class Calm:
    """What an episode has to come back to: calm as it was counted, and as a yardstick of what is worse."""

    seconds: Seconds
    yardstick: Yardstick

    @property
    def told(self) -> BadRequests:
        """All of its requests, by kind."""
        return self.seconds.told(0, len(self.seconds.asked))

    def beside(self, stretch: Seconds) -> Yardstick:
        """The yardstick of what is as good: both may drift, and a long memory shows in both together if at all."""
        seen = design_effect(*((part.bad, part.asked) for part in (self.seconds, stretch)))
        return replace(self.yardstick, design_effect=1.0 + UNSEEN * (seen - 1.0))


@dataclass(frozen=True, slots=True)
class Scan:
    """What each second after a clear says.

    `back` is true where it is shown back, the first second that is not shown not back is `open_from`, and a stretch
    that begins at a second is undisturbed until `free_until`.
    """

    seen: Seconds
    back: Flags
    open_from: int
    free_until: Counts
    relapses: tuple[Relapse, ...]

    def stretch(self, start: int) -> tuple[int, int]:
        """Which seconds to tell of: the longest pool from where it is back or open, the last 30 s where it never is."""
        seen = len(self.seen.asked)
        if start >= seen:
            return max(0, seen - NEEDED_S), seen
        return start, min(start + POOLS_S[-1], max(start + NEEDED_S, int(self.free_until[start])), seen)

    def undisturbed(self, start: int) -> Seconds:
        """The open seconds around one after which nothing was worse than calm; the last 30 s where it never is open."""
        if start >= len(self.seen.asked):
            return self.seen.part(*self.stretch(start))
        end = int(self.free_until[start])
        first = max(self.open_from + SETTLING_S, int(np.searchsorted(self.free_until, end)))
        return self.seen.part(first, end)


def scan_of(seen: Seconds, calm: Calm) -> Scan:
    """The scan of the seconds after a clear, up to where nobody asks any more."""
    seen = _until_nobody_asks(seen)
    seconds = len(seen.asked)
    worse = _worse(seen, calm.yardstick)
    not_back = _earliest_end(worse, seconds) <= np.arange(seconds) + NEEDED_S
    open_from = seconds if not_back.all() else int(np.argmin(not_back))
    nobody = {EMPTY_S: _sums(seen.asked, EMPTY_S) == 0}
    disturbed = np.minimum(_earliest_end(worse, seconds), _earliest_end(nobody, seconds))
    free_until = np.minimum(disturbed - 1, seconds)
    relapses = tuple(_relapses(worse, open_from, seconds))
    scan = Scan(seen, np.zeros(seconds, dtype=np.bool_), open_from, free_until, relapses)
    return replace(scan, back=_back(scan, calm))


def _until_nobody_asks(seen: Seconds) -> Seconds:
    asking = np.flatnonzero(seen.asked)
    last = int(asking[-1]) + 1 if asking.size else 0
    return seen.part(0, last) if len(seen.asked) - last >= EMPTY_S else seen


def _worse(seen: Seconds, yardstick: Yardstick) -> dict[int, Flags]:
    """By length, of the window that begins at each second: whether it is shown worse than the limit."""
    sums = {length: (_sums(seen.bad, length), _sums(seen.asked, length)) for length in WINDOWS_S}
    looks = max(1, sum(len(asked) for _, asked in sums.values()))
    return {length: yardstick.shows_worse(bad, asked, ALPHA / looks) for length, (bad, asked) in sums.items()}


def _earliest_end(flagged: Mapping[int, Flags], seconds: int) -> Counts:
    """Of the flagged windows that begin at each second or later, the earliest end."""
    ends = np.full(seconds, NEVER, dtype=np.int64)
    for length, flags in flagged.items():
        starts = np.flatnonzero(flags)
        ends[starts] = np.minimum(ends[starts], starts + length)
    return np.asarray(np.minimum.accumulate(ends[::-1])[::-1])


def _back(scan: Scan, calm: Calm) -> Flags:
    """Of each second, whether it is shown back; the seconds of an undisturbed stretch share what it says of drift."""
    back = np.zeros(len(scan.seen.asked), dtype=np.bool_)
    open_s = np.arange(scan.open_from, len(back))
    for starts in np.split(open_s, np.flatnonzero(np.diff(scan.free_until[open_s])) + 1):
        if starts.size and scan.free_until[starts[0]] - starts[0] >= NEEDED_S:
            yardstick = calm.beside(scan.undisturbed(int(starts[0])))
            back[starts] = _as_good(scan.seen, yardstick, starts, int(scan.free_until[starts[0]]))
    return back


def _as_good(seen: Seconds, yardstick: Yardstick, starts: Counts, end: int) -> Flags:
    """Of each start, whether a pool from it and all from it to the end are shown as good as calm."""
    bad, asked = (np.append(0, np.cumsum(counts)) for counts in (seen.bad, seen.asked))

    def good(ends: Counts) -> Flags:
        return yardstick.shows_as_good(bad[ends] - bad[starts], asked[ends] - asked[starts])

    pools = [(starts + pool <= end) & good(np.minimum(starts + pool, end)) for pool in POOLS_S]
    return np.asarray(np.any(pools, axis=0) & good(np.full(len(starts), end)))


def _relapses(worse: Mapping[int, Flags], open_from: int, seconds: int) -> Iterator[Relapse]:
    """The stretches of the shortest worse windows that begin where it is open; less than 30 s apart they are one."""
    covered = np.zeros(seconds, dtype=np.bool_)
    shorter: dict[int, Flags] = {}
    for length, flags in sorted(worse.items()):
        ends = _earliest_end(shorter, seconds)
        starts = np.flatnonzero(flags)
        for start in starts[(starts >= open_from) & (ends[starts] > starts + length)]:
            covered[start : start + length] = True
        shorter[length] = flags
    bad = np.flatnonzero(covered)
    for stretch in np.split(bad, np.flatnonzero(np.diff(bad) > NEEDED_S) + 1):
        if stretch.size:
            yield Relapse(float(stretch[0]), float(stretch[-1] + 1))


def _sums(counts: Counts, length: int) -> Counts:
    """The sum of the window of so many seconds that begins at each second and fits."""
    total = np.append(0, np.cumsum(counts))
    return np.asarray(total[length:] - total[:-length])
