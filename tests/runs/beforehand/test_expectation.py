"""What `--dry` promises of a run, held against the example that is in the repository and against hand counts."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from creditstorm.record.folder import RunFolder
from creditstorm.record.seal import load_answers
from creditstorm.runs.beforehand.expectation import (
    MEMORY_A_ROW_MB,
    MEMORY_AT_REST_MB,
    Seen,
    expectation_of,
    taps_at_worst,
)
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import load

EXAMPLE = RunFolder(Path(__file__).parents[3] / "results" / "example")


def test_the_example_is_what_was_to_be_expected() -> None:
    """Its people are those of the plan within four standard deviations, its rows lie between the two ends."""
    promised = expectation_of(load(EXAMPLE.scenario))
    answers = load_answers(EXAMPLE, ["attempt"])
    firsts = sum(attempt == 1 for attempt in answers["attempt"].to_pylist())
    assert promised.people is not None
    assert abs(firsts - promised.people) < 4 * math.sqrt(promised.people)
    assert promised.rows is not None
    assert promised.rows_at_worst is not None
    assert promised.rows < answers.num_rows < promised.rows_at_worst
    assert promised.peak_hz == pytest.approx(80.0)


def scenario(**load_: object) -> Scenario:
    """60 s at 20/s, nobody taps again, unless the load says otherwise."""
    plain = {"arrivals": [{"for": 60.0, "rate": 20.0}], "retap": "off"}
    return Scenario.model_validate(
        {
            "schema": 1,
            "id": "planned",
            "why": "A load that is known by hand.",
            "seed": 7,
            "population": {"applicants": 100_000},
            "load": plain | load_,
            "thresholds": {"unsent_share": ["< 1%"], "retap_amplification": ["< 2"]},
        }
    )


def test_where_nobody_taps_again_an_answer_is_a_person() -> None:
    """1,200 people, and as many rows at either end."""
    promised = expectation_of(scenario())
    assert (promised.people, promised.rows, promised.rows_at_worst) == (1200, 1200, 1200)
    assert promised.memory_mb == round(MEMORY_AT_REST_MB + 1200 * MEMORY_A_ROW_MB)


def test_at_worst_everybody_taps_as_often_as_they_may() -> None:
    """With 50 % after every answer and three taps: 1 + 1/2 + 1/4."""
    retap = {"no_credit": 0.5, "error": 0.5, "timeout": 0.5, "undetermined": 0.0, "max_attempts": 3}
    assert taps_at_worst(scenario(retap=retap)) == 1.75


def test_a_closed_model_promises_no_number() -> None:
    """How many ask depends on how fast they are answered."""
    promised = expectation_of(scenario(arrivals=None, users={"count": 3, "for": 60.0}))
    assert promised == replace(
        promised, people=None, peak_hz=None, rows=None, rows_at_worst=None, memory_mb=None, duration_s=60.0
    )
    assert promised.samples == (Seen("unsent_share < 1%", None, ""), Seen("retap_amplification < 2", None, ""))
