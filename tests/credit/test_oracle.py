"""Truth while people and rules change: whom a change befalls, when, and that both paths of both oracles agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit import rules
from creditstorm.credit.applicants import Applicant, Population
from creditstorm.credit.changes import (
    Change,
    ConsentRevoked,
    ProfileUpdate,
    StrategyChange,
    befalls,
    updated,
    updated_many,
)
from creditstorm.credit.imputation import estimate_score
from creditstorm.credit.oracle import Oracle
from creditstorm.credit.sources import SCORED
from creditstorm.credit.strategy import STAND_IN_LIMIT_CNY, Strategy
from creditstorm.credit.truth import Eligibility, truth_of, truths_of

PEOPLE = Population(20261111, 10**8)
STRICT = Strategy("v2", cut_off=579.3)
people = st.integers(0, 10**8 - 1)
names = st.sampled_from(["one", "two", "three"])
instants = st.sampled_from([0.0, 5.0, 9.999, 10.0, 15.0, 20.0, 25.0])
shares = st.sampled_from([0.0, 0.3, 1.0])
strategies = st.builds(Strategy, cut_off=st.floats(450.0, 650.0), pdo=st.sampled_from([20.0, 50.0]))
changes = st.one_of(
    st.builds(
        StrategyChange,
        name=names,
        from_s=st.sampled_from([0.0, 5.0]),
        until_s=st.sampled_from([10.0, 20.0]),
        strategy=strategies,
        legitimate=st.booleans(),
        share=shares,
        mixed=st.booleans(),
    ),
    st.builds(
        ProfileUpdate,
        name=names,
        from_s=instants,
        source=st.sampled_from(SCORED),
        share=shares,
        factor=st.floats(0.0, 3.0),
    ),
    st.builds(
        ConsentRevoked,
        name=names,
        from_s=st.sampled_from([0.0, 5.0]),
        until_s=st.sampled_from([10.0, 20.0]),
        source=st.sampled_from(SCORED),
        share=shares,
    ),
)


def rolled_out(**changed: object) -> StrategyChange:
    """Twenty points more from 10 to 20 s, wanted, for everybody."""
    plain = StrategyChange(name="v2", from_s=10.0, until_s=20.0, strategy=STRICT, legitimate=True)
    return replace(plain, **changed)  # type: ignore[arg-type]


def oracle(*changes: Change) -> Oracle:
    """An oracle of these changes."""
    return Oracle(PEOPLE, Strategy(), changes)


def between() -> Applicant:
    """Somebody whom v1 grants credit and v2 does not."""
    everybody = (PEOPLE.applicant(number) for number in range(10_000))
    return next(one for one in everybody if one.verified and 0 < Strategy().margin(truth_of(one, STRICT).score) < 20)


@given(
    st.lists(st.tuples(people, instants), min_size=1, max_size=20),
    st.lists(changes, max_size=5),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_both_paths_give_the_same_bits(
    asked: list[tuple[int, float]], these: list[Change], thin: float, micro: float
) -> None:
    """One by one or all together, both oracles say the same about each person at each instant."""
    know = Oracle(Population(7, 10**8, micro, thin), Strategy(), tuple(these))
    ids, t_s = np.array([one for one, _ in asked], dtype=np.uint64), np.array([t for _, t in asked])
    singly = [know.truth_at(one, t) for one, t in asked]
    for many, one in zip(know.truths_at(ids, t_s), zip(*singly, strict=True), strict=True):
        assert many.score.tolist() == [truth.score for truth in one]
        assert many.limit_cny.tolist() == [truth.limit_cny for truth in one]
        assert many.eligible.tolist() == [truth.eligibility is Eligibility.ELIGIBLE for truth in one]


@given(st.lists(people, min_size=1, max_size=20), strategies)
def test_without_changes_it_is_the_truth_of_always(ids: list[int], strategy: Strategy) -> None:
    """Nothing changed: both oracles give the very numbers of `credit.truth`."""
    know = Oracle(PEOPLE, strategy)
    many, asked = truths_of(PEOPLE, np.array(ids, dtype=np.uint64), strategy), np.zeros(len(ids))
    in_force, stable = know.truths_at(np.array(ids, dtype=np.uint64), asked)
    assert in_force is stable
    assert (in_force.score.tolist(), in_force.limit_cny.tolist()) == (many.score.tolist(), many.limit_cny.tolist())
    for one in ids:
        alone = truth_of(PEOPLE.applicant(one), strategy)
        assert know.truth_at(one, 3.0) == (alone, alone)


@given(people, st.sets(st.sampled_from(SCORED)), st.floats(0, 1))
def test_a_withheld_source_is_integrated_out(person: int, withheld: set[str], thin: float) -> None:
    """The oracle's own closed form gives the expectation that the lender's imputation gives, within 1e-9."""
    applicant = Population(5, 10**8, thin_file=thin).applicant(person)
    left = {source: value for source, value in applicant.values.items() if source not in withheld}
    score = truth_of(applicant, Strategy(), frozenset(withheld)).score
    assert score == pytest.approx(estimate_score(applicant.file, left).mean, abs=1e-9)


def test_a_wanted_version_is_in_force_in_its_time_only() -> None:
    """Between its two instants the new version refuses; before, after and by the stable oracle the person is right."""
    know, person = oracle(rolled_out()), between().id
    told = {t: [truth.eligibility.value for truth in know.truth_at(person, t)] for t in (9.99, 10.0, 19.99, 20.0)}
    both = ["eligible", "eligible"]
    assert told == {9.99: both, 10.0: ["ineligible", "eligible"], 19.99: ["ineligible", "eligible"], 20.0: both}


@pytest.mark.parametrize("wrong", [{"legitimate": False}, {"mixed": True}, {"share": 0.0}])
def test_a_mistake_is_never_in_force(wrong: dict[str, object]) -> None:
    """A version set by mistake, mixed over nodes, or not rolled out to the person changes no truth."""
    in_force, stable = oracle(rolled_out(**wrong)).truth_at(between().id, 15.0)
    assert in_force == stable
    assert in_force.eligibility is Eligibility.ELIGIBLE


def test_a_canary_is_in_force_for_its_share() -> None:
    """The people whom the change befalls, and nobody else, have the new version."""
    know = oracle(rolled_out(share=0.3))
    in_force = [know.strategy_at(person, 15.0).version for person in range(2_000)]
    assert in_force == ["v2" if befalls(PEOPLE.seed, "v2", person, 0.3) else "v1" for person in range(2_000)]
    assert in_force.count("v2") == pytest.approx(600, abs=80)


def test_of_two_versions_the_later_one_is_in_force() -> None:
    """An overlap ends with the version that came last, and falls back to the other one."""
    know = oracle(rolled_out(name="late", from_s=15.0, until_s=18.0, strategy=Strategy("v3")), rolled_out())
    assert [know.strategy_at(1, t).version for t in (5.0, 12.0, 16.0, 19.0, 25.0)] == ["v1", "v2", "v3", "v2", "v1"]


def test_a_stretched_scale_moves_the_bar() -> None:
    """The same cut-off on a scale of 50 points to double the odds is met by odds that the old one refused."""
    strategy = Strategy("v2", pdo=50.0)
    assert strategy.on_scale(600.0) == 600.0
    assert strategy.on_scale(583.72) == pytest.approx(559.3)
    ids = np.arange(50_000, dtype=np.uint64)
    in_force, stable = oracle(rolled_out(strategy=strategy)).truths_at(ids, np.full(50_000, 15.0))
    assert (in_force.eligible <= stable.eligible).all()
    assert stable.eligible.mean() - in_force.eligible.mean() > 0.1


def test_a_profile_update_is_true_from_its_instant_on() -> None:
    """Both oracles know the new income at once and for good; before it they know the old one."""
    update = ProfileUpdate(name="job", from_s=10.0, source="income", share=1.0, factor=2.0)
    person = between()
    moved = replace(person, values=person.values | {"income": 2 * (person.values["income"] or 0)})
    old, new = truth_of(person, Strategy()), truth_of(moved, Strategy())
    assert new.limit_cny > old.limit_cny
    said = [oracle(update).truth_at(person.id, t) for t in (9.99, 10.0, 1e9)]
    assert said == [(old, old), (new, new), (new, new)]


def test_withdrawn_income_leaves_the_stand_in_limit() -> None:
    """Whoever is still eligible without the income gets the limit of unknown incomes, in both paths."""
    revoked = ConsentRevoked(name="no", from_s=0.0, until_s=9.0, source="income", share=0.5)
    ids = np.arange(5_000, dtype=np.uint64)
    truths, _ = oracle(revoked).truths_at(ids, np.zeros(5_000))
    met = np.array([befalls(PEOPLE.seed, "no", person, 0.5) for person in range(5_000)])
    assert set(truths.limit_cny[met & truths.eligible].tolist()) == {STAND_IN_LIMIT_CNY}
    assert len(set(truths.limit_cny[~met & truths.eligible].tolist())) > 50


def test_the_lender_has_the_same_stand_in_limit() -> None:
    """The limit that a rule grants without the income is the strategy's own."""
    assert rules.STAND_IN_LIMIT_CNY == STAND_IN_LIMIT_CNY


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"share": 1.1}, "share must be from 0 to 1"),
        ({"share": float("nan")}, "share must be from 0 to 1"),
        ({"source": "identity"}, "source must be one of repayment, consumption"),
        ({"from_s": 10.0}, "until_s must not be before from_s"),
    ],
)
def test_a_change_makes_sense_once_it_exists(wrong: dict[str, object], says: str) -> None:
    """Nonsense is refused where the value is made."""
    plain = {"name": "no", "from_s": 0.0, "until_s": 9.0, "source": "income", "share": 0.5}
    with pytest.raises(ValueError, match=says):
        ConsentRevoked(**{**plain, **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize("factor", [-1.0, float("inf"), float("nan")])
def test_a_profile_does_not_turn_negative(factor: float) -> None:
    """A factor is a number of 0 or more."""
    with pytest.raises(ValueError, match="factor must be 0 or more"):
        ProfileUpdate(name="job", from_s=0.0, source="income", share=0.5, factor=factor)


@given(st.integers(0, 20_000), st.floats(0.0, 3.0))
def test_a_profile_is_updated_alike_one_by_one_and_for_many(reported: int, factor: float) -> None:
    """To a whole number, 0 among them."""
    assert updated_many(np.array([float(reported), 0.0]), factor).tolist() == [updated(reported, factor), 0.0]
