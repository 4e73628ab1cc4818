"""A doubt spoils what it touches, and nothing else."""

from __future__ import annotations

import pytest
from creditstorm.analysis.trust import Doubt, DoubtKind
from creditstorm.analysis.validity.doubts import touches
from tests.analysis.builders import fault, scenario

BUREAU = Doubt(DoubtKind.FAULT, "bureau: it was not seen to end", window="bureau")


@pytest.mark.parametrize(
    ("metric", "touched"),
    [
        ("wrongful_no_credit_rate", True),
        ("wrongful_no_credit_rate{window: bureau}", True),
        ("wrongful_no_credit_rate{window: income}", False),
        ("wrongful_no_credit_rate{phase: calm}", False),
        ("wrongful_no_credit_rate{phase: recovery}", True),
        ("wrongful_no_credit_rate{segment: micro_business}", True),
        ("recovery_time{window: income}", True),
    ],
)
def test_a_fault_in_doubt_spoils_the_whole_its_own_window_and_what_comes_after(metric: str, touched: bool) -> None:
    """Not calm, nor another's window, except where a recovery may be of both."""
    faults = [fault(), fault("income", at_s=60.0, target="income")]
    [rule] = scenario(faults, {metric: ["< 20%" if metric.startswith("w") else "< 20s"]}).thresholds
    assert touches(BUREAU, rule) is touched
