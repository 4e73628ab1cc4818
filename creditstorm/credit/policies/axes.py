"""The six axes of a policy and every value of each: a plug-in point is one class and one line here."""

from __future__ import annotations

from typing import Final

from creditstorm.credit.policies.admission import Adaptive, Admission, InflightCap, NoAdmission, Priority
from creditstorm.credit.policies.answer import Honest, Push, TwoWords, Vocabulary
from creditstorm.credit.policies.missing import (
    FailClosed,
    LastKnownGood,
    Missing,
    PartialScore,
    TriState,
    WorstBin,
    ZeroFill,
)
from creditstorm.credit.policies.quality import Quality, QualityGate, Trusting
from creditstorm.credit.policies.rollout import Canary, Direct, Hysteresis, Mixed, Pinned, Rollout
from creditstorm.credit.policies.transport import Breaker, Hedge, Retry, RetryBudget, Single, Transport

Axis = Transport | Missing | Vocabulary | Admission | Rollout | Quality

_VALUES: Final[dict[str, tuple[type[Axis], ...]]] = {
    "transport": (Single, Retry, RetryBudget, Hedge, Breaker),
    "missing": (FailClosed, ZeroFill, WorstBin, LastKnownGood, PartialScore, TriState),
    "answer": (TwoWords, Honest, Push),
    "admission": (NoAdmission, InflightCap, Priority, Adaptive),
    "rollout": (Direct, Pinned, Canary, Hysteresis, Mixed),
    "quality": (Trusting, QualityGate),
}
AXES: Final = {axis: {value().kind: value for value in values} for axis, values in _VALUES.items()}
"""Every value of every axis, and of the quality gate beside them, by kind."""
