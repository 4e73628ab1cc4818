"""What faults make a source say about a person."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.credit.changes import befalls, updated
from creditstorm.credit.imputation import estimate_score
from creditstorm.credit.sources import SCORED
from mock_services.cache.snapshot import DAY_S, NightlySnapshot
from mock_services.faults.hooks import Reported
from mock_services.faults.registry import kinds_of
from tests.mock_services.faults.bench import NOW, Bench, call, likely
from tests.mock_services.policies.cases import PEOPLE, SEED, asked_by

N = 4_000
THICK = next(a for a in range(N) if PEOPLE.applicant(a).values["bureau"] is not None)
THIN = next(a for a in range(N) if PEOPLE.applicant(a).values["bureau"] is None)
BUREAU = PEOPLE.applicant(THICK).values["bureau"]


def test_empty_takes_the_record() -> None:
    """A person with a record has none, in an answer that is as fresh as before."""
    bench = Bench().put("lie", "empty")
    said = bench.said(THICK)
    assert (said.record, said.as_of, bench.met("lie")) == (None, bench.truly(THICK).as_of, 1)


@pytest.mark.parametrize(("reads", "expected"), [("null", None), ("zero", 0)])
@pytest.mark.parametrize("service", ["bureau", "identity"])
def test_null_fields(service: str, reads: str, expected: int | None) -> None:
    """The record is there, and its one field is null or 0."""
    bench = Bench(service).put("nulls", "null_fields", reads=reads)
    (field,) = bench.truly(THICK).record or {}
    assert bench.said(THICK).record == {field: expected}


@pytest.mark.parametrize(("factor", "expected"), [(100.0, 100 * BUREAU), (0.001, BUREAU * 0.001)])
def test_unit_change(factor: float, expected: float) -> None:
    """The number × factor; yuan become fen and stay whole."""
    said = Bench().put("fen", "unit_change", factor=factor).said(THICK).value
    assert (said, type(said)) == (expected, type(expected))


@pytest.mark.parametrize("kind", ["empty", "null_fields", "unit_change", "skew"])
def test_who_has_no_record_cannot_lose_it(kind: str) -> None:
    """A thin file is left as it is, and not counted as met."""
    params = {"factor": 2.0} if kind == "unit_change" else {} if kind != "skew" else {"share": 1.0}
    bench = Bench().put("trouble", kind, **params)
    assert (bench.said(THIN), bench.met("trouble")) == (bench.truly(THIN), 0)


def test_stale_says_its_age() -> None:
    """The record is as old as asked for, also where there is none."""
    bench = Bench().put("old", "stale", age_s=30 * DAY_S)
    assert {bench.said(a).as_of for a in (THICK, THIN)} == {NOW - 30 * DAY_S}
    assert (bench.said(THIN).record, bench.met("old")) == (None, 3)


def test_an_identity_does_not_age() -> None:
    """Who was verified a year ago is verified, and the record says that it is a year old."""
    said = Bench("identity").put("old", "stale", age_s=365 * DAY_S).said(THICK)
    assert (said.record, said.as_of) == ({"verified": True}, NOW - 365 * DAY_S)


@pytest.mark.parametrize(("days", "persistence"), [(7, 0.98), (30, 0.93), (90, 0.80)])
def test_stale_values_persist_as_known(days: int, persistence: float) -> None:
    """The correlation of old and new values is the persistence of that age, to 0.02, and the spread stays."""
    bench = Bench("income").put("old", "stale", age_s=days * DAY_S)
    today, then = np.array([(bench.truly(a).value, bench.said(a).value) for a in range(N)]).T
    assert np.corrcoef(today, then)[0, 1] == pytest.approx(persistence, abs=0.02)
    assert np.std(then) == pytest.approx(np.std(today), rel=0.05)


def test_a_person_has_one_past() -> None:
    """The source says what the lender's own snapshot of that age says."""
    snapshot = NightlySnapshot(PEOPLE, coverage=1.0, taken_at=NOW)
    for applicant in range(200):
        remembered = snapshot.recall(asked_by(PEOPLE.applicant(applicant)), "bureau")
        assert remembered is not None
        bench = Bench().put("old", "stale", age_s=NOW - remembered.as_of)
        assert bench.said(applicant).value == remembered.value


@pytest.mark.parametrize("service", SCORED)
def test_skew_moves_scores_by_a_laplace_draw(service: str) -> None:
    """The mean size of the move is 8 points within 4 standard errors, on both sides, for the share of people."""
    bench = Bench(service).put("bug", "skew", share=0.18, points=8.0)
    moves = [move for a in range(N) if (move := score_move(bench, a)) is not None]
    met = [move for move in moves if abs(move) > 1e-9]
    assert likely(bench.met("bug"), len(moves), 0.18)
    size = statistics.fmean(map(abs, met))
    assert abs(size - 8.0) <= 4 * 8.0 / len(met) ** 0.5 + 0.1
    assert abs(sum(move > 0 for move in met) / len(met) - 0.5) <= 4 * 0.5 / len(met) ** 0.5


def score_move(bench: Bench, applicant: int) -> float | None:
    """By how many points the score moves; None for people without a record."""
    person = PEOPLE.applicant(applicant)
    if person.values[bench.service] is None:
        return None
    skewed = person.values | {bench.service: bench.said(applicant).value}
    return estimate_score(person.file, skewed).mean - estimate_score(person.file, person.values).mean


def test_skew_is_the_same_for_a_person_every_time() -> None:
    """Another session, attempt and try of a person meets the same number."""
    bench = Bench("income").put("bug", "skew", share=0.5)
    for applicant in range(50):
        assert bench.said(call(applicant)) == bench.said(call(applicant, session=9, attempt=2, nth_try=1))


def test_a_profile_update_is_heard_of_in_the_end() -> None:
    """While it is on the old value is reported and counted; from its end on these people have the new one."""
    bench = Bench("income")
    before = [bench.truly(a).value for a in range(N)]
    befallen = [befalls(SEED, "new job", a, 0.1) for a in range(N)]
    bench.put("new job", "profile_update", share=0.1, factor=1.5)
    assert [bench.said(a).value for a in range(N)] == before
    assert bench.faults.remove("new job") == sum(befallen)
    after = [updated(value, 1.5) if hit else value for value, hit in zip(before, befallen, strict=True)]
    assert [bench.said(a).value for a in range(N)] == after
    assert likely(sum(befallen), N, 0.1)


def test_an_update_that_begins_again_is_unheard_again() -> None:
    """The same update twice does not change a life twice."""
    bench = Bench("income")
    old = bench.truly(THICK).value
    for _ in range(2):
        bench.put("new job", "profile_update", share=1.0, factor=2.0)
        assert bench.truly(THICK).value == old
        bench.faults.remove("new job")
        assert bench.truly(THICK).value == 2 * (old or 0)


def test_updates_of_two_names_both_count() -> None:
    """A new job and a promotion multiply; no record stays no record."""
    bench = Bench()
    for name, factor in (("job", 2.0), ("promotion", 1.5)):
        bench.put(name, "profile_update", share=1.0, factor=factor).faults.remove(name)
    assert (bench.truly(THICK).value, bench.truly(THIN).value) == (updated(updated(BUREAU, 2.0), 1.5), None)


RECORD_FAULTS: dict[str, dict[str, object]] = {
    "profile_update": {"factor": 2.0, "share": 1.0},
    "skew": {"share": 1.0},
    "stale": {"age_s": 9 * DAY_S},
    "unit_change": {"factor": 100.0},
    "null_fields": {},
    "empty": {},
}


@given(order=st.permutations(list(RECORD_FAULTS)), applicant=st.integers(0, N))
def test_faults_compose_in_one_order(order: list[str], applicant: int) -> None:
    """Whatever is switched on first, what is said is the same; here it is empty, and old."""
    bench = Bench("income")
    for kind in order:
        bench.put(kind, kind, **RECORD_FAULTS[kind])
    said = bench.said(applicant)
    assert (said.record, said.as_of) == (None, NOW - 9 * DAY_S)
    assert {bench.met(kind) for kind in order} == {1}


@given(chosen=st.sets(st.sampled_from(sorted(RECORD_FAULTS))), applicant=st.integers(0, N))
def test_composition_is_one_after_another(chosen: set[str], applicant: int) -> None:
    """Any set of faults says what each would say about what the one before it said, in the order of the kinds."""
    bench = Bench("income")
    expected: Reported = bench.truly(applicant)
    for kind in filter(chosen.__contains__, kinds_of("income")):
        alone = Bench("income").put(kind, kind, **RECORD_FAULTS[kind])
        expected = alone.faults.changed(call(applicant), expected)
        bench.put(kind, kind, **RECORD_FAULTS[kind])
    assert bench.said(applicant) == expected


def test_the_order_of_effect() -> None:
    """People first, then age and unit, then what is missing, then the body."""
    kinds = [kind for kind in kinds_of("income") if kind in RECORD_FAULTS or kind == "malformed"]
    assert kinds == [*RECORD_FAULTS, "malformed"]
