"""The parameters of every kind: what may be left out, and what is refused."""

from __future__ import annotations

import pytest
from mock_services.faults.active import BadFaultError
from tests.mock_services.faults.bench import Bench

NEEDED: dict[str, dict[str, object]] = {
    "errors": {},
    "consent_revoked": {},
    "capacity": {"factor": 0.5},
    "slow": {},
    "sick": {},
    "profile_update": {"factor": 2},
    "skew": {},
    "stale": {"age_s": 60},
    "unit_change": {"factor": 0.01},
    "null_fields": {},
    "empty": {},
    "malformed": {},
}


@pytest.mark.parametrize("kind", NEEDED)
def test_what_is_needed_is_enough(kind: str) -> None:
    """Everything but a size has a default, and whole numbers are numbers."""
    assert Bench().faults.put("f", {"kind": kind} | NEEDED[kind]) == {"name": "f", "kind": kind, "met": 0}


@pytest.mark.parametrize("kind", [kind for kind, needed in NEEDED.items() if needed])
def test_what_is_needed_is_asked_for(kind: str) -> None:
    """A fault without its size is refused by the name of what is missing."""
    (needed,) = NEEDED[kind]
    with pytest.raises(BadFaultError, match=f"^{needed}: Field required"):
        Bench().put("f", kind)


@pytest.mark.parametrize(
    ("kind", "param", "value"),
    [
        ("errors", "share", 1.5),
        ("errors", "share", -0.1),
        ("errors", "share", float("nan")),
        ("errors", "status", 404),
        ("errors", "quota_hz", 0),
        ("slow", "factor", 0),
        ("slow", "add_s", -1),
        ("slow", "tail_alpha", 0),
        ("slow", "factor", float("inf")),
        ("null_fields", "reads", "none"),
        ("stale", "age_s", -1),
        ("unit_change", "factor", 0),
        ("capacity", "factor", 1.1),
        ("capacity", "factor", 0),
        ("sick", "factor", 0),
        ("skew", "points", 0),
        ("skew", "share", "0.1"),
        ("consent_revoked", "share", 2),
        ("profile_update", "factor", -1),
        ("malformed", "factor", 2),
    ],
)
def test_bad_values_are_refused_by_name(kind: str, param: str, value: object) -> None:
    """A value out of range, of the wrong type or of another kind is named in the message."""
    with pytest.raises(BadFaultError, match=f"^{param}: "):
        Bench().put("f", kind, **NEEDED[kind] | {param: value})
