"""What the faults of a scenario change about people and rules."""

from __future__ import annotations

from dataclasses import dataclass

from creditstorm.credit.changes import ConsentRevoked, ProfileUpdate, StrategyChange
from creditstorm.credit.strategy import Strategy
from creditstorm.scenario.changes import changes_of
from creditstorm.scenario.faults import Blackhole


@dataclass(frozen=True)
class Fault:
    """Stands for any fault: the fields that changes are read from."""

    kind: str
    name: str = "one"
    target: str = "decision"
    at_s: float = 20.0
    end_s: float = 35.0
    share: float = 0.5
    factor: float = 0.6
    cut_shift: float = 20.0
    pdo: float = 50.0
    version: str = "v2"
    mixed: bool = False
    legitimate: bool = True


def test_a_strategy_change_shifts_the_cut_off() -> None:
    """The new strategy is the one before, so many points up, for the planned time."""
    assert changes_of([Fault("strategy_change")]) == (
        StrategyChange(
            name="one",
            from_s=20.0,
            until_s=35.0,
            strategy=Strategy("v2", cut_off=Strategy().cut_off + 20.0, pdo=50.0),
            legitimate=True,
            share=0.5,
        ),
    )


def test_a_profile_update_has_no_end() -> None:
    """What is true of a person stays true when the source has learnt it."""
    expected = ProfileUpdate(name="job", from_s=20.0, source="income", share=0.5, factor=0.6)
    assert changes_of([Fault("profile_update", name="job", target="income")]) == (expected,)


def test_consent_comes_back_at_the_end() -> None:
    """A withdrawal lasts as long as the fault."""
    expected = ConsentRevoked(name="no", from_s=20.0, until_s=35.0, source="bureau", share=0.5)
    assert changes_of([Fault("consent_revoked", name="no", target="bureau")]) == (expected,)


def test_other_faults_change_no_truth() -> None:
    """A dark or skewed source, a killed process: what is right stays right."""
    dark = Blackhole.model_validate({"kind": "blackhole", "target": "bureau", "at": 1.0, "for": 1.0})
    assert changes_of([dark, Fault("skew", target="bureau"), Fault("kill")]) == ()


def test_the_order_of_the_faults_is_kept() -> None:
    """Changes come as they were written."""
    kinds = ["consent_revoked", "strategy_change", "profile_update"]
    faults = [Fault(kind, target="decision" if kind == "strategy_change" else "income") for kind in kinds]
    assert [change.kind for change in changes_of(faults)] == ["consent_revoked", "strategy", "profile_update"]
