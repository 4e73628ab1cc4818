"""ActiveFaults of the services that answer calls, sources and scoring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import Response
from pydantic import PrivateAttr

from creditstorm.credit.keyed import Keyed, draw
from mock_services.faults.active import ActiveFaults
from mock_services.faults.effect import Fault, Kind, Share
from mock_services.faults.handles import ServiceHandle
from mock_services.faults.hooks import Call, Hooks, Reported

_DRAW_STRIKES: Final = 0


class CallEffect(Hooks, Fault[ServiceHandle]):
    """A fault of calls."""


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

    def changed(self, call: Call, said: Reported) -> Reported:
        """What the source says in the end."""
        for fault in self.on:
            said = fault.changed(call, said)
        return said

    def spoiled(self, call: Call, body: bytes) -> bytes:
        """The bytes that go out in the end."""
        for fault in self.on:
            body = fault.spoiled(call, body)
        return body
