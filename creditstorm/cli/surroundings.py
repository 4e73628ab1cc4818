"""What the shell lays upon the command and nobody asked for: put right, or refused, before any library meets it."""

import os
import re
import resource
from collections.abc import MutableMapping
from typing import Final

from creditstorm.errors import HarnessError
from creditstorm.startable import startable

FOREIGN: Final = re.compile(r"POLARS_(?!MAX_THREADS$).*|RUST_(LIB_)?BACKTRACE|SOURCE_DATE_EPOCH|SSLKEYLOGFILE")
"""Variables that would change figures or texts, have a library print its frames, or end one that cannot write there."""
NUMBERS: Final = {"COLUMNS": range(20, 1001), "LINES": range(5, 1001), "POLARS_MAX_THREADS": range(1, 1025)}
"""Where a variable says anything else, whoever reads it breaks or never ends, so it says nothing."""
LEAST_MIB: Final = 1024
"""Below this a library ends the process by itself, or waits for ever for a thread that it could not start (seen)."""

LEAST_THREADS: Final = 20
"""A simulated run has 15 on two cores (seen)."""
TO_END_S: Final = 10
"""CPU seconds before the kernel kills: sealing and reporting a run takes two to five (seen)."""
OWNERS: Final = 0o700
"""What a umask may not take: whoever could not use the folder that they have just made would lose a run."""


def put_right(environ: MutableMapping[str, str]) -> None:
    """Leave out of `environ` what is not ours to obey; HarnessError with its remedy where no library could be loaded.

    Where CPU time is limited, its end is told by a signal while there is some left to put things away. What is made
    can be used by who made it, whatever the umask.
    """
    os.umask(os.umask(OWNERS) & ~OWNERS)
    for name in [name for name in environ if FOREIGN.fullmatch(name) or _says_nothing(name, environ[name])]:
        del environ[name]
    for what, limit, letter in (("memory", "RLIMIT_DATA", "d"), ("address space", "RLIMIT_AS", "v")):
        _require(what, resource.getrlimit(getattr(resource, limit))[0], letter)
    if (begun := startable(LEAST_THREADS)) < LEAST_THREADS:
        allowed = f"{begun} more can be started, {LEAST_THREADS} are needed"
        raise HarnessError(f"threads: {allowed}; ulimit -u unlimited, in the shell that starts creditstorm")
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if soft == hard != resource.RLIM_INFINITY and hard > 1:
        resource.setrlimit(resource.RLIMIT_CPU, (hard - min(TO_END_S, hard // 2), hard))


def _says_nothing(name: str, value: str) -> bool:
    sane = NUMBERS.get(name)
    # Of hundreds of digits no number is made.
    return sane is not None and not (value.isascii() and value.isdigit() and len(value) < 6 and int(value) in sane)


def _require(what: str, limit: int, letter: str) -> None:
    if limit != resource.RLIM_INFINITY and limit < LEAST_MIB * 2**20:
        allowed = f"{limit / 2**20:.0f} MiB are allowed to a process, {LEAST_MIB} are needed"
        raise HarnessError(f"{what}: {allowed}; ulimit -{letter} unlimited, in the shell that starts creditstorm")
