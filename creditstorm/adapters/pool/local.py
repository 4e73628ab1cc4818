"""Every core of this machine: a process each, that ends with us."""

import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext
from pathlib import Path
from threading import Thread
from typing import Final, TypeVar

from creditstorm.adapters.cores import cores_allowed
from creditstorm.record.files import replace_json

A = TypeVar("A")
R = TypeVar("R")

_ONE_THREAD: Final = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_LOADED_ONCE: Final = ("creditstorm.scenario.model", "mock_services.decision", "scipy.special")
"""What all work on this machine needs, and what starts no thread, as polars and pyarrow do."""
_ENDS_WITHIN_S: Final = 2.0


def likely_death() -> str:
    """Why one of the processes most likely died, with what to look at or to do."""
    if resource.getrlimit(resource.RLIMIT_CPU)[0] != resource.RLIM_INFINITY:
        return "the CPU time that is allowed is used up (`ulimit -t unlimited` in the shell that starts creditstorm)"
    return "memory ran out (`dmesg` says so)"


@dataclass(frozen=True, slots=True)
class LocalErrand:
    """On this machine all processes have one clock and one disk; whoever is not wanted any more is terminated."""

    until_s: float
    place: Path | None = None

    def ends_at(self) -> float:
        return self.until_s

    def wanted(self) -> bool:
        return True

    def tell(self, name: str, news: Mapping[str, object]) -> None:
        if self.place is not None:
            replace_json(self.place / f"{name}.json", dict(news))


class LocalPool:
    """One process a core that we may use."""

    deaths: tuple[type[BaseException], ...] = (BrokenExecutor,)

    def __init__(self) -> None:
        self.count = max(1, int(cores_allowed()))
        self._others = frozenset(multiprocessing.active_children())
        self._executor: Executor | None = None

    def submit(self, work: Callable[[A], R], argument: A) -> "Future[R]":
        if self._executor is None:
            self._executor = _started(self.count)
        try:
            return self._executor.submit(work, argument)
        except BrokenExecutor as broken:
            failed: Future[R] = Future()
            failed.set_exception(broken)
            return failed

    def renew(self) -> None:
        self.close()

    def errand(self, lasts_s: float, place: Path) -> LocalErrand:
        return LocalErrand(time.monotonic() + lasts_s, place)

    def close(self) -> None:
        if self._executor is None:
            return
        self._executor.shutdown(wait=False, cancel_futures=True)
        workers = set(multiprocessing.active_children()) - self._others
        for worker in workers:
            worker.terminate()
        for worker in workers:  # what one of them writes into is looked at next
            worker.join(_ENDS_WITHIN_S)
            worker.kill()
            worker.join(_ENDS_WITHIN_S)
        self._executor = None


def _started(count: int) -> ProcessPoolExecutor:
    """The workers: deaf to Ctrl-C, which is ours to hear; one thread each; nothing of the working directory in them."""
    resource_tracker.ensure_running()  # else it is started with the first worker, and unblocks SIGINT then
    with _inherited({"PYTHONSAFEPATH": "1", **dict.fromkeys(_ONE_THREAD, "1")}):
        # A worker is started for each call until there are enough; all inherit what holds here.
        executor = ProcessPoolExecutor(count, _context(), initializer=_settle, initargs=(dict(os.environ),))
        for _ in range(count):
            executor.submit(_nothing)
    return executor


def _context() -> BaseContext:
    """Workers are forked from one process that has loaded most of what they need, and has a single thread.

    Not from this one: whoever was forked beside the threads of polars can wait for them for ever. Where a socket has no
    place, as in a temporary folder of a long name, each worker loads all for itself.
    """
    forkserver.set_forkserver_preload(list(_LOADED_ONCE))
    try:
        forkserver.ensure_running()
    except OSError:
        return multiprocessing.get_context("spawn")
    return multiprocessing.get_context("forkserver")


def _settle(environment: Mapping[str, str]) -> None:
    """In a worker: what holds where it was asked for, and no longer a life than that process has."""
    os.environ.clear()
    os.environ.update(environment)
    Thread(target=_end_with_parent, name="lifeline", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _nothing() -> None:
    """Whoever computes this has started."""


@contextmanager
def _inherited(environment: Mapping[str, str]) -> Iterator[None]:
    """Inside, a new process gets this environment and has SIGINT blocked for good."""
    before = {name: os.environ.get(name) for name in environment}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.environ.update(environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
