"""Money is counted on what a session ended with, both sides."""

from __future__ import annotations

from creditstorm.analysis.frame import frame_of
from creditstorm.analysis.measures.money import Money, money_of
from tests.analysis.builders import LIMIT_CNY, arrival, run, wrongful


def money(rows: list[dict]) -> Money:
    """The money of a run of these rows."""
    return money_of(frame_of(run(rows))[0].lazy())


def test_shortfall() -> None:
    """A denial costs the whole true limit, a cut the difference, a deferral nothing yet."""
    rows = [*wrongful(1), arrival(1, limit_cny=4_000), arrival(2, answer="undetermined"), arrival(3, answer="timeout")]
    assert money(rows) == Money(LIMIT_CNY + 6_000, 0)


def test_exposure() -> None:
    """A wrongful approval exposes its limit, an inflated one the difference."""
    rows = [arrival(1, eligible=False, answer="approved", limit_cny=700), arrival(2, limit_cny=12_000)]
    assert money(rows) == Money(0, 2_700)


def test_only_the_final_answer() -> None:
    """Denied, then approved on the re-tap: nobody is short of anything."""
    rows = [*wrongful(1), arrival(0, 5.0, attempt=2)]
    assert money(rows) == Money(0, 0)


def test_nothing_asked() -> None:
    """No answers, no money."""
    assert money([]) == Money(0, 0)
