"""The figures, one a file: a new one is one module and one line here."""

from collections.abc import Callable, Sequence
from typing import Final

from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.summary import Summary
from creditstorm.report.canvas import Picture, finished, house_style
from creditstorm.report.drawing import Drawing
from creditstorm.report.figures import (
    alarm_race,
    arrivals,
    evidence_status,
    latency,
    outcome_by_phase,
    outcome_shares,
    storm_strip,
    wrongful_rate,
)

FIGURES: Final[tuple[Callable[[Summary, Timeline], Picture], ...]] = (
    storm_strip.draw,
    alarm_race.draw,
    outcome_by_phase.draw,
    wrongful_rate.draw,
    outcome_shares.draw,
    evidence_status.draw,
    arrivals.draw,
    latency.draw,
)
"""Every figure of a report, in the order of the page."""


def drawings(which: Sequence[int], summary: Summary, timeline: Timeline) -> list[Drawing]:
    """The figures at these places of `FIGURES`, drawn."""
    with house_style():
        return [finished(FIGURES[index](summary, timeline)) for index in which]
