"""How figures are written, everywhere a person reads them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.analysis.summary import GREATEST, Estimate
from creditstorm.report import numbers
from tests.report.builders import estimate


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (None, "–"),
        (math.nan, "–"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.25341, "25.3 %"),
        (0.0001, "<0.1 %"),
        (0.9999, ">99.9 %"),
        (0.0005, "0.1 %"),
    ],
)
def test_a_share_is_per_cent(share: float | None, text: str) -> None:
    """One decimal, a dash for nothing, and no rounding to a certainty."""
    assert numbers.percent(share) == text


@given(st.floats(0.0, 1.0, exclude_min=True, exclude_max=True))
def test_what_happened_at_least_once_is_never_shown_as_never(share: float) -> None:
    """A share strictly between 0 and 1 is never written as 0 % or 100 %."""
    assert numbers.percent(share) not in {"0 %", "0.0 %", "100 %", "100.0 %"}


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0.004, "4 ms"), (0.0, "0 ms"), (2.3149, "2.31 s"), (4.0, "4 s"), (75.0, "75 s"), (100.0, "100 s")],
)
def test_a_time_has_the_unit_that_fits(value: float | None, text: str) -> None:
    """Milliseconds below a second, then seconds without idle zeros."""
    assert numbers.seconds(value) == text


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("late:bureau", "bureau late"),
        ("empty:bureau", "bureau empty, not believed"),
        ("stale:income", "income stale, not believed"),
        ("unexplained", "unexplained"),
        (None, "–"),
        ("", "–"),
    ],
)
def test_a_cause_is_read_as_words(key: str | None, text: str) -> None:
    """The service comes first, then what happened to it."""
    assert numbers.cause(key) == text


def test_an_interval_is_in_the_unit_of_its_rule() -> None:
    """Shares in per cent without the sign, times with their unit, nothing where there is none."""
    assert numbers.interval_in(estimate(0.25, 100), "share") == "[24.0–26.0]"
    assert numbers.interval_in(Estimate(2.5, 2.0, 3.0, 100, "ranks"), "s") == "[2–3 s]"
    assert numbers.interval_in(estimate(None, 0), "share") == ""
    assert numbers.interval_in(Estimate(2.02, 2.02, 2.02, 100, GREATEST), "s") == ""


def test_a_number_stays_with_its_unit() -> None:
    """Folding a line never parts a number from its unit."""
    assert numbers.tied("25.3 % after 4 s (n = 5)") == "25.3\u00a0% after 4\u00a0s (n =\u00a05)"
