"""The command that would settle an open threshold brings as many people as were said to be needed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.adapters.processes.settings import planned_load
from creditstorm.analysis.gate.more_people import more_people_of, stretched
from creditstorm.analysis.summary import Estimate, ThresholdResult, Verdict
from creditstorm.demand.taps import schedule
from creditstorm.scenario import catalogue
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import Draft, parse, read
from tests.scenario.bad_scenarios import GOOD

OPEN = [path for path in catalogue.paths() if read(path).scenario().load.arrivals]


def planned(scenario: Scenario) -> tuple[int, int]:
    """How many sessions the load plans, and how many different people are measured, which the warm-up's are not."""
    plan = planned_load(scenario)
    whole = schedule(plan.arrivals or (), seed=plan.seed, people=plan.population.size)
    measured = whole.applicant[whole.intended_s >= scenario.load.warm_up_s]
    return len(whole.applicant), len(np.unique(measured))


def results(scenario: Scenario, n: int, more: int | None) -> list[ThresholdResult]:
    """Every rule open, each drawn from n and in need of as many more."""
    return [
        ThresholdResult(
            rule.key, rule.text, Estimate(0.02, 0.01, 0.03, n, "made up"), rule.unit, Verdict.INCONCLUSIVE, "", more
        )
        for rule in scenario.thresholds
    ]


def people_only(text: str = GOOD) -> Draft:
    """The good scenario with its rule on people alone, among so many that few come twice."""
    return parse(text.replace('  answer_latency: ["p(99) < 2500ms"]\n', ""), name="x.yaml")


@pytest.mark.parametrize("path", OPEN, ids=lambda path: path.stem)
def test_the_command_brings_the_people(path: object) -> None:
    """In every scenario of the catalogue: as many as were measured and were needed, different ones."""
    draft = read(path)  # type: ignore[arg-type]
    scenario = draft.scenario()
    sessions, people = planned(scenario)
    needed = people // 2
    more = more_people_of(scenario, results(scenario, people, needed), sessions)
    assert more is not None
    came_sessions, came_people = planned(draft.scenario(more.overrides))
    assert came_people >= people + needed
    noise = np.sqrt(sessions + came_sessions)
    assert came_sessions - sessions == pytest.approx(more.people, abs=4.0 * noise)


@given(share=st.floats(0.02, 0.9), times=st.floats(0.05, 8.0))
def test_as_many_of_any_part_of_the_storm(share: float, times: float) -> None:
    """The part that a rule counts grows like the whole, whatever part that is and however many are missing."""
    draft = people_only(GOOD.replace("applicants: 1000", "applicants: 1000000"))
    scenario = draft.scenario()
    sessions, people = planned(scenario)
    n = max(1, round(share * people))
    needed = max(1, round(times * n))
    more = more_people_of(scenario, results(scenario, n, needed), sessions)
    assert more is not None
    _, came = planned(draft.scenario(more.overrides))
    assert came * n / people >= n + needed


def test_the_whole_storm_is_stretched() -> None:
    """Stages and faults by the same factor, the warm-up not: each part of the storm keeps its share."""
    assert stretched(parse(GOOD, name="x").scenario(), 1.7) == (
        *("load.arrivals[0].for=17s", "load.arrivals[1].for=34s"),
        *("faults[0].at=17s", "faults[0].for=8.5s", "faults[1].at=20.4s", "faults[1].for=8.5s"),
    )


def test_a_closed_load_is_stretched_too() -> None:
    """Its people keep coming for as much longer."""
    closed = GOOD[: GOOD.index("  arrivals:")] + "  users: {count: 5, for: 30s}\n" + GOOD[GOOD.index("  warm_up:") :]
    options = stretched(parse(closed, name="x").scenario(), 2.0)
    assert options[0] == "load.users.for=60s"


def test_people_who_come_again_are_no_more_people() -> None:
    """A population of 1,000 of whom most have asked: a little more takes much longer, and beyond it nothing helps."""
    draft = people_only()
    scenario = draft.scenario()
    sessions, people = planned(scenario)
    assert people < 0.75 * sessions
    few = more_people_of(scenario, results(scenario, people, 200), sessions)
    assert few is not None
    assert few.factor > (people + 200) / people + 0.3
    assert planned(draft.scenario(few.overrides))[1] >= people + 200
    assert more_people_of(scenario, results(scenario, people, 1001 - people), sessions) is None


def test_no_advice_where_none_helps() -> None:
    """Nothing open that people settle, nobody who came, or a load of days."""
    scenario = people_only().scenario()
    assert more_people_of(scenario, results(scenario, 280, None), 500) is None
    assert more_people_of(scenario, results(scenario, 0, 50), 0) is None
    requests = parse(GOOD.replace("rate.people", "rate.requests"), name="x").scenario()
    assert more_people_of(requests, results(requests, 10, 100_000), 500) is None
    assert more_people_of(requests, results(requests, 10, 1_000), 500) is not None
