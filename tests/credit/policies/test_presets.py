"""Policies: presets, axes, and the way into a settings file and back."""

import json

import pytest

from creditstorm.credit.policies.admission import InflightCap, NoAdmission
from creditstorm.credit.policies.answer import Honest, Push, TwoWords
from creditstorm.credit.policies.axes import AXES, Axis
from creditstorm.credit.policies.missing import FailClosed, LastKnownGood, PartialScore, TriState, ZeroFill
from creditstorm.credit.policies.presets import PRESETS, PolicySpec
from creditstorm.credit.policies.quality import QualityGate, Trusting
from creditstorm.credit.policies.rollout import Direct
from creditstorm.credit.policies.transport import Breaker, Hedge, Retry, RetryBudget, Single

VALUES = [(axis, value) for axis, values in AXES.items() for value in values.values()]


def test_the_presets_differ_as_their_names_say() -> None:
    """Transport, missing data and vocabulary of each preset."""
    axes = {name: (policy.transport, policy.missing, policy.answer) for name, policy in PRESETS.items()}
    assert axes == {
        "fail-closed": (Single(), FailClosed(), TwoWords()),
        "zero-fill": (Single(), ZeroFill(), TwoWords()),
        "retry": (Retry(), FailClosed(), TwoWords()),
        "retry-budget": (RetryBudget(), FailClosed(), TwoWords()),
        "hedge": (Hedge(), FailClosed(), TwoWords()),
        "breaker": (Breaker(), FailClosed(), TwoWords()),
        "last-known-good": (Breaker(), LastKnownGood(), TwoWords()),
        "partial-score": (Breaker(), PartialScore(), TwoWords()),
        "tri-state": (Breaker(), TriState(), Honest()),
        "tri-state-push": (Breaker(), LastKnownGood(otherwise="tri_state"), Push()),
        "tri-state-shed": (Breaker(), LastKnownGood(otherwise="tri_state"), Push()),
    }


@pytest.mark.parametrize("name", PRESETS)
def test_only_one_preset_turns_people_away(name: str) -> None:
    """Everyone is let in, but by the preset whose name says that it sheds; all roll out at once."""
    admission = InflightCap(limit=160) if name == "tri-state-shed" else NoAdmission()
    assert (PRESETS[name].admission, PRESETS[name].rollout) == (admission, Direct())


def test_the_honest_presets_have_the_quality_gate() -> None:
    """Who has a word for "undetermined" may doubt; nobody else does."""
    gated = {name for name, policy in PRESETS.items() if policy.quality != Trusting()}
    assert gated == {name for name, policy in PRESETS.items() if policy.answer.kind != "two_words"}
    assert all(PRESETS[name].quality == QualityGate() for name in gated)


@pytest.mark.parametrize(("axis", "value"), VALUES)
def test_every_value_survives_a_settings_file(axis: str, value: type[Axis]) -> None:
    """Written as JSON and read again, each value of each axis is the same value."""
    policy = PolicySpec.from_json({"name": "one", axis: {"kind": value().kind}})
    assert getattr(policy, axis) == value()
    assert PolicySpec.from_json(json.loads(json.dumps(policy.as_json()))) == policy


@pytest.mark.parametrize(
    "policy", [*PRESETS.values(), PolicySpec(name="mine", missing=LastKnownGood(ttl_s={"bureau": 1.5}))]
)
def test_a_policy_survives_a_settings_file(policy: PolicySpec) -> None:
    """Written as JSON and read again it is the same policy."""
    assert PolicySpec.from_json(json.loads(json.dumps(policy.as_json()))) == policy


def test_an_axis_that_is_not_written_has_its_default() -> None:
    """A settings file may name only what it changes."""
    assert PolicySpec.from_json({"name": "short"}) == PolicySpec(name="short")


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ({"transprot": {"kind": "single"}}, "no axis 'transprot'"),
        ({"transport": {"kind": "carrier_pigeon"}}, "allowed kinds are single, retry, retry_budget, hedge, breaker"),
        ({"transport": "single"}, "allowed kinds are single, retry, retry_budget, hedge, breaker"),
        ({"transport": {"kind": "breaker", "open": 5}}, "transport"),
    ],
)
def test_a_wrong_policy_is_refused(plain: dict[str, object], message: str) -> None:
    """An axis, kind or parameter that does not exist is an error, never a default."""
    with pytest.raises(ValueError, match=message):
        PolicySpec.from_json(plain)


@pytest.mark.parametrize("axis", AXES)
def test_every_kind_is_registered_under_its_own_name(axis: str) -> None:
    """The table's key is the kind that the value itself carries."""
    assert {kind: value().kind for kind, value in AXES[axis].items()} == {kind: kind for kind in AXES[axis]}
