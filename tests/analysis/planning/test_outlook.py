"""From tallies to a forecast: arithmetic by hand."""

from __future__ import annotations

from typing import Any

import pytest
from creditstorm.analysis.planning.everybody import Everybody, Tells
from creditstorm.analysis.planning.outlook import Outlook, Target, _alike, keys_of, outlook
from creditstorm.credit import SERVICES, File

BUREAU = 1 << SERVICES.index("bureau")
EVERYBODY = Everybody(
    1_000,
    {File.THICK: 400, File.THIN: 100},
    {File.THICK: 400, File.THIN: 100},
    {
        (file, mask): Tells(n if mask else 0, 0, 0)
        for file, n in ((File.THICK, 200), (File.THIN, 100))
        for mask in (0, BUREAU)
    },
    0,
)


def tallied(size: int, *, hit: int, told: int | None = None, beside: int = 0) -> dict[str, Any]:
    """A run of `100 · size` thick files, of whom `hit` per cent lacked the bureau; half of those are wronged."""
    met = hit * size
    wronged = met // 2 if told is None else told
    group = {
        "n": 100 * size,
        "masks": [[0, 0, 100 * size - met, 0, 0], [0, BUREAU, met, wronged, 0]],
        "beside": {"wronged": beside, "deferred": 0, "unavailable": 0},
        "seen": {"wronged": wronged + beside, "deferred": 0, "unavailable": 0},
    }
    nobody = {"n": 0, "masks": [], "beside": {"approved": 0}, "seen": {"approved": 0}}
    second = {"eligible": [100 * size], "wronged": [wronged], "decided": [100 * size]}
    return {
        "parts": {"people": {"eligible": group, "ineligible": nobody}},
        "seconds": {**second, "lost": {s: [met if s == "bureau" else 0] for s in SERVICES}},
        "windows": {},
        "p99_s": 1.0,
        "answers": 100 * size,
        "other_than_the_rule": 0,
    }


def forecast(**runs: Any) -> Outlook:
    """From three seeds a size, all alike."""
    tallies = {size: [tallied(size, **runs)] * 3 for size in (1, 2, 4)}
    assert set(keys_of(tallies)) <= set(EVERYBODY.told)
    return outlook("p", Target(1_000_000, 1_000.0, 100.0), tallies, EVERYBODY)


def test_the_share_is_what_the_masks_say_of_everybody() -> None:
    """40 % lack the bureau, which wrongs 200 of 400: 20 % of 100 people a cell, × 100."""
    found = forecast(hit=40)
    figure = found.parts[0].figures["wronged"]
    assert figure.share.value == pytest.approx(0.2)
    assert figure.of == pytest.approx(10_000)
    assert figure.people.value == pytest.approx(2_000)
    assert (figure.alike, figure.by_mask, found.refused) == (True, 1.0, ())


def test_what_came_beside_the_masks_is_added() -> None:
    """Later taps wrong some more."""
    tallies = {size: [tallied(size, hit=40, beside=5 * size)] * 3 for size in (1, 2, 4)}
    found = outlook("p", Target(1_000_000, 1_000.0, 100.0), tallies, EVERYBODY)
    assert found.parts[0].figures["wronged"].share.value == pytest.approx(0.25)


@pytest.mark.parametrize(("told", "alike"), [(159, True), (158, False), (241, True), (242, False)])
def test_as_many_were_told_so_as_chance_allows(told: int, alike: bool) -> None:
    """Of 400 people half would be: 200, with a standard error of 10, of which four are allowed, and one person."""
    group = tallied(10, hit=40, told=told)["parts"]["people"]["eligible"]
    assert _alike("wronged", [group], EVERYBODY) is alike


def test_masks_that_choose_their_people_are_not_believed() -> None:
    """Everybody who met it was told so, where half of all people would be: then what was seen stands, as is said."""
    tallies = {size: [tallied(size, hit=40, told=40 * size)] * 3 for size in (1, 2, 4)}
    found = outlook("p", Target(1_000_000, 1_000.0, 100.0), tallies, EVERYBODY)
    figure = found.parts[0].figures["wronged"]
    assert (figure.alike, figure.by_mask) == (False, 0.0)
    assert figure.share.value == pytest.approx(0.4)
    assert any("no accident" in note for note in found.notes)


def test_shares_that_depend_on_size_refuse_the_forecast() -> None:
    """With the figures."""
    tallies = {size: [tallied(size, hit=hit)] * 3 for size, hit in ((1, 80), (2, 60), (4, 40))}
    (said,) = outlook("p", Target(1_000_000, 1_000.0, 100.0), tallies, EVERYBODY).refused
    assert said.startswith("wronged in people: 40.0 % at 1 ×, 20.0 % at 4 ×")
    assert said.endswith("different")


def test_of_more_people_than_are_counted_it_says_so() -> None:
    """The count is of a fair sample then."""
    assert any("a fair sample" in note for note in forecast(hit=40).notes)


def test_cells_in_which_nobody_was_answered_took_no_time() -> None:
    """Beside two that took a second."""
    seeds = {size: tallied(size, hit=40) for size in (1, 2, 4)}
    tallies = {size: [told, told, {**told, "p99_s": None}] for size, told in seeds.items()}
    assert set(outlook("p", Target(1_000_000, 1_000.0, 100.0), tallies, EVERYBODY).p99_s.values()) == {2 / 3}
