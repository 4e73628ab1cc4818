"""What is made ready behind the load is made once."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pytest
from creditstorm.report.figure_worker import FigureWorkerError
from creditstorm.runs.warm_up import WarmUp


@dataclass
class FakeChild:
    """A process with pipes and nothing behind them."""

    stdin: StringIO = field(default_factory=StringIO)
    stdout: StringIO = field(default_factory=StringIO)
    log: Path = Path("/nowhere")


def test_every_run_draws_at_the_same_easel() -> None:
    """It numbers the orders, so a second one would begin to count anew."""
    warm_up = WarmUp(_child=FakeChild())  # type: ignore[arg-type]
    assert warm_up.figure_worker() is warm_up.figure_worker() is not None


def test_without_a_second_process_there_is_no_easel() -> None:
    """Everything is drawn here then."""
    assert WarmUp().figure_worker() is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("OSError: [Errno 24] Too many open files: 'font'\n", ", it was out of open files (EMFILE)"),
        ("OSError: [Errno 28] No space left on device\n", ", it was out of disk space (ENOSPC)"),
        ("ZeroDivisionError: of ours\n", ""),
        (None, ""),
    ],
)
def test_a_second_process_that_broke_is_told_with_what_it_ran_out_of(
    tmp_path: Path, said: str | None, told: str
) -> None:
    """By its own log, also where that is gone; nobody asks it again."""
    child = FakeChild(log=tmp_path / "figure-worker.log")
    if said is not None:
        child.log.write_text(said)
    warm_up = WarmUp(_child=child)  # type: ignore[arg-type]
    assert warm_up.failure() is None
    worker = warm_up.figure_worker()
    assert worker is not None
    assert warm_up.failure() is None
    with pytest.raises(FigureWorkerError):
        worker.finished()
    assert warm_up.failure() == f"the figure worker failed (it ended without a drawing){told}"
