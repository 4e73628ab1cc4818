"""Every kind is known where it can do something, and nowhere else."""

from __future__ import annotations

import pytest
from mock_services.faults.registry import DECISION_KINDS, kinds_of

CALLS = {"errors", "capacity", "slow", "sick", "malformed"}
RECORDS = {"stale", "null_fields", "empty"}


@pytest.mark.parametrize("service", ["repayment", "consumption", "bureau", "income", "social"])
def test_a_scored_source_knows_all_kinds(service: str) -> None:
    """All twelve, in the order of effect: the call, then who people are, how old it is, its unit, what is missing."""
    assert list(kinds_of(service)) == [
        "errors",
        "consent_revoked",
        "capacity",
        "slow",
        "sick",
        "profile_update",
        "skew",
        "stale",
        "unit_change",
        "null_fields",
        "empty",
        "malformed",
    ]


def test_identity_has_no_number_to_spoil() -> None:
    """It is a yes or a no, and nobody withdraws consent to being identified."""
    assert set(kinds_of("identity")) == CALLS | RECORDS


def test_scoring_has_no_records() -> None:
    """It only fails, takes longer or is unreadable."""
    assert set(kinds_of("scoring")) == CALLS


def test_the_decision_has_kinds_of_its_own() -> None:
    """Its strategy and its cache."""
    assert set(DECISION_KINDS) == {"strategy_change", "flush", "poison", "consent_revoked", "profile_update"}
