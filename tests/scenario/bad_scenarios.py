"""One scenario a kind of mistake: its name is the name of the golden file with the message."""

GOOD = """\
schema: 1
id: good
why: A scenario with nothing wrong, to be spoilt in one place at a time.
seed: 7
population: {applicants: 1000}
load:
  arrivals:
    - {for: 10s, rate: 20/s}
    - {for: 20s, ramp_to: 40/s}
  warm_up: 2s
  retap: default
system: {policy: fail-closed}
client: {timeout: 5s}
faults:
  - {kind: blackhole, target: bureau, at: 10s, for: 5s}
  - {kind: latency, target: income, at: 12s, for: 5s, latency: 500ms}
thresholds:
  wrongful_no_credit_rate.people: ["< 0.5%"]
  answer_latency: ["p(99) < 2500ms"]
"""

_SAID = "lasted: 48min, second: 2min, scale: Two minutes a second., inputs: The length is the source's."
FAULT = "{kind: blackhole, target: bureau, at: 10s, for: 5s}"
RATE = 'wrongful_no_credit_rate.people: ["< 0.5%"]'


def _with(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


_SPOILT = {
    "only_stage_wrong": _with(
        "- {for: 10s, rate: 20/s}\n    - {for: 20s, ramp_to: 40/s}", "- {for: 40s, rate: 300000/s}"
    ),
    "unknown_key": _with("warm_up: 2s", "warmup: 2s"),
    "unknown_top_key": _with("thresholds:", "treshold:"),
    "unknown_cause": _with("seed: 7", "cause: data_qualty\nseed: 7"),
    "unknown_intended": _with("seed: 7", "intended: tristate\nseed: 7"),
    "source_not_named": _with("seed: 7", 'sources: [""]\nseed: 7'),
    **{
        f"published_{name}": _with("seed: 7", f"sources: [A post-mortem]\npublished: {{{said}}}\nseed: 7")
        for name, said in {
            "nothing": _SAID.removeprefix("lasted: 48min, "),
            "with_a_slip": _SAID.replace("lasted:", "lastd:"),
            "share_of_nothing": f"share: 85%, {_SAID}",
            "hit_of_no_share": f"hit: slow, {_SAID}",
            "share_of_what": f"share: 85%, hit: slwo, {_SAID}",
            "share_above_1": f"share: 850%, hit: slow, {_SAID}",
            "longer_than_the_load": _SAID.replace("second: 2min", "second: 10s"),
            "of_no_scale": "lasted: 48min, inputs: All assumed.",
            "without_a_unit": _SAID.replace("48min", "48"),
            "by_whom": f'by: "", {_SAID}',
        }.items()
    },
    "published_without_sources": _with("seed: 7", f"published: {{{_SAID}}}\nseed: 7"),
    "missing_key": _with("seed: 7\n", ""),
    "unknown_kind": _with("kind: blackhole", "kind: black-hole"),
    "missing_kind": _with("kind: blackhole, ", ""),
    "unknown_target": _with("target: bureau", "target: burea"),
    "key_of_another_kind": _with("target: bureau,", "target: bureau, latency: 1s,"),
    "fault_parameter_missing": _with(", latency: 500ms", ""),
    "no_unit": _with("at: 10s", "at: 10"),
    "wrong_unit": _with("rate: 20/s", "rate: 20s"),
    "negative_duration": _with("at: 12s, for: 5s", "at: 12s, for: -5s"),
    "zero_duration": _with("at: 12s, for: 5s", "at: 12s, for: 0s"),
    "endless_duration": _with("warm_up: 2s", "warm_up: 99999999h"),
    "share_above_1": _with("applicants: 1000", "applicants: 1000, thin_file: 25"),
    "toxicity_0": _with("at: 10s, for: 5s", "at: 10s, for: 5s, toxicity: 0"),
    "unknown_direction": _with("at: 10s, for: 5s", "at: 10s, for: 5s, direction: downstraem"),
    "down_upstream": _with(FAULT, "{kind: down, target: bureau, at: 10s, for: 5s, direction: upstream}"),
    "limit_not_whole": _with(FAULT, "{kind: limit_data, target: bureau, at: 10s, for: 5s, bytes: 0.5B}"),
    "slicer_variation": _with(
        FAULT, "{kind: slicer, target: bureau, at: 10s, for: 5s, average_size: 64B, size_variation: 64B}"
    ),
    "fault_after_load": _with("at: 10s, for: 5s", "at: 10s, for: 25s"),
    "faults_overlap": _with(FAULT, f"{FAULT}\n  - {{kind: blackhole, target: bureau, at: 14s, for: 2s}}"),
    **{
        f"fault_{name}": _with(FAULT, f"{{{words}, at: 10s, for: 5s}}")
        for name, words in {
            "toxicity_inside": "kind: errors, target: bureau, toxicity: 0.5",
            "status_unknown": "kind: errors, target: bureau, status: 404",
            "quota_and_share": "kind: errors, target: bureau, quota: 20/s, share: 50%",
            "quota_0": "kind: errors, target: bureau, quota: 0/s",
            "share_0": "kind: empty, target: bureau, share: 0",
            "slow_is_not_slower": "kind: slow, target: bureau",
            "tail_without_mean": "kind: slow, target: bureau, tail: 1.0",
            "capacity_grows": "kind: capacity, target: bureau, factor: 2.0",
            "empty_scoring": "kind: empty, target: scoring",
            "unit_of_identity": "kind: unit_change, target: identity, factor: 100",
            "consent_at_a_replica": "kind: consent_revoked, target: bureau-b",
            "null_reads_what": "kind: null_fields, target: bureau, reads: nul",
            "strategy_elsewhere": "kind: strategy_change, target: scoring, cut_shift: 20",
            "strategy_unchanged": "kind: strategy_change, share: 50%",
            "strategy_version_in_force": "kind: strategy_change, cut_shift: 20, version: v1",
            "strategy_mixed_everywhere": "kind: strategy_change, cut_shift: 20, mixed: true",
            "flush_of_nothing": "kind: flush",
            "poison_of_nothing": "kind: poison",
            "kill_of_locust": "kind: kill, target: locust",
            "kill_of_the_store": "kind: kill, target: store",
            "errors_of_the_store": "kind: errors, target: store, share: 50%",
            "store_of_none": "kind: down, target: store",
            "replica_of_none": "kind: down, target: bureau-b",
            "cell_of_none": "kind: partial_dc",
            "cell_unknown": "kind: partial_dc, cell: c",
            "cell_lost_how": "kind: partial_dc, how: reset",
        }.items()
    },
    **{
        f"faults_{name}": _with("system: {policy: fail-closed}", "system: {redundancy: [bureau]}").replace(
            FAULT, f"{{{one}}}\n  - {{{other}}}"
        )
        for name, one, other in (
            (
                "of_one_process",
                "kind: kill, target: bureau, at: 10s, for: 5s",
                "kind: pause, target: bureau, at: 14s, for: 2s",
            ),
            (
                "of_two_strategies",
                "kind: strategy_change, cut_shift: 20, at: 10s, for: 5s",
                "kind: strategy_change, pdo: 50, at: 14s, for: 2s",
            ),
            (
                "of_a_cell_and_its_member",
                "kind: partial_dc, at: 10s, for: 5s",
                "kind: down, target: bureau-b, at: 14s, for: 2s",
            ),
            (
                "begun_while_nobody_is_there",
                "kind: kill, target: bureau-b, at: 10s, for: 5s",
                "kind: consent_revoked, target: bureau, at: 14s, for: 8s",
            ),
            (
                "ended_while_nobody_is_there",
                "kind: slow, target: bureau, factor: 8, at: 8s, for: 6s",
                "kind: restart, target: bureau, at: 10s, for: 5s",
            ),
        )
    },
    "fault_store_in_process": _with("policy: fail-closed", "policy: last-known-good").replace(
        FAULT, "{kind: down, target: store, at: 10s, for: 5s}"
    ),
    "redundancy_unknown": _with("{policy: fail-closed}", "{redundancy: [bureau, scoring]}"),
    "redundancy_twice": _with("{policy: fail-closed}", "{redundancy: [bureau, bureau]}"),
    "replicas_of_an_unknown_service": _with("{policy: fail-closed}", "{replicas: {burea: 3}}"),
    "replicas_of_none": _with("{policy: fail-closed}", "{replicas: {bureau: 0}}"),
    "replicas_in_words": _with("{policy: fail-closed}", "{replicas: three}"),
    "replicas_none_of_all": _with("{policy: fail-closed}", "{replicas: 0}"),
    "fault_name_twice": _with("at: 10s, for: 5s", "at: 10s, for: 5s, name: income").replace(
        "latency: 500ms}", "latency: 500ms, name: income}"
    ),
    "fault_name_not_an_id": _with("at: 10s, for: 5s", "at: 10s, for: 5s, name: The Bureau"),
    "bad_id": _with("id: good", "id: Good Scenario"),
    "empty_why": _with("why: A scenario with nothing wrong, to be spoilt in one place at a time.", 'why: " "'),
    "no_why": _with("why: A scenario with nothing wrong, to be spoilt in one place at a time.\n", ""),
    "unknown_schema": _with("schema: 1", "schema: 2"),
    "seed_not_a_number": _with("seed: 7", "seed: lucky"),
    "seed_negative": _with("seed: 7", "seed: -7"),
    "first_stage_ramps": _with("{for: 10s, rate: 20/s}", "{for: 10s, ramp_to: 20/s}"),
    "stage_with_both": _with("{for: 10s, rate: 20/s}", "{for: 10s, rate: 20/s, ramp_to: 30/s}"),
    "stage_with_neither": _with("{for: 20s, ramp_to: 40/s}", "{for: 20s}"),
    "nobody_arrives": _with("rate: 20/s", "rate: 0/s").replace("ramp_to: 40/s", "ramp_to: 0/s"),
    "arrivals_and_users": _with("  warm_up: 2s", "  users: {count: 5, for: 10s}\n  warm_up: 2s"),
    "neither_arrivals_nor_users": _with("  arrivals:", "")
    .replace("    - {for: 10s, rate: 20/s}\n", "")
    .replace("    - {for: 20s, ramp_to: 40/s}\n", ""),
    "warm_up_too_long": _with("warm_up: 2s", "warm_up: 30s"),
    "unknown_retap": _with("retap: default", "retap: of"),
    "unknown_policy": _with("policy: fail-closed", "policy: tristate"),
    "unknown_axis_kind": _with("policy: fail-closed", "policy: {missing: {kind: tristate}}"),
    "unknown_axis_key": _with("policy: fail-closed", "policy: {transport: {kind: breaker, open_s: 5}}"),
    "retry_once": _with("policy: fail-closed", "policy: {transport: {kind: retry, tries: 1}}"),
    "retry_beyond_deadline": _with("policy: fail-closed", "policy: {transport: {kind: retry, per_try: 2s}}"),
    "retry_backoff_shrinks": _with("policy: fail-closed", "policy: {transport: {kind: retry, backoff: 1s}}"),
    "hedge_beyond_deadline": _with("policy: fail-closed", "policy: {transport: {kind: hedge, floor: 3s}}"),
    "hedge_never_warm": _with("policy: fail-closed", "policy: {transport: {kind: hedge, window: 50}}"),
    "admission_limit_0": _with("policy: fail-closed", "policy: {admission: {kind: inflight_cap, limit: 0}}"),
    "admission_unknown": _with("policy: fail-closed", "policy: {admission: {kind: inflight-cap}}"),
    "priority_for_nobody_else": _with("policy: fail-closed", "policy: {admission: {kind: priority, reserved: 100%}}"),
    "adaptive_out_of_bounds": _with("policy: fail-closed", "policy: {admission: {kind: adaptive, most: 10}}"),
    "canary_for_nobody": _with("policy: fail-closed", "policy: {rollout: {kind: canary, share: 0}}"),
    "canary_of_an_unknown_version": _with(
        "policy: fail-closed", "policy: {rollout: {kind: canary, version: v3}}"
    ).replace(FAULT, "{kind: strategy_change, at: 10s, for: 5s, cut_shift: 20, version: v2}"),
    "canary_of_no_version": _with("seed: 7", "intended: {rollout: {kind: canary, version: v2}}\nseed: 7"),
    "canary_above_1": _with("policy: fail-closed", "policy: {rollout: {kind: canary, share: 150%}}"),
    "mixed_without_a_mixture": _with("policy: fail-closed", "policy: {rollout: {kind: mixed, share: 100%}}"),
    "hysteresis_below_0": _with("policy: fail-closed", "policy: {rollout: {kind: hysteresis, h: -1}}"),
    "rollout_unknown": _with("policy: fail-closed", "policy: {rollout: {kind: histeresis}}"),
    "ttl_below_0": _with("policy: fail-closed", "policy: {missing: {kind: last_known_good, ttl: {bureau: -1d}}}"),
    "last_known_good_otherwise": _with(
        "policy: fail-closed", "policy: {missing: {kind: last_known_good, otherwise: tristate}}"
    ),
    **{
        f"store_{name}": _with("policy: fail-closed", f"policy: {{missing: {{kind: last_known_good, store: {store}}}}}")
        for name, store in {
            "over_http": "http://127.0.0.1:6379",
            "over_tls": "rediss://127.0.0.1:6379/0",
            "without_host": "redis:///0",
            "beyond_the_last_port": "redis://127.0.0.1:66000/0",
            "in_a_named_database": "redis://127.0.0.1:6379/cache",
            "with_options": "'redis://127.0.0.1:6379/0?protocol=3'",
            "with_user_alone": "redis://me@127.0.0.1:6379/0",
            "with_blanks": "'redis://127.0.0.1 /0'",
            "a_number": "6379",
        }.items()
    },
    "max_age_below_0": _with("policy: fail-closed", "policy: {quality: {kind: gate, max_age: {bureau: -1d}}}"),
    "max_age_of_nothing": _with("policy: fail-closed", "policy: {quality: {kind: gate, max_age: {buro: 1d}}}"),
    "quality_unknown": _with("policy: fail-closed", "policy: {quality: {kind: gates}}"),
    "unknown_system": _with("system: {policy", "system: {kind: htpp, policy"),
    "unknown_service": _with("{policy: fail-closed}", "{services: {buro: {workers: 3}}}"),
    "service_p99_below_p50": _with("{policy: fail-closed}", "{services: {bureau: {p99: 20ms}}}"),
    "unknown_paint": _with("{timeout: 5s}", "{paints_failure_as: no-credit}"),
    "recovery_margin_0": _with("faults:", "recovery: {margin: 0}\nfaults:"),
    "recovery_margin_of_all": _with("faults:", "recovery: {margin: 100%}\nfaults:"),
    "recovery_margin_in_points": _with("faults:", "recovery: {margin: 2}\nfaults:"),
    "recovery_ratio_below_1": _with("faults:", "recovery: {ratio: 0.5}\nfaults:"),
    "recovery_unknown_key": _with("faults:", "recovery: {margins: 2%}\nfaults:"),
    "unknown_metric": _with(RATE, 'wrongful_credit_rate: ["< 1%"]'),
    "unknown_variant": _with(RATE, 'wrongful_no_credit_rate.person: ["< 1%"]'),
    "variant_of_latency": _with(RATE, 'send_latency.people: ["avg < 1s"]'),
    "unknown_scope": _with(RATE, '"wrongful_no_credit_rate{windows: bureau}": ["< 1%"]'),
    "unknown_window": _with(RATE, '"wrongful_no_credit_rate{window: buerau}": ["< 1%"]'),
    "unknown_phase": _with(RATE, "deferral_rate{phase:calmness}: < 1%"),
    "unknown_segment": _with(RATE, "deferral_rate{segment: business}: < 1%"),
    "unknown_monitor": _with("faults:", "monitors: [decline_rate, http_error]\nfaults:"),
    "monitor_of_no_complaints": _with("faults:", "monitors: [decline_rate, complaint_rate]\nfaults:"),
    **{
        f"complaints_{name}": _with("client: {timeout: 5s}", f"client: {{timeout: 5s, complains: {{{said}}}}}")
        for name, said in {
            "of_nobody": "after: 3s",
            "after_the_end": "no_credit: 10%, after: 30s",
            "misspelt": "no_credt: 10%",
            "of_more_than_all": "no_credit: 110%",
            "without_a_unit": "no_credit: 10%, after: 3",
        }.items()
    },
    "monitor_named_twice": _with("faults:", "monitors: [decline_rate, decline_rate]\nfaults:"),
    "detection_by_nobody": _with(RATE, 'time_to_detection: ["< 10s"]'),
    "detection_by_an_unknown_monitor": _with(RATE, '"time_to_detection{monitor: declines}": ["< 10s"]'),
    "detection_by_a_monitor_left_out": _with(
        f"thresholds:\n  {RATE}",
        'monitors: [http_errors]\nthresholds:\n  "time_to_detection{monitor: decline_rate}": ["< 10s"]',
    ),
    "detection_without_calm": _with(RATE, '"time_to_detection{monitor: decline_rate}": ["< 10s"]').replace(
        "warm_up: 2s", "warm_up: 9.5s"
    ),
    "scope_of_whole_run": _with(RATE, "unsent_share{file: thin}: < 1%"),
    "metric_not_readable": _with(RATE, '"rate{{}}": ["< 1%"]'),
    "threshold_wrong_unit": _with("< 0.5%", "< 500ms"),
    "fault_inside_the_warm_up": _with("warm_up: 2s", "warm_up: 15s"),
    "threshold_share_without_percent": _with("< 0.5%", "< 1"),
    "threshold_share_as_fraction": _with("< 0.5%", "< 0.005"),
    "threshold_share_always_holds": _with("< 0.5%", "<= 100%"),
    "threshold_share_never_holds": _with("< 0.5%", "< 0%"),
    "threshold_more_than_all": _with("< 0.5%", "> 100%"),
    "threshold_retaps_below_1": _with(RATE, 'retap_amplification: [">= 1"]'),
    "threshold_time_always_holds": _with("p(99) < 2500ms", "p(99) >= 0s"),
    "threshold_beyond_the_time_out": _with("p(99) < 2500ms", "p(99) < 6s"),
    "latency_p99": _with("p(99) < 2500ms", "p99 < 2500ms"),
    "threshold_without_operator": _with('"< 0.5%"', '"0.5%"'),
    "threshold_unknown_operator": _with("< 0.5%", "=< 0.5%"),
    "threshold_not_text": _with('["< 0.5%"]', "[0.5]"),
    "threshold_empty": _with('["< 0.5%"]', "[]"),
    "threshold_unknown_key": _with('["< 0.5%"]', '[{threshold: "< 0.5%", min_sample: 10}]'),
    "threshold_on_no_data": _with('["< 0.5%"]', '[{threshold: "< 0.5%", on_no_data: pass}]'),
    "latency_without_aggregation": _with("p(99) < 2500ms", "< 2500ms"),
    "latency_p_beyond_100": _with("p(99) < 2500ms", "p(999) < 2500ms"),
    "rate_with_aggregation": _with("< 0.5%", "avg < 0.5%"),
    "thresholds_a_list": _with(RATE, "- wrongful").replace('\n  answer_latency: ["p(99) < 2500ms"]', ""),
    "id_like_an_option": _with("id: good", "id: --help"),
    "why_invisible": _with("A scenario with nothing wrong, to be spoilt in one place at a time.", "\u3164\u200b\u2800"),
    "why_of_a_novel": _with("A scenario with nothing wrong, to be spoilt in one place at a time.", "word " * 180_000),
    "why_turned_around": _with("A scenario with nothing wrong", "A scenario \u202ewith nothing wrong"),
    "source_of_a_novel": _with("seed: 7", f"sources: [{'word ' * 1000}]\nseed: 7"),
    "load_of_19_years": _with("    - {for: 10s, rate: 20/s}\n", "    - {for: 7d, rate: 0.001/s}\n" * 990),
    "load_of_too_many": _with("{for: 10s, rate: 20/s}", "{for: 3d, rate: 100000/s}"),
    "stage_of_a_nanosecond": _with("{for: 10s, rate: 20/s}", "{for: 0.000000001s, rate: 20/s}"),
    "stage_with_a_slip": _with("{for: 10s, rate: 20/s}", "{fro: 10s, rate: 20/s}"),
    "fault_called_calm": _with("at: 10s, for: 5s", "at: 10s, for: 5s, name: calm"),
    "fault_called_recovery": _with("at: 10s, for: 5s", "at: 10s, for: 5s, name: recovery"),
    "policy_called_intended": _with("policy: fail-closed", "policy: {name: intended, missing: {kind: zero_fill}}"),
    "policy_called_like_another": _with("policy: fail-closed", "policy: {name: tri-state, missing: {kind: zero_fill}}"),
    "thresholds_exclude_each_other": _with('["< 0.5%"]', '["< 0.5%", "> 2%"]'),
    "thresholds_meet_nowhere": _with('["< 0.5%"]', '["< 2%", ">= 2%"]'),
    "quantiles_exclude_each_other": _with('["p(99) < 2500ms"]', '["max <= 1s", "p(50) > 2s"]'),
    "blank_that_is_a_letter": _with("  warm_up: 2s", "  \u00a0warm_up: 2s"),
    "blank_after_a_key": _with("seed: 7", "seed:\u00a07"),
    "key_twice": _with("seed: 7", "seed: 7\nseed: 8"),
    "key_not_text": _with("seed: 7", "[seed]: 7"),
    "number_too_large": _with("seed: 7", "seed: 1e400"),
    "integer_too_long": _with("seed: 7", f"seed: {'9' * 5000}"),
    "not_finite": _with("seed: 7", "seed: .inf"),
    "timestamp": _with("seed: 7", "seed: 2026-11-11"),
    "tag": _with("seed: 7", "seed: !!python/object/apply:os.system [reboot]"),
    "anchor": _with("seed: 7", "seed: &seed 7"),
    "alias_bomb": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "nested_too_deep": f"why: {'[' * 5000}{']' * 5000}\n",
    "too_many_values": f"why: [{'1,' * 30000}]\n",
    "second_document": GOOD + "---\n" + GOOD,
    "tab": _with("  warm_up: 2s", "\twarm_up: 2s"),
    "colon_in_text": _with("nothing wrong, to be", "nothing wrong: to be"),
    "bracket_not_closed": _with('["p(99) < 2500ms"]', '["p(99) < 2500ms"'),
    "bad_indent": _with("  warm_up", " warm_up"),
    "escape_beyond_unicode": _with("seed: 7", 'seed: "\\UFFFFFFFF"'),
    "lone_surrogate": _with("seed: 7", 'seed: "\\uD800"'),
    "nul": _with("seed: 7", "seed: \0"),
    "empty": "# nothing but a remark\n",
    "not_a_mapping": "- calm\n",
    "several": _with("seed: 7", "seed: -7").replace("target: bureau", "target: burea").replace("2500ms", "2500"),
}
"""Texts that the loader refuses."""

_OPTIONS = {
    "set_without_equals": "seed",
    "set_unknown_key": "sed=7",
    "set_bad_value": "load.arrivals[0].rate=40",
    "set_beyond_list": "faults[2].for=3s",
    "set_name_in_list": "faults.for=3s",
    "set_unknown_name": "faults.incme.latency=3s",
    "set_bad_value_by_name": "faults.income.latency=3",
    "set_beyond_the_load": "faults.income.at=500s",
    "set_index_in_mapping": "load[0]=3s",
    "set_inside_text": "system.policy.missing=3",
    "set_not_a_path": "load..arrivals=3",
    "set_broken_yaml": "faults=[{kind: down}",
    "set_number_too_large": "seed=1e999",
    "set_makes_nonsense": "faults[0].for=60s",
    "set_replicas_of_an_unknown_service": "system.replicas.burea=3",
    "set_half_a_replica": "system.replicas.bureau=1.5",
    "push_on_zero_fill": "system.policy={missing: {kind: zero_fill}, answer: {kind: push}}",
    "feedback_beside_push": "system.policy={preset: tri-state-push, feedback: {kind: redecide}}",
    "feedback_of_no_complaint": "system.policy={preset: fail-closed, feedback: {kind: redecide, each: 0}}",
    "review_without_reviewers": (
        "system.policy={preset: fail-closed, feedback: {kind: review, reviewers: 0, handling_time: 30s}}"
    ),
    "review_that_takes_no_time": "system.policy={preset: fail-closed, feedback: {kind: review, handling_time: 0s}}",
    "review_misspelt": "system.policy={preset: fail-closed, feedback: {kind: review, reviewrs: 4}}",
    "feedback_misspelt": "system.policy={preset: fail-closed, feedback: {kind: redecid}}",
    "push_nothing": "system.policy={preset: tri-state, answer: {kind: push, share: 0}}",
    "push_in_two_words": "system.policy={preset: tri-state, answer: {kind: two_words, within: 9s}}",
    "set_threshold": "thresholds.wrongful_no_credit_rate.people=< 1s",
}
"""Options that the loader refuses on the good scenario."""

BAD: dict[str, tuple[str, tuple[str, ...]]] = {
    **{name: (text, ()) for name, text in _SPOILT.items()},
    **{name: (GOOD, (option,)) for name, option in _OPTIONS.items()},
}
"""Text and options of every mistake, by the name of its golden file."""
