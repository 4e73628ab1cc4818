"""The figures that the laws speak of, from the rows of a run, live or simulated."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from creditstorm.record.marks import Mark
from tests.laws.runs import AFTER_S, BEFORE_S, SPIKE_S

DEADLINE_S = 2.0
COLUMNS = ["intended_s", "truth", "outcome"]


def in_window(answers: pa.Table, marks: Sequence[Mark]) -> float:
    """The wrongful share of the eligible who asked in the dark and whose deadline passed before the bureau was back.

    Who asks in the last two seconds of the window may be saved by a try after it; that is the end of the fault, not
    the transport.
    """
    from_s, until_s = (_mark_s(marks, event) for event in ("fault_effective", "fault_cleared"))
    asked = [row for row in eligible(answers) if from_s <= float(str(row["intended_s"])) < until_s - DEADLINE_S]
    return sum(row["outcome"] == "wrongful_no_credit" for row in asked) / len(asked)


def eligible(answers: pa.Table) -> list[dict[str, object]]:
    """The rows of creditworthy people."""
    return [row for row in answers.select(COLUMNS).to_pylist() if row["truth"] == "eligible"]


def recovered_s(answers: pa.Table, *, calm: float = 0.25) -> float:
    """The first second after the spike from which three in a row have at most the share `calm` bad; inf if none is."""
    asked, over = eligible(answers), BEFORE_S + SPIKE_S
    bad = [_bad_share(asked, second) for second in range(over, over + AFTER_S - 1)]
    fine = (second for second in range(len(bad) - 2) if all(share <= calm for share in bad[second : second + 3]))
    return next((float(second) for second in fine), float("inf"))


def _mark_s(marks: Sequence[Mark], event: str) -> float:
    return next(mark.t_s for mark in marks if mark.name == event)


def _bad_share(asked: list[dict[str, object]], second: int) -> float:
    outcomes = [row["outcome"] for row in asked if second <= float(str(row["intended_s"])) < second + 1]
    bad = sum(outcome in ("wrongful_no_credit", "unavailable") for outcome in outcomes)
    return bad / len(outcomes) if outcomes else 0.0
