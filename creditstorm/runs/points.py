"""The points of a planner's job: pure functions of a scenario, on every core or every machine, none computed twice."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from creditstorm.adapters.pool import Pool, pool_on
from creditstorm.adapters.pool.local import likely_death
from creditstorm.adapters.provenance import code
from creditstorm.errors import HarnessError
from creditstorm.record.job_folder import JobIdentity, PointsFolder, PointsJournal, Result, open_folder
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.dump import dump

Work = Callable[[Scenario], Result]
"""A function of a module, pure in the scenario, whose seed it holds."""
_HEARS_WITHIN_S: Final = 0.2
_MOST_BREAKS: Final = 2
"""How often workers may die one after another without one result between."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to compute; the name is unique in its job and fit for a file."""

    name: str
    scenario: Scenario

    @property
    def digest(self) -> str:
        """The SHA-256 of the scenario as text."""
        return _digest(self.scenario)


@dataclass(frozen=True, slots=True)
class Job:
    """What a verb was asked: a folder that holds another job is not gone on with."""

    verb: str
    scenario: Scenario
    asks: Mapping[str, object]
    """All else that decides what a point of a given name is; plain JSON."""


class PointsObserver(Protocol):
    """Whoever wants to know how far a job is."""

    def begin(self, total: int, kept: int) -> None:
        """So many points are wanted now, of which so many are known already."""

    def done(self, point: Point, result: Result) -> None:
        """A point is computed and kept."""


class Points:
    """Computes points, and remembers those of its job."""

    def __init__(self, folder: PointsFolder, journal: PointsJournal, pool: Pool, observer: PointsObserver) -> None:
        self.folder = folder
        self._journal = journal
        self._pool = pool
        self._observer = observer

    @property
    def workers(self) -> int:
        """How many points are computed side by side."""
        return self._pool.count

    def known(self, point: Point) -> Result | None:
        """What is known of the point, None where it is still to be computed."""
        return self._journal.result(point.name, point.digest)

    def begin(self, points: Sequence[Point]) -> list[Point]:
        """Say that these are wanted now; returns those of which nothing is known."""
        missing = [point for point in points if self.known(point) is None]
        self._observer.begin(len(points), len(points) - len(missing))
        return missing

    def keep(self, point: Point, result: Result) -> None:
        """Remember a point that was not computed in a worker, such as one that was carried out live."""
        self._journal.keep(point.name, point.digest, result)
        self._observer.done(point, result)

    def results(self, points: Sequence[Point], work: Work) -> dict[str, Result]:
        """What `work` gives for each point, by name, in the order of the points; may be asked again with more.

        Each is kept as soon as it is known, so an interrupt loses only what is under way. HarnessError where workers
        die again and again; what `work` raises is raised here.
        """
        known = {point.name: self.known(point) for point in points}
        if len(known) < len(points):
            raise ValueError("two points of one name")
        missing = self.begin(points)
        for point, result in self._computed(missing, work):
            self.keep(point, result)
            known[point.name] = result
        return {name: result for name, result in known.items() if result is not None}

    def _computed(self, points: Sequence[Point], work: Work) -> Iterator[tuple[Point, Result]]:
        to_come = list(points)
        breaks = 0
        while to_come:
            futures = {self._pool.submit(work, point.scenario): point for point in to_come}
            try:
                for point, result in _as_they_come(futures):
                    to_come.remove(point)
                    breaks = 0
                    yield point, result
            except self._pool.deaths as death:
                breaks += 1
                if breaks > _MOST_BREAKS:
                    raise _died(to_come[0]) from death
                self._pool.renew()


def _as_they_come(futures: "Mapping[Future[Result], Point]") -> Iterator[tuple[Point, Result]]:
    pending = set(futures)
    try:
        while pending:
            # With a limit: polars has SIGINT restart what waits, so Ctrl-C would be heard at the next result only.
            done, pending = wait(pending, timeout=_HEARS_WITHIN_S, return_when=FIRST_COMPLETED)
            for future in done:
                yield futures[future], future.result()
    finally:
        for future in futures:
            future.cancel()


def _died(point: Point) -> HarnessError:
    what = f"the processes that compute die again and again, the last time before {point.name} was done"
    return HarnessError(f"{what}\n  Most likely {likely_death()}. Use fewer cores with `taskset -c 0`.")


@contextmanager
def open_points(
    job: Job, *, now: datetime, out: Path | None, on: str | None, observer: PointsObserver
) -> Iterator[Points]:
    """A new job folder, or the one at `out` to go on with, and whoever computes: here, or at a Dask scheduler `on`.

    Raises UsageError where `out` holds another job, or nobody answers at `on` who runs the same code.
    """
    identity = JobIdentity(job.verb, _digest(job.scenario), job.asks, code())
    with ExitStack() as stack:
        pool = stack.enter_context(pool_on(on))
        folder, journal = stack.enter_context(open_folder(identity, job.scenario.id, now=now, wanted=out))
        yield Points(folder, journal, pool, observer)


def _digest(scenario: Scenario) -> str:
    return sha256(dump(scenario).encode()).hexdigest()
