"""What a decision saw of each service: a status and, if it answered, a value, its age and its version."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EvidenceStatus(StrEnum):
    """How asking one service ended."""

    OK = "ok"
    LATE = "late"
    ERROR = "error"
    EMPTY = "empty"
    STALE = "stale"
    MALFORMED = "malformed"
    REFUSED = "refused"
    SKIPPED = "skipped"


USABLE = frozenset({EvidenceStatus.OK, EvidenceStatus.EMPTY, EvidenceStatus.STALE})
"""Statuses that carry a value: `empty` carries "no record", `stale` an old value that a policy chose to use."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One service's part: `value` is what it reported; None with a usable status is a true "no record".

    Identity reports 1 for verified and 0 for not. Scoring reports the mean of the score, and its `sd` beside it.
    """

    status: EvidenceStatus
    value: float | None = None
    age_s: float | None = None
    latency_s: float | None = None
    version: str | None = None
    sd: float | None = None

    @property
    def usable(self) -> bool:
        """Whether a value, or a true "no record", was retrieved."""
        return self.status in USABLE
