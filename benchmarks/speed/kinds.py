"""One fault of every kind, in a scenario whose light load lasts longer than anybody looks at them."""

from __future__ import annotations

from typing import get_args

from creditstorm.scenario.faults import Fault

RATE_HZ = 20
LOAD_S = 900

KINDS: list[dict[str, object]] = [
    {"kind": "latency", "target": "repayment", "latency": "2250ms", "jitter": "750ms"},
    {"kind": "down", "target": "scoring"},
    {"kind": "blackhole", "target": "bureau"},
    {"kind": "reset", "target": "identity"},
    {"kind": "bandwidth", "target": "bureau", "rate": "8KB/s"},
    {"kind": "slow_close", "target": "income", "delay": "2s"},
    {"kind": "slicer", "target": "consumption", "average_size": "64B", "delay": "20ms"},
    {"kind": "limit_data", "target": "social", "bytes": "100B"},
    {"kind": "errors", "target": "identity", "share": "10%"},
    {"kind": "slow", "target": "bureau", "factor": 8},
    {"kind": "sick", "target": "bureau", "factor": 5, "share": "33%"},
    {"kind": "empty", "target": "bureau"},
    {"kind": "null_fields", "target": "consumption", "share": "80%"},
    {"kind": "stale", "target": "bureau", "age": "90d"},
    {"kind": "unit_change", "target": "income", "factor": 0.0001},
    {"kind": "malformed", "target": "repayment", "share": "33%"},
    {"kind": "skew", "target": "bureau"},
    {"kind": "capacity", "target": "income", "factor": 0.2},
    {"kind": "profile_update", "target": "income", "share": "25%", "factor": 1.4},
    {"kind": "consent_revoked", "target": "income", "share": "30%"},
    {"kind": "strategy_change", "cut_shift": 20},
    {"kind": "flush"},
    {"kind": "poison", "share": "50%"},
    {"kind": "kill", "target": "scoring"},
    {"kind": "pause", "target": "bureau"},
    {"kind": "restart", "target": "income"},
    {"kind": "partial_dc", "cell": "b", "how": "blackhole"},
]
"""Every kind there is, mostly as the catalogue has it."""
SCENARIO = {
    "schema": 1,
    "id": "fault-speed",
    "why": "How soon each kind of fault is on, and seen to be on.",
    "seed": 1,
    "population": {"applicants": 100_000},
    "load": {"arrivals": [{"for": f"{LOAD_S}s", "rate": f"{RATE_HZ}/s"}], "retap": "off"},
    "system": {"kind": "reference", "policy": "last-known-good", "redundancy": ["bureau", "income"]},
    "faults": [{**kind, "at": f"{10 * i}s", "for": "5s"} for i, kind in enumerate(KINDS, start=1)],
}


def left_out() -> set[str]:
    """The kinds that nobody has added here yet."""
    return {kind.model_fields["kind"].default for kind in get_args(get_args(Fault)[0])} - {
        kind["kind"] for kind in KINDS
    }
