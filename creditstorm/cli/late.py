"""Work that waits until it is needed: analysis and figures load a second of libraries.

`creditstorm run` does it beside the load, while the harness has nothing else to do; other verbs never do.
"""

from __future__ import annotations

import gc
import importlib
import threading
from concurrent.futures import Executor
from dataclasses import dataclass, field
from types import ModuleType, TracebackType
from typing import Self

from creditstorm.report.easel import DRAWING, open_easel


def conclusion() -> ModuleType:
    """The module `cli.conclusion`, imported on the first call."""
    return importlib.import_module("creditstorm.cli.conclusion")


def _make_ready() -> None:
    conclusion()
    importlib.import_module(DRAWING).rehearse()
    gc.freeze()  # the libraries stay until the end, and no collection has to walk through them again


@dataclass
class Backstage:
    """What is made ready behind the load: the libraries of the conclusion, and a second process to draw with."""

    easel: Executor | None = None
    _ready: threading.Thread = field(
        default_factory=lambda: threading.Thread(target=_make_ready, name="late imports", daemon=True)
    )

    def __enter__(self) -> Self:
        """Nothing begins before `prepare`."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the second process; what it has not begun is dropped."""
        if self.easel is not None:
            self.easel.shutdown(wait=False, cancel_futures=True)

    def conclusion(self) -> ModuleType:
        """The module `cli.conclusion`, ready to go."""
        if self._ready.is_alive():
            self._ready.join()
        return conclusion()

    def prepare(self) -> None:
        """Begin, in the main thread; what is ready for one run is ready for the next."""
        if self.easel is None:
            self._ready.start()
            self.easel = open_easel()
