"""What each second after a clear says, from counts that leave no doubt: fifty requests a second, all good or bad."""

from __future__ import annotations

import numpy as np
import pytest
from creditstorm.analysis.measures.scan import Calm, Scan, Seconds, scan_of
from creditstorm.analysis.statistics.equivalence import Yardstick
from creditstorm.analysis.summary import BadRequests, Relapse

A_SECOND = 50
CALM = Calm(
    Seconds(np.full(40, A_SECOND), np.tile([[0, 1], [0, 0], [0, 0]], 20)), Yardstick(20, 2_000, margin=0.02, ratio=1.5)
)


def seen(seconds: int, *bad: tuple[int, int], silent: tuple[int, int] = (0, 0)) -> Seconds:
    """So many seconds, all bad within these stretches; in the silent one nobody asks."""
    asked = np.full(seconds, A_SECOND)
    asked[slice(*silent)] = 0
    kinds = np.zeros((3, seconds), dtype=np.int64)
    for stretch in bad:
        kinds[0, slice(*stretch)] = asked[slice(*stretch)]
    return Seconds(asked, kinds)


def scanned(seconds: int, *bad: tuple[int, int], silent: tuple[int, int] = (0, 0)) -> Scan:
    """Their scan."""
    return scan_of(seen(seconds, *bad, silent=silent), CALM)


def test_a_stretch_is_told_by_kind() -> None:
    """From its first second to before its last, each kind for itself."""
    counts = Seconds(np.arange(5), np.array([[1, 1, 1, 1, 1], [0, 2, 0, 2, 0], [0, 0, 3, 0, 0]]))
    assert counts.told(1, 4) == BadRequests(1 + 2 + 3, 3, 4, 3)
    assert counts.bad.tolist() == [1, 3, 4, 3, 1]


@pytest.mark.parametrize(("seconds", "back"), [(29, []), (30, [0]), (33, [0, 1, 2, 3])])
def test_thirty_good_seconds_show_it_back(seconds: int, back: list[int]) -> None:
    """Of fewer nothing is shown."""
    assert np.flatnonzero(scanned(seconds).back).tolist() == back


@pytest.mark.parametrize("bad_s", [1, 5, 12])
def test_it_is_back_once_the_bad_is_over(bad_s: int) -> None:
    """All bad seconds are shown not back; the first one after them is open, and back."""
    scan = scanned(60, (0, bad_s))
    assert scan.open_from == bad_s
    assert np.flatnonzero(scan.back).tolist() == list(range(bad_s, 31))


def test_a_relapse_within_thirty_seconds_is_not_back() -> None:
    """What is good for 29 s only is disturbed; its end is where the windows begin that are shown worse."""
    scan = scanned(100, (0, 5), (34, 37))
    assert scan.open_from == 37
    assert np.flatnonzero(scan.back).tolist() == list(range(37, 71))


def test_all_bad_is_never_open() -> None:
    """To the last second."""
    scan = scanned(60, (0, 60))
    assert scan.open_from == 60
    assert not scan.back.any()


@pytest.mark.parametrize(
    ("again", "relapses"),
    [
        (72, (Relapse(40.0, 75.0),)),
        (73, (Relapse(40.0, 43.0), Relapse(73.0, 76.0))),
    ],
)
def test_stretches_that_leave_less_than_thirty_seconds_are_one_relapse(
    again: int, relapses: tuple[Relapse, ...]
) -> None:
    """From 43 to 72 s it is good for 29 s, from 43 to 73 s for 30."""
    assert scanned(140, (40, 43), (again, again + 3)).relapses == relapses


def test_what_is_bad_from_the_clear_on_is_no_relapse() -> None:
    """It never was back."""
    assert scanned(60, (0, 12)).relapses == ()


@pytest.mark.parametrize(("silence", "told"), [(9, 60), (10, 50), (25, 35), (60, 0)])
def test_ten_silent_seconds_at_the_end_were_not_seen(silence: int, told: int) -> None:
    """Fewer may be chance."""
    assert len(scanned(60, silent=(60 - silence, 60)).seen.asked) == told


@pytest.mark.parametrize(("silence", "back"), [(9, True), (10, False)])
def test_ten_silent_seconds_are_not_bridged(silence: int, back: bool) -> None:
    """The good ones before and after them do not make up for what nobody saw."""
    assert bool(scanned(45, silent=(15, 15 + silence)).back[0]) is back


@pytest.mark.parametrize(
    ("seconds", "bad", "start", "stretch"),
    [
        (100, (), 0, (0, 60)),
        (100, (), 50, (50, 100)),
        (45, (), 0, (0, 45)),
        (100, ((45, 48),), 0, (0, 45)),
        (100, ((20, 23),), 0, (0, 30)),
        (100, ((0, 100),), 100, (70, 100)),
        (20, ((0, 20),), 20, (0, 20)),
    ],
)
def test_a_stretch_is_as_long_as_it_is_undisturbed(
    seconds: int, bad: tuple[tuple[int, int], ...], start: int, stretch: tuple[int, int]
) -> None:
    """From 30 to 60 s, as far as anybody asked; the last 30 s where it never was back."""
    assert scanned(seconds, *bad).stretch(start) == stretch


@pytest.mark.parametrize(
    ("bad", "start", "end"), [((), 5, 100), (((0, 7),), 12, 100), (((0, 7), (60, 63)), 12, 60), (((0, 100),), 70, 100)]
)
def test_what_tells_of_drift_is_undisturbed(bad: tuple[tuple[int, int], ...], start: int, end: int) -> None:
    """From 5 s after it is open, while what was bad may still come down, to where it is worse again."""
    scan = scanned(100, *bad)
    stretch = scan.undisturbed(scan.open_from)
    assert len(stretch.asked) == end - start
    assert stretch.bad.tolist() == scan.seen.bad[start:end].tolist()


def test_after_a_relapse_the_next_stretch_tells() -> None:
    """It begins where the relapse ends."""
    stretch = scanned(140, (60, 63)).undisturbed(80)
    assert (len(stretch.asked), stretch.bad.sum()) == (140 - 63, 0)
