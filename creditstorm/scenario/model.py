"""A scenario: population, load, system, faults and thresholds, as frozen types that are valid once they exist."""

from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from creditstorm.credit import applicants
from creditstorm.language.problems import Problem, as_custom, as_validation_error
from creditstorm.language.quantities import Count, Duration, Id, Number, PositiveDuration, Share, Spec, key, one_of
from creditstorm.scenario import checks, monitors
from creditstorm.scenario.faults import Fault
from creditstorm.scenario.load import LoadSpec, RetapSpec, Stage, UsersSpec
from creditstorm.scenario.monitors import MonitorName, Monitors
from creditstorm.scenario.published import Published, published_problems, shown_text
from creditstorm.scenario.system import Policy, ServiceOverride, SystemSpec
from creditstorm.scenario.threshold import Threshold
from creditstorm.scenario.thresholds import Thresholds, contradictions
from creditstorm.units import quoted

__all__ = [
    "CAUSES",
    "ClientSpec",
    "Fault",
    "LoadSpec",
    "RecoverySpec",
    "RetapSpec",
    "Scenario",
    "ScenarioPopulation",
    "ServiceOverride",
    "Stage",
    "SystemSpec",
    "Threshold",
    "UsersSpec",
]

CAUSES: Final = (
    "data_interface",
    "strategy",
    "profile",
    "capacity",
    "data_quality",
    "platform",
    "consent",
    "none",
)
"""Why people are wrongly told "no credit", in the order of the catalogue; `none` is for a scenario without a fault."""


class ScenarioPopulation(applicants.PopulationSpec):
    """Who asks, as a scenario says it: it has to tell how many they are."""

    size: Annotated[Count, Field(ge=1, le=10**12), key("applicants")]


class ComplainsSpec(Spec):
    """Who complains of the answer they are left with, and when: `after` it, or up to `spread` later."""

    no_credit: Share = 0.0
    undetermined: Share = 0.0
    after_s: Annotated[Duration, key("after")] = 30.0
    spread_s: Annotated[Duration, key("spread")] = 20.0


class ClientSpec(Spec):
    """The app in the person's hand: how long it waits, how it paints a failure, and whether people complain there."""

    timeout_s: Annotated[PositiveDuration, key("timeout")] = 5.0
    paints_failure_as: Annotated[str, *one_of("an answer to paint", ("error", "no_credit"))] = "error"
    complains: ComplainsSpec | None = None


class RecoverySpec(Spec):
    """What still counts as back: a share not decided rightly of calm's + `margin` or × `ratio`, the larger."""

    margin: Annotated[Share, Field(gt=0.0, lt=1.0)] = 0.02
    ratio: Annotated[Number, Field(ge=1.0, le=100.0)] = 1.5


def _version(value: object) -> int:
    if value != 1 or isinstance(value, bool):
        remedy = "write schema: 1, or use the creditstorm that knows this version"
        raise as_custom(Problem(what=f"schema {quoted(value)} is not known", allowed=("1",), remedy=remedy))
    return 1


_Reason = Annotated[str, *shown_text("a sentence", "say in a sentence what the scenario shows; it heads every report")]
_Source = Annotated[
    str, *shown_text("a text", "name where the incident was published, such as an article and its date")
]


class Scenario(Spec):
    """Everything a run is asked to do. Two equal scenarios ask for the same run.

    `cause` is what the scenario is about, `intended` the policy its thresholds are written for, `sources` where the
    incident that it replays was published, and `published` what they say of it; none of the four changes the run.
    """

    schema_: Annotated[int, BeforeValidator(_version), WithJsonSchema({"const": 1}), key("schema")] = 1
    id: Id
    why: _Reason
    cause: Annotated[str | None, *one_of("a cause", CAUSES)] = None
    intended: Policy | None = None
    sources: Annotated[tuple[_Source, ...], Field(max_length=20)] = ()
    published: Published | None = None
    seed: Annotated[Count, Field(ge=0, lt=2**63)]
    population: ScenarioPopulation
    load: LoadSpec
    system: SystemSpec = SystemSpec()
    client: ClientSpec = ClientSpec()
    recovery: RecoverySpec = RecoverySpec()
    monitors: Monitors = monitors.ALL
    faults: Annotated[tuple[Fault, ...], Field(max_length=200)] = ()
    thresholds: Thresholds = ()

    @property
    def watched(self) -> tuple[str, ...]:
        """The monitors that have something to look at: that of complaints only where people may complain."""
        idle = {MonitorName.COMPLAINT_RATE.value} if self.client.complains is None else set()
        return tuple(name for name in self.monitors if name not in idle)

    @model_validator(mode="before")
    @classmethod
    def _named_faults(cls, plain: Any) -> Any:  # noqa: ANN401
        return checks.with_fault_names(plain)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        problems = [
            *checks.fault_problems(self.faults, self.load, self.system),
            *checks.canary_problems(self.system.policy, self.faults, ("system", "policy")),
            *(checks.canary_problems(self.intended, self.faults, ("intended",)) if self.intended else ()),
            *checks.scope_problems(self.thresholds, self.faults, self.watched),
            *checks.complaint_problems(self.client.complains, self.monitors, self.load),
            *checks.calm_problems(self.thresholds, self.faults, self.load),
            *contradictions(self.thresholds),
            *checks.bound_problems(self.thresholds, self.client.timeout_s),
            *(published_problems(self.published, self.sources, self.load.duration_s) if self.published else ()),
        ]
        if problems:
            raise as_validation_error(problems)
        return self
