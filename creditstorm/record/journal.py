"""A journal that one process at a time may go on with: one JSON object a line, each with the kernel at once."""

import errno
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.files import read_raw
from creditstorm.record.plain_json import parse_object


@contextmanager
def held(journal: Path, *, busy: str) -> Iterator[IO[str]]:
    """The journal, to be written at its end; what an earlier process left of a torn last line is cut off.

    Raises UsageError with `busy` where another process holds it, HarnessError where it cannot be written.
    """
    try:
        file = _appended(journal)
    except OSError as problem:
        why = "it is a symbolic link" if problem.errno == errno.ELOOP else problem.strerror
        raise HarnessError(f"cannot write {journal}: {why}") from problem
    with file:
        try:
            # The lock goes with the process, also after kill -9.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(busy) from None
        _drop_torn_line(journal)
        yield file


def append(file: IO[str], line: Mapping[str, object]) -> None:
    """Write one line; ValueError where it is no plain JSON, NaN included."""
    file.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")


def lines(journal: Path, what: str, remedy: str) -> Iterator[tuple[int, dict[str, object]]]:
    """Each line with its number; UsageError where one is no JSON object: it is not `what`, do `remedy`."""
    for number, line in enumerate(read_raw(journal).splitlines(), start=1):
        try:
            yield number, parse_object(line)
        except ValueError as problem:
            raise UsageError(f"{journal}:{number}: not {what} ({problem}); {remedy}") from problem


def _appended(journal: Path) -> IO[str]:
    """Open to append, a line at a time; OSError where it is a symbolic link."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.fdopen(os.open(journal, flags, 0o666), "a", encoding="utf-8", buffering=1)


def _drop_torn_line(journal: Path) -> None:
    written = read_raw(journal)
    whole = written.rfind(b"\n") + 1
    if whole < len(written):
        os.truncate(journal, whole)
