"""What the load is to do: read once from load.json, frozen from then on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, TypeAdapter, ValidationError
from creditstorm.credit import Change, Population, PopulationSpec, Strategy
from creditstorm.credit.oracle import Oracle
from creditstorm.errors import UsageError

PLAN_VARIABLE: Final = "CREDITSTORM_LOAD"
"""The environment variable that names the file of a plan to a load that the harness starts."""
_STRICT: dict[str, Any] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class RateStage:
    """Arrivals at a rate that goes straight from `from_hz` to `to_hz` within `for_s`."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    for_s: float
    from_hz: float
    to_hz: float

    def __post_init__(self) -> None:
        if self.for_s <= 0 or self.from_hz < 0 or self.to_hz < 0:
            raise ValueError("for_s must be above 0, from_hz and to_hz 0 or more")


@dataclass(frozen=True, slots=True)
class Users:
    """The closed model: `count` people at a time, each followed by the next after `think_s` on average."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    count: int
    for_s: float
    think_s: float = 1.0

    def __post_init__(self) -> None:
        if self.count < 1 or self.for_s <= 0 or self.think_s < 0:
            raise ValueError("count must be 1 or more, for_s above 0, think_s 0 or more")


@dataclass(frozen=True, slots=True)
class Retap:
    """How likely a person taps again after each answer, and after how long."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    no_credit: float = 0.6
    error: float = 0.7
    timeout: float = 0.8
    undetermined: float = 0.1
    think_s: float = 1.0
    think_exp_s: float = 4.0
    max_attempts: int = 5


@dataclass(frozen=True, slots=True)
class Complains:
    """How likely who is left with an answer complains of it, and when: `after_s` later, or up to `spread_s` more."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    no_credit: float = 0.0
    undetermined: float = 0.0
    after_s: float = 30.0
    spread_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Client:
    """The app: how long it waits for an answer, what it shows where none came, and whether people complain there."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    timeout_s: float = 5.0
    paints_failure_as: Literal["error", "no_credit"] = "error"
    complains: Complains | None = None

    def __post_init__(self) -> None:
        if self.timeout_s <= 0:
            raise ValueError("timeout_s must be above 0")


@dataclass(frozen=True)
class LoadPlan:
    """Everything a generator needs to know. Either `arrivals` (open model) or `users` (closed model) is given.

    `changes` are what happens to people and rules meanwhile: the truth about a tap is that of its intended instant.
    `notices` and `feedback` say whether the lender notifies people, and whether it hears their complaints.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    seed: int
    population: PopulationSpec = field(default_factory=PopulationSpec)
    strategy: Strategy = field(default_factory=Strategy)
    changes: tuple[Annotated[Change, Field(discriminator="kind")], ...] = ()
    arrivals: tuple[RateStage, ...] | None = None
    users: Users | None = None
    retap: Retap = field(default_factory=Retap)
    client: Client = field(default_factory=Client)
    live_dir: Path | None = None
    start_file: Path | None = None
    drain_s: float = 10.0
    notices: bool = False
    feedback: bool = False

    def __post_init__(self) -> None:
        if (self.arrivals is None) == (self.users is None):
            raise ValueError("give either arrivals (open model) or users (closed model)")

    @property
    def duration_s(self) -> float:
        """When the last first attempt can be intended."""
        if self.users is not None:
            return self.users.for_s
        return sum(stage.for_s for stage in self.arrivals or ())

    @property
    def last_call_s(self) -> float:
        """The last instant a tap is intended at: observation ends with the arrivals, re-taps after it are censored."""
        return self.duration_s

    @cached_property
    def people(self) -> Population:
        """The population with its keyed traits."""
        return self.population.people(self.seed)

    @cached_property
    def oracle(self) -> Oracle:
        """Who knows the right answer for every person at every instant of the load."""
        return Oracle(self.people, self.strategy, self.changes)

    def as_json(self) -> str:
        """The plan as text that `parse_plan` reads again."""
        return _adapter().dump_json(self, exclude_none=True).decode()


@cache
def _adapter() -> TypeAdapter[LoadPlan]:
    """Made once: to make it takes as long as to simulate a dozen answers."""
    return TypeAdapter(LoadPlan)


def plan_of(orders: Mapping[str, object]) -> LoadPlan:
    """The plan that these plain values tell; pydantic's ValidationError where they are none."""
    return _adapter().validate_python(orders)


def parse_plan(text: str | bytes, *, origin: str) -> LoadPlan:
    """The plan in `text`; UsageError names `origin`, each key that is wrong and what is allowed."""
    try:
        return _adapter().validate_json(text)
    except ValidationError as problem:
        lines = [f"  {'.'.join(str(part) for part in e['loc']) or '(whole)'}: {e['msg']}" for e in problem.errors()]
        raise UsageError("\n".join([f"{origin}: not a plan of a load:", *lines])) from problem


def read_plan(path: Path) -> LoadPlan:
    """The plan in the file at `path`; UsageError where it cannot be read or is not a plan."""
    try:
        text = path.read_bytes()
    except OSError as problem:
        raise UsageError(f"{PLAN_VARIABLE}={path}: cannot be read ({problem.strerror}).") from problem
    return parse_plan(text, origin=str(path))
