"""What once made the gate say pass, or print a figure that misleads, one test a kind: see `docs/verdicts.md`.

Each goes from rows to the summary, and failed on the code of 57d1952.
"""

from __future__ import annotations

import json
from typing import Final

import numpy as np
import pytest
from pydantic import ValidationError
from typer.testing import CliRunner
from creditstorm.analysis.analyse import figures_of
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.summary import Estimate, Summary, Verdict
from creditstorm.cli.app import app
from creditstorm.credit.decision import Answer
from creditstorm.credit.outcomes import LimitBand, Shown, told_honestly
from creditstorm.record.schema import ANSWERS
from tests.analysis.builders import arrival, arrivals, fault, manifest, marks, run, scenario, services, wrongful

RULES: Final = {"wrongful_no_credit_rate.people": ["< 1%"], "answer_latency": ["p(95) < 2500ms"]}
IDLE: Final = [
    {"t_s": second + 0.5, "service": name, "cpu": 0.1, "lag_s": 0.002}
    for second in range(100)
    for name in ("machine", "decision", "locust")
]
STORM: Final = [*arrivals(200), *wrongful(150, start=200, from_s=20.0), *arrivals(650, start=400, from_s=35.0)]


def ran(rows: list[dict], *, faults: tuple[dict, ...] = (), happened: tuple = (), rules: object = RULES) -> RunData:
    """A run of these rows on an idle machine, in which nothing planned is missing."""
    asked = scenario(faults, rules)
    return run(
        rows, services=services(IDLE), marks=list(happened), manifest=manifest(planned=len(rows)), scenario=asked
    )


def judged(data: RunData) -> Summary:
    """Its summary."""
    return figures_of(data)[0]


def doubts(summary: Summary) -> str:
    """What is said against it."""
    return " ".join(str(getattr(doubt, "text", doubt)) for doubt in summary.honesty.doubts)


def test_a_run_that_kept_its_word_passes() -> None:
    """What the others are held against."""
    assert judged(ran(arrivals(900))).verdict is Verdict.PASS


@pytest.mark.parametrize("answer", ["error", "undetermined", "timeout", "shed"])
def test_1_a_lender_that_decides_nothing(answer: str) -> None:
    """However fast it does not: no pass."""
    assert judged(ran(arrivals(900, answer=answer, took_s=0.003))).verdict is not Verdict.PASS


def test_2_a_fault_that_nobody_met() -> None:
    """Who called the bureau before it went dark proves nothing, though their request ended within the window."""
    early = arrival(900, 19.0, took_s=2.0, bureau_began_s=19.0, bureau_ended_s=19.2)
    rows = [*arrivals(400, step_s=0.04), early, *arrivals(400, start=1000, from_s=40.0)]
    found = judged(ran(rows, faults=(fault(),), happened=tuple(marks())))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "nobody asked" in doubts(found)


def test_3_a_fault_inside_the_warm_up() -> None:
    """It cannot be asked for."""
    with pytest.raises(ValidationError, match="inside the warm-up"):
        scenario([fault(at_s=2.0, for_s=5.0)], warm_up_s=20.0)


def test_5_a_window_that_was_not_the_one_asked_for() -> None:
    """On at 9.0 for 0.2 s where 3.0 for 3 s was asked."""
    happened = tuple(marks(from_s=9.0, to_s=9.2))
    found = judged(ran(arrivals(900), faults=(fault(at_s=3.0, for_s=3.0),), happened=happened))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "3.0–6.0 s" in doubts(found)


def test_6_a_record_that_is_missing() -> None:
    """Without what would show a starved machine nobody knows that there was none."""
    data = run(arrivals(900), services=None, manifest=manifest(planned=900), scenario=scenario(thresholds=RULES))
    assert judged(data).verdict is Verdict.INCONCLUSIVE


def test_7_a_bound_that_nothing_breaks() -> None:
    """1 is no share: 100 % would be."""
    with pytest.raises(ValidationError, match="a share needs its %"):
        scenario(thresholds={"wrongful_no_credit_rate": ["< 1"]})


@pytest.mark.parametrize("answer", ["error", "undetermined"])
def test_8_nobody_is_decided_after_the_fault(answer: str) -> None:
    """No "no credit" is told, and nothing is back."""
    rows = [*arrivals(200), *arrivals(150, start=200, from_s=20.0, answer=answer)]
    rows += arrivals(650, start=400, from_s=35.0, answer=answer)
    (found,) = judged(ran(rows, faults=(fault(),), happened=tuple(marks()))).recovery
    assert found.seconds is None


def test_9_calm_keeps_its_late_ones() -> None:
    """Of 3 s of calm one in twenty is late and told "no credit"; the last of them are still in flight at the onset."""
    told = {"answer": "no_credit", "reason": "C_RECORD", "cause": "late:bureau", "took_s": 2.0}
    calm = [arrival(n, 0.01 * n, **(told if n % 20 == 7 else {})) for n in range(300)]
    rows = [*calm, *wrongful(300, start=300, from_s=3.0), *arrivals(600, start=700, from_s=33.0)]
    found = judged(ran(rows, faults=(fault(at_s=3.0, for_s=30.0),), happened=tuple(marks(from_s=3.0, to_s=33.0))))
    assert found.calm_floor == pytest.approx(0.05, abs=0.01)


def test_10_the_headline_leads_with_the_window() -> None:
    """However long the quiet tail is, it begins with who asked in the dark."""
    long = [*STORM, *arrivals(600, start=2000, from_s=36.0)]
    told = [judged(ran(rows, faults=(fault(),), happened=tuple(marks()))).headline for rows in (STORM, long)]
    first = {sentence.partition(";")[0] for sentence in told}
    assert first == {
        'Of the 145 creditworthy people who asked while the bureau was dark, 100.0 % were told "no credit"'
    }


def test_11_a_figure_says_its_unit_and_its_level() -> None:
    """The figure that was judged, of what, how sure, and of which run it speaks."""
    (people, _) = judged(ran(arrivals(900))).thresholds
    assert (people.counts, people.estimate.level) == ("people", "each bound one-sided 95 %")
    assert people.estimate.covers == "within this episode"


def test_12_people_who_tap_again_are_one_person() -> None:
    """Requests of people who are told the same each time: of 40 nominal 95 % intervals at least 88 % hold."""
    held = [part.low <= 0.2 <= part.high for part in map(_sticky, range(40)) if part.low is not None]
    assert len(held) >= 36
    assert np.mean(held) >= 0.88


def _sticky(seed: int) -> Estimate:
    rng = np.random.default_rng(seed)
    rows: list[dict] = []
    for person in range(300):
        told = {"answer": "no_credit", "cause": "late:bureau"} if rng.random() < 0.2 else {}
        at_s, taps = float(rng.uniform(0, 90)), 1 + int(rng.binomial(4, 0.4))
        rows += [arrival(person, at_s + 0.5 * tap, attempt=tap + 1, **told) for tap in range(taps)]
    data = run(rows, services=services(IDLE), manifest=manifest(planned=300), scenario=scenario())
    (requests,) = [part for part in judged(data).slices if part.name in ("request", "requests")]
    return requests.rates.wrongful_no_credit_rate


def test_13_a_doubt_takes_a_fail_too() -> None:
    """The load was late by itself: nobody knows that the lender was."""
    found = judged(ran(arrivals(900, lag_s=3.0)))
    assert [one.verdict for one in found.thresholds] == [Verdict.INCONCLUSIVE] * 2
    assert found.exit_code == 3


def test_14_the_summary_says_which_run_it_is_of() -> None:
    """With version, run, instant, overrides and mode; and its schema is printed."""
    schema = CliRunner().invoke(app, ["schema", "summary"])
    assert schema.exit_code == 0
    assert {"schema", "run_id", "created", "overrides", "mode"} <= set(json.loads(schema.output)["required"])


def test_15_a_technical_cause_told_as_a_matter_of_identity() -> None:
    """Is not told honestly."""
    shown = Shown(
        eligible=True, answer=Answer.NO_CREDIT, limit=LimitBand.BELOW, reason="D_IDENTITY", cause="late:bureau"
    )
    assert told_honestly(shown) is False


def test_c_a_row_holds_what_was_decided_on() -> None:
    """When each source was called, and what it said; the score; replay is in `test_replay.py`."""
    assert {"bureau_began_s", "bureau_ended_s", "bureau_value", "scoring_value"} <= set(ANSWERS.names)


@pytest.mark.parametrize("verb", ["run", "report"])
def test_d_a_pipeline_reads_it(verb: str) -> None:
    """The options are there; what they do is in `tests/cli/test_pipeline.py`."""
    told = CliRunner().invoke(app, [verb, "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    assert [option for option in ("--junit", "--on-inconclusive", "--quiet") if option not in told] == []
