"""A kept connection through a proxy, and the ways in which one can end."""

import asyncio
import errno
from dataclasses import dataclass, field

from creditstorm.generator.replies import Reply


class ClosedError(ConnectionError):
    """The connection was closed before an answer came."""


@dataclass(slots=True, eq=False)
class Line:
    """One connection: at most one exchange at a time, whose answer `reply` waits for."""

    number: int
    messages: int = 0
    passed: dict[str, int] = field(default_factory=dict)
    """Bytes that have passed each toxic that counts them."""
    last: bool = False
    """Whether it is closed behind the message under way."""
    closed: bool = False
    idle_since: float = 0.0
    reply: "asyncio.Future[Reply] | None" = None

    def drop(self, error: type[OSError]) -> None:
        """End it; who waits for an answer meets the error."""
        self.closed = True
        if self.reply is not None and not self.reply.done():
            self.reply.set_exception(error(_CODES[error], "simulated") if error in _CODES else error())


_CODES = {ConnectionResetError: errno.ECONNRESET, ConnectionRefusedError: errno.ECONNREFUSED}
