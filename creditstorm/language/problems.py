"""One thing that is wrong with a scenario: where, what, what is allowed instead, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError
from creditstorm.units import printable, quoted

Path = tuple[str | int, ...]

PROBLEM: Final = "creditstorm_problem"
"""The pydantic error type under which a `Problem` travels."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was written: a line of a file, or an option of the command line, which has no line."""

    name: str
    line: int | None = None

    def __str__(self) -> str:
        return self.name if self.line is None else f"{self.name}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`what` follows the key path in the message; `meant` is the word whose closest match among `allowed` is sought."""

    what: str
    path: Path = ()
    allowed: tuple[str, ...] = ()
    meant: str | None = None
    remedy: str | None = None

    @property
    def closest(self) -> str | None:
        """The allowed word that is most like the one that was meant; None where none is like it."""
        return next(iter(get_close_matches(self.meant[:60], self.allowed, n=1)), None) if self.meant else None

    def lines(self, where: str) -> list[str]:
        """The message: where, key path and what on the first line; allowed, closest match and remedy below it."""
        head = ": ".join(part for part in (where, key_path(self.path), self.what) if part)
        below = (
            ("allowed: " + ", ".join(self.allowed)) if self.allowed else None,
            f'did you mean "{self.closest}"?' if self.closest else None,
            self.remedy,
        )
        return [head, *(f"  {line}" for line in below if line)]


def key_path(path: Path) -> str:
    """A path as people write it: ``faults[0].target``; a key that is not a plain word stands as it is."""
    shown = ""
    for part in path:
        if isinstance(part, int):
            shown += f"[{part}]"
        else:
            shown += ("." if shown else "") + printable(part)
    return shown


def not_among(noun: str, value: object, allowed: Iterable[str], *, path: Path = ()) -> Problem:
    """The problem of a word that is not one of the allowed ones."""
    meant = value if isinstance(value, str) else None
    return Problem(what=f"{quoted(value)} is not {noun}", path=path, allowed=tuple(allowed), meant=meant)


def as_custom(problem: Problem) -> PydanticCustomError:
    """The problem as the error a pydantic validator raises; its path is lost, the validator's own place counts."""
    return PydanticCustomError(PROBLEM, "{what}", {"what": problem.what, "problem": problem})


def as_validation_error(problems: Iterable[Problem]) -> ValidationError:
    """Several problems as one pydantic error; each path is relative to the value being validated."""
    details = [InitErrorDetails(type=as_custom(p), loc=p.path, input=None) for p in problems]
    return ValidationError.from_exception_data("scenario", details)
