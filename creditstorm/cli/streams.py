"""What is written to the screen, on whatever there is of one: a screen that is lost never ends what is being done.

Who went away, a reader of a pipe or a terminal, is written to no more, and nobody is told. What was to be kept, in a
file on a full disk, is missed, and the command says so and fails. Letters that a terminal does not have become plain.
"""

import codecs
import contextlib
import errno
import io
import os
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any, Final, TextIO

PLAIN: Final = "creditstorm.plain"
"""The name of the handler of letters that an encoding does not have."""
_LETTERS: Final = {
    **dict.fromkeys("–—−‐‑─━╴╶╸╺", "-"),
    **dict.fromkeys("“”„", '"'),
    **dict.fromkeys("‘’‚", "'"),
    **dict.fromkeys("│┃", "|"),
    "·": "-",
    "•": "-",
    "→": "->",
    "←": "<-",
    "×": "x",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "±": "+/-",
    "≈": "~",
    "¥": "CNY ",
    "…": "...",
    "κ": "kappa",
    "σ": "sigma",
    "µ": "u",
    "μ": "u",
    "∞": "inf",
    "✓": "ok",
    "§": "section ",
}
_GONE: Final = frozenset({errno.EPIPE, errno.EIO, errno.ENXIO, errno.ENOTCONN, errno.ECONNRESET, errno.EBADF})
"""Nobody is there any more: the reader of the pipe ended, the terminal was closed."""


def plain_letters(problem: UnicodeError) -> tuple[str | bytes, int]:
    """What stands for letters that cannot be encoded; the bytes of a file name go out as they came in."""
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    found = problem.object[problem.start : problem.end]
    letter = found[0]
    if "\udc80" <= letter <= "\udcff":
        return bytes([ord(letter) - 0xDC00]), problem.start + 1
    plain = _LETTERS.get(letter) or unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode()
    return plain or "?", problem.start + 1


class LastingStream(io.TextIOBase):
    """A text stream to somewhere that may go away; `missed` is why what was to be kept there is not, if so."""

    encoding = "utf-8"
    """Whoever asks is told that every letter can be written: what becomes of it is decided here."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lost = False
        self.missed: str | None = None
        if isinstance(stream, io.TextIOWrapper):
            codecs.register_error(PLAIN, plain_letters)
            stream.reconfigure(errors=PLAIN)

    def write(self, text: str, /) -> int:
        """Write if there is anybody to write to; the length of the text either way."""
        if not isinstance(text, str):
            raise TypeError(f"expected text, got {type(text).__name__}")
        if not self._lost:
            try:
                self._stream.write(text)
            except OSError as problem:
                self._lose(problem)
        return len(text)

    def flush(self) -> None:
        """Write what waits."""
        if not self._lost:
            try:
                self._stream.flush()
            except OSError as problem:
                self._lose(problem)

    def isatty(self) -> bool:
        """Whether it is a terminal, and one that is still there."""
        return not self._lost and self._stream.isatty()

    def fileno(self) -> int:
        """The file descriptor."""
        return self._stream.fileno()

    def writable(self) -> bool:
        """It always takes text."""
        return True

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has besides
        return getattr(self._stream, name)

    def _lose(self, problem: OSError) -> None:
        self._lost = True
        if problem.errno not in _GONE:
            self.missed = problem.strerror or str(problem)
        # What still waits in the buffer goes there, now or when the interpreter ends, and fails nowhere.
        with contextlib.suppress(OSError, ValueError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self._stream.fileno())
            os.close(nothing)
            self._stream.flush()


@contextlib.contextmanager
def lasting_streams() -> Iterator[LastingStream]:
    """Have standard output and error last until the end of the block; the first of them."""
    _open_what_is_closed()
    before = sys.stdout, sys.stderr
    out, err = LastingStream(sys.stdout), LastingStream(sys.stderr)
    sys.stdout, sys.stderr = out, err
    try:
        yield out
    finally:
        out.flush()
        err.flush()
        sys.stdout, sys.stderr = before


def _open_what_is_closed() -> None:
    """A descriptor that was closed (``>&-``) would else be that of the next file, which then took what is printed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_WRONLY)  # not to be read: an input that is shut is no empty one
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
