"""Money is counted on what a session ended with, both sides."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures.money import (
    LOSS_GIVEN_DEFAULT,
    EpisodeCost,
    Money,
    cheapest,
    episode_cost_of,
    mean_episode_cost,
    money_of,
)
from creditstorm.credit.scorecard import probability_of_default
from tests.analysis import builders
from tests.analysis.builders import LIMIT_CNY, arrival, run, wrongful


def money(rows: list[dict]) -> Money:
    """The money of a run of these rows."""
    return money_of(frame_of(run(rows))[0].lazy())


def test_shortfall() -> None:
    """A denial costs the whole true limit, a cut the difference, a deferral nothing yet."""
    rows = [*wrongful(1), arrival(1, limit_cny=4_000), arrival(2, answer="undetermined"), arrival(3, answer="timeout")]
    assert money(rows) == Money(LIMIT_CNY + 6_000, 0)


def test_exposure() -> None:
    """A wrongful approval exposes its limit, an inflated one the difference."""
    rows = [arrival(1, eligible=False, answer="approved", limit_cny=700), arrival(2, limit_cny=12_000)]
    assert money(rows) == Money(0, 2_700)


def test_only_the_final_answer() -> None:
    """Denied, then approved on the re-tap: nobody is short of anything."""
    rows = [*wrongful(1), arrival(0, 5.0, attempt=2)]
    assert money(rows) == Money(0, 0)


def test_nothing_asked() -> None:
    """No answers, no money."""
    assert money([]) == Money(0, 0)


def episode_cost(rows: list[dict[str, object]]) -> EpisodeCost:
    """The episode_cost of a run of these rows."""
    run = builders.run(rows)
    frame, phases = frame_of(run)
    return episode_cost_of(frame, run.answers, warm_up_s=phases.warm_up_s, last_s=100.0)


def test_nobody_harmed_costs_nothing() -> None:
    """Right answers are nobody's cost."""
    assert episode_cost(builders.arrivals(10, truth_score=620.0)) == EpisodeCost(0.0, 0.0)


def test_a_wronged_person_costs_more_with_every_minute() -> None:
    """Wronged at 10.1 s and approved ten minutes' worth later counts 1 + ln(1 + minutes / 10), per 1,000 people."""
    wronged = builders.wrongful(1, from_s=10.0)
    right = builders.arrival(0, 40.0, attempt=2)
    minutes = 30.0 / 60.0
    assert episode_cost([*wronged, right]).harm == pytest.approx(1000 * (1 + math.log(1 + minutes / 10)))


def test_a_person_who_is_never_approved_is_counted_to_the_end_of_the_run() -> None:
    """Wronged at 10.101 s in a run that ends at 100 s."""
    minutes = (100.0 - 10.101) / 60.0
    assert episode_cost(builders.wrongful(1, from_s=10.0)).harm == pytest.approx(
        1000 * (1 + math.log(1 + minutes / 10))
    )


def test_a_micro_business_counts_double() -> None:
    """The same wrong, twice the harm."""
    one = episode_cost(builders.wrongful(1, from_s=10.0)).harm
    assert episode_cost(builders.wrongful(1, from_s=10.0, segment="micro_business")).harm == pytest.approx(2 * one)


def test_deferred_and_unavailable_people_cost_a_part() -> None:
    """One of each among four people: 0.1 and 0.3 of a wrongful answer."""
    rows = builders.arrivals(2) + builders.arrivals(1, start=2, answer="undetermined")
    assert episode_cost([*rows, *builders.arrivals(1, start=3, answer="timeout")]).harm == pytest.approx(
        (0.1 + 0.3) * 250
    )


def test_the_expected_loss_is_of_what_was_granted_beyond_what_is_right() -> None:
    """PD · LGD · ¥10,000 for one ineligible person among two; the right loan of the other costs nothing."""
    wrong = builders.arrival(1, eligible=False, answer="approved", truth_score=540.0)
    loss = episode_cost([builders.arrival(0, truth_score=620.0), wrong]).expected_loss_cny
    assert loss == pytest.approx(500 * probability_of_default(540.0) * LOSS_GIVEN_DEFAULT * builders.LIMIT_CNY)


def test_without_a_score_there_is_no_expected_loss() -> None:
    """A figure that cannot be told is not 0, and then there is no cost."""
    told = episode_cost([builders.arrival(1, eligible=False, answer="approved")])
    assert told.expected_loss_cny is None
    assert told.cost_cny(60.0) is None
    assert mean_episode_cost([told, EpisodeCost(1.0, 2.0)]).expected_loss_cny is None


def test_two_lines_cross_where_they_are_equal() -> None:
    """Harm 10 without loss against harm 2 at ¥80: the second is cheaper from ¥10 on."""
    ranges = cheapest(
        {"strict": EpisodeCost(10.0, 0.0), "kind": EpisodeCost(2.0, 80.0), "neither": EpisodeCost(11.0, 90.0)}
    )
    assert [(reign.policy, reign.from_cny, reign.to_cny) for reign in ranges] == [
        ("strict", 0.0, 10.0),
        ("kind", 10.0, None),
    ]


BILLS = st.dictionaries(
    st.sampled_from("abcdef"), st.builds(EpisodeCost, st.floats(0, 1e4), st.floats(0, 1e6)), min_size=1, max_size=6
)


@given(BILLS, st.floats(0, 1e5))
def test_whoever_reigns_is_the_cheapest(episode_costs: dict[str, EpisodeCost], price: float) -> None:
    """At every price the named policy costs no more than any other, and the ranges follow on each other."""
    ranges = cheapest(episode_costs)
    assert ranges[0].from_cny == 0.0
    assert ranges[-1].to_cny is None
    assert [reign.to_cny for reign in ranges[:-1]] == [reign.from_cny for reign in ranges[1:]]
    king = next(reign for reign in ranges if reign.to_cny is None or price < reign.to_cny)
    costs = {name: episode_cost.cost_cny(price) or 0.0 for name, episode_cost in episode_costs.items()}
    assert costs[king.policy] <= min(costs.values()) * (1 + 1e-9) + 1e-6
