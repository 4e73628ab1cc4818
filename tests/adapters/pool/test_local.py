"""Why a process that computes most likely died."""

from __future__ import annotations

import resource

import pytest
from creditstorm.adapters.pool.local import likely_death


@pytest.mark.parametrize(
    ("limit", "said"),
    [(resource.RLIM_INFINITY, "memory ran out (`dmesg` says so)"), (60, "the CPU time that is allowed")],
)
def test_a_limit_of_cpu_time_is_no_want_of_memory(limit: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks for memory that was never short."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    assert likely_death().startswith(said)
