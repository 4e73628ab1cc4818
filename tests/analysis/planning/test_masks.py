"""What a mask tells whom: the lender's own rules, for arrays."""

from __future__ import annotations

import random

import numpy as np
import pytest
from creditstorm.analysis.planning.everybody import count_everybody
from creditstorm.analysis.planning.masks import MaskRules, lost_in, mask_of, traits_of
from creditstorm.analysis.replay import Lender, rescored
from creditstorm.credit import (
    SCALES,
    SCORED,
    SERVICES,
    Answer,
    Applicant,
    Evidence,
    EvidenceStatus,
    File,
    Population,
    Strategy,
)
from creditstorm.credit.case import Case, CreditRequest
from creditstorm.credit.policies.missing import LastKnownGood, TriState, WorstBin, ZeroFill
from creditstorm.credit.policies.presets import PRESETS, PolicySpec
from creditstorm.credit.truth import truths_of
from mock_services.policies.missing import WorstBinRule, ZeroFillRule

POPULATION = Population(11, 3_000)
POLICIES = {
    **{name: PRESETS[name] for name in ("fail-closed", "zero-fill", "partial-score", "tri-state", "tri-state-push")},
    "last-known-good": PRESETS["last-known-good"],
    "worst-bin": PolicySpec(name="worst-bin", missing=WorstBin()),
    "no-bins": PolicySpec(name="no-bins", missing=ZeroFill(clip_sd=9.0)),
    "narrow": PolicySpec(name="narrow", missing=TriState(z=0.3)),
    "remembers": PolicySpec(name="remembers", missing=LastKnownGood(otherwise="tri_state", z=0.5)),
}
LOST = Evidence(EvidenceStatus.LATE)


def case_of(person: Applicant, mask: int, policy: PolicySpec) -> Case:
    """The person as the lender sees them without these services; scoring scores what is there."""
    lost = lost_in(mask)
    values: dict[str, float | None] = {**person.values, "identity": float(person.verified)}
    evidence = {s: LOST if s in lost else Evidence(EvidenceStatus.OK, value=values.get(s, 0.0)) for s in SERVICES}
    request = CreditRequest(person.id, 0, 1, person.segment, person.file)
    fills = {ZeroFill: lambda spec: ZeroFillRule(spec.clip_sd), WorstBin: lambda _: WorstBinRule()}
    if rule := fills.get(type(policy.missing)):
        evidence = {s: rule(policy.missing).fill(request, s, one) for s, one in evidence.items()}
    case = Case(request, Strategy(), evidence)
    return case if "scoring" in lost else rescored(case)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_a_line_says_what_the_lender_says(policy: PolicySpec) -> None:
    """Person by person, for masks of no, one, several and all services."""
    rules, lender = MaskRules(policy), Lender(policy)
    drawn = random.Random(3)
    masks = [0, mask_of(SERVICES), *(1 << place for place in range(len(SERVICES))), *drawn.sample(range(128), 12)]
    traits = traits_of(POPULATION, np.arange(60, dtype=np.uint64))
    for mask in masks:
        for place in range(60):
            person = POPULATION.applicant(place)
            line = rules.line(person.file, mask)
            score = float(line.score(traits.characteristics[:, place]))
            said = Answer.NO_CREDIT if score < line.deny_below else rules.between
            said = Answer.APPROVED if score >= line.approve_from else said
            if not person.verified and "identity" not in lost_in(mask):
                said = Answer.ACTION_NEEDED
            assert lender.decide(case_of(person, mask, policy)).answer == said, (mask, place)


def test_traits_are_those_of_the_people() -> None:
    """The fast quantile reports the same whole numbers."""
    traits = traits_of(POPULATION, np.arange(3_000, dtype=np.uint64))
    for place in range(3_000):
        person = POPULATION.applicant(place)
        assert traits.thin[place] == (person.file is File.THIN)
        assert traits.verified[place] == person.verified
        for column, source in enumerate(SCORED):
            if (value := person.values[source]) is not None:
                assert traits.characteristics[column, place] == SCALES[source].characteristic(value)


@pytest.mark.parametrize("policy", ["zero-fill", "tri-state", "fail-closed"])
def test_everybody_is_counted_once(policy: str) -> None:
    """Whatever the block: the same as the sum over people, each decided alone; the truth is the oracle's."""
    masks = [(file, mask) for file in File for mask in (0, mask_of(["bureau"]), mask_of(["income", "identity"]))]
    rules, lender = MaskRules(PRESETS[policy]), Lender(PRESETS[policy])
    everybody = count_everybody(POPULATION, rules, masks, block=700)
    truth = truths_of(POPULATION, np.arange(3_000, dtype=np.uint64), Strategy())
    assert sum(everybody.eligible.values()) == truth.eligible.sum()
    assert sum(everybody.eligible.values()) + sum(everybody.ineligible.values()) == everybody.people == 3_000
    assert everybody.ties == 0
    for key in masks:
        people = [p for p in map(POPULATION.applicant, range(3_000)) if p.file is key[0]]
        said = [(lender.decide(case_of(p, key[1], PRESETS[policy])).answer, bool(truth.eligible[p.id])) for p in people]
        told = everybody.told[key]
        assert told.wronged == said.count((Answer.NO_CREDIT, True))
        assert told.deferred == said.count((Answer.UNDETERMINED, True))
        assert told.approved == said.count((Answer.APPROVED, False))


def test_a_mask_has_one_number() -> None:
    """There and back."""
    assert [lost_in(mask_of(lost_in(mask))) for mask in range(128)] == [lost_in(mask) for mask in range(128)]
