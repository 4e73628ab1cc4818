"""How the lender behaves under trouble: five orthogonal axes, composed by name.

The values of an axis are small frozen types with a `kind`; a plug-in point is one class and one line in its table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Final

_DAY_S: Final = 86_400.0

DEFAULT_TTL_S: Final[dict[str, float]] = {
    "identity": 30 * _DAY_S,
    "repayment": 1 * _DAY_S,
    "consumption": 7 * _DAY_S,
    "bureau": 30 * _DAY_S,
    "income": 90 * _DAY_S,
    "social": 30 * _DAY_S,
    "scoring": 1 * _DAY_S,
}
"""How old a last known good value may be, in seconds, per service; one that is not named is never served stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """One try a service, within the deadline."""

    kind: str = "single"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """One try a service, and none for `open_s` after `threshold` failures in a row."""

    kind: str = "breaker"
    threshold: int = 5
    open_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FailClosed:
    """Missing evidence means no credit: the bug."""

    kind: str = "fail_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastKnownGood:
    """Missing evidence is replaced by the last good value of the person, up to a time to live per source."""

    kind: str = "last_known_good"
    ttl_s: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_TTL_S))


@dataclass(frozen=True, slots=True, kw_only=True)
class TriState:
    """Approve or deny only where mean ± z · sd of the score is clear of the cut-off, otherwise undetermined."""

    kind: str = "tri_state"
    z: float = 1.645


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoWords:
    """The person is told approved or no credit, nothing between."""

    kind: str = "two_words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Honest:
    """The person may be told undetermined, with the cause, the next step and when to look again."""

    kind: str = "honest"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAdmission:
    """Every request is let in."""

    kind: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """The newest strategy decides for everybody at once."""

    kind: str = "direct"


Transport = Single | Breaker
Missing = FailClosed | LastKnownGood | TriState
Vocabulary = TwoWords | Honest
Admission = NoAdmission
Rollout = Direct
Axis = Transport | Missing | Vocabulary | Admission | Rollout

AXES: Final[dict[str, dict[str, type[Axis]]]] = {
    "transport": {"single": Single, "breaker": Breaker},
    "missing": {"fail_closed": FailClosed, "last_known_good": LastKnownGood, "tri_state": TriState},
    "answer": {"two_words": TwoWords, "honest": Honest},
    "admission": {"none": NoAdmission},
    "rollout": {"direct": Direct},
}
"""Every value of every axis, by kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySpec:
    """One policy: a name to show, and one value on each axis."""

    name: str
    transport: Transport = field(default_factory=Single)
    missing: Missing = field(default_factory=FailClosed)
    answer: Vocabulary = field(default_factory=TwoWords)
    admission: Admission = field(default_factory=NoAdmission)
    rollout: Rollout = field(default_factory=Direct)

    def as_json(self) -> dict[str, object]:
        """Plain values for a settings file: the name and one mapping with a `kind` an axis."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: Mapping[str, object]) -> PolicySpec:
        """The policy that `as_json` wrote; ValueError names an axis, kind or field that does not exist."""
        axes = {axis: _axis(axis, plain[axis]) for axis in AXES if axis in plain}
        unknown = set(plain) - set(AXES) - {"name"}
        if unknown:
            raise ValueError(f"a policy has no axis {min(unknown)!r}; allowed: {', '.join(AXES)}")
        return cls(name=str(plain.get("name", "custom")), **axes)  # type: ignore[arg-type]


def _axis(axis: str, plain: object) -> Axis:
    if not isinstance(plain, Mapping) or plain.get("kind") not in AXES[axis]:
        raise ValueError(f"policy axis {axis}: allowed kinds are {', '.join(AXES[axis])}, got {plain!r}")
    try:
        return AXES[axis][str(plain["kind"])](**plain)
    except TypeError as error:
        raise ValueError(f"policy axis {axis}: {error}") from error


PRESETS: Final[dict[str, PolicySpec]] = {
    policy.name: policy
    for policy in (
        PolicySpec(name="fail-closed"),
        PolicySpec(name="breaker", transport=Breaker()),
        PolicySpec(name="last-known-good", transport=Breaker(), missing=LastKnownGood()),
        PolicySpec(name="tri-state", transport=Breaker(), missing=TriState(), answer=Honest()),
    )
}
"""The named policies."""
