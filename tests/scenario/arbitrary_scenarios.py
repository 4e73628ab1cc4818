"""Hypothesis strategies: plain scenarios that are valid, and plain data that is anything."""

import re
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from creditstorm.credit.policies.presets import PRESETS
from creditstorm.credit.sources import SCORED, SERVICES, SOURCES
from creditstorm.scenario.faults import DIRECTIONS
from creditstorm.scenario.model import CAUSES
from creditstorm.scenario.published import HITS
from creditstorm.units import duration_s, duration_text, is_visible, rate_text, size_text, speed_text

LOAD_S = 100.0
UNTIMED = settings(deadline=None)
FEWER = settings(deadline=None, max_examples=50)

words = st.text(max_size=20)
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | st.integers(), inner, max_size=4),
    max_leaves=15,
)
# 0e0 is a number in the YAML of the scenario language and text in the older YAML that writes the tests' files, so it
# would be written without the quotes that it needs.
ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,11}", fullmatch=True).filter(
    lambda text: not re.fullmatch(r"[0-9]+e-?[0-9]+", text) and text not in ("intended", "scenario", *PRESETS)
)
shares = st.floats(0, 1) | st.sampled_from(["20%", "0.5 %", 0, 1])
counts = st.integers(1, 100)


def durations(least: float, most: float) -> st.SearchStrategy[str]:
    """Durations as text."""
    return st.floats(least, most).map(duration_text) | st.integers(int(least * 1000) + 1, int(most * 1000)).map(
        "{}ms".format
    )


texts = st.text(min_size=1, max_size=80).filter(
    lambda text: is_visible(text) and all(c in "\n\t" or c.isprintable() for c in text)
)
sizes = st.integers(1, 10**9).map(size_text)
rates = st.floats(0.01, 1000).map(rate_text)
_delays = durations(0.001, 10)
_some = st.floats(0.001, 1) | st.just("20%")
_factors = st.floats(1.5, 50)
_kinds: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "latency": {"latency": _delays, "jitter": _delays},
    "down": {},
    "blackhole": {},
    "reset": {"after": _delays},
    "bandwidth": {"rate": st.integers(1, 10**6).map(speed_text)},
    "slow_close": {"delay": _delays},
    "slicer": {"average_size": sizes, "delay": _delays},
    "limit_data": {"bytes": sizes},
    "errors": {"share": _some, "status": st.sampled_from([429, 500, 502, 503])},
    "slow": {"share": _some, "factor": _factors, "add": _delays, "tail": _factors},
    "empty": {"share": _some},
    "null_fields": {"share": _some, "reads": st.sampled_from(["null", "zero"])},
    "stale": {"share": _some, "age": durations(1, 86_400 * 30)},
    "unit_change": {"share": _some, "factor": _factors},
    "malformed": {"share": _some},
    "capacity": {"factor": st.floats(0.01, 0.99)},
    "sick": {"share": _some, "factor": _factors},
    "skew": {"share": _some, "points": _factors},
    "consent_revoked": {"share": _some},
    "profile_update": {"share": _some, "factor": _factors},
    "strategy_change": {"cut_shift": st.integers(1, 50), "pdo": _factors, "legitimate": st.booleans()},
    "kill": {},
    "pause": {},
    "restart": {},
    "partial_dc": {"how": st.sampled_from(["down", "blackhole"])},
}
_NETWORK = ("latency", "blackhole", "reset", "bandwidth", "slow_close", "slicer", "limit_data")
_PROCESS = ("kill", "pause", "restart")


def _target(kind: str) -> dict[str, st.SearchStrategy[Any]]:
    """Where a fault of this kind may sit; replicas only of what `redundant` has."""
    if kind == "partial_dc":
        return {"cell": st.sampled_from("ab")}
    if kind == "strategy_change":
        return {"version": ids.map("new-{}".format)}
    somewhere: dict[str, tuple[str, ...]] = {
        **dict.fromkeys(("empty", "null_fields", "stale"), (*SOURCES, "income-b")),
        **dict.fromkeys(("unit_change", "skew"), (*SCORED, "income-b")),
        **dict.fromkeys(("consent_revoked", "profile_update"), SCORED),
        **dict.fromkeys(("errors", "slow", "malformed", "capacity", "sick"), (*SERVICES, "income-b")),
    }
    return {"target": st.sampled_from(somewhere.get(kind, (*SERVICES, "decision", "income-b")))}


@st.composite
def faults(draw: st.DrawFn) -> dict[str, Any]:
    """One fault inside the load, of any kind."""
    kind = draw(st.sampled_from(sorted(_kinds)))
    parameters = {**_target(kind), **_kinds[kind]}
    fault: dict[str, Any] = {
        "kind": kind,
        "at": draw(durations(0, LOAD_S / 2)),
        "for": draw(durations(0.001, LOAD_S / 2)),
        **{name: draw(value) for name, value in parameters.items()},
    }
    if kind in _NETWORK:
        fault |= draw(st.fixed_dictionaries({}, optional=_aims))
    return fault


def _apart(faults: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What cannot be on at the same time follows one another: processes, and cells that a member may lie in."""
    kept: list[dict[str, Any]] = []
    for fault in faults:
        rank = [fault["kind"] in kinds for kinds in (_PROCESS, ("partial_dc", "down", "blackhole"))]
        others = [[one["kind"] in kinds for kinds in (_PROCESS, ("partial_dc", "down", "blackhole"))] for one in kept]
        if not any(rank) or not any(rank == other for other in others):
            kept.append(fault)
    if any(fault["kind"] in _PROCESS for fault in kept):
        return [fault for fault in kept if fault["kind"] in (*_PROCESS, *_NETWORK, "down", "partial_dc")]
    return kept


def _judged(scenario: dict[str, Any]) -> dict[str, Any]:
    """Without a warm-up where it would swallow a fault."""
    ends_s = [duration_s(fault["at"]) + duration_s(fault["for"]) for fault in scenario.get("faults", [])]
    warm_up_s = duration_s(scenario["load"].get("warm_up", "0s"))
    if any(end_s <= warm_up_s + 1e-6 for end_s in ends_s):
        scenario = {**scenario, "load": {k: v for k, v in scenario["load"].items() if k != "warm_up"}}
    return scenario


def _sourced(scenario: dict[str, Any]) -> dict[str, Any]:
    """Without figures that nobody vouches for."""
    return scenario if scenario.get("sources") else {k: v for k, v in scenario.items() if k != "published"}


_aims: dict[str, st.SearchStrategy[Any]] = {
    "direction": st.sampled_from(DIRECTIONS),
    "toxicity": st.floats(0.01, 1),
}
_axes = {
    "preset": st.sampled_from(sorted(PRESETS)),
    "name": ids,
    "transport": st.just({"kind": "single"})
    | st.fixed_dictionaries(
        {"kind": st.sampled_from(["retry", "retry_budget"])},
        optional={"tries": st.integers(2, 10), "per_try": durations(0.001, 0.09), "backoff": durations(0.001, 0.5)},
    )
    | st.fixed_dictionaries(
        {"kind": st.just("retry_budget")},
        optional={"ratio": shares, "min_rate": rates, "burst": counts},
    )
    | st.fixed_dictionaries(
        {"kind": st.just("hedge")},
        optional={
            "quantile": st.floats(0.5, 0.999),
            "floor": durations(0.001, 0.09),
            "warm_up": counts,
            "window": st.integers(100, 1000),
            "extra": shares,
        },
    )
    | st.fixed_dictionaries({"kind": st.just("breaker"), "threshold": counts, "open": durations(0.1, 60)}),
    "missing": st.sampled_from([{"kind": kind} for kind in ("fail_closed", "worst_bin", "partial_score")])
    | st.fixed_dictionaries({"kind": st.just("zero_fill")}, optional={"clip_sd": st.floats(0, 100)})
    | st.fixed_dictionaries(
        {
            "kind": st.just("last_known_good"),
            "ttl": st.dictionaries(st.sampled_from(SERVICES), durations(0, 86_400 * 90)),
        },
        optional={
            "otherwise": st.sampled_from(["fail_closed", "tri_state"]),
            "z": st.floats(0, 10),
            "store": st.sampled_from(["redis://127.0.0.1:6379/0", "redis://me:***@r.example", "redis://[::1]:7/2"]),
        },
    )
    | st.fixed_dictionaries({"kind": st.just("tri_state"), "z": st.floats(0, 10)}),
    "answer": st.sampled_from([{"kind": "two_words"}, {"kind": "honest"}]),
    "admission": st.just({"kind": "none"})
    | st.fixed_dictionaries({"kind": st.just("inflight_cap")}, optional={"limit": counts})
    | st.fixed_dictionaries({"kind": st.just("priority")}, optional={"limit": counts, "reserved": st.floats(0, 0.99)})
    | st.fixed_dictionaries(
        {"kind": st.just("adaptive")},
        optional={
            "start": st.integers(20, 200),
            "queue": counts,
            "smoothing": st.floats(0.01, 1),
            "long_window": counts,
            "window": durations(0.1, 9),
        },
    ),
    "rollout": st.sampled_from([{"kind": "direct"}, {"kind": "pinned"}])
    | st.fixed_dictionaries({"kind": st.sampled_from(["canary", "mixed"])}, optional={"share": st.floats(0.01, 0.99)})
    | st.fixed_dictionaries({"kind": st.just("hysteresis")}, optional={"h": st.floats(0, 1000)}),
    "feedback": st.just({"kind": "none"}),
    "quality": st.just({"kind": "none"})
    | st.fixed_dictionaries(
        {"kind": st.just("gate")},
        optional={"max_age": st.dictionaries(st.sampled_from(SERVICES), durations(0, 86_400 * 90))},
    ),
}
_push = st.fixed_dictionaries(
    {"kind": st.just("push")}, optional={"share": st.floats(0.01, 1), "within": durations(1, 600), "most": counts}
)


def _has_something_to_push(policy: dict[str, Any]) -> bool:
    """No rule that decides at once beneath a preset whose answers wait for a source."""
    pushes = "answer" not in policy and policy.get("preset") in ("tri-state-push", "tri-state-shed")
    return not pushes or policy.get("missing", {}).get("kind") not in ("zero_fill", "worst_bin")


policies = (
    st.sampled_from(sorted(PRESETS))
    | st.fixed_dictionaries({}, optional=_axes).filter(_has_something_to_push)
    | st.fixed_dictionaries({"preset": st.just("tri-state"), "answer": _push})
)
_profile = st.fixed_dictionaries(
    {"p50": durations(0.001, 1), "p99": durations(1.001, 9)},
    optional={
        "workers": counts,
        "queue": counts,
        "missing_rate": shares,
        "stall_share": shares,
        "stall_factor": st.floats(1, 100),
    },
)
systems = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.just("reference"),
        "policy": policies,
        "deadline": durations(0.1, 60),
        "services": st.dictionaries(st.sampled_from(SERVICES), _profile, max_size=3),
        "replicas": st.integers(1, 100) | st.dictionaries(st.sampled_from(SERVICES), st.integers(1, 100), max_size=3),
    },
).flatmap(lambda system: st.permutations(SOURCES).map(lambda order: {**system, "redundancy": ["income", *_few(order)]}))


def _few(order: list[str]) -> list[str]:
    return [source for source in order[:2] if source != "income"]


_retaps = st.sampled_from(["default", "off"]) | st.fixed_dictionaries(
    {}, optional={"no_credit": shares, "error": shares, "think": durations(0, 60), "max_attempts": counts}
)
_last = st.fixed_dictionaries({"for": st.just(duration_text(LOAD_S))}, optional={"rate": rates}).map(
    lambda stage: stage if "rate" in stage else stage | {"ramp_to": "3/s"}
)
_stages = st.lists(st.fixed_dictionaries({"for": durations(0.01, 9), "rate": rates}), min_size=1, max_size=3)
loads = st.fixed_dictionaries(
    {"arrivals": st.tuples(_stages, _last).map(lambda parts: [*parts[0], parts[1]])},
    optional={"warm_up": durations(0, 50), "retap": _retaps},
) | st.fixed_dictionaries(
    {"users": st.fixed_dictionaries({"count": counts, "for": st.just("100s"), "think": durations(0, 9)})},
    optional={"retap": _retaps},
)
_rules = st.sampled_from(["< 0.5%", "<= 3 %", "< 25%", ">=0.1%"])
_options = {"min_samples": counts, "on_no_data": st.sampled_from(["inconclusive", "fail"])}
_rule = _rules | st.fixed_dictionaries({"threshold": _rules}, optional=_options)
thresholds = st.fixed_dictionaries(
    {},
    optional={
        "wrongful_no_credit_rate.people": st.lists(_rule, min_size=1, max_size=3),
        "deferral_rate.first{segment: consumer}": _rule,
        "unavailability_rate{phase:calm}": st.lists(_rule, min_size=1, max_size=3),
        "answer_latency": st.sampled_from(["p(99) < 100ms", ["avg<0.01s", "max > 1min"]]),
        "recovery_time": st.just("< 20s"),
        "retap_amplification": st.just(["< 2.5"]),
    },
)
populations = st.fixed_dictionaries(
    {"applicants": st.integers(1, 10**9)}, optional={"micro_business": shares, "thin_file": shares}
)
plain_scenarios = (
    st.fixed_dictionaries(
        {
            "id": ids,
            "why": texts,
            "seed": st.integers(0, 2**63 - 1),
            "population": populations,
            "load": loads,
            "system": systems,
        },
        optional={
            "schema": st.just(1),
            "cause": st.sampled_from(CAUSES),
            "intended": st.sampled_from(tuple(PRESETS)),
            "sources": st.lists(texts, max_size=3),
            "published": st.fixed_dictionaries(
                {"lasted": durations(0.01, 500), "second": st.just("90s"), "scale": texts, "inputs": texts},
                optional={"detected": durations(0, 500), "by": texts, "resolved": durations(0, 500), "differs": texts},
            )
            | st.fixed_dictionaries(
                {"share": shares.filter(bool), "hit": st.sampled_from(tuple(HITS)), "second": durations(0.01, 9)}
                | {"scale": texts, "inputs": texts}
            ),
            "client": st.fixed_dictionaries(
                {}, optional={"timeout": durations(0.1, 60), "paints_failure_as": st.just("no_credit")}
            ),
            "recovery": st.fixed_dictionaries({}, optional={"margin": st.just("5 %"), "ratio": st.floats(1, 100)}),
            "faults": st.lists(faults(), max_size=3, unique_by=lambda fault: (fault["kind"], fault.get("target"))).map(
                _apart
            ),
            "thresholds": thresholds,
        },
    )
    .map(_judged)
    .map(_sourced)
)
"""Every one of these is a good scenario."""
