"""Seven lenders that do not do their work, and one that does it perfectly, against every scenario's thresholds.

The rows are made of each scenario's own plan: the very people at the very instants, and the truth about them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from creditstorm.adapters.processes.settings import planned_load
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.gate.verdict import results_of, verdict_of
from creditstorm.analysis.measures.asked import asked_of
from creditstorm.analysis.measures.rates import Measured
from creditstorm.analysis.measures.recovery import recoveries_of
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.summary import Verdict
from creditstorm.analysis.validity.honesty import honesty_of
from creditstorm.credit.sources import SERVICES
from creditstorm.demand.load_plan import LoadPlan
from creditstorm.demand.sessions import Crowd, Person
from creditstorm.demand.taps import schedule
from creditstorm.record.mark_journal import mark_of
from creditstorm.record.marks import Mark
from creditstorm.record.schema import ANSWERS
from creditstorm.record.stream import encoded, plain
from creditstorm.scenario import catalogue
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import load
from tests.analysis.builders import manifest, services

TOOK_S = 0.3
Words = dict[str, object]


def honest(eligible: bool, limit_cny: int) -> Words:
    """What is right for this person."""
    if eligible:
        return {"answer": "approved", "limit_cny": limit_cny, "reason": "granted", "cause": "credit:score"}
    return {"answer": "no_credit", "limit_cny": 0, "reason": "C_SCORE", "cause": "credit:score"}


def always(answer: str, limit_cny: int = 0, reason: str | None = None) -> Callable[[bool, int], Words]:
    """The same for everybody."""
    return lambda _eligible, _limit: {"answer": answer, "limit_cny": limit_cny, "reason": reason, "cause": None}


DUMB = {
    "all error": always("error"),
    "all shed": always("shed"),
    "all time-out": always("timeout"),
    "all undetermined": always("undetermined", reason="T_SOURCE"),
    "all approved": lambda _eligible, limit: {**honest(True, limit or 10_000)},
    "all no credit": always("no_credit", reason="C_SCORE"),
    "all limits of one yuan": lambda eligible, limit: {
        **honest(eligible, limit),
        **({"limit_cny": 1} if eligible else {}),
    },
}


@dataclass(frozen=True)
class Asked:
    """A scenario's own schedule: who asks when, and what is right for them."""

    scenario: Scenario
    plan: LoadPlan
    intended_s: NDArray[np.float64]
    session: NDArray[np.int64]
    people: list[Person]


@cache
def asked_in(path: Path) -> Asked:
    """Everybody who comes in the scenario at this path."""
    scenario = load(path)
    plan = planned_load(scenario)
    planned = schedule(plan.arrivals or (), seed=plan.seed, people=plan.population.size)
    crowd = Crowd(plan.oracle, planned.applicant, planned.intended_s)
    people = [crowd.person(place) for place in range(len(planned.session))]
    return Asked(scenario, plan, planned.intended_s, planned.session, people)


def rows_of(asked: Asked, lender: Callable[[bool, int], Words]) -> pa.Table:
    """One answer to every first tap, on time and with complete evidence."""
    people = asked.people
    told = [lender(person.truth == "eligible", person.truth_limit_cny) for person in people]
    columns: Words = {
        "intended_s": asked.intended_s,
        "sent_s": asked.intended_s + 0.001,
        "done_s": asked.intended_s + TOOK_S,
        "session": asked.session,
        "attempt": np.ones(len(people), dtype=np.int16),
        **{name: [getattr(person, name) for person in people] for name in people[0]._fields},
        **{name: [words[name] for words in told] for name in ("answer", "limit_cny", "reason", "cause")},
        **{f"{service}_status": ["ok"] * len(people) for service in SERVICES},
    }
    schema = plain(ANSWERS)
    arrays = [
        pa.array(columns[field.name]).cast(field.type) if field.name in columns else pa.nulls(len(people), field.type)
        for field in schema
    ]
    return encoded(pa.table(arrays, schema=schema), ANSWERS)


def marks_of(scenario: Scenario) -> list[Mark]:
    """Every fault exactly when it was planned, and met."""
    found = []
    for fault in scenario.faults:
        named = {"fault": fault.name, "kind": fault.kind, "target": fault.target}
        ends_s = fault.at_s + fault.for_s
        for event, t_s, more in (
            ("fault_applied", fault.at_s, {}),
            ("fault_effective", fault.at_s, {}),
            ("fault_cleared", ends_s, {"met": 100}),
        ):
            found.append(mark_of({"t_s": t_s, "event": event, **named, **more}))
    return sorted(found, key=lambda mark: mark.t_s)


def judged(asked: Asked, lender: Callable[[bool, int], Words]) -> tuple[Verdict, list[str]]:
    """The verdict on this lender's run of the scenario, on an idle machine, and what kept it from passing."""
    scenario, answers = asked.scenario, rows_of(asked, lender)
    duration_s = scenario.load.duration_s
    idle = [
        {"t_s": second + 0.5, "service": name, "cpu": 0.1, "lag_s": 0.001}
        for second in range(int(duration_s))
        for name in ("decision", "locust")
    ]
    ran = manifest(planned=answers.num_rows, duration_s=duration_s, seed=scenario.seed)
    run = RunData(answers, services(idle), marks_of(scenario), ran, scenario, plan=asked.plan)
    frame, phases = frame_of(run)
    doubts = honesty_of(run, asked_of(frame, phases), phases).doubts
    recoveries = recoveries_of(frame, phases, scenario.recovery)
    measured = Measured(frame, phases, asked_of(frame, phases), recoveries)
    results = results_of(measured, scenario.thresholds, doubts)
    against = [f"{one.metric} {one.rule}: {one.note}" for one in results if one.verdict is not Verdict.PASS]
    return verdict_of(results, doubts).verdict, [*(doubt.text for doubt in doubts), *against]


@pytest.mark.parametrize("path", catalogue.paths(), ids=lambda path: path.stem)
def test_no_dumb_lender_passes(path: Path) -> None:
    """Whoever decides nothing, or the same for everybody, passes no scenario; who is always right passes each."""
    asked = asked_in(path)
    assert judged(asked, honest) == (Verdict.PASS, [])
    assert [name for name, lender in DUMB.items() if judged(asked, lender)[0] is Verdict.PASS] == []


@pytest.mark.parametrize("path", catalogue.paths(), ids=lambda path: path.stem)
def test_every_scenario_bounds_the_undecided(path: Path) -> None:
    """The catalogue leaves nothing to the floor: how many may stay undecided is written down, and who is right."""
    metrics = {threshold.metric for threshold in load(path).thresholds}
    assert {"undecided_rate", "decided_rightly_rate", "wrongful_approval_rate"} <= metrics
