"""The hooks at which a fault may act on a call, and the faults of calls that act there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, Self

from fastapi import Response
from pydantic import PrivateAttr
from creditstorm.credit import SERVICES, Applicant, Keyed, befalls, draw, updated
from mock_services.faults.active import ActiveFaults, Fault, Kind, Share
from mock_services.wire.payloads import EvidenceRequest, ScoreRequest
from mock_services.workers.capacity import Capacity

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
    """Each method is one step of a call, in this order, and does nothing unless a kind says otherwise."""

    def refuses(self, call: Call) -> Response | None:
        """At the gate, before the call waits for a worker: an answer turns it away."""

    def stretched(self, call: Call, service_s: float) -> float:  # noqa: ARG002 - a kind reads it
        """When a worker takes the call: how long it will be busy."""
        return service_s

    def fails(self, call: Call) -> Response | None:
        """When the work is done: an answer replaces the good one."""

    def changed(self, call: Call, reported: Reported) -> Reported:  # noqa: ARG002 - a kind reads it
        """What a source says about the person."""
        return reported

    def spoiled(self, call: Call, body: bytes) -> bytes:  # noqa: ARG002 - a kind reads it
        """The good answer, as bytes on their way out."""
        return body


@dataclass(frozen=True, slots=True)
class Update:
    """What the source has heard: the lives of a share of people have changed, by a factor in what it measures."""

    share: float
    factor: float


@dataclass(frozen=True, slots=True)
class ServiceHandle:
    """One service; `updates` are the profile updates that it has heard of, by name."""

    seed: int
    service: str
    capacity: Capacity
    now: Callable[[], float]
    updates: dict[str, Update] = field(default_factory=dict)

    def up_to_date(self, person: Applicant) -> Applicant:
        """The person as this source knows them after every update."""
        value = person.values[self.service]
        for name, update in self.updates.items():
            if befalls(self.seed, name, person.id, update.share):
                value = updated(value, update.factor)
        return replace(person, values=person.values | {self.service: value})


_DRAW_STRIKES: Final = 0


class CallEffect(Hooks, Fault[ServiceHandle]):
    """A fault of calls: `services` are those that may have it."""

    services: ClassVar[tuple[str, ...]] = SERVICES


class SharedEffect(CallEffect):
    """A fault that strikes a share of the calls, by the key of the call."""

    share: Share = 1.0

    _stream: Keyed = PrivateAttr()

    def begin(self, name: str, handle: ServiceHandle) -> None:
        """The draws belong to the name of the fault."""
        super().begin(name, handle)
        self._stream = Keyed(handle.seed, "fault", name)

    def draw(self, call: Call, index: int) -> float:
        """The uniform number of this call under this fault; number 0 decides whether it is struck."""
        return draw(self._stream.bits(call.applicant, call.session, call.attempt, call.nth_try), index)

    def struck(self, call: Call) -> bool:
        """Whether this call is one of the share."""
        return self.draw(call, _DRAW_STRIKES) < self.share

    def strikes(self, call: Call) -> bool:
        """Whether this call is one of the share; then it is counted as met."""
        struck = self.struck(call)
        self._met += struck
        return struck


class CallEffects(ActiveFaults[CallEffect]):
    """The faults of calls that are on, applied one after another in their order; ask only while any is on."""

    def __init__(self, kinds: Mapping[str, Kind[CallEffect]], handle: ServiceHandle) -> None:
        super().__init__(kinds, handle)
        self.handle: Final = handle

    def refused(self, call: Call) -> Response | None:
        """The answer of the first that turns the call away."""
        return next(filter(None, (fault.refuses(call) for fault in self.on)), None)

    def stretched(self, call: Call, service_s: float) -> float:
        """How long the worker will be busy with the call."""
        for fault in self.on:
            service_s = fault.stretched(call, service_s)
        return service_s

    def failed(self, call: Call) -> Response | None:
        """The answer of the first that makes the call fail."""
        return next(filter(None, (fault.fails(call) for fault in self.on)), None)

    def changed(self, call: Call, reported: Reported) -> Reported:
        """What the source says in the end."""
        for fault in self.on:
            reported = fault.changed(call, reported)
        return reported

    def spoiled(self, call: Call, body: bytes) -> bytes:
        """The bytes that go out in the end."""
        for fault in self.on:
            body = fault.spoiled(call, body)
        return body
