"""Who the people of a scenario are where nobody says it: the same for everybody who computes them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from creditstorm.adapters.processes.settings import people_of
from creditstorm.credit.applicants import File, Population, PopulationSpec, Segment
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


@pytest.mark.parametrize(
    "wrong", [{"size": 0}, {"size": 10**12 + 1}, {"thin_file": 1.5}, {"micro": 0.1}, {"size": 2.5}]
)
def test_no_such_people(wrong: dict[str, object]) -> None:
    """Shares beyond 1, nobody at all and unknown words are refused wherever people are described."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PopulationSpec.model_validate(wrong)


def test_people_are_as_the_shares_say() -> None:
    """Of 2,000 a fifth are micro businesses and a quarter have a thin file, to five standard errors."""
    people = [SIZED["population"]().applicant(number) for number in range(2_000)]
    for share, found in (
        (0.2, sum(one.segment is Segment.MICRO_BUSINESS for one in people)),
        (0.25, sum(one.file is File.THIN for one in people)),
    ):
        assert abs(found - 2_000 * share) < 5 * (2_000 * share * (1 - share)) ** 0.5


def test_a_trillion_people_are_the_most() -> None:
    """They cost no memory."""
    assert PopulationSpec(size=10**12).people(7).size == 10**12
