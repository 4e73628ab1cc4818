"""A second process that draws half of the figures: matplotlib holds its process for a second and a half.

It is opened beside the load, while there is nothing to draw, so that it is warm when the load is over.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context

from creditstorm.lifeline import die_with_parent

DRAWING = "creditstorm.report.drawing"
"""Named, not imported: matplotlib is loaded in the other process and, late, in this one."""


def open_easel() -> Executor:
    """The second process, already warming up; call it in the main thread and shut it down."""
    easel = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_settle, initargs=(os.getpid(),))
    easel.submit(_rehearse)
    return easel


def _settle(parent_pid: int) -> None:
    # Ctrl-C reaches every process of a terminal; the parent decides what becomes of this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(parent_pid)


def _rehearse() -> None:
    importlib.import_module(DRAWING).rehearse()
    gc.freeze()  # the libraries stay until the end, and no collection has to walk through them again
