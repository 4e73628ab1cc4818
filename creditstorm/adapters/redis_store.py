"""Somebody's Redis, of which a run uses the keys under a prefix of its own, and leaves none."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass
from typing import Final

from creditstorm.adapters.probing.resp import NotRedisError, Refused, Reply, greeting, talk
from creditstorm.errors import HarnessError
from creditstorm.language.store_url import StoreUrl

ANSWER_WITHIN_S: Final = 2.0
TIDY_WITHIN_S: Final = 3.0
AT_A_TIME: Final = 500


@dataclass(frozen=True, slots=True)
class BorrowedStore:
    """The Redis at `url`; whatever the decision service keeps there has a key that begins with `prefix`."""

    url: StoreUrl
    prefix: str

    def require(self) -> None:
        """HarnessError with what to do where it does not answer, or does not let us in."""
        commands = (*greeting(self.url), ("PING",))
        try:
            with self._connected() as connection:
                answers = talk(connection, commands, ANSWER_WITHIN_S)
        except (OSError, NotRedisError) as error:
            raise HarnessError(
                f"the store does not answer: no Redis at {self.url.upstream} ({error})\n"
                f"start one there, or leave `store` out of the policy: the values are then kept in process"
            ) from error
        refused = [answer.words for answer in answers if isinstance(answer, Refused)]
        if refused:
            remedy = "mend the credentials or the database in `store`"
            raise HarnessError(f"the store at {self.url.upstream} refuses: {refused[0]}\n{remedy}")

    def tidy(self) -> None:
        """Delete what the run left there; what is not reached in time has a time to live."""
        until = time.monotonic() + TIDY_WITHIN_S
        with contextlib.suppress(OSError, NotRedisError), self._connected() as connection:
            talk(connection, (*greeting(self.url), ("PING",)), ANSWER_WITHIN_S)
            while time.monotonic() < until and (keys := self._some_keys(connection)):
                talk(connection, (("UNLINK", *keys),), ANSWER_WITHIN_S)

    def _some_keys(self, connection: socket.socket) -> list[str]:
        [found] = talk(connection, (("SPOP", f"{self.prefix}:keys", str(AT_A_TIME)),), ANSWER_WITHIN_S)
        return _words(found)

    def _connected(self) -> socket.socket:
        return socket.create_connection((self.url.host, self.url.port), timeout=ANSWER_WITHIN_S)


def _words(found: Reply) -> list[str]:
    return [one.decode() for one in found if isinstance(one, bytes)] if isinstance(found, list) else []
