"""The monitors of a run by name: what a lender could watch, and the ideal that nobody can."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, GetPydanticSchema
from creditstorm.language.problems import Problem, as_custom, not_among
from creditstorm.plugins import MONITORS, found


class MonitorName(StrEnum):
    """What a monitor is called in a scenario, on the screen and in a threshold."""

    HTTP_ERRORS = "http_errors"
    P99_LATENCY = "p99_latency"
    DECLINE_RATE = "decline_rate"
    TECHNICAL_DECLINES = "technical_declines"
    UNDECIDED_RATE = "undecided_rate"
    COMPLAINT_RATE = "complaint_rate"
    WRONGFUL_NO_CREDIT = "wrongful_no_credit"


OF_TRAFFIC: Final = frozenset({MonitorName.HTTP_ERRORS.value, MonitorName.P99_LATENCY.value})
"""What any service is watched by; the others look at what people were told."""
ALL: Final = tuple(name.value for name in MonitorName)


def allowed() -> tuple[str, ...]:
    """The names of ours and of those that are installed beside creditstorm; raises PluginError."""
    plugged = found(MONITORS)
    if taken := next((plugin for plugin in plugged if plugin.name in ALL), None):
        raise taken.broken(f"{taken.name} is a word of creditstorm's own")
    return (*ALL, *(plugin.name for plugin in plugged))


def _known(value: object) -> object:
    if value not in allowed():
        raise as_custom(not_among("a monitor", value, allowed()))
    return value


def _enumerated(_core: object, _handler: object) -> dict[str, object]:
    return {"enum": list(allowed())}


Name = Annotated[str, BeforeValidator(_known), GetPydanticSchema(get_pydantic_json_schema=_enumerated)]


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise as_custom(Problem(what=f"{twice} is named twice", remedy="name each monitor once"))
    return names


Monitors = Annotated[tuple[Name, ...], Field(max_length=len(ALL) * 2), AfterValidator(_each_once)]
"""The monitors that watch a run: all, where a scenario does not say; none, where its list is empty."""
