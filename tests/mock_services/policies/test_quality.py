"""The gate believes what looks like a value, and nothing else."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from creditstorm.credit.applicants import File
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policies.presets import PRESETS
from creditstorm.credit.policies.quality import DEFAULT_MAX_AGE_S
from creditstorm.credit.sources import SCALES, SCORED, SERVICES, SOURCES
from mock_services.policies.quality import RANGES, Gate, TrustingQuality
from mock_services.policies.registry import PolicyContext, build
from tests.mock_services.policies.cases import LOST, PEOPLE, STRATEGY, asked_by, evidence_of, ok

GATE = Gate(DEFAULT_MAX_AGE_S)
THICK = asked_by(next(p for p in map(PEOPLE.applicant, range(100)) if p.file is File.THICK))
THIN = asked_by(next(p for p in map(PEOPLE.applicant, range(100)) if p.file is File.THIN))
DAY_S = 86_400.0


def normal_tail(z: float) -> float:
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def rejected(status: EvidenceStatus, believed: Evidence) -> bool:
    return (believed.status, believed.value, believed.usable, believed.rejected) == (status, None, False, True)


@pytest.mark.parametrize(("service", "value"), [("bureau", 612.0), ("identity", 0.0), ("identity", 1.0)])
def test_a_good_value_passes_as_it_is(service: str, value: float) -> None:
    """A value in its range is untouched, and identity may say no."""
    evidence = ok(value)
    assert GATE.check(THICK, service, evidence) is evidence


@pytest.mark.parametrize("service", SOURCES)
def test_a_null_field_is_malformed(service: str) -> None:
    """Also where 0 would be an answer, such as "not verified"."""
    null = replace(ok(0.0), null_field=True)
    assert rejected(EvidenceStatus.MALFORMED, GATE.check(THICK, service, null))
    assert TrustingQuality().check(THICK, service, null) is null


@pytest.mark.parametrize("source", SCORED)
@pytest.mark.parametrize("sds", [-5.1, 5.1, 50.0])
def test_a_value_out_of_range_is_malformed(source: str, sds: float) -> None:
    """More than five spreads from the centre, or less than a twentieth of it."""
    scale = SCALES[source]
    value = max(0.0, scale.centre + sds * scale.spread)
    assert rejected(EvidenceStatus.MALFORMED, GATE.check(THICK, source, ok(value)))


@pytest.mark.parametrize("source", SCORED)
@pytest.mark.parametrize("factor", [100.0, 0.01, 0.0001])
@given(st.integers(0, PEOPLE.size - 1))
def test_another_unit_by_a_factor_of_100_or_more_is_seen(source: str, factor: float, applicant: int) -> None:
    """Whoever has anything usual: cents for yuan, or ten-thousands of yuan for yuan, do not pass."""
    person = PEOPLE.applicant(applicant)
    value = person.values[source]
    assume(value is not None and abs(SCALES[source].characteristic(value)) < 3.0)
    assert value is not None
    assert not GATE.check(asked_by(person), source, ok(value * factor)).usable


@pytest.mark.parametrize(
    ("value", "believed"),
    [(None, False), (0.0, False), (244.0, False), (245.0, True), (620.0, True), (996.0, False)],
)
def test_a_remembered_value_has_to_look_like_one_too(value: float | None, believed: bool) -> None:
    """However old it says that it is: that is for the store to know."""
    remembered = Evidence(EvidenceStatus.STALE, value, 29 * DAY_S)
    assert GATE.plausible(THICK, "bureau", remembered) is believed
    assert TrustingQuality().plausible(THICK, "bureau", remembered)


@pytest.mark.parametrize("service", SERVICES)
def test_an_old_value_is_stale_and_not_used(service: str) -> None:
    """A day is the limit, and it belongs to the value's own age."""
    value = 1.0 if service == "identity" else 600.0 if service == "scoring" else SCALES[service].centre
    young, old = replace(ok(value), age_s=DAY_S), replace(ok(value), age_s=DAY_S + 1.0)
    assert GATE.check(THICK, service, young) is young
    assert rejected(EvidenceStatus.STALE, GATE.check(THICK, service, old))


def test_a_service_without_a_limit_may_be_as_old_as_it_likes() -> None:
    """What is not named is not looked at."""
    old = replace(ok(612.0), age_s=1e9)
    assert Gate({"income": 1.0}).check(THICK, "bureau", old) is old


@pytest.mark.parametrize("source", SOURCES)
def test_no_record_of_a_thick_file_is_not_believed(source: str) -> None:
    """The lender knows that there is a record, so its absence is a failure that came as a 200."""
    assert rejected(EvidenceStatus.EMPTY, GATE.check(THICK, source, ok(None)))


def test_no_bureau_record_of_a_thin_file_is_a_fact() -> None:
    """Only there, everything else has a record of them too."""
    empty = ok(None)
    assert GATE.check(THIN, "bureau", empty) is empty
    assert rejected(EvidenceStatus.EMPTY, GATE.check(THIN, "income", empty))


@pytest.mark.parametrize("status", [*LOST, EvidenceStatus.REFUSED])
def test_what_did_not_arrive_is_not_judged(status: EvidenceStatus) -> None:
    """A failure keeps its status and is not called rejected."""
    lost = Evidence(status, latency_s=1.0)
    assert GATE.check(THICK, "bureau", lost) is lost


@given(st.integers(0, PEOPLE.size - 1), st.sampled_from(SOURCES))
def test_calm_values_pass_but_for_the_tails(applicant: int, source: str) -> None:
    """Of what a source truly reports only a value beyond the documented range, such as a true 0, is rejected."""
    person = PEOPLE.applicant(applicant)
    evidence = evidence_of(person, source)
    low, high = RANGES.get(source, (0.0, 1.0))
    in_tail = evidence.value is not None and not low <= evidence.value <= high
    assert GATE.check(asked_by(person), source, evidence).usable is not in_tail


def test_the_tails_are_as_rare_as_documented() -> None:
    """About 2.2 people in 1,000, nearly all of them with next to no income or consumption."""
    doubted = 0.0
    for source, scale in SCALES.items():
        too_little = normal_tail((scale.centre - math.ceil(RANGES[source][0]) + 0.5) / scale.spread)
        doubted += too_little + normal_tail(5.0)
    assert 0.00219 < doubted < 0.00222
    people = [PEOPLE.applicant(n) for n in range(20_000)]
    met = sum(any(not GATE.check(asked_by(p), s, evidence_of(p, s)).usable for s in SOURCES) for p in people)
    assert met / len(people) == pytest.approx(doubted, abs=0.001)


def test_a_preset_has_the_gate_that_it_describes() -> None:
    """The honest ones doubt, the others trust."""
    built = {name: build(spec, PolicyContext(PEOPLE, STRATEGY)).quality for name, spec in PRESETS.items()}
    assert isinstance(built["tri-state"], Gate)
    assert isinstance(built["fail-closed"], TrustingQuality)
