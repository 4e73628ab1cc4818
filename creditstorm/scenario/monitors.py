"""The monitors of a run by name: what a lender could watch, and the ideal that nobody can."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from creditstorm.language.problems import Problem, as_custom
from creditstorm.language.quantities import one_of


class MonitorName(StrEnum):
    """What a monitor is called in a scenario, on the screen and in a threshold."""

    HTTP_ERRORS = "http_errors"
    P99_LATENCY = "p99_latency"
    DECLINE_RATE = "decline_rate"
    TECHNICAL_DECLINES = "technical_declines"
    UNDECIDED_RATE = "undecided_rate"
    WRONGFUL_NO_CREDIT = "wrongful_no_credit"


ALL: Final = tuple(name.value for name in MonitorName)
Name = Annotated[str, *one_of("a monitor", ALL)]


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise as_custom(Problem(what=f"{twice} is named twice", remedy="name each monitor once"))
    return names


Monitors = Annotated[tuple[Name, ...], Field(max_length=len(ALL) * 2), AfterValidator(_each_once)]
"""The monitors that watch a run: all, where a scenario does not say; none, where its list is empty."""
