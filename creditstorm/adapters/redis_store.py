"""Somebody's Redis, of which a run uses the keys under a prefix of its own, and leaves none."""

import contextlib
import time
from dataclasses import dataclass, field
from typing import Final, cast

from redis import Redis, exceptions
from redis.backoff import NoBackoff
from redis.retry import Retry
from creditstorm.adapters.probing.dialects import Resp, greeting
from creditstorm.adapters.probing.probe import Ask
from creditstorm.adapters.watchdog import Address, AnsweringPart, RunPart
from creditstorm.errors import HarnessError
from creditstorm.language.store_url import PASSWORD_VARIABLE, STARS, StoreUrl

ANSWER_WITHIN_S: Final = 2.0
SILENT_AFTER_S: Final = 1.0
ASK_EVERY_S: Final = 0.5
TIDY_WITHIN_S: Final = 3.0
AT_A_TIME: Final = 500

_REFUSALS: Final = (
    exceptions.AuthenticationError,
    exceptions.AuthorizationError,
    exceptions.BusyLoadingError,
    exceptions.ResponseError,
)
_FAILURES: Final = (exceptions.RedisError, OSError, ValueError)
"""ValueError is what the client raises for a number that is none: somebody else answers there."""


@dataclass(frozen=True, slots=True)
class BorrowedStore:
    """The Redis at `url`; whatever the decision service keeps there has a key that begins with `prefix`."""

    url: StoreUrl
    prefix: str
    password: str | None = field(default=None, repr=False)

    def require(self) -> None:
        """HarnessError with what to do where it does not answer, or does not let us in."""
        try:
            with self._client() as client:
                client.ping()
        except _REFUSALS as refusal:
            remedy = f"mend the user or the database in `store`, or the password in {PASSWORD_VARIABLE}"
            words = self._unsaid(_words(refusal))
            raise HarnessError(f"the store at {self.url.upstream} refuses: {words}\n{remedy}") from None
        except _FAILURES as error:
            raise HarnessError(
                f"the store does not answer: no Redis at {self.url.upstream} ({self._unsaid(_why(error))})\n"
                f"start one there, or leave `store` out of the policy: the values are then kept in process"
            ) from None

    def parts(self) -> list[RunPart]:
        """What has to go on: that it answers us, whatever a fault does to the way that the lender has to it."""
        ask = Ask(answer_within_s=SILENT_AFTER_S, dialect=Resp(greeting(self.url)))
        address = Address(self.url.host, self.url.port, ask, ASK_EVERY_S)
        return [AnsweringPart(f"the store at {self.url.upstream}", lambda: address)]

    def tidy(self) -> None:
        """Delete what the run left there; what is not reached in time has a time to live."""
        until = time.monotonic() + TIDY_WITHIN_S
        with contextlib.suppress(*_FAILURES), self._client() as client:
            while time.monotonic() < until and (keys := self._some_keys(client)):
                client.unlink(*keys)

    def _some_keys(self, client: Redis) -> list[bytes]:
        return cast("list[bytes]", client.spop(f"{self.prefix}:keys", AT_A_TIME))

    def _unsaid(self, words: str) -> str:
        """What does not know AUTH may repeat it, password and all."""
        return words.replace(self.password, STARS) if self.password else words

    def _client(self) -> Redis:
        return Redis(
            host=self.url.host,
            port=self.url.port,
            db=self.url.db,
            username=self.url.user if self.password else None,
            password=self.password,
            socket_timeout=ANSWER_WITHIN_S,
            socket_connect_timeout=ANSWER_WITHIN_S,
            retry=Retry(NoBackoff(), 0),
        )


def _words(refusal: Exception) -> str:
    """The server's own words; the client keeps the first of them, the code, apart."""
    return " ".join(filter(None, (getattr(refusal, "status_code", None), str(refusal))))


def _why(error: Exception) -> str:
    if isinstance(error, exceptions.InvalidResponse):
        return f"{str(error).removeprefix('Protocol Error: ')} is no reply of a Redis"
    return str(error.__context__ if isinstance(error.__context__, OSError) else error)
