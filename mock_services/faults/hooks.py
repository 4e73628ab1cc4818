"""The moments of a call at which a fault may act."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from fastapi import Response

from creditstorm.credit.applicants import Applicant
from mock_services.wire.payloads import EvidenceRequest, ScoreRequest

Call = EvidenceRequest | ScoreRequest
Value = int | float | bool
Record = dict[str, Value | None]


@dataclass(frozen=True, slots=True)
class Reported:
    """What a source is about to say about a person; a record has one field, None is "no record"."""

    person: Applicant
    as_of: float
    record: Record | None

    @property
    def value(self) -> Value | None:
        """The one number, or yes or no, of the record."""
        return None if self.record is None else next(iter(self.record.values()))

    def saying(self, value: Value | None) -> Self:
        """The same with another value in the one field of the record."""
        return replace(self, record=dict.fromkeys(self.record or (), value))


class Hooks:
    """Each method is a moment in a call, in this order, and does nothing unless a kind says otherwise."""

    def refuses(self, call: Call) -> Response | None:
        """At the gate, before the call waits for a worker: an answer turns it away."""

    def stretched(self, call: Call, service_s: float) -> float:  # noqa: ARG002 - a kind looks at it
        """When a worker takes the call: how long it will be busy."""
        return service_s

    def fails(self, call: Call) -> Response | None:
        """When the work is done: an answer replaces the good one."""

    def changed(self, call: Call, said: Reported) -> Reported:  # noqa: ARG002 - a kind looks at it
        """What a source says about the person."""
        return said

    def spoiled(self, call: Call, body: bytes) -> bytes:  # noqa: ARG002 - a kind looks at it
        """The good answer, as bytes on their way out."""
        return body
