"""A rule of one run, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from creditstorm.analysis.planning.one_peak import Ruled, _why
from creditstorm.analysis.summary import Estimate, ThresholdResult, Verdict
from creditstorm.scenario.threshold import Unit

RULE = "wrongful_no_credit_rate.people < 0.5%"


@pytest.mark.parametrize(
    ("value", "why", "said"),
    [
        (0.0561, "", f"{RULE}, measured 5.61 %"),
        (None, "", f"{RULE}: nothing was measured"),
        (None, "nobody asked", f"{RULE}: nobody asked"),
        (0.001, "the machine was busy", f"{RULE}: the machine was busy"),
    ],
)
def test_a_figure_is_shown_where_it_is_why_the_rule_is_not_kept(value: float | None, why: str, said: str) -> None:
    """What is not known, or in doubt, has its reason in the figure's place."""
    assert Ruled(RULE, Unit.SHARE, value, 100, "people", holds=False, why=why).in_words() == said


def test_a_note_says_why_there_is_no_figure() -> None:
    """Where there is one the figure itself says it; a doubt is told once."""
    nobody, some = (Estimate(value, None, None, 0, "") for value in (None, 0.1))
    result = ThresholdResult("x", RULE, nobody, Unit.SHARE, Verdict.INCONCLUSIVE, "too few")
    assert (_why(result, []), _why(replace(result, estimate=some), [])) == ("too few", "")
    assert _why(result, ["late", "late", "lost"]) == "late, lost"
