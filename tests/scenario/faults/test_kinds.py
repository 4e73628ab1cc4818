"""Every kind of fault says everything about itself, and what it changes about people and rules."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from creditstorm.credit.changes import ConsentRevoked, ProfileUpdate, StrategyChange
from creditstorm.credit.strategy import Strategy
from creditstorm.scenario import faults
from creditstorm.scenario.faults import (
    Blackhole,
    ConsentRevokedFault,
    Down,
    Fault,
    FaultBase,
    InsideFault,
    Kill,
    Latency,
    PartialDc,
    ProfileUpdateFault,
    Skew,
    StrategyChangeFault,
    ToxicFault,
    changes_of,
    fault_kinds,
)

KINDS: tuple[type[FaultBase], ...] = get_args(get_args(Fault)[0])
WINDOW: dict[str, Any] = {"name": "one", "at_s": 20.0, "for_s": 15.0}
STRATEGY = StrategyChangeFault(cut_shift=20.0, pdo=50.0, share=0.5, legitimate=True, **WINDOW)
PROFILE = ProfileUpdateFault(target="income", share=0.5, factor=0.6, **WINDOW)
CONSENT = ConsentRevokedFault(target="bureau", share=0.5, **WINDOW)


class Fainted(InsideFault):
    """A kind as another package brings it: nothing said beside what it has to say."""

    kind: str = "fainted"


def _leaves(kind: type[FaultBase]) -> set[type[FaultBase]]:
    below = kind.__subclasses__()
    ours = {kind} if "kind" in kind.__annotations__ and kind.__module__.startswith(faults.__name__) else set()
    return ours.union(*map(_leaves, below)) - {FaultBase}


def test_no_kind_is_left_out() -> None:
    """Every class with a word of its own is in the union, under that word, and in the order of the alphabet."""
    assert set(KINDS) == _leaves(FaultBase)
    assert {word: kind for word, kind in fault_kinds().items() if kind in KINDS} == {
        kind.word(): kind for kind in KINDS
    }
    assert [kind.__name__ for kind in KINDS] == sorted(kind.__name__ for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_kind_has_its_sentence(kind: type[FaultBase]) -> None:
    """What a target did is said in words of the kind's own."""
    assert kind.in_words.strip()
    assert "in_words" in vars(kind)


def test_facts_are_true_of_these_kinds_only() -> None:
    """The few that need something, or whose end is told too, and those that need not say where they sit."""
    assert {kind.word() for kind in KINDS if kind.needs_store} == {"flush", "poison"}
    assert {kind.word() for kind in KINDS if kind.needs_redundancy} == {"partial_dc"}
    assert {kind.word() for kind in KINDS if getattr(kind, "told_after_end", False)} == {"profile_update"}
    usual = {kind.word(): kind.target_in({}) for kind in KINDS if not kind.model_fields["target"].is_required()}
    assert usual == {"strategy_change": "decision", "flush": "decision", "poison": "decision", "partial_dc": "cell-b"}


def test_a_kind_of_another_package_has_facts_too() -> None:
    """It needs nothing, is not told after its end, is met by calls, and sits where it says."""
    facts = (Fainted.in_words, Fainted.needs_store, Fainted.needs_redundancy, Fainted.told_after_end)
    assert facts == ("", False, False, False)
    fault = Fainted(target="bureau", **WINDOW)
    assert (fault.met_by, fault.parts(("bureau",)), fault.change(), list(fault.problems())) == (
        "calls",
        (fault,),
        None,
        [],
    )
    assert Fainted.target_in({"target": "bureau"}) == "bureau"


def test_a_proxy_that_is_down_has_no_direction() -> None:
    """Only what a toxic does has a direction and a share of the connections; a run folder of before still loads."""
    assert not issubclass(Down, ToxicFault)
    assert set(Down.model_fields) == set(FaultBase.model_fields)
    said_nothing = {"kind": "down", "target": "bureau", "direction": "downstream", "toxicity": 1.0, **WINDOW}
    assert Down.model_validate(said_nothing) == Down(target="bureau", **WINDOW)


@pytest.mark.parametrize("how", ["down", "blackhole"])
def test_a_lost_cell_changes_what_its_members_would(how: str) -> None:
    """Its parts are of the kind that it says, one a member, with names that no scenario can give."""
    parts = PartialDc(how=how, **WINDOW).parts(("bureau", "income"))
    assert [(part.kind, part.target, part.name) for part in parts] == [
        (how, "bureau-b", "one@bureau-b"),
        (how, "income-b", "one@income-b"),
    ]


@pytest.mark.parametrize("plain", [{"cell": "a"}, {"cell": "cell-a"}, {"target": "cell-a"}])
def test_a_cell_may_be_written_in_three_ways(plain: dict[str, object]) -> None:
    """By its letter, as a target is written, or as Python code names the field."""
    assert PartialDc.target_in(plain) == "cell-a"


def test_two_directions_are_two_ways() -> None:
    """A fault downstream and one upstream of a kind change different things of a target."""
    down, up = (Latency(target="bureau", latency_s=1.0, direction=d, **WINDOW).way for d in ("downstream", "upstream"))
    assert down != up


def test_a_strategy_change_shifts_the_cut_off() -> None:
    """The new strategy is the one before, so many points up, for the planned time."""
    assert STRATEGY.change() == StrategyChange(
        name="one",
        from_s=20.0,
        until_s=35.0,
        strategy=Strategy("v2", cut_off=Strategy().cut_off + 20.0, pdo=50.0),
        legitimate=True,
        share=0.5,
    )


def test_a_profile_update_has_no_end() -> None:
    """What is true of a person stays true when the source has learnt it."""
    assert PROFILE.change() == ProfileUpdate(name="one", from_s=20.0, source="income", share=0.5, factor=0.6)


def test_consent_comes_back_at_the_end() -> None:
    """A withdrawal lasts as long as the fault."""
    assert CONSENT.change() == ConsentRevoked(name="one", from_s=20.0, until_s=35.0, source="bureau", share=0.5)


def test_other_faults_change_no_truth() -> None:
    """A dark or skewed source, a killed process: what is right stays right."""
    calm = (Blackhole(target="bureau", **WINDOW), Skew(target="bureau", **WINDOW), Kill(target="bureau", **WINDOW))
    assert changes_of(calm) == ()


def test_the_order_of_the_faults_is_kept() -> None:
    """Changes come as they were written."""
    kinds = [change.kind for change in changes_of([CONSENT, STRATEGY, PROFILE])]
    assert kinds == ["consent_revoked", "strategy", "profile_update"]
