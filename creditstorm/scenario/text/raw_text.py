"""The bytes of a scenario that nobody vouches for: read once, never more than a limit, never waited for without end."""

import os
import re
import select
import time
import unicodedata
from pathlib import Path
from typing import Final

from creditstorm.language.problems import Problem
from creditstorm.scenario.catalogue import STDIN

MAX_BYTES: Final = 1_000_000
PATIENCE_S: Final = 5.0
"""How long a pipe or a device may say nothing."""
_PIECE: Final = 65_536
_ODD_BLANK: Final = re.compile("[\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]")
_REMEDY: Final = "name a file, `-` for standard input, or a scenario that `creditstorm scenarios list` shows"


class UnreadableError(Exception):
    """There is no text to be had; `line` counts from 1, None where no line is to blame."""

    def __init__(self, problem: Problem, line: int | None = None) -> None:
        super().__init__(problem.what)
        self.problem = problem
        self.line = line


def text_of(path: Path, *, patience_s: float = PATIENCE_S) -> str:
    """The text in a file, or on standard input for `STDIN`; UnreadableError says why there is none."""
    try:
        raw = _all_of_stdin() if path == STDIN else _all_of(path, patience_s)
    except IsADirectoryError as error:
        raise UnreadableError(Problem(what="is a directory", remedy="name a file inside it")) from error
    except FileNotFoundError as error:
        remedy = "check the path; `creditstorm scenarios list` names those that come with creditstorm"
        raise UnreadableError(Problem(what="there is no such file", remedy=remedy)) from error
    except TimeoutError as error:
        what = f"cannot be read: nothing came out of it within {patience_s:g} s"
        raise UnreadableError(Problem(what=what, remedy=_REMEDY)) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnreadableError(Problem(what=f"cannot be read: {reason}", remedy=_REMEDY)) from error
    if len(raw) > MAX_BYTES:
        raise UnreadableError(too_large())
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        what = f"the byte 0x{raw[error.start]:02X} is not UTF-8"
        raise UnreadableError(Problem(what=what, remedy="save the file as UTF-8"), line) from error


def too_large() -> Problem:
    """The problem of a text of more than `MAX_BYTES`."""
    what = f"is larger than {MAX_BYTES // 1_000_000} MB: this is not a scenario"
    return Problem(what=what, remedy="a scenario is a page of text; check the path")


def odd_blanks(text: str) -> dict[int, str]:
    """What is to be said of each line with a blank in it that YAML takes for a letter."""
    told = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if odd := _ODD_BLANK.search(line):
            name = unicodedata.name(odd[0], "blank").lower()
            told[number] = f"line {number} holds a {name} (U+{ord(odd[0]):04X}), a letter to YAML: type a plain blank"
    return told


def _all_of_stdin() -> bytes:
    with os.fdopen(0, "rb", closefd=False) as file:
        return file.read(MAX_BYTES + 1)


def _all_of(path: Path, patience_s: float) -> bytes:
    """Never more than just beyond the limit, whatever the size on disk says: a device has none.

    TimeoutError where nothing comes: a pipe whose other end nobody opens, a terminal.
    """
    raw = b""
    opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(opened, "rb", buffering=0) as file:
        poll = select.poll()
        poll.register(file, select.POLLIN)
        until_s = time.monotonic() + patience_s
        while len(raw) <= MAX_BYTES:
            if not poll.poll(1000 * max(0.0, until_s - time.monotonic())):
                raise TimeoutError
            piece = file.read(_PIECE)
            if piece == b"":
                break
            raw += piece or b""
    return raw
