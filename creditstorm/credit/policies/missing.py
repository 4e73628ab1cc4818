"""The missing-data axis: what is decided when evidence did not arrive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
class FailClosed:
    """Missing evidence means no credit: the bug."""

    kind: str = "fail_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroFill:
    """A missing number becomes 0, which the scorecard reads as its lowest bin, `clip_sd` sd below the mean: a bug."""

    kind: str = "zero_fill"
    clip_sd: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstBin:
    """A missing characteristic falls into the bin of "no record", an adverse fact."""

    kind: str = "worst_bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialScore:
    """Decide by the conditional expectation of the score, however little is known."""

    kind: str = "partial_score"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastKnownGood:
    """Missing evidence is replaced by the last good value of the person, up to a time to live per source.

    `otherwise` is the rule that decides, on old values as on fresh ones: `fail_closed`, or `tri_state` with its `z`.
    `store` is the URL of the Redis that keeps the values; None: they are kept in the decision service itself.
    """

    kind: str = "last_known_good"
    ttl_s: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_TTL_S))
    otherwise: str = "fail_closed"
    z: float = 1.645
    store: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriState:
    """Approve or deny only where mean ± z · sd of the score is clear of the cut-off, otherwise undetermined."""

    kind: str = "tri_state"
    z: float = 1.645


Missing = FailClosed | ZeroFill | WorstBin | LastKnownGood | PartialScore | TriState
