"""Rules and ranges of a planner, and what is wrong with them."""

from __future__ import annotations

import pytest
from creditstorm.errors import UsageError
from creditstorm.scenario.text.asked_rules import rates_of, thresholds_of


def test_a_rule_is_a_threshold() -> None:
    """Metric, variant, scope, aggregation, operator, bound; two of one metric stand together."""
    given = thresholds_of(
        ["answer_latency p(99) < 2s", "wrongful_no_credit_rate.people{window: bureau}<0.5%", "answer_latency avg<1s"],
        option="--below",
    )
    assert given.text == (
        'thresholds={"answer_latency": ["p(99) < 2s", "avg<1s"], '
        '"wrongful_no_credit_rate.people{window: bureau}": ["<0.5%"]}'
    )


@pytest.mark.parametrize("rule", ["", "wrongful", "< 5%", "5% < wrongful"])
def test_what_is_no_rule(rule: str) -> None:
    """With an example."""
    with pytest.raises(UsageError, match="cannot be read as a rule"):
        thresholds_of([rule], option="--below")


def test_a_range_of_rates() -> None:
    """With units, blanks or not."""
    assert rates_of("20/s..5000/s", option="--rate") == (20.0, 5000.0)
    assert rates_of(" 60/min .. 2/s ", option="--rate") == (1.0, 2.0)


@pytest.mark.parametrize("text", ["", "20/s", "5/s..2/s", "0/s..2/s", "2/s..2/s", "2..x", "a..b", "1/s..2/s..3/s"])
def test_what_is_no_range(text: str) -> None:
    """With an example."""
    with pytest.raises(UsageError, match=r"--rate .*\n.*20/s\.\.5000/s"):
        rates_of(text, option="--rate")
