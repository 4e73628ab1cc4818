"""The oracle is calibrated as designed, and one person's truth is the same however it is computed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.applicants import Population
from creditstorm.credit.decision import limit_for
from creditstorm.credit.scorecard import FACTOR, OFFSET
from creditstorm.credit.strategy import Strategy
from creditstorm.credit.truth import Truths, truth_of, truths_of

STRATEGY = Strategy()
seeds = st.integers(min_value=0, max_value=2**63 - 1)
ids = st.integers(min_value=0, max_value=10**8 - 1)


@cache
def many() -> Truths:
    population = Population(seed=20261111, size=10**8)
    return truths_of(population, np.arange(200_000, dtype=np.uint64) * np.uint64(499), STRATEGY)


def default_rates() -> np.ndarray:
    return 1.0 / (1.0 + np.exp((many().score - OFFSET) / FACTOR))


def test_65_percent_are_approved() -> None:
    """The cut-off approves 65 % ± 0.5 pp of 200,000 people."""
    assert abs(many().eligible.mean() - 0.65) <= 0.005


def test_score_spread_is_60_points() -> None:
    """The score's standard deviation is 60 ± 2 points."""
    assert abs(many().score.std() - 60.0) <= 2.0


def test_population_default_rate() -> None:
    """The population's PD is 11.3 ± 0.5 %."""
    assert abs(default_rates().mean() - 0.113) <= 0.005


def test_default_rate_among_approved() -> None:
    """The PD among the approved is 2.1 ± 0.2 %."""
    assert abs(default_rates()[many().eligible].mean() - 0.021) <= 0.002


def test_limits_are_whole_hundreds_up_to_the_cap() -> None:
    """An eligible person has a limit of 500 to 200,000 yuan in hundreds, anybody else 0."""
    limits = many().limit_cny[many().eligible]
    assert limits.min() >= 500
    assert limits.max() <= 200_000
    assert not (limits % 100).any()
    assert not many().limit_cny[~many().eligible].any()


@given(seeds, st.lists(ids, min_size=1, max_size=40), st.floats(0, 1), st.floats(0, 1))
def test_the_vectorised_path_gives_the_same_bits(seed: int, people: list[int], thin: float, micro: float) -> None:
    """Scalar and vectorised truth are equal to the bit for any seed, people and mix."""
    population = Population(seed, 10**8, micro_business=micro, thin_file=thin)
    truths = truths_of(population, np.array(people, dtype=np.uint64), STRATEGY)
    singly = [truth_of(population.applicant(person), STRATEGY) for person in people]
    assert truths.score.tolist() == [truth.score for truth in singly]
    assert truths.eligible.tolist() == [truth.eligibility == "eligible" for truth in singly]
    assert truths.limit_cny.tolist() == [truth.limit_cny for truth in singly]


@given(seeds, ids)
def test_a_higher_cut_off_never_makes_anybody_eligible(seed: int, person: int) -> None:
    """Truth is monotone in the cut-off, for eligibility and for the limit."""
    applicant = Population(seed, 10**8).applicant(person)
    limits = [truth_of(applicant, Strategy(cut_off=cut_off)).limit_cny for cut_off in (500.0, 559.3, 620.0)]
    assert limits == sorted(limits, reverse=True)


@given(seeds, ids, st.floats(450.0, 650.0), st.sampled_from([20.0, 50.0]))
def test_the_lender_grants_the_true_limit_on_any_scale(seed: int, person: int, cut_off: float, pdo: float) -> None:
    """From the score on the strategy's own scale the lender's limit is the oracle's, and 0 below the cut-off."""
    strategy = Strategy("v2", cut_off, pdo)
    applicant = Population(seed, 10**8).applicant(person)
    truth = truth_of(replace(applicant, verified=True), strategy)
    income = float(applicant.values["income"] or 0)
    score = strategy.on_scale(truth.score)
    assert limit_for(score, income=income, segment=applicant.segment, strategy=strategy) == truth.limit_cny


def test_people_of_huge_populations_need_no_memory() -> None:
    """A population holds three numbers and a stream, whatever its size."""
    population = Population(seed=1, size=10**8)
    assert population.applicant(10**8 - 1) == Population(seed=1, size=10).applicant(10**8 - 1)


def test_the_thin_card_spreads_scores_like_the_thick_one() -> None:
    """People with a thin file have the same score spread (± 2 points) as the rest."""
    people = np.arange(100_000, dtype=np.uint64)
    thin = truths_of(Population(3, 10**8, thin_file=1.0), people, STRATEGY).score.std()
    thick = truths_of(Population(3, 10**8, thin_file=0.0), people, STRATEGY).score.std()
    assert abs(thin - thick) <= 2.0
