"""Whoever was killed is told with the likely reason: memory, a limit of CPU time, or a hand."""

from __future__ import annotations

import resource
import signal

import pytest
from creditstorm.adapters.processes import killed
from creditstorm.adapters.processes.killed import Kills

NEVER = resource.RLIM_INFINITY
BY_HAND = "killed by SIGKILL: by hand, or "
MEMORY = "killed by SIGKILL: because memory ran out: the kernel counts 2 killed for it since the run began"
NOBODY = "; the kernel counts nobody killed for want of memory"


@pytest.mark.parametrize(
    ("before", "now", "cpu_s", "told"),
    [
        (3, 5, NEVER, MEMORY),
        (3, 3, NEVER, f"{BY_HAND}by another program{NOBODY}"),
        (None, None, NEVER, f"{BY_HAND}because memory ran out (`dmesg` says so)"),
        (None, 5, NEVER, f"{BY_HAND}because memory ran out (`dmesg` says so)"),
        (
            3,
            3,
            60,
            f"{BY_HAND}by another program, or because its 60 s of CPU time were used up (ulimit -t){NOBODY}",
        ),
    ],
)
def test_a_kill_is_told_with_its_likely_reason(
    monkeypatch: pytest.MonkeyPatch, before: int | None, now: int | None, cpu_s: int, told: str
) -> None:
    """By what the kernel counted since the run began."""
    monkeypatch.setattr(killed, "killed_for_memory", lambda: now)
    kills = Kills(before, cpu_s)
    assert kills.how_it_ended(-signal.SIGKILL) == told
    assert kills.how_it_ended(-signal.SIGSEGV) == "killed by SIGSEGV"
    assert kills.how_it_ended(1) == "exit code 1"


def test_nobody_is_said_to_have_run_out_of_memory_before_the_run() -> None:
    """What the counters said when it began is the beginning."""
    assert Kills().for_memory() == ""
