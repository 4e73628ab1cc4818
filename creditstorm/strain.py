"""How a process of ours fares on this machine: how late its loop comes round, and what the machine ran out of.

Each process appends the worst lateness of every second, in seconds, as a line of its own to a file in `live/` that
was opened before anything could run out. What ran out is said in its log, by whoever met it, in the words that
`what_ran_out` reads; so a library, or Toxiproxy, that says it in its own words is heard as well.
"""

import errno
import logging
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

LOG: Final = logging.getLogger("creditstorm")
EVERY_S: Final = 1.0
RAN_OUT: Final = {
    errno.EMFILE: "EMFILE",
    errno.ENFILE: "ENFILE",
    errno.ENOMEM: "ENOMEM",
    errno.ENOSPC: "ENOSPC",
    errno.ENOBUFS: "ENOBUFS",
    errno.EADDRNOTAVAIL: "EADDRNOTAVAIL",
}
"""What a machine runs out of: files of a process, files of all, memory, disk, buffers, ports to call from."""
IN_WORDS: Final = {
    "EMFILE": "out of open files",
    "ENFILE": "out of open files of the whole machine",
    "ENOMEM": "out of memory",
    "ENOSPC": "out of disk space",
    "ENOBUFS": "out of socket buffers",
    "EADDRNOTAVAIL": "out of ports to call from",
}
# "Too many open files in system" is another thing than "too many open files".
_OTHER_WORDS: Final = {
    "too many open files in system": "ENFILE",
    "too many open files": "EMFILE",
    "cannot allocate memory": "ENOMEM",
    "memoryerror": "ENOMEM",
    "out of memory": "ENOMEM",
    "no space left on device": "ENOSPC",
    "no buffer space available": "ENOBUFS",
    "cannot assign requested address": "EADDRNOTAVAIL",
}
_SAID: Final = re.compile("|".join([*IN_WORDS, *map(re.escape, _OTHER_WORDS)]), re.IGNORECASE)


class LagLog:
    """Notes how late a loop comes round; `tick` is called by the loop itself, as often as it means to come."""

    def __init__(self, path: Path, tick_s: float, now: Callable[[], float] = time.monotonic) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._tick_s = tick_s
        self._now = now
        self._seen = self._written = now()
        self._worst_s = 0.0

    def tick(self) -> None:
        """The loop came round; once a second the worst lateness since the last line is kept."""
        now = self._now()
        self._worst_s = max(self._worst_s, now - self._seen - self._tick_s)
        self._seen = now
        if now - self._written >= EVERY_S - self._tick_s / 2:
            os.write(self._file, b"%.4f\n" % self._worst_s)
            self._written, self._worst_s = now, 0.0

    def close(self) -> None:
        """Keep what is known of the second that has begun, and close the file."""
        os.write(self._file, b"%.4f\n" % self._worst_s)
        os.close(self._file)


def tell(problem: BaseException) -> None:
    """Say it in the log where this machine ran out of something; any other problem is for somebody else to tell."""
    for error in _chain(problem):
        code = getattr(error, "errno", None)
        name = "ENOMEM" if isinstance(error, MemoryError) else RAN_OUT.get(code) if isinstance(code, int) else None
        if name is not None:
            LOG.error("this process ran out: %s", name)
            return


def what_ran_out(log: str) -> Counter[str]:
    """What the lines of a log say ran out, by the names of `IN_WORDS`; a line counts once."""
    said = (_SAID.search(line) for line in log.splitlines())
    words = (found.group().lower() for found in said if found)
    return Counter(_OTHER_WORDS.get(word, word.upper()) for word in words)


def _chain(problem: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        yield problem
        problem = problem.__cause__ or problem.__context__
