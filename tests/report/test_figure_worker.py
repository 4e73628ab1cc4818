"""Orders to the second process are numbered, so that nobody takes the drawings of another run for their own."""

from __future__ import annotations

import base64
import os
import pickle
from io import StringIO

import pytest
from creditstorm.report.drawing import Drawing
from creditstorm.report.figure_worker import FigureWorker, FigureWorkerError, serve
from tests.report import builders


def of_run(name: str) -> list[Drawing]:
    """The drawings of a run."""
    return [Drawing(name, "A title", "<svg/>", b"<svg/>", b"png")]


def line(number: int, drawings: list[Drawing]) -> str:
    """What the other side writes when an order is drawn."""
    return base64.b64encode(pickle.dumps((number, drawings))).decode() + "\n"


def figure_worker(*lines: str) -> FigureWorker:
    """An figure_worker whose other side has written all this already."""
    return FigureWorker(StringIO(), StringIO("".join(lines)))


def begin(one: FigureWorker) -> None:
    """Order whatever there is in a calm run."""
    one.begin(builders.calm(), builders.timeline(()))


def test_each_order_gets_its_own_drawings() -> None:
    """One run after the other."""
    one = figure_worker(line(1, of_run("first")), line(2, of_run("second")))
    for name in ("first", "second"):
        begin(one)
        assert one.finished() == of_run(name)


def test_an_order_that_was_given_up_is_left_behind() -> None:
    """What was ordered and never fetched is not taken for what was ordered after it."""
    one = figure_worker(line(1, of_run("given up")), line(2, of_run("wanted")))
    begin(one)
    begin(one)
    assert one.finished() == of_run("wanted")


def test_the_drawings_of_earlier_orders_are_skipped() -> None:
    """Also where nobody remembers to have ordered them."""
    one = figure_worker(line(0, of_run("stale")), line(1, of_run("wanted")))
    begin(one)
    assert one.finished() == of_run("wanted")


def test_one_that_stands_still_is_given_up_and_asked_no_more() -> None:
    """Whether it takes the order or not: nobody waits for ever, and nobody waits twice."""
    silent, orders = os.pipe()
    unread, drawn = os.pipe()
    with os.fdopen(orders, "w") as to_it, os.fdopen(unread) as from_it:
        one = FigureWorker(to_it, from_it, within_s=0.05)
        begin(one)
        with pytest.raises(FigureWorkerError, match="no answer for"):
            one.finished()
        with pytest.raises(FigureWorkerError, match="no answer for"):
            begin(one)
        assert one.failure == "the figure worker gave no answer for 0.05 s"
        os.close(drawn)
    os.close(silent)


@pytest.mark.parametrize("number", [0, 2])
def test_drawings_of_no_order_break_the_easel(number: int) -> None:
    """One that never comes, or of an order that was not made yet, is not waited for."""
    one = figure_worker(line(number, of_run("odd")))
    begin(one)
    with pytest.raises(FigureWorkerError):
        one.finished()


def test_the_other_side_answers_under_the_number_of_the_order() -> None:
    """Order by order."""
    one = figure_worker()
    begin(one)
    drawn = StringIO()
    serve(StringIO(one.orders.getvalue() * 2), drawn, lambda summary, _: of_run(summary.verdict))  # type: ignore[attr-defined]
    assert drawn.getvalue() == line(1, of_run(builders.calm().verdict)) * 2
