"""What is made ready behind the load is made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import StringIO

from creditstorm.runs.warm_up import WarmUp


@dataclass
class FakeChild:
    """A process with pipes and nothing behind them."""

    stdin: StringIO = field(default_factory=StringIO)
    stdout: StringIO = field(default_factory=StringIO)


def test_every_run_draws_at_the_same_easel() -> None:
    """It numbers the orders, so a second one would begin to count anew."""
    warm_up = WarmUp(FakeChild())  # type: ignore[arg-type]
    assert warm_up.figure_worker() is warm_up.figure_worker() is not None


def test_without_a_second_process_there_is_no_easel() -> None:
    """Everything is drawn here then."""
    assert WarmUp().figure_worker() is None
