"""What the loader makes of good scenarios."""

from pathlib import Path

import pytest
from creditstorm.credit.policies.admission import Priority
from creditstorm.credit.policies.missing import FailClosed, LastKnownGood, TriState, ZeroFill
from creditstorm.credit.policies.presets import AXES, PRESETS, PolicySpec
from creditstorm.credit.policies.quality import DEFAULT_MAX_AGE_S, QualityGate, Trusting
from creditstorm.credit.policies.rollout import Canary, Hysteresis, Mixed, Rollout
from creditstorm.credit.policies.transport import Breaker, RetryBudget
from creditstorm.credit.sources import CALM
from creditstorm.errors import ScenarioError
from creditstorm.scenario.faults import Blackhole, Latency
from creditstorm.scenario.model import RetapSpec, Scenario, Stage
from creditstorm.scenario.text.loader import load, loads, parse
from creditstorm.scenario.threshold import Quantile, Scope, ScopeKind
from tests.scenario.bad_scenarios import FAULT, GOOD, RATE


def good(old: str = "", new: str = "", *options: str) -> Scenario:
    """The good scenario with one text replaced and options applied."""
    return loads(GOOD.replace(old, new), name="x.yaml", overrides=options)


def test_quantities_become_seconds_and_hertz() -> None:
    """Durations, rates and shares are floats in SI units inside."""
    scenario = good()
    assert scenario.load.arrivals == (Stage(for_s=10.0, rate_hz=20.0), Stage(for_s=20.0, ramp_to_hz=40.0))
    assert scenario.load.duration_s == 30.0
    assert scenario.load.warm_up_s == 2.0
    assert scenario.faults == (
        Blackhole(name="bureau", target="bureau", at_s=10.0, for_s=5.0),
        Latency(name="income", target="income", at_s=12.0, for_s=5.0, latency_s=0.5),
    )


def test_an_unquoted_scope_is_read() -> None:
    """A threshold key with a scope may stand without the quotes that strict YAML wants."""
    scenario = good(RATE, 'wrongful_no_credit_rate{window: bureau}: ["< 2%"]')
    assert scenario.thresholds[0].scope == Scope(ScopeKind.WINDOW, "bureau")
    assert scenario.thresholds[0].key == "wrongful_no_credit_rate{window: bureau}"


def test_the_words_of_yaml_1_1_are_text() -> None:
    """`off` is a word here, so that it can switch re-taps off; without them everybody tries once."""
    retap = good("retap: default", "retap: off").load.retap
    assert retap == RetapSpec(no_credit=0, error=0, timeout=0, undetermined=0, max_attempts=1)


def test_an_empty_section_is_no_section() -> None:
    """A key whose every line is commented out counts as not given."""
    text = GOOD.replace("  - {kind", "  # - {kind")
    assert loads(text, name="x.yaml").faults == ()


def test_json_is_a_scenario_too() -> None:
    """JSON is YAML, also where it writes a character as a pair of surrogates."""
    text = (
        '{"id": "j", "why": "\\ud83d\\ude00", "seed": 1, "population": {"applicants": 5},'
        ' "load": {"users": {"count": 2, "for": "5s"}}}'
    )
    scenario = loads(text, name="x.json")
    assert scenario.why == "\N{GRINNING FACE}"
    assert scenario.load.duration_s == 5.0


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    """A file saved by an editor that marks UTF-8 is read."""
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load(path) == good()


def test_a_draft_makes_any_number_of_scenarios() -> None:
    """Overrides of one are not those of the next, and the text is not read again for it."""
    draft = parse(GOOD, name="x.yaml")
    changed = draft.scenario(["seed=11", "load.arrivals[0].rate=40/s", "faults=[]"])
    assert (changed.seed, changed.load.arrivals[0].rate_hz, changed.faults) == (11, 40.0, ())  # type: ignore[index]
    assert draft.scenario() == good()


def test_faults_without_a_name_are_named_after_their_target() -> None:
    """The first takes the target's name, the next ones get a number, and names that were given stay."""
    second = "{kind: reset, target: bureau, at: 3s, for: 1s}"
    third = "{kind: down, target: bureau, at: 3s, for: 1s}"
    named = "{kind: reset, target: social, at: 3s, for: 1s, name: bureau-2}"
    scenario = good(FAULT, f"{FAULT}\n  - {second}\n  - {third}\n  - {named}")
    assert [fault.name for fault in scenario.faults] == ["bureau", "bureau-3", "bureau-4", "bureau-2", "income"]


def test_the_same_fault_in_both_directions_is_no_nonsense() -> None:
    """Two faults of one kind on one target may overlap where they hit different directions."""
    upstream = FAULT.replace("for: 5s", "for: 5s, direction: upstream")
    assert len(good(FAULT, f"{FAULT}\n  - {upstream}").faults) == 3


@pytest.mark.parametrize("name", PRESETS)
def test_a_policy_by_name(name: str) -> None:
    """The name of a preset gives the preset."""
    assert good("fail-closed", name).system.policy == PRESETS[name]


def test_a_policy_from_axes() -> None:
    """A mapping changes single axes of a preset, and the policy gets a name that says so."""
    mapping = "{preset: breaker, transport: {kind: breaker, open: 2s}, missing: {kind: tri_state, z: 2.33}}"
    policy = good("fail-closed", mapping).system.policy
    assert policy.name == "breaker-custom"
    assert policy.transport == Breaker(open_s=2.0)
    assert policy.missing == TriState(z=2.33)


def test_a_named_policy_with_times_to_live() -> None:
    """The times to live that are given are all there are."""
    policy = good("fail-closed", "{name: mine, missing: {kind: last_known_good, ttl: {bureau: 30d}}}").system.policy
    assert policy.name == "mine"
    assert policy.missing == LastKnownGood(ttl_s={"bureau": 30 * 86_400.0})


def test_a_kind_alone_has_the_defaults_of_its_value() -> None:
    """A value that is asked for by its kind alone is the value that the lender has by default."""
    for axis, values in AXES.items():
        for kind, value in values.items():
            policy = good("fail-closed", f"{{{axis}: {{kind: {kind}}}}}").system.policy
            assert getattr(policy, axis) == value()


def test_the_parameters_of_the_remedies() -> None:
    """Each is written with its unit and reaches its axis."""
    retry = "{kind: retry_budget, tries: 4, per_try: 300ms, backoff: 10ms, ratio: 10%, min_rate: 1/s, burst: 5}"
    shed = "{kind: priority, limit: 40, reserved: 25%}"
    policy = good("fail-closed", f"{{transport: {retry}, admission: {shed}, missing: {{kind: zero_fill, clip_sd: 2}}}}")
    assert policy.system.policy == PolicySpec(
        name="fail-closed-custom",
        transport=RetryBudget(tries=4, per_try_s=0.3, backoff_s=0.01, ratio=0.1, min_hz=1.0, burst=5),
        missing=ZeroFill(clip_sd=2.0),
        admission=Priority(limit=40, reserved=0.25),
    )


def test_a_quality_gate_keeps_the_ages_that_are_not_told() -> None:
    """A preset with another age for one service, a preset without its gate, and a gate for one that has none."""
    mapping = "{preset: tri-state, quality: {kind: gate, max_age: {bureau: 2d}}}"
    gate = good("fail-closed", mapping).system.policy.quality
    assert gate == QualityGate(max_age_s={**DEFAULT_MAX_AGE_S, "bureau": 2 * 86_400.0})
    assert good("fail-closed", "{preset: tri-state, quality: {kind: none}}").system.policy.quality == Trusting()
    assert good("fail-closed", "{quality: {kind: gate}}").system.policy.quality == QualityGate()


@pytest.mark.parametrize(
    ("mapping", "rollout"),
    [
        ("{kind: canary, share: 20%}", Canary(share=0.2)),
        ("{kind: hysteresis, h: 16}", Hysteresis(h=16.0)),
        ("{kind: mixed, share: 0.25}", Mixed(share=0.25)),
    ],
)
def test_the_parameters_of_a_rollout(mapping: str, rollout: Rollout) -> None:
    """Shares and points reach the policy."""
    assert good("fail-closed", f"{{rollout: {mapping}}}").system.policy.rollout == rollout


def test_a_canary_may_name_the_version_that_it_tries() -> None:
    """Where a strategy change of the scenario brings it."""
    change = "{kind: strategy_change, at: 10s, for: 5s, cut_shift: 20, version: v3}"
    text = GOOD.replace(FAULT, change).replace("fail-closed", "{rollout: {kind: canary, version: v3}}")
    assert loads(text, name="canary").system.policy.rollout == Canary(version="v3")


def test_services_differ_only_where_they_are_told_to() -> None:
    """An override changes its own figures of its own service and leaves the reference profile elsewhere."""
    profiles = good("{policy: fail-closed}", "{services: {bureau: {p99: 900ms, workers: 3}}}").system.profiles()
    assert (profiles["bureau"].p99_s, profiles["bureau"].workers) == (0.9, 3)
    assert profiles["bureau"].queue == CALM["bureau"].queue
    assert {name: profile for name, profile in profiles.items() if name != "bureau"} == {
        name: profile for name, profile in CALM.items() if name != "bureau"
    }


def test_thresholds_are_read_into_their_parts() -> None:
    """Metric, variant, aggregation, operator and bound in SI units, with the text as it was written."""
    people, latency = good().thresholds
    assert (people.metric, people.variant, people.op, people.bound, people.unit) == (
        "wrongful_no_credit_rate",
        "people",
        "<",
        0.005,
        "share",
    )
    assert (latency.aggregation, latency.op, latency.bound, latency.unit) == (Quantile(0.99), "<", 2.5, "s")
    assert latency.text == "p(99) < 2500ms"


@pytest.mark.parametrize(
    ("key", "variant"),
    [
        ("wrongful_no_credit_rate", "people"),
        ("wrongful_approval_rate", "people"),
        ("deferral_rate", "requests"),
        ("unavailability_rate", "requests"),
        ("wrong_reason_rate", "requests"),
        ("wrongful_no_credit_rate.stable", "people"),
        ("wrong_reason_rate.stable", "requests"),
        ("deferral_rate.final", "final"),
        ("retap_amplification", None),
    ],
)
def test_the_default_variant(key: str, variant: str | None) -> None:
    """Wrongful rates count people unless something else is said, the other rates count requests."""
    bound = "2" if key == "retap_amplification" else "50%"
    assert good(RATE, f'{key}: ["< {bound}"]').thresholds[0].variant == variant


def test_a_rule_with_options() -> None:
    """A rule may say how many samples it needs and what no data means."""
    rule = good('["< 0.5%"]', "{threshold: < 0.5%, min_samples: 100, on_no_data: fail}").thresholds[0]
    assert (rule.text, rule.min_samples, rule.on_no_data) == ("< 0.5%", 100, "fail")


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("seed=11", lambda scenario: scenario.seed == 11),
        ("load.arrivals[0].rate=40/s", lambda scenario: scenario.load.arrivals[0].rate_hz == 40.0),
        ("faults[0].for=3s", lambda scenario: scenario.faults[0].for_s == 3.0),
        ("system.policy=tri-state", lambda scenario: scenario.system.policy == PRESETS["tri-state"]),
        (
            "system.policy={missing: {kind: fail_closed}}",
            lambda scenario: scenario.system.policy.missing == FailClosed(),
        ),
        ("client.paints_failure_as=no_credit", lambda scenario: scenario.client.paints_failure_as == "no_credit"),
        ("population.thin_file=40%", lambda scenario: scenario.population.thin_file == 0.4),
        ("faults=[]", lambda scenario: scenario.faults == ()),
        ("load.retap=", lambda scenario: scenario.load.retap == RetapSpec()),
        ("why=A: b > c #d", lambda scenario: scenario.why == "A: b > c #d"),
        ("thresholds.wrongful_no_credit_rate.people=> 1%", lambda scenario: scenario.thresholds[0].op == ">"),
        ("thresholds.answer_latency[0]=max < 4s", lambda scenario: scenario.thresholds[1].aggregation == "max"),
        (
            "thresholds.deferral_rate.final{segment: consumer}=< 1%",
            lambda scenario: scenario.thresholds[2].scope == Scope(ScopeKind.SEGMENT, "consumer"),
        ),
        ("system.services.bureau.workers=3", lambda scenario: scenario.system.profiles()["bureau"].workers == 3),
    ],
)
def test_an_option_changes_one_value(option: str, expected: object) -> None:
    """`--set` reaches mappings, lists, thresholds and sections that the file does not have."""
    assert callable(expected)
    assert expected(good("", "", option))


def test_a_later_option_wins() -> None:
    """Options are applied in their order."""
    assert good("", "", "seed=1", "seed=2").seed == 2


def test_a_scenario_is_frozen() -> None:
    """A scenario that was checked cannot be changed into one that was not."""
    with pytest.raises(ValueError, match="frozen"):
        good().seed = 8  # type: ignore[misc]


def test_where_a_rule_was_written() -> None:
    """The line of each rule, in the order of the thresholds; an option has none."""
    text = GOOD.replace(
        'answer_latency: ["p(99) < 2500ms"]', 'answer_latency:\n    - "p(99) < 2500ms"\n    - "p(50) < 1s"'
    )
    draft, by_set = parse(text, name="x.yaml"), "thresholds.recovery_time=< 5s"
    lines = text.splitlines()
    places = draft.threshold_places([by_set])
    for place, rule in zip(places[:-1], draft.scenario().thresholds, strict=True):
        assert place.line is not None
        assert rule.text in lines[place.line - 1]
    assert [str(place) for place in places[-2:]] == [f"x.yaml:{len(lines)}", f"--set {by_set}"]
    assert len(places) == len(draft.scenario([by_set]).thresholds) == 4


def test_a_scenario_without_rules_has_no_places() -> None:
    """Nor has one whose thresholds were taken away."""
    assert parse(GOOD, name="x.yaml").threshold_places(["thresholds={}"]) == ()


@pytest.mark.parametrize("path", ["faults.income.latency", "faults[1].latency"])
def test_a_fault_is_set_by_its_name(path: str) -> None:
    """By the name that a run gives it, or by its place: the same scenario."""
    fault = loads(GOOD, name="x.yaml", overrides=[f"{path}=3s"]).faults[1]
    assert (fault.name, fault.model_dump()["latency_s"]) == ("income", 3.0)


def test_a_second_fault_of_a_target_is_set_by_its_name() -> None:
    """It is called target-2 where nobody named it."""
    again = GOOD.replace("at: 12s, for: 5s, latency", "at: 2s, for: 5s, latency").replace("income", "bureau")
    assert loads(again, name="x.yaml", overrides=["faults.bureau-2.for=3s"]).faults[1].for_s == 3.0


def test_a_mistake_of_the_file_is_not_blamed_on_an_option() -> None:
    """Two wrongs, each at its own place."""
    with pytest.raises(ScenarioError) as caught:
        loads(GOOD.replace("at: 12s", "at: 40s"), name="x.yaml", overrides=["faults.bureau.at=90s"])
    heads = [line.partition(": the fault")[0] for line in str(caught.value).splitlines() if not line.startswith(" ")]
    assert heads == ["--set faults.bureau.at=90s: faults[0]", "x.yaml:16: faults[1]"]


def test_rules_that_meet_are_no_contradiction() -> None:
    """A band, a single point, and a quantile below a higher one."""
    rules = '{undecided_rate: ["> 1%", "< 5%"], deferral_rate: ["<= 2%", ">= 2%"], '
    rules += 'answer_latency: ["p(50) > 100ms", "p(99) < 2s", "p(99) > 1s", "p(50) < 500ms"]}'
    assert len(loads(GOOD, name="x.yaml", overrides=[f"thresholds={rules}"]).thresholds) == 8
