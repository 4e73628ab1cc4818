"""How the lender behaves under trouble: five orthogonal axes and a quality gate, composed by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Final

from creditstorm.credit.policies.admission import Admission, InflightCap, NoAdmission
from creditstorm.credit.policies.answer import Honest, Push, TwoWords, Vocabulary
from creditstorm.credit.policies.axes import AXES, Axis
from creditstorm.credit.policies.missing import FailClosed, LastKnownGood, Missing, PartialScore, TriState, ZeroFill
from creditstorm.credit.policies.quality import Quality, QualityGate, Trusting
from creditstorm.credit.policies.rollout import Direct, Rollout
from creditstorm.credit.policies.transport import Breaker, Hedge, Retry, RetryBudget, Single, Transport
from creditstorm.plugins import POLICIES, classes


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySpec:
    """One policy: a name to show, one value on each axis, and whether the lender doubts what it is told."""

    name: str
    transport: Transport = field(default_factory=Single)
    missing: Missing = field(default_factory=FailClosed)
    answer: Vocabulary = field(default_factory=TwoWords)
    admission: Admission = field(default_factory=NoAdmission)
    rollout: Rollout = field(default_factory=Direct)
    quality: Quality = field(default_factory=Trusting)

    def as_json(self) -> dict[str, object]:
        """Plain values for a settings file: the name and one mapping with a `kind` an axis."""
        return {"name": self.name, **{axis: _plain(getattr(self, axis)) for axis in AXES}}

    @classmethod
    def from_json(cls, plain: Mapping[str, object]) -> PolicySpec:
        """The policy that `as_json` wrote; ValueError names an axis, kind or field that does not exist."""
        axes = {axis: _axis(axis, plain[axis]) for axis in AXES if axis in plain}
        unknown = set(plain) - set(AXES) - {"name"}
        if unknown:
            raise ValueError(f"a policy has no axis {min(unknown)!r}; allowed: {', '.join(AXES)}")
        return cls(name=str(plain.get("name", "custom")), **axes)  # type: ignore[arg-type]


def kinds_on(axis: str) -> Mapping[str, type[Axis]]:
    """Every value of this axis by kind, those of other packages included; raises PluginError."""
    return {**AXES[axis], **{kind: value for kind, value in classes(POLICIES).items() if value.axis == axis}}


def _plain(value: Axis) -> object:
    """A value of our own is a dataclass, one of another package a pydantic model."""
    return asdict(value) if is_dataclass(value) else value.model_dump()


def _axis(axis: str, plain: object) -> Axis:
    kinds = kinds_on(axis)
    if not isinstance(plain, Mapping) or plain.get("kind") not in kinds:
        raise ValueError(f"policy axis {axis}: allowed kinds are {', '.join(kinds)}, got {plain!r}")
    try:
        return kinds[str(plain["kind"])](**plain)
    except TypeError as error:
        raise ValueError(f"policy axis {axis}: {error}") from error


PRESETS: Final[dict[str, PolicySpec]] = {
    policy.name: policy
    for policy in (
        PolicySpec(name="fail-closed"),
        PolicySpec(name="zero-fill", missing=ZeroFill()),
        PolicySpec(name="retry", transport=Retry()),
        PolicySpec(name="retry-budget", transport=RetryBudget()),
        PolicySpec(name="hedge", transport=Hedge()),
        PolicySpec(name="breaker", transport=Breaker()),
        PolicySpec(name="last-known-good", transport=Breaker(), missing=LastKnownGood()),
        PolicySpec(name="partial-score", transport=Breaker(), missing=PartialScore()),
        PolicySpec(
            name="tri-state",
            transport=Breaker(),
            missing=TriState(),
            answer=Honest(),
            quality=QualityGate(),
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
