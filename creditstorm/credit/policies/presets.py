"""A policy: a value on each of seven axes, those of other packages included, and the policies that have a name."""

from dataclasses import dataclass, field, fields
from functools import partial
from typing import Annotated, Any, ClassVar, Final, get_args, get_type_hints

from pydantic import GetPydanticSchema
from creditstorm.credit.policies.admission import Admission, InflightCap, NoAdmission
from creditstorm.credit.policies.answer import Honest, Push, TwoWords, Vocabulary
from creditstorm.credit.policies.feedback import Feedback, NoFeedback, Redecide, Review
from creditstorm.credit.policies.missing import FailClosed, LastKnownGood, Missing, PartialScore, TriState, ZeroFill
from creditstorm.credit.policies.quality import Quality, QualityGate, Trusting
from creditstorm.credit.policies.rollout import Direct, Rollout
from creditstorm.credit.policies.transport import Breaker, Hedge, Retry, RetryBudget, Single, Transport
from creditstorm.language.quantities import Spec
from creditstorm.plugins import POLICIES, found, open_to, subclasses


class PolicyValue(Spec):
    """Its fields are what a scenario may ask for, `kind` the word for it, `axis` the axis that it is a value of.

    The lender builds it by `build`; a value that has the methods of its axis itself need not say how.
    """

    axis: ClassVar[str]
    kind: str

    def build(self, context: Any) -> Any:  # noqa: ANN401, ARG002 - the lender's own types, which no scenario knows
        """What does the work, as `mock_services.policies.axes` wants it; `context` is that of the policy registry."""
        return self


def plugged_values(axis: str) -> tuple[type[PolicyValue], ...]:
    """The values of one axis that are installed beside creditstorm; raises PluginError."""
    values = subclasses(POLICIES, PolicyValue)
    for plugin in found(POLICIES):
        if (wanted := getattr(plugin.brought, "axis", None)) not in AXES:
            raise plugin.broken(f"its axis is {wanted!r}; allowed are {', '.join(AXES)}")
    return tuple(value for value in values if value.axis == axis)


def _others(axis: str) -> GetPydanticSchema:
    return open_to(partial(plugged_values, axis))


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySpec:
    """One policy: a name to show, one value on each axis, and whether the lender doubts what it is told.

    This is its only form: a scenario and the settings of a service are read into it by pydantic, bounds included.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}
    name: str = "custom"
    transport: Annotated[Transport, _others("transport")] = field(default_factory=Single)
    missing: Annotated[Missing, _others("missing")] = field(default_factory=FailClosed)
    answer: Annotated[Vocabulary, _others("answer")] = field(default_factory=TwoWords)
    admission: Annotated[Admission, _others("admission")] = field(default_factory=NoAdmission)
    rollout: Annotated[Rollout, _others("rollout")] = field(default_factory=Direct)
    quality: Annotated[Quality, _others("quality")] = field(default_factory=Trusting)
    feedback: Annotated[Feedback, _others("feedback")] = field(default_factory=NoFeedback)

    @property
    def notifies(self) -> bool:
        """Whether a person may hear of a decision without asking again."""
        return isinstance(self.answer, Push) or self.takes_complaints

    @property
    def takes_complaints(self) -> bool:
        """Whether it is of any use to complain."""
        return not isinstance(self.feedback, NoFeedback)

    @property
    def reviews(self) -> bool:
        """Whether people decide about complaints."""
        return isinstance(self.feedback, Review)


UNIONS: Final = {
    part.name: get_type_hints(PolicySpec, include_extras=True)[part.name]
    for part in fields(PolicySpec)
    if part.name != "name"
}
"""What may stand on each axis, as a type that pydantic reads: our own kinds and those of other packages."""
AXES: Final[dict[str, dict[str, type[Spec]]]] = {
    axis: {kind.model_fields["kind"].default: kind for kind in get_args(get_args(union)[0])}
    for axis, union in UNIONS.items()
}
"""Every value of our own on every axis, and of the quality gate beside them, by kind."""

PRESETS: Final[dict[str, PolicySpec]] = {
    policy.name: policy
    for policy in (
        PolicySpec(name="fail-closed"),
        PolicySpec(name="fail-closed-feedback", feedback=Redecide()),
        PolicySpec(name="zero-fill", missing=ZeroFill()),
        PolicySpec(name="retry", transport=Retry()),
        PolicySpec(name="retry-budget", transport=RetryBudget()),
        PolicySpec(name="hedge", transport=Hedge()),
        PolicySpec(name="breaker", transport=Breaker()),
        PolicySpec(name="last-known-good", transport=Breaker(), missing=LastKnownGood()),
        PolicySpec(name="partial-score", transport=Breaker(), missing=PartialScore()),
        PolicySpec(name="tri-state", transport=Breaker(), missing=TriState(), answer=Honest(), quality=QualityGate()),
        PolicySpec(
            name="tri-state-feedback",
            transport=Breaker(),
            missing=TriState(),
            answer=Honest(),
            quality=QualityGate(),
            feedback=Redecide(),
        ),
        PolicySpec(
            name="tri-state-push",
            transport=Breaker(),
            missing=LastKnownGood(otherwise="tri_state"),
            answer=Push(),
            quality=QualityGate(),
        ),
        PolicySpec(
            name="tri-state-shed",
            transport=Breaker(),
            missing=LastKnownGood(otherwise="tri_state"),
            answer=Push(),
            admission=InflightCap(),
            quality=QualityGate(),
        ),
    )
}
"""The named policies.

Those with honest words have the quality gate: what they doubt they can say. The others have none, so that each of them
stands for one remedy alone. ``{preset: tri-state, quality: {kind: none}}`` compares a policy with itself without it.
"""
