"""A token bucket: so much a second, and so much at once."""

from dataclasses import dataclass
from typing import Final

_ONE: Final = 1.0 - 1e-6  # sums of tenths may end a hair below one


@dataclass(slots=True)
class TokenBucket:
    """Tokens come at `hz` and by what happens, and are kept up to `most`; what the time is, the caller says.

    By hand, because the kept libraries (token-bucket, pyrate-limiter, limits) read a clock of their own, fill by time
    alone and count in whole tokens, or wait; here a request may bring a tenth of a token, and tests have no clock.
    """

    hz: float
    most: float
    filled_at: float
    tokens: float

    def fill(self, now: float, extra: float = 0.0) -> None:
        """What has come since the last time, and `extra` for what happened."""
        self.tokens = min(self.most, self.tokens + extra + self.hz * max(0.0, now - self.filled_at))
        self.filled_at = now

    @property
    def ready(self) -> bool:
        """Whether there is a token."""
        return self.tokens >= _ONE

    def take(self) -> bool:
        """Takes a token, if there is one."""
        if not self.ready:
            return False
        self.tokens -= 1.0
        return True
