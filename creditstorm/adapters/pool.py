"""Many processes for pure functions: every core of this machine, or the workers of a Dask scheduler.

Both are executors of `concurrent.futures`, so whoever hands out work does not know which it is.
"""

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any, Final, Protocol, TypeVar

from creditstorm.adapters.cores import cores_allowed
from creditstorm.adapters.provenance import code
from creditstorm.errors import UsageError
from creditstorm.lifeline import die_with_parent

A = TypeVar("A")
R = TypeVar("R")

_ONE_THREAD: Final = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_ANSWERS_WITHIN: Final = "5s"
_ENDS_WITHIN_S: Final = 2.0
_RETRIES: Final = 3
"""How often a point is tried again whose Dask worker died."""


def likely_death() -> str:
    """Why one of the processes most likely died, with what to look at or to do."""
    if resource.getrlimit(resource.RLIMIT_CPU)[0] != resource.RLIM_INFINITY:
        return "the CPU time that is allowed is used up (`ulimit -t unlimited` in the shell that starts creditstorm)"
    return "memory ran out (`dmesg` says so)"


class Pool(Protocol):
    """Where work is handed out."""

    @property
    def count(self) -> int:
        """How much is computed side by side."""

    def submit(self, work: Callable[[A], R], argument: A) -> "Future[R]":
        """Have it computed; `work` is a function of a module, and both arguments and result can be pickled."""

    def renew(self) -> None:
        """New workers in place of those that broke."""


@contextmanager
def pool_on(address: str | None) -> Iterator[Pool]:
    """A pool on every core of this machine, or on the Dask scheduler at `address`; left at once at the end.

    Raises UsageError where nobody answers at the address, or those who do run other code than this process.
    """
    pool = _LocalPool() if address is None else _DaskPool(address)
    try:
        yield pool
    finally:
        pool.close()


class _LocalPool:
    """One process a core that we may use."""

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
    # Not forked: whoever was forked beside the threads of polars can wait for them for ever.
    executor = ProcessPoolExecutor(
        count, multiprocessing.get_context("spawn"), initializer=die_with_parent, initargs=(os.getpid(),)
    )
    resource_tracker.ensure_running()  # else it is started with the first worker, and unblocks SIGINT then
    with _inherited({"PYTHONSAFEPATH": "1", **dict.fromkeys(_ONE_THREAD, "1")}):
        # A worker is started for each call until there are enough; all inherit what holds here.
        for _ in range(count):
            executor.submit(_nothing)
    return executor


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


class _DaskPool:
    """The workers of a scheduler, on whatever machines; Dask itself hands a lost worker's work to another."""

    def __init__(self, address: str) -> None:
        self._client = _client(address)
        try:
            workers = _workers(self._client)
            _require_workers(address, workers)
            _require_same_code(address, self._client)
        except BaseException:
            self._client.close()
            raise
        self.count = len(workers)
        self._executor = self._client.get_executor(pure=False, retries=_RETRIES)

    def submit(self, work: Callable[[A], R], argument: A) -> "Future[R]":
        future: Future[R] = self._executor.submit(work, argument)
        return future

    def renew(self) -> None:
        """Nothing to do: the scheduler does."""

    def close(self) -> None:
        self._executor.shutdown(wait=False)
        self._client.close()


def _client(address: str) -> Any:  # noqa: ANN401 - an optional library's
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and a second to import
    except ImportError:
        raise UsageError("--on needs Dask\n  pip install 'creditstorm[cluster]'") from None
    try:
        return Client(address, timeout=_ANSWERS_WITHIN, set_as_default=False)
    except (OSError, ValueError, TypeError) as problem:  # TimeoutError is an OSError
        remedy = "Start one with `dask scheduler` and name the address it prints, such as tcp://127.0.0.1:8786."
        raise UsageError(f"--on {address}: no Dask scheduler answers there\n  {remedy}") from problem


def _workers(client: Any) -> dict[str, Mapping[str, Any]]:  # noqa: ANN401 - an optional library's
    return dict(client.scheduler_info(n_workers=-1)["workers"])


def _require_workers(address: str, workers: Mapping[str, Mapping[str, Any]]) -> None:
    start = f"dask worker {address} --nthreads 1"
    if not workers:
        raise UsageError(f"--on {address}: the scheduler has no workers\n  Start some with `{start} --nworkers N`.")
    wide = sorted(name for name, worker in workers.items() if worker.get("nthreads") != 1)
    if wide:
        what = f"the worker {wide[0]} has {workers[wide[0]].get('nthreads')} threads, and a simulated run wants its own"
        raise UsageError(f"--on {address}: {what} process\n  Start it with `{start} --nworkers N`.")


def _require_same_code(address: str, client: Any) -> None:  # noqa: ANN401 - an optional library's
    ours = code()
    for worker, theirs in sorted(client.run(code, on_error="return").items()):
        if isinstance(theirs, BaseException):
            raise UsageError(f"--on {address}: the worker {worker} has no creditstorm like this one: {theirs}")
        for name, here in ours.items():
            if theirs.get(name) != here:
                what = f"the worker {worker} runs {name} {theirs.get(name, 'not at all')}, and here it is {here}"
                remedy = "Install the same everywhere: its figures would not be ours."
                raise UsageError(f"--on {address}: {what}\n  {remedy}")
