"""Policies: presets, axes, and the way into a settings file and back."""

import pytest
from pydantic import TypeAdapter
from pydantic_core import to_json
from creditstorm.credit.policies.admission import InflightCap, NoAdmission
from creditstorm.credit.policies.answer import Honest, Push, TwoWords
from creditstorm.credit.policies.missing import FailClosed, LastKnownGood, PartialScore, TriState, ZeroFill
from creditstorm.credit.policies.presets import AXES, PRESETS, PolicySpec
from creditstorm.credit.policies.quality import QualityGate, Trusting
from creditstorm.credit.policies.rollout import Direct
from creditstorm.credit.policies.transport import Breaker, Hedge, Retry, RetryBudget, Single
from creditstorm.language.quantities import Spec

VALUES = [(axis, value) for axis, values in AXES.items() for value in values.values()]


def test_the_presets_differ_as_their_names_say() -> None:
    """Transport, missing data and vocabulary of each preset."""
    axes = {name: (policy.transport, policy.missing, policy.answer) for name, policy in PRESETS.items()}
    assert axes == {
        "fail-closed": (Single(), FailClosed(), TwoWords()),
        "fail-closed-feedback": (Single(), FailClosed(), TwoWords()),
        "zero-fill": (Single(), ZeroFill(), TwoWords()),
        "retry": (Retry(), FailClosed(), TwoWords()),
        "retry-budget": (RetryBudget(), FailClosed(), TwoWords()),
        "hedge": (Hedge(), FailClosed(), TwoWords()),
        "breaker": (Breaker(), FailClosed(), TwoWords()),
        "last-known-good": (Breaker(), LastKnownGood(), TwoWords()),
        "partial-score": (Breaker(), PartialScore(), TwoWords()),
        "tri-state": (Breaker(), TriState(), Honest()),
        "tri-state-feedback": (Breaker(), TriState(), Honest()),
        "tri-state-push": (Breaker(), LastKnownGood(otherwise="tri_state"), Push()),
        "tri-state-shed": (Breaker(), LastKnownGood(otherwise="tri_state"), Push()),
    }


def test_the_presets_that_hear_complaints_say_so() -> None:
    """Their names, and no others; who is heard is notified, as where answers are pushed."""
    assert {name for name, policy in PRESETS.items() if policy.takes_complaints} == {
        "fail-closed-feedback",
        "tri-state-feedback",
    }
    assert {name for name, policy in PRESETS.items() if policy.notifies} == {
        *("fail-closed-feedback", "tri-state-feedback", "tri-state-push", "tri-state-shed")
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


def read(plain: object) -> PolicySpec:
    """The policy as the settings of a service are read."""
    return TypeAdapter(PolicySpec).validate_python(plain)


def there_and_back(policy: PolicySpec) -> PolicySpec:
    """Written into a settings file and read again."""
    return TypeAdapter(PolicySpec).validate_json(to_json(policy, by_alias=False))


@pytest.mark.parametrize(("axis", "value"), VALUES)
def test_every_value_survives_a_settings_file(axis: str, value: type[Spec]) -> None:
    """Written as JSON and read again, each value of each axis is the same value."""
    policy = read({"name": "one", axis: {"kind": value().kind}})
    assert getattr(policy, axis) == value()
    assert there_and_back(policy) == policy


@pytest.mark.parametrize(
    "policy", [*PRESETS.values(), PolicySpec(name="mine", missing=LastKnownGood(ttl_s={"bureau": 1.5}))]
)
def test_a_policy_survives_a_settings_file(policy: PolicySpec) -> None:
    """Written as JSON and read again it is the same policy."""
    assert there_and_back(policy) == policy


def test_an_axis_that_is_not_written_has_its_default() -> None:
    """A settings file may name only what it changes."""
    assert read({"name": "short"}) == PolicySpec(name="short")


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ({"transprot": {"kind": "single"}}, "transprot\n.*Unexpected keyword argument"),
        ({"transport": {"kind": "carrier_pigeon"}}, "expected tags: 'single', 'retry', 'retry_budget', 'hedge'"),
        ({"transport": "single"}, "transport\n"),
        ({"transport": {"kind": "breaker", "opened": 5}}, "transport.breaker.opened\n"),
        ({"transport": {"kind": "breaker", "threshold": 0}}, "transport.breaker.threshold\n"),
        ({"transport": {"kind": "retry", "backoff_s": 1.0}}, "backoff of 1 s"),
        ({"rollout": {"kind": "canary", "share": 0.0}}, "rolls a new strategy out to nobody"),
        ({"rollout": {"kind": "mixed", "share": 0.0}}, "all nodes agree"),
        ({"rollout": {"kind": "mixed", "share": 1.0}}, "all nodes agree"),
        (
            {"missing": {"kind": "last_known_good", "store": "redis://me:secret@store:6379/0"}},
            "cannot be taken: its password",
        ),
    ],
)
def test_a_wrong_policy_is_refused(plain: dict[str, object], message: str) -> None:
    """An axis, kind or parameter that does not exist, or a value out of bounds, is an error, never a default."""
    with pytest.raises(ValueError, match=message):
        read(plain)


BOUNDS = [
    ("transport", "hedge", "window", 100_000, 100_001),
    ("missing", "tri_state", "z", 10.0, 10.1),
    ("missing", "tri_state", "z", 0.0, -0.1),
    ("answer", "push", "most", 100_000, 100_001),
    ("answer", "push", "most", 1, 0),
    ("answer", "push", "share", 0.01, 0.0),
    ("admission", "adaptive", "smoothing", 1.0, 1.01),
    ("rollout", "canary", "share", 1.0, 1.01),
    ("feedback", "redecide", "each", 100, 101),
    ("feedback", "redecide", "share", 0.01, 0.0),
]
"""Axis, kind, parameter, a value at its bound, and one beyond."""


@pytest.mark.parametrize(("axis", "kind", "name", "last", "beyond"), BOUNDS)
def test_a_parameter_has_its_bound(axis: str, kind: str, name: str, last: float, beyond: float) -> None:
    """What is at the bound is taken, what is beyond it is not."""
    assert getattr(getattr(read({axis: {"kind": kind, name: last}}), axis), name) == last
    with pytest.raises(ValueError, match=name):
        read({axis: {"kind": kind, name: beyond}})


def test_every_kind_is_registered_under_its_own_name() -> None:
    """The axes in their order, and the words of each."""
    assert {axis: tuple(values) for axis, values in AXES.items()} == {
        "transport": ("single", "retry", "retry_budget", "hedge", "breaker"),
        "missing": ("fail_closed", "zero_fill", "worst_bin", "last_known_good", "partial_score", "tri_state"),
        "answer": ("two_words", "honest", "push"),
        "admission": ("none", "inflight_cap", "priority", "adaptive"),
        "rollout": ("direct", "pinned", "canary", "hysteresis", "mixed"),
        "quality": ("none", "gate"),
        "feedback": ("none", "redecide", "review"),
    }
    assert all(value().kind == kind for values in AXES.values() for kind, value in values.items())


DAY_S = 86_400.0
DEFAULTS: dict[str, dict[str, object]] = {
    "retry": {"tries": 3, "per_try_s": None, "backoff_s": 0.05, "backoff_most_s": 0.5},
    "retry_budget": {"tries": 2, "per_try_s": None, "backoff_s": 0.05, "backoff_most_s": 0.5, "ratio": 0.2,
                     "min_hz": 3.0, "burst": 30},
    "hedge": {"quantile": 0.95, "floor_s": 0.01, "warm_up": 100, "window": 500, "extra": 0.05},
    "breaker": {"threshold": 5, "open_s": 5.0},
    "zero_fill": {"clip_sd": 1.0},
    "last_known_good": {
        "ttl_s": {"identity": 30 * DAY_S, "repayment": DAY_S, "consumption": 7 * DAY_S, "bureau": 30 * DAY_S,
                  "income": 90 * DAY_S, "social": 30 * DAY_S, "scoring": DAY_S},
        "otherwise": "fail_closed", "z": 1.645, "store": None,
    },
    "tri_state": {"z": 1.645},
    "push": {"share": 0.2, "within_s": 600.0, "most": 10_000},
    "redecide": {"share": 0.2, "within_s": 600.0, "most": 10_000, "each": 2},
    "review": {"reviewers": 4, "handling_s": 30.0, "within_s": 600.0, "most": 10_000, "each": 2},
    "inflight_cap": {"limit": 160},
    "priority": {"limit": 160, "reserved": 0.2},
    "adaptive": {"start": 20, "least": 20, "most": 200, "queue": 4, "smoothing": 0.2, "long_window": 600,
                 "window_s": 1.0},
    "canary": {"share": 0.05, "version": None},
    "hysteresis": {"h": 9.0},
    "mixed": {"share": 0.5},
    "gate": {"max_age_s": dict.fromkeys(
        ("identity", "repayment", "consumption", "bureau", "income", "social", "scoring"), DAY_S)},
}  # fmt: skip
"""What DOMAIN and the sources of each value say, by kind; the kinds that are not here have no parameter."""


@pytest.mark.parametrize(("axis", "value"), VALUES)
def test_the_defaults(axis: str, value: type[Spec]) -> None:
    """Each parameter of each value, in figures of its own: a default is not changed by accident."""
    kind = value().kind
    assert value().model_dump() == {"kind": kind, **DEFAULTS.get(kind, {})}


def test_values_do_not_share_their_defaults() -> None:
    """What somebody does to the ages of one gate is not done to the next."""
    LastKnownGood().ttl_s["bureau"] = 0.0
    QualityGate().max_age_s["bureau"] = 0.0
    assert (LastKnownGood().ttl_s["bureau"], QualityGate().max_age_s["bureau"]) == (30 * DAY_S, DAY_S)
