"""The workers of a Dask scheduler, on whatever machines: same code, one thread each, news over its topics."""

import json
import logging
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, TypeVar

from creditstorm.adapters.provenance import code
from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.files import replace_json

A = TypeVar("A")
R = TypeVar("R")

_ANSWERS_WITHIN: Final = "5s"
_RETRIES: Final = 3
"""How often a point is tried again whose Dask worker died."""


class DaskPool:
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

    def errand(self, lasts_s: float, place: Path) -> "DaskErrand":
        topic = f"creditstorm-{uuid.uuid4().hex}"
        self._client.subscribe_topic(topic, partial(_keep_news, place))
        return DaskErrand(topic, _now_there(self._client, topic) + lasts_s, lasts_s)

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
class DaskErrand:
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
