"""A process of the system as the network meets it: up, standing still, ending or gone.

Standing still holds what would be done until it goes on: requests that come, work that would be finished, answers. Of
the lender only what comes in and goes out is held: calls that it waits for go on being timed meanwhile.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from creditstorm.adapters.simulated.lines import ClosedError, Line
from creditstorm.adapters.simulated.paths import Answered, Path
from creditstorm.adapters.simulated.virtual_loop import VirtualLoop
from creditstorm.generator.replies import Reply
from mock_services.faults.active import ActiveFaults
from mock_services.wire.handling import Counts

LOG: Final = logging.getLogger("creditstorm")
_RETRY_AFTER: Final = b"retry-after"
_BROKEN: Final = Reply(500, retry_after=False, body=b"Internal Server Error")


class HttpAnswer(Protocol):
    """What a service says, as its framework holds it."""

    @property
    def status_code(self) -> int:
        """The HTTP status."""

    @property
    def body(self) -> bytes | memoryview:
        """The content."""

    @property
    def raw_headers(self) -> Iterable[tuple[bytes, bytes]]:
        """The headers, names in lower case."""


class Service(Protocol):
    """One life of a process: it knows nothing of the one before."""

    faults: ActiveFaults[Any]
    counts: Counts

    async def answer(self, request: bytes, deadline: float) -> HttpAnswer:
        """What is answered."""

    def start(self) -> None:
        """Begin what goes on beside the requests."""

    def stop(self) -> None:
        """End it."""


Sleep = Callable[[float], Awaitable[object]]


@dataclass
class Server:
    """One process, whose lives `build` makes, given how they sleep. `path` is the way to it."""

    name: str
    loop: VirtualLoop
    build: Callable[[Sleep], Service]
    path: Path = field(init=False)
    service: Service = field(init=False)
    up: bool = True
    _life: int = 0
    _going_on: asyncio.Event | None = None

    def __post_init__(self) -> None:
        self.service = self.build(self.sleep)

    @property
    def paused(self) -> bool:
        """Whether it stands still."""
        return self._going_on is not None

    def take(self, request: bytes, deadline: float, line: Line, answered: Answered) -> None:
        """Work on a request; a proxy before nobody closes the connection."""
        if self.up:
            self.loop.create_task(self._serve(request, deadline, answered))
        else:
            line.drop(ClosedError)

    async def _serve(self, request: bytes, deadline: float, answered: Answered) -> None:
        life = self._life
        if self._going_on is not None:
            await self._going_on.wait()
            if life != self._life:
                return
        try:
            reply: HttpAnswer | None = await self.service.answer(request, deadline)
        except Exception:
            LOG.exception("%s broke", self.name)
            reply = None
        if self._going_on is not None:
            await self._going_on.wait()
        if life == self._life:
            answered(_BROKEN if reply is None else _sent(reply))

    async def sleep(self, seconds: float) -> None:
        """As asyncio's; a process that stands still wakes when it goes on."""
        await self.loop.sleep(seconds)
        if self._going_on is not None:
            await self._going_on.wait()

    def pause(self) -> None:
        """Stand still."""
        self._going_on = self._going_on or asyncio.Event()

    def go_on(self) -> None:
        """Go on."""
        if self._going_on is not None:
            self._going_on.set()
            self._going_on = None

    def refuse(self) -> None:
        """Take nothing new: idle connections are closed, those at work are finished."""
        self.up = False
        self.path.hang_up_idle()

    def end(self) -> None:
        """Be gone, with all that was known and was being done."""
        self.up = False
        self._life += 1
        self.go_on()
        self.service.stop()
        self.path.drop_all(ClosedError)

    def start_again(self) -> None:
        """A new life."""
        self.service = self.build(self.sleep)
        self.service.start()
        self.up = True


def _sent(answer: HttpAnswer) -> Reply:
    return Reply(answer.status_code, _RETRY_AFTER in (name for name, _ in answer.raw_headers), bytes(answer.body))
