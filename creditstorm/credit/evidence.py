"""What a decision saw of each service: a status and, if it answered, a value, its age and its version."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class EvidenceStatus(StrEnum):
    """How asking one service ended.

    `refused` means that the person does not let the lender have it (HTTP 403), never that a connection failed: that is
    an `error`.
    """

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
    `null_field` tells a field that was null, read as 0, from a true 0; `rejected` evidence did not pass the lender's
    quality gate, whatever its status; `replica_left` says of a failure that the service has another replica which is
    not known to be in trouble.
    """

    status: EvidenceStatus
    value: float | None = None
    age_s: float | None = None
    latency_s: float | None = None
    version: str | None = None
    sd: float | None = None
    null_field: bool = False
    rejected: bool = False
    replica_left: bool = False

    @property
    def usable(self) -> bool:
        """Whether a value, or a true "no record", was retrieved and is believed."""
        return self.status in USABLE and not self.rejected

    @property
    def answered(self) -> bool:
        """Whether the service did its part: asking again would not help, and it is not in trouble."""
        return self.usable or self.status is EvidenceStatus.REFUSED


NEVER_ASKED: Final = Evidence(EvidenceStatus.LATE, latency_s=0.0)
"""Of a call that was not made, because its deadline had passed before it could begin."""
