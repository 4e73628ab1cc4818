"""The faults of the decision service, switched on and off as the control port does it."""

from __future__ import annotations

import pytest
from creditstorm.credit.case import Case
from creditstorm.credit.decision import Answer
from creditstorm.credit.evidence import Evidence, EvidenceStatus
from creditstorm.credit.policies.presets import PRESETS
from mock_services.decision import create_app
from mock_services.faults.active import ActiveFaults, BadFaultError, Fault
from mock_services.faults.decision_effects import LenderHandle
from mock_services.faults.registry import DECISION_KINDS
from mock_services.policies.axes import Policy
from mock_services.policies.registry import PolicyContext, build
from mock_services.settings import Settings
from tests.mock_services.policies.cases import PEOPLE, SEED, STRATEGY, asked_by, case_with

PERSON = asked_by(next(p for p in map(PEOPLE.applicant, range(100)) if p.values["bureau"] is not None))
LATE = Evidence(EvidenceStatus.LATE)


def lender(name: str = "fail-closed") -> tuple[Policy, ActiveFaults[Fault[LenderHandle]]]:
    policy = build(PRESETS[name], PolicyContext(PEOPLE, STRATEGY))
    return policy, ActiveFaults[Fault[LenderHandle]](DECISION_KINDS, LenderHandle.of(policy, SEED))


def decide(policy: Policy, score: float) -> tuple[Answer, str]:
    case = Case(PERSON, policy.rollout.strategy_for(PERSON), case_with(score=score).evidence)
    decision = policy.missing.decide(case)
    policy.rollout.remember(case, decision)
    return decision.answer, case.strategy.version


def test_a_changed_strategy_decides_while_it_is_on() -> None:
    """The cut-off is 20 points higher for a while, and the receipt counts what it decided."""
    policy, faults = lender()
    assert decide(policy, 570.0) == (Answer.APPROVED, "v1")
    faults.put("shift", {"kind": "strategy_change", "version": "v2", "cut_off": 579.3})
    assert decide(policy, 570.0) == (Answer.NO_CREDIT, "v2")
    assert faults.receipts() == {"shift": {"kind": "strategy_change", "met": 1}}
    assert faults.remove("shift") == 1
    assert decide(policy, 570.0) == (Answer.APPROVED, "v1")


def test_a_changed_scale() -> None:
    """At 50 points to double the odds a score of 580 stands at 550."""
    policy, faults = lender()
    faults.put("scale", {"kind": "strategy_change", "cut_off": 559.3, "pdo": 50.0})
    assert decide(policy, 580.0) == (Answer.NO_CREDIT, "v2")


def test_a_flushed_cache() -> None:
    """An old value that was wanted is not there, which the receipt counts."""
    policy, faults = lender("last-known-good")
    known = next(
        a for a in map(PEOPLE.applicant, range(100)) if policy.missing.fill(asked_by(a), "income", LATE).usable
    )
    faults.put("cold", {"kind": "flush"})
    assert policy.missing.fill(asked_by(known), "income", LATE) is LATE
    assert faults.remove("cold") == 1
    assert policy.missing.fill(asked_by(known), "income", LATE).usable


def test_a_poisoned_cache() -> None:
    """An old value is "no record" while it is on."""
    policy, faults = lender("last-known-good")
    policy.missing.fill(PERSON, "bureau", Evidence(EvidenceStatus.OK, 640.0, 0.0, 0.1, "1"))
    faults.put("bad", {"kind": "poison", "share": 1.0})
    spoilt = policy.missing.fill(PERSON, "bureau", LATE)
    assert (spoilt.status, spoilt.value, spoilt.usable) == (EvidenceStatus.STALE, None, True)
    assert faults.remove("bad") == 1
    assert policy.missing.fill(PERSON, "bureau", LATE).value == 640.0


@pytest.mark.parametrize("kind", ["flush", "poison"])
def test_a_policy_without_a_cache(kind: str) -> None:
    """There is nothing that could fail, and the message says so; nothing is left switched on."""
    _, faults = lender("tri-state")
    with pytest.raises(BadFaultError, match="keeps no last known good values"):
        faults.put("cold", {"kind": kind})
    assert faults.receipts() == {}


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "errors"},
        {"kind": "strategy_change"},
        {"kind": "strategy_change", "cut_off": 560.0, "share": 1.5},
        {"kind": "strategy_change", "cut_off": 560.0, "pdo": 0.0},
        {"kind": "poison", "share": -0.1},
    ],
)
def test_nonsense_is_refused(asked: dict[str, object]) -> None:
    """A kind or a parameter that does not exist never becomes a default."""
    _, faults = lender("last-known-good")
    with pytest.raises(BadFaultError):
        faults.put("one", asked)


def test_the_app_knows_its_faults() -> None:
    """The control port finds them where it looks for them."""
    assert isinstance(create_app(Settings(service="decision")).state.faults, ActiveFaults)
