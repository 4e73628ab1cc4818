"""A path to a service through its proxy: connections, the faults on the way, and what befalls calls under way.

Where a fault is on the proxy itself (`down`), connections are dropped as it begins and new ones refused. A call that is
given up closes its connection, and its service goes on with the work, as a real one does.
"""

import errno
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

from creditstorm.adapters.simulated.lines import ClosedError, Line
from creditstorm.adapters.simulated.toxics import TOXICS, BlackholeToxic, MessageToxic
from creditstorm.adapters.simulated.virtual_loop import VirtualLoop
from creditstorm.generator.replies import Reply
from creditstorm.scenario.faults import NetworkFault, ToxicFault

KEEP_ALIVE_S: Final = 4.0
REQUEST_HEAD: Final = 136
REPLY_HEAD: Final = 74
"""Bytes of an HTTP head as our client and uvicorn write them; what counts bytes counts these too."""

NEVER: Final = float("inf")
Answered = Callable[[Reply], None]


class CutOffReplyError(Exception):
    """Only part of the answer came, and then the end of the connection."""


class Taker(Protocol):
    """What stands behind the proxy."""

    def take(self, request: bytes, deadline: float, line: Line, answered: Answered) -> None:
        """Begin to work on a request; `answered` is called with the reply, if ever."""


@dataclass
class Path:
    """The way to one process, and back. `there_s` and `back_s` are how long a message is under way without faults."""

    target: str
    loop: VirtualLoop
    taker: Taker
    there_s: float
    back_s: float
    seed: int
    _down: set[str] = field(default_factory=set)
    _toxics: dict[str, MessageToxic] = field(default_factory=dict)
    _up: tuple[MessageToxic, ...] = ()
    _back: tuple[MessageToxic, ...] = ()
    _idle: deque[Line] = field(default_factory=deque)
    _busy: dict[int, Line] = field(default_factory=dict)
    _opened: int = 0

    async def exchange(self, request: bytes, deadline: float, give_up: float) -> Reply:
        """The reply; OSError where no answer came, CutOffReplyError where part of one did.

        `deadline` travels with the request; at `give_up` the caller hangs up, which is a TimeoutError.
        """
        line = self._line()
        line.messages += 1
        reply = line.reply = self.loop.create_future()
        self._busy[line.number] = line
        if self._up:
            self.loop.create_task(self._carry_up(line, request, deadline))
        else:
            self.loop.after(self.there_s, self._arrive, line, request, deadline)
        patience = self.loop.call_at(give_up, _hang_up, line) if give_up < NEVER else None
        try:
            answer: Reply = await reply
        except BaseException:
            line.closed = True
            raise
        finally:
            if patience is not None:
                patience.cancel()
            del self._busy[line.number]
        if not (line.closed or line.last):
            line.idle_since = self.loop.time()
            self._idle.append(line)
        return answer

    def put(self, fault: NetworkFault) -> None:
        """A fault begins."""
        if not isinstance(fault, ToxicFault):
            self._down.add(fault.name)
            self.drop_all(ClosedError)
            return
        self._toxics[fault.name] = TOXICS[fault.kind](fault, self.seed)
        self._arrange()

    def remove(self, fault: NetworkFault) -> None:
        """A fault ends; one that is not on is fine."""
        self._down.discard(fault.name)
        toxic = self._toxics.pop(fault.name, None)
        if toxic is None:
            return
        self._arrange()
        toxic.take_off()
        if isinstance(toxic, BlackholeToxic):
            self.drop_all(ClosedError, toxic.strikes)

    def drop_all(self, error: type[OSError], which: Callable[[Line], bool] = lambda _line: True) -> None:
        """Close connections, busy and idle."""
        self._idle = deque(line for line in self._idle if not which(line))
        for line in [line for line in self._busy.values() if which(line)]:
            line.drop(error)

    def hang_up_idle(self) -> None:
        """Close the connections that nobody uses just now."""
        self._idle.clear()

    def _arrange(self) -> None:
        toxics = tuple(self._toxics.values())
        self._up = tuple(toxic for toxic in toxics if toxic.upstream)
        self._back = tuple(toxic for toxic in toxics if not toxic.upstream)

    def _line(self) -> Line:
        """The connection that has been idle for longest and is still kept, as aiohttp takes it; else a new one."""
        if self._down:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "simulated")
        fresh_since = self.loop.time() - KEEP_ALIVE_S
        while self._idle:
            line = self._idle.popleft()
            if line.idle_since >= fresh_since:
                return line
        self._opened += 1
        return Line(self._opened)

    def _arrive(self, line: Line, request: bytes, deadline: float) -> None:
        # A caller who gave up meanwhile does not take back what is on its way.
        self.taker.take(request, deadline, line, partial(self._leave, line))

    def _leave(self, line: Line, reply: Reply) -> None:
        if line.closed:
            return
        if self._back:
            self.loop.create_task(self._carry_back(line, reply))
        else:
            self.loop.after(self.back_s, _deliver, line, reply)

    async def _carry_up(self, line: Line, request: bytes, deadline: float) -> None:
        size = REQUEST_HEAD + len(request)
        if await _through(self._up, line, size) == size:
            self.loop.after(self.there_s, self._arrive, line, request, deadline)

    async def _carry_back(self, line: Line, reply: Reply) -> None:
        size = REPLY_HEAD + len(reply.body)
        passed = await _through(self._back, line, size)
        if passed == size:
            self.loop.after(self.back_s, _deliver, line, reply)
        elif line.last:
            self.loop.after(self.back_s, _cut_off, line, passed)


async def _through(toxics: tuple[MessageToxic, ...], line: Line, size: int) -> int:
    """How many bytes of a message pass all toxics; 0 also where the connection ended meanwhile."""
    passed = size
    for toxic in toxics:
        if toxic.strikes(line):
            passed = await toxic.carry(line, passed)
        if line.closed or not passed:
            return 0
    return passed


def _hang_up(line: Line) -> None:
    line.drop(TimeoutError)


def _deliver(line: Line, reply: Reply) -> None:
    if line.reply is not None and not line.reply.done():
        line.reply.set_result(reply)


def _cut_off(line: Line, passed: int) -> None:
    line.closed = True
    if line.reply is not None and not line.reply.done():
        line.reply.set_exception(CutOffReplyError() if passed >= REPLY_HEAD else ClosedError())
