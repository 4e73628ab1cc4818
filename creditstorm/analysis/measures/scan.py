"""What each second after a clear says: shown as good as calm, shown worse, or nothing; from counts alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from creditstorm.analysis.statistics.equivalence import ALPHA, Counts, Flags, Yardstick
from creditstorm.analysis.summary import BadRequests, Relapse

NEEDED_S: Final = 30
POOLS_S: Final = (30, 45, 60)
WINDOWS_S: Final = (1, 3, 10, 30)
EMPTY_S: Final = 10
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


def scan_of(seen: Seconds, yardstick: Yardstick) -> Scan:
    """The scan of the seconds after a clear, up to where nobody asks any more."""
    seen = _until_nobody_asks(seen)
    seconds = len(seen.asked)
    worse = _worse(seen, yardstick)
    not_back = _earliest_end(worse, seconds) <= np.arange(seconds) + NEEDED_S
    open_from = seconds if not_back.all() else int(np.argmin(not_back))
    nobody = {EMPTY_S: _sums(seen.asked, EMPTY_S) == 0}
    disturbed = np.minimum(_earliest_end(worse, seconds), _earliest_end(nobody, seconds))
    free_until = np.minimum(disturbed - 1, seconds)
    relapses = tuple(_relapses(worse, open_from, seconds))
    return Scan(seen, _back(seen, yardstick, free_until), open_from, free_until, relapses)


def _until_nobody_asks(seen: Seconds) -> Seconds:
    asking = np.flatnonzero(seen.asked)
    last = int(asking[-1]) + 1 if asking.size else 0
    return Seconds(seen.asked[:last], seen.kinds[:, :last]) if len(seen.asked) - last >= EMPTY_S else seen


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


def _back(seen: Seconds, yardstick: Yardstick, free_until: Counts) -> Flags:
    back = np.zeros(len(seen.asked), dtype=np.bool_)
    for pool in POOLS_S:
        bad, asked = _sums(seen.bad, pool), _sums(seen.asked, pool)
        starts = np.arange(len(asked))
        back[starts] |= yardstick.shows_as_good(bad, asked) & (free_until[starts] >= starts + pool)
    starts = np.flatnonzero(back)
    bad, asked = (np.append(0, np.cumsum(counts)) for counts in (seen.bad, seen.asked))
    ends = free_until[starts]
    back[starts] = yardstick.shows_as_good(bad[ends] - bad[starts], asked[ends] - asked[starts])
    return back


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
