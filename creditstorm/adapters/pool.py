"""Many processes for pure functions: every core of this machine, or the workers of a Dask scheduler.

Both are executors of `concurrent.futures`, so whoever hands out work does not know which it is.
"""

import json
import logging
import multiprocessing
import os
import resource
import signal
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import BaseContext
from pathlib import Path
from threading import Thread
from typing import Any, Final, Protocol, TypeVar

from creditstorm.adapters.cores import cores_allowed
from creditstorm.adapters.provenance import code
from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.files import replace_json

A = TypeVar("A")
R = TypeVar("R")

_ONE_THREAD: Final = ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_LOADED_ONCE: Final = ("creditstorm.scenario.model", "mock_services.decision", "scipy.special")
"""What all work on this machine needs, and what starts no thread, as polars and pyarrow do."""
_ANSWERS_WITHIN: Final = "5s"
_ENDS_WITHIN_S: Final = 2.0
_RETRIES: Final = 3
"""How often a point is tried again whose Dask worker died."""


def likely_death() -> str:
    """Why one of the processes most likely died, with what to look at or to do."""
    if resource.getrlimit(resource.RLIMIT_CPU)[0] != resource.RLIM_INFINITY:
        return "the CPU time that is allowed is used up (`ulimit -t unlimited` in the shell that starts creditstorm)"
    return "memory ran out (`dmesg` says so)"


class Errand(Protocol):
    """What long work carries along, on whatever machine: until when, whether still, and to whom it tells its news."""

    def ends_at(self) -> float:
        """When it has to be over, by `time.monotonic` of the process that asks."""

    def wanted(self) -> bool:
        """Whether anybody still waits for it."""

    def tell(self, name: str, news: Mapping[str, object]) -> None:
        """What is known so far, plain JSON; it is there whatever becomes of this process. The last of a name counts."""


class Pool(Protocol):
    """Where work is handed out."""

    @property
    def count(self) -> int:
        """How much is computed side by side."""

    @property
    def deaths(self) -> tuple[type[BaseException], ...]:
        """What a future raises whose work was not done because of those who do it."""

    def submit(self, work: Callable[[A], R], argument: A) -> "Future[R]":
        """Have it computed; `work` is a function of a module, and both arguments and result can be pickled."""

    def renew(self) -> None:
        """New workers in place of those that broke; HarnessError where there are none to be had."""

    def close(self) -> None:
        """Let go of whoever computes, at once; a second time it does nothing."""

    def errand(self, lasts_s: float, place: Path) -> Errand:
        """For work of so many seconds from now on; its news are files ``NAME.json`` of that folder of this machine."""


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


class _LocalPool:
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

    def errand(self, lasts_s: float, place: Path) -> Errand:
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


class _DaskPool:
    """The workers of a scheduler, on whatever machines; Dask itself hands a lost worker's work to another."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = _client(address)
        try:
            workers = _workers(self._client)
            _require_workers(address, workers)
            _require_same_code(address, self._client)
        except BaseException:
            self._client.close()
            raise
        self.count = len(workers)
        self.deaths = _deaths()
        self._executor = self._client.get_executor(pure=False, retries=_RETRIES)

    def submit(self, work: Callable[[A], R], argument: A) -> "Future[R]":
        future: Future[R] = self._executor.submit(_by_same_code, _code_here(), work, argument)
        return future

    def renew(self) -> None:
        """The scheduler does what can be done: what it gives up is beyond us."""
        what = f"--on {self._address}: the scheduler is gone, or one worker after another died of the same work"
        raise HarnessError(f"{what}\n  What is done is kept. Look at their logs, and go on with the same --out.")

    def errand(self, lasts_s: float, place: Path) -> Errand:
        topic = f"creditstorm-{uuid.uuid4().hex}"
        self._client.subscribe_topic(topic, partial(_keep_news, place))
        return _DaskErrand(topic, _now_there(self._client, topic) + lasts_s, lasts_s)

    def close(self) -> None:
        self._executor.shutdown(wait=False)
        self._client.close()


def _deaths() -> tuple[type[BaseException], ...]:
    from distributed import KilledWorker  # noqa: PLC0415 - an extra
    from distributed.comm.core import CommClosedError  # noqa: PLC0415

    return CancelledError, KilledWorker, CommClosedError


@cache
def _code_here() -> dict[str, str]:
    """What this process has loaded; not read anew for each point."""
    return code()


def _by_same_code(ours: Mapping[str, str], work: Callable[[A], R], argument: A) -> R:
    """What `work` gives; a worker that came later may run other code, and is refused as those before it were."""
    _require_equal("a worker that came later", _code_here(), ours)
    return work(argument)


@dataclass(frozen=True, slots=True)
class _DaskErrand:
    """On Dask the scheduler's clock is the one that all share, and its topics bring the news to the client.

    Work that begins late, or anew because its first worker died, has what is left of the time.
    """

    topic: str
    until_s: float
    lasts_s: float

    def ends_at(self) -> float:
        from distributed import get_client  # noqa: PLC0415 - an extra

        left_s = self.until_s - _now_there(get_client(), self.topic)
        return time.monotonic() + min(max(left_s, 0.0), self.lasts_s)

    def wanted(self) -> bool:
        """Nothing ends what a worker computes: it has to look whether the scheduler has taken it back."""
        from distributed import get_worker  # noqa: PLC0415 - an extra

        worker = get_worker()
        task = worker.state.tasks.get(worker.get_current_task())
        return task is not None and task.state == "executing"

    def tell(self, name: str, news: Mapping[str, object]) -> None:
        from distributed import get_client  # noqa: PLC0415 - an extra

        get_client().log_event(self.topic, {"name": name, "news": json.dumps(news)})


def _now_there(client: Any, topic: str) -> float:  # noqa: ANN401 - an optional library's
    """The scheduler's clock, which stamps whatever it is told."""
    client.log_event(topic, {})
    return float(client.get_events(topic)[-1][0])


def _keep_news(place: Path, event: tuple[float, Mapping[str, Any]]) -> None:
    _, told = event
    if told:
        replace_json(place / f"{told['name']}.json", json.loads(told["news"]))


def _client(address: str) -> Any:  # noqa: ANN401 - an optional library's
    try:
        from distributed import Client  # noqa: PLC0415 - an extra, and a second to import
    except ImportError:
        raise UsageError("--on needs Dask\n  pip install 'creditstorm[cluster]'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong there is told in our own words
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
        _require_equal(f"--on {address}: the worker {worker}", theirs, ours)


def _require_equal(who: str, theirs: Mapping[str, str], ours: Mapping[str, str]) -> None:
    for name, here in ours.items():
        if theirs.get(name) != here:
            what = f"{who} runs {name} {theirs.get(name, 'not at all')}, and here it is {here}"
            raise UsageError(f"{what}\n  Install the same everywhere: its figures would not be ours.")
