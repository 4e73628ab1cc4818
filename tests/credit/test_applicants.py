"""Who the people of a scenario are where nobody says it: the same for everybody who computes them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from creditstorm.adapters.processes.settings import people_of
from creditstorm.credit.applicants import Population, PopulationSpec
from creditstorm.credit.strategy import Strategy
from creditstorm.demand.load_plan import parse_plan
from creditstorm.scenario.text.loader import loads
from mock_services.settings import Settings

SCENARIO = {
    "id": "x",
    "why": "Nothing is said about who they are.",
    "seed": 7,
    "population": {"applicants": 100_000},
    "load": {"users": {"count": 1, "for": "5s"}},
}
PLAN = json.dumps({"seed": 7, "users": {"count": 1, "for_s": 5}})
SIZED: dict[str, Callable[[], Population]] = {
    "harness": lambda: people_of(loads(json.dumps(SCENARIO), name="x")),
    "load": lambda: parse_plan(PLAN, origin="x").people,
    "service": lambda: Settings(service="bureau", seed=7).people(),
    "spec": lambda: PopulationSpec().people(7),
    "population": lambda: Population(7, 100_000),
}


@pytest.mark.parametrize("who", SIZED)
def test_the_people_that_are_meant_where_nobody_says_it(who: str) -> None:
    """100,000 people, a fifth of them micro businesses and a quarter with a thin file, in every process."""
    people = SIZED[who]()
    assert (people.seed, people.size, people.micro_business, people.thin_file) == (7, 100_000, 0.2, 0.25)


def test_the_strategy_that_is_meant_where_nobody_says_it() -> None:
    """Version v1, cut-off 559.3 points, 20 points to double the odds: in the load as in the lender."""
    in_force = {Strategy(), Settings(service="decision").strategy, parse_plan(PLAN, origin="x").strategy}
    assert in_force == {Strategy("v1", 559.3, 20.0)}


@pytest.mark.parametrize("wrong", [{"size": 0}, {"thin_file": 1.5}, {"micro": 0.1}, {"size": 2.5}])
def test_no_such_people(wrong: dict[str, object]) -> None:
    """Shares beyond 1, nobody at all and unknown words are refused wherever people are described."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PopulationSpec.model_validate(wrong)
