"""Every figure says in its title what it shows, with the numbers of the run, and draws whatever the run was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from matplotlib.figure import Figure
from creditstorm.analysis.drawn import Window
from creditstorm.report import canvas, style
from creditstorm.report.canvas import Picture
from creditstorm.report.figures import FIGURES
from tests.report import builders

NAMES = [
    "storm_strip",
    "alarm_race",
    "outcome_by_phase",
    "wrongful_rate",
    "outcome_shares",
    "evidence_status",
    "arrivals",
    "latency",
]


@pytest.fixture(autouse=True)
def in_house_style() -> Iterator[None]:
    """Every figure is drawn in the style it is meant for."""
    with canvas.house_style():
        yield


def pictures(run: str) -> dict[str, Picture]:
    """All figures of a synthetic run, by name."""
    summary, timeline = builders.RUNS[run]
    return {picture.name: picture for picture in (draw(summary(), timeline()) for draw in FIGURES)}


@pytest.mark.parametrize("run", builders.RUNS)
def test_every_figure_draws_every_run(run: str) -> None:
    """Outage, calm, nothing at all and no recovery: all figures, each with a title, as SVG and PNG."""
    made = pictures(run)
    assert list(made) == NAMES
    for picture in made.values():
        assert picture.title
        assert picture.alt.startswith(picture.title)
        assert canvas.svg(picture).endswith("</svg>\n")
        assert canvas.png(picture).startswith(b"\x89PNG")


def test_titles_of_an_outage_carry_its_numbers() -> None:
    """What the figures show is said with the measured numbers, not with the name of the metric."""
    titles = {name: picture.title for name, picture in pictures("bureau").items()}
    assert (
        titles["storm_strip"]
        == "99.5 % of eligible people’s requests were answered “no credit” while the bureau was dark"
    )
    assert "99.5 % in the window bureau, 1.9 % in calm, 3.1 % in recovery" in titles["outcome_by_phase"]
    assert "back at calm 4 s after bureau cleared" in titles["wrongful_rate"]
    assert "36.1 % while the bureau was dark" in titles["outcome_shares"]
    assert titles["evidence_status"] == "The bureau was late for 99.2 % of decisions while the bureau was dark"
    assert titles["arrivals"].startswith("6,766 arrivals, 0 % of them unsent; the peak was 159/s")
    assert titles["latency"] == "99 % of 6,752 decisions came within 2.01 s of the intended instant, 2 s of the send"


def test_titles_of_an_unrecovered_run_say_so() -> None:
    """A system that is not back at calm is not passed over."""
    assert (
        "not shown back at calm 23 s after slow-repayment-path cleared"
        in pictures("unrecovered")["wrongful_rate"].title
    )


def test_titles_of_an_empty_run_say_that_nobody_asked() -> None:
    """No figure invents a number for a run without answers."""
    for picture in pictures("empty").values():
        assert not any(letter.isdigit() for letter in picture.title)


def test_no_fault_is_not_called_a_window() -> None:
    """A calm run says that no fault took effect."""
    assert pictures("calm")["storm_strip"].title.startswith("No fault took effect: 0 % of eligible")


def test_the_peak_is_not_a_second_where_one_person_asked() -> None:
    """One wronged person of one is 100 %, but says less than 97 of 100."""
    timeline = builders.timeline()
    timeline.wrongful[70], timeline.wrongful_low[70], timeline.wrongful_high[70] = 1.0, 0.2, 1.0
    draw = next(draw for draw in FIGURES if draw.__module__.endswith("wrongful_rate"))
    assert "at 70 s" not in draw(builders.bureau_outage(), timeline).title


def test_many_windows_with_long_names_draw() -> None:
    """Eleven overlapping windows, one of them with a name of 90 letters and a mathematical sign in it."""
    windows = tuple(Window(f"${'x' * 9 * i}_{{{i}}}$", "down", "income", 3.0 * i, 40.0 + i) for i in range(11))
    summary = replace(builders.bureau_outage(), scenario_id="x" * 300)
    for draw in FIGURES:
        assert canvas.png(draw(summary, builders.timeline(windows)))


def test_one_second_of_run_draws() -> None:
    """A run of a single bin is a picture, not an error."""
    for draw in FIGURES:
        assert canvas.svg(draw(builders.calm(), builders.timeline((), seconds=1)))


def test_bands_differ_by_more_than_colour() -> None:
    """No two bands share colour, and no two that can lie side by side share a hatch."""
    for fills in (style.OUTCOMES, style.STATUSES):
        assert len({fill.colour for fill in fills.values()}) == len(fills)
        assert len({fill.hatch for fill in fills.values()}) == len(fills)


def test_a_figure_needs_no_display_and_no_global_figure() -> None:
    """Figures are objects of their own: pyplot, with its global state, is not even imported."""
    import sys  # noqa: PLC0415 - asks about this very process

    assert all(isinstance(picture.figure, Figure) for picture in pictures("bureau").values())
    assert "matplotlib.pyplot" not in sys.modules
