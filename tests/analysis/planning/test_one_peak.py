"""A rule of one run, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from creditstorm.analysis.planning.one_peak import CalmShare, Ruled, _calm_of, _why
from creditstorm.analysis.summary import Estimate, ThresholdResult, Verdict
from creditstorm.scenario.threshold import Phase, Unit
from tests.report import builders

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


def test_calm_is_told_with_how_many_there_were() -> None:
    """And with what its share surely is, which of few people is next to nothing; none of whom there were none."""
    run = builders.bureau_outage()
    calm = run.slice("phase", Phase.CALM)
    assert calm is not None
    known = calm.rates.wrongful_no_credit_rate
    assert _calm_of(run) == CalmShare(known.value or 0.0, known.low, known.n)
    assert _calm_of(replace(run, slices=())) is None
