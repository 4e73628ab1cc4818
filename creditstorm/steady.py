"""Unix seconds that nobody can set: what a run measures, and every deadline in it, goes by these.

The clock of the wall is read once, when the process begins; from then on the monotonic clock goes on. So a clock that
is set while a run goes on makes no call late and no answer old. Processes forked from one share the instant.
"""

import time
from typing import Final

_BEGAN_S: Final = time.time() - time.monotonic()  # noqa: TID251 - the one look at the wall


def unix_s() -> float:
    """The present instant in seconds since 1970, as the clock of the wall would say had nobody set it since."""
    return _BEGAN_S + time.monotonic()
