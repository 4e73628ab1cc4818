"""The figures that the laws speak of, from the rows of a run, live or simulated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
from creditstorm.record.marks import Mark
from creditstorm.scenario.threshold import GUARD_S
from tests.laws.runs import AFTER_S, BEFORE_S, SPIKE_S

DEADLINE_S = 2.0
COLUMNS: Final = ["intended_s", "truth", "outcome"]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Share:
    """How many of how many; shares of several runs add up to that of all their people."""

    hits: int
    n: int

    def __add__(self, other: Share) -> Share:
        return Share(self.hits + other.hits, self.n + other.n)

    @property
    def value(self) -> float:
        """The share."""
        return self.hits / self.n


NOBODY: Final = Share(0, 0)


def in_window(answers: pa.Table, marks: Sequence[Mark]) -> float:
    """The share of `wronged_in_window`."""
    return wronged_in_window(answers, marks).value


def wronged_in_window(answers: pa.Table, marks: Sequence[Mark]) -> Share:
    """The wronged among the eligible who asked in the dark and whose deadline passed before the bureau was back.

    Who asks in the last two seconds of the window may be saved by a try after it; that is the end of the fault, not
    the transport.
    """
    from_s, until_s = window(marks)
    return _share(_between(eligible(answers), from_s, until_s - DEADLINE_S), ("wrongful_no_credit",))


def told(answers: pa.Table, marks: Sequence[Mark], outcome: str, *, eligible: bool) -> Share:
    """Who got this outcome, of the eligible or of the others; in the window of the only fault where marks are given."""
    asked = [row for row in answers.to_pylist() if (row["truth"] == "eligible") is eligible]
    if marks:
        from_s, until_s = window(marks)
        asked = _between(asked, from_s + GUARD_S, until_s - GUARD_S)
    return _share(asked, (outcome,))


def undecided(answers: pa.Table, from_s: float, until_s: float) -> Share:
    """Who of the eligible that asked meanwhile was told nothing that is a decision."""
    return _share(_between(eligible(answers), from_s, until_s), ("deferred", "unavailable"))


def without(service: str, answers: pa.Table, from_s: float, until_s: float) -> Share:
    """Of all who asked meanwhile those who were decided without this source."""
    asked = answers.select(["intended_s", f"{service}_status"]).to_pylist()
    asked = _between(asked, from_s, until_s)
    return Share(sum(row[f"{service}_status"] not in ("ok", "empty") for row in asked), len(asked))


def eligible(answers: pa.Table) -> Rows:
    """The rows of creditworthy people."""
    return [row for row in answers.select(COLUMNS).to_pylist() if row["truth"] == "eligible"]


def recovered_s(answers: pa.Table, *, calm: float = 0.25) -> float:
    """The first second after the spike from which three in a row have at most the share `calm` bad; inf if none is."""
    asked, over = eligible(answers), BEFORE_S + SPIKE_S
    bad = [_bad_share(asked, second) for second in range(over, over + AFTER_S - 1)]
    fine = (second for second in range(len(bad) - 2) if all(share <= calm for share in bad[second : second + 3]))
    return next((float(second) for second in fine), float("inf"))


def window(marks: Sequence[Mark]) -> tuple[float, float]:
    """From when to when the only fault was in effect."""
    return _mark_s(marks, "fault_effective"), _mark_s(marks, "fault_cleared")


def _mark_s(marks: Sequence[Mark], event: str) -> float:
    return next(mark.t_s for mark in marks if mark.name == event)


def _between(asked: Rows, from_s: float, until_s: float) -> Rows:
    return [row for row in asked if from_s <= row["intended_s"] < until_s]


def _share(asked: Rows, outcomes: Iterable[str]) -> Share:
    return Share(sum(row["outcome"] in outcomes for row in asked), len(asked))


def _bad_share(asked: Rows, second: int) -> float:
    bad = _share(_between(asked, second, second + 1), ("wrongful_no_credit", "unavailable"))
    return bad.value if bad.n else 0.0


def answers_to_complaints(answers: pa.Table, complaints: pa.Table, notices: pa.Table) -> Rows:
    """Every complaint with what was said before it (`truth`, `outcome`, `done_s`), and the notice where one came."""
    told = {(row["session"], row["attempt"]): row for row in answers.to_pylist()}
    then = {(row["session"], row["attempt"]): row for row in notices.to_pylist()}
    keys = [(row["session"], row["attempt"]) for row in complaints.to_pylist()]
    return [{name: told[key][name] for name in (*COLUMNS, "done_s")} | {"notice": then.get(key)} for key in keys]
