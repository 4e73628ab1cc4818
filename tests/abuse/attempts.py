"""Attempts to break the command, made in this process, and what is asked of every answer to one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from typer.testing import CliRunner
from creditstorm.cli.app import app
from creditstorm.errors import CreditstormError

PROPERTY: Final = "abuse"
CODES: Final = (0, 1, 2, 3, 4, 5, 130)
"""Every documented exit code."""
LONGEST_LINE: Final = 1_500


@dataclass(frozen=True, slots=True)
class Told:
    """What a command said: `crash` is an exception that nobody had foreseen, empty where there was none."""

    exit_code: int
    out: str
    err: str
    crash: str = ""

    @property
    def heads(self) -> list[str]:
        """The lines on standard error that begin a message; what belongs to one stands indented below it."""
        return [line for line in self.err.splitlines() if line.strip() and not line.startswith(" ")]


def command(*words: str) -> Told:
    """What the command says, run in this process."""
    done = CliRunner().invoke(app, list(words))
    match done.exception:
        case None:
            return Told(done.exit_code, done.stdout, done.stderr)
        case SystemExit(code=int(code)):
            return Told(code, done.stdout, done.stderr)
        case CreditstormError() as error:
            return Told(int(error.exit_code), done.stdout, f"{done.stderr}{error}\n")
        case other:
            return Told(done.exit_code, done.stdout, done.stderr, f"{type(other).__name__}: {other}"[:300])


def wrong_with(told: Told, codes: Sequence[int], located: Sequence[str] = (), *, most: int = 100) -> str:
    """What is wrong with an answer, empty where it held.

    Its exit code is one of these; no traceback and nothing that a terminal would obey is on the screen; and where it
    is a refusal, each of its messages begins with one of `located`, and they are at most so many.
    """
    said = told.out + told.err
    if told.crash:
        return told.crash
    if told.exit_code not in codes or told.exit_code not in CODES:
        return f"exit {told.exit_code}: {said[-300:]}"
    if "Traceback" in said:
        return "a traceback on the screen"
    odd = next((c for c in said if not c.isprintable() and c != "\n"), None)
    if odd is not None:
        return f"U+{ord(odd):04X} on the screen"
    if any(len(line) > LONGEST_LINE for line in said.splitlines()):
        return "a line that nobody reads to its end"
    return "" if told.exit_code != 2 else _wrong_with_refusal(told, located, most)


def _wrong_with_refusal(told: Told, located: Sequence[str], most: int) -> str:
    heads = [head for head in told.heads if ": warning: " not in head]
    if not heads:
        return "refused without a word"
    if len(heads) > most:
        return f"{len(heads)} messages: {heads}"
    astray = [head for head in heads if located and not head.startswith(tuple(located))]
    return f"not located: {astray[0]}" if astray else ""


@dataclass
class Attempts:
    """The attempts of one class; leaving it asserts that all of them held."""

    kind: str
    record: Callable[[str, object], None]
    tried: int = 0
    failed: list[str] = field(default_factory=list)

    def made(self, name: str, wrong: str) -> None:
        """Count one attempt, which failed where something is `wrong`."""
        self.tried += 1
        if wrong:
            self.failed.append(f"{name}: {wrong}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.record(PROPERTY, (self.kind, self.tried, len(self.failed)))
        if error is None:
            assert not self.failed, "\n".join([f"{len(self.failed)} of {self.tried} failed:", *self.failed[:20]])


def table(rows: Iterable[tuple[str, int, int]]) -> Iterator[str]:
    """One line a class, and their sum."""
    known = sorted(rows)
    known.append(("all", sum(tried for _, tried, _ in known), sum(failed for _, _, failed in known)))
    widest = max(len(kind) for kind, _, _ in known)
    yield f"{'class':<{widest}}  tried   held  failed"
    for kind, tried, failed in known:
        yield f"{kind:<{widest}}  {tried:5}  {tried - failed:5}  {failed:6}"
