"""Work that waits until it is needed: analysis and figures load a second of libraries.

`creditstorm run` does it beside the load, while the harness has nothing else to do; other verbs never do.
"""

import contextlib
import gc
import importlib
import logging
import os
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Final, Self

from creditstorm.adapters.processes.child import Child, spawn_python
from creditstorm.strain import IN_WORDS, what_ran_out

if TYPE_CHECKING:
    from creditstorm.report.figure_worker import FigureWorker

FIGURE_WORKER: Final = "creditstorm.report.figure_worker"
"""Named, not imported: what it needs is loaded late in this process, and matplotlib in the other one alone."""


def conclusion() -> ModuleType:
    """The module `runs.conclude`, imported on the first call."""
    # matplotlib cannot be imported where this names a backend that it does not know, and would say on the screen what
    # it thinks of a user's settings; we draw without the one and with our own.
    for name in ("MPLBACKEND", "MATPLOTLIBRC", "MPLCONFIGDIR"):
        os.environ.pop(name, None)
    logging.getLogger("matplotlib").setLevel(logging.CRITICAL)
    return importlib.import_module("creditstorm.runs.conclude")


def _make_ready(*, pages: bool, draws: bool) -> None:
    conclusion()
    if pages:
        importlib.import_module("creditstorm.report.render")
    if pages and draws:
        importlib.import_module("creditstorm.report.canvas").rehearse()
    gc.freeze()  # the libraries stay until the end, and no collection has to walk through them again


@dataclass
class WarmUp:
    """What is made ready behind the load: the libraries of the conclusion, and a second process to draw with.

    `alone` has no second process: where there is a run on every core already, it would be in their way.
    """

    alone: bool = False
    _child: Child | None = None
    _figure_worker: "FigureWorker | None" = None
    _ready: threading.Thread | None = None

    def __enter__(self) -> Self:
        """Nothing begins before `prepare`."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the second process, whatever it is at."""
        if self._child is not None:
            self._child.kill()

    def prepare(self, log: Path, *, pages: bool = True) -> None:
        """Begin, in the main thread, logging to this file; what is ready for one run is ready for the next.

        Without `pages` nothing is made ready to draw.
        """
        if self._ready is None:
            self._ready = threading.Thread(
                target=partial(_make_ready, pages=pages, draws=self.alone), name="late imports", daemon=True
            )
            self._ready.start()
        if pages and self._child is None and not self.alone:
            self._child = spawn_python("figure worker", FIGURE_WORKER, log=log, piped=True)

    def ready(self) -> bool:
        """Whether the libraries are there: to import them meanwhile would wait for whoever does."""
        return self._ready is not None and not self._ready.is_alive()

    def conclusion(self) -> ModuleType:
        """The module `runs.conclude`, ready to go."""
        if self._ready is not None:
            self._ready.join()
        return conclusion()

    def failure(self) -> str | None:
        """Why the second process was done without, and what it ran out of by its own log; None where it was not."""
        if self._child is None or self._figure_worker is None or self._figure_worker.failure is None:
            return None
        with contextlib.suppress(OSError):
            ran_out = what_ran_out(self._child.log.read_text(encoding="utf-8", errors="replace"))
            words = [f"it was {IN_WORDS[name]} ({name})" for name in ran_out]
            return ", ".join([self._figure_worker.failure, *words])
        return self._figure_worker.failure

    def figure_worker(self) -> "FigureWorker | None":
        """The second process, the same one for every run; None where it was never started."""
        if self._figure_worker is None and self._child is not None:
            self._figure_worker = importlib.import_module(FIGURE_WORKER).FigureWorker(
                self._child.stdin, self._child.stdout
            )
        return self._figure_worker
