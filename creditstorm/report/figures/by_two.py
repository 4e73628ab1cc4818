"""Every figure on two cores: half of them are drawn by a fork, which finds the libraries loaded and the fonts known.

Only for a process without threads: what another thread holds would be held in the fork for ever.
"""

import os
import pickle
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from creditstorm.analysis.drawn import Timeline
from creditstorm.analysis.summary import Summary
from creditstorm.lifeline import die_with_parent
from creditstorm.report.drawing import Drawing
from creditstorm.report.figures import FIGURES, drawings

T = TypeVar("T")
HALF: Final = (len(FIGURES) + 1) // 2


def drawn_by_two(summary: Summary, timeline: Timeline) -> list[Drawing]:
    """Every figure, in the order of `FIGURES`."""
    ours, theirs = range(HALF), range(HALF, len(FIGURES))
    fetched = beside(partial(drawings, theirs, summary, timeline))
    return drawings(ours, summary, timeline) + fetched()


def beside(work: Callable[[], T]) -> Callable[[], T]:
    """Begin the work in a fork; what is returned waits for its result, and does the work here where there is none."""
    try:
        source, sink = os.pipe()
    except OSError:
        return work
    us = os.getpid()
    try:
        fork = os.fork()
    except OSError:
        os.close(source)
        os.close(sink)
        return work
    if fork == 0:
        os.close(source)
        _carry_out(work, sink, us)
    os.close(sink)
    return partial(_fetched, work, source, fork)


def _carry_out(work: Callable[[], object], sink: int, parent: int) -> None:
    """The life of the fork; its parent meets whatever goes wrong here when it does the work again."""
    try:
        die_with_parent(parent)
        with os.fdopen(sink, "wb") as pipe:
            pickle.dump(work(), pipe)
        os._exit(0)
    finally:
        os._exit(1)


def _fetched(work: Callable[[], T], source: int, fork: int) -> T:
    with os.fdopen(source, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(fork, 0)
    if status != 0:
        return work()
    result: T = pickle.loads(told)  # noqa: S301 - our own fork's words
    return result
