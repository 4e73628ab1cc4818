"""A second process that draws half of the figures: matplotlib holds its process for a second and a half.

It is started beside the load, while there is nothing to draw, so that it is warm when the load is over. An order and
its drawings each go over a pipe as one line of text.
"""

from __future__ import annotations

import base64
import gc
import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from creditstorm.analysis.summary import Summary, Timeline
from creditstorm.report.drawing import Drawing, drawings, rehearse


class EaselBrokenError(Exception):
    """The second process is gone, or said something that is no drawing."""


@dataclass(frozen=True)
class Easel:
    """Our side of the pipes to it."""

    orders: IO[str]
    drawn: IO[str]

    def begin(self, which: Sequence[int], summary: Summary, timeline: Timeline) -> None:
        """Have these figures drawn; EaselBrokenError if nobody listens."""
        try:
            self.orders.write(_line((which, summary, timeline)))
            self.orders.flush()
        except OSError as problem:
            raise EaselBrokenError(str(problem)) from problem

    def finished(self) -> list[Drawing]:
        """What was begun, once it is drawn; EaselBrokenError if it never will be."""
        line = self.drawn.readline()
        if not line.endswith("\n"):
            raise EaselBrokenError("it ended without a drawing")
        try:
            found = pickle.loads(base64.b64decode(line))  # noqa: S301 - our own child's words
        except (ValueError, EOFError, pickle.UnpicklingError) as problem:
            raise EaselBrokenError(str(problem)) from problem
        if not isinstance(found, list):
            raise EaselBrokenError("it said something else")
        return found


def _line(value: object) -> str:
    return base64.b64encode(pickle.dumps(value)).decode() + "\n"


def serve(orders: IO[str], drawn: IO[str]) -> None:
    """The other side: draw what is ordered until there are no more orders."""
    rehearse()
    gc.freeze()  # the libraries stay until the end, and no collection has to walk through them again
    for line in orders:
        which, summary, timeline = pickle.loads(base64.b64decode(line))  # noqa: S301 - our parent's words
        drawn.write(_line(drawings(which, summary, timeline)))
        drawn.flush()


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
