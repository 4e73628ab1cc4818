"""The points on a real Dask scheduler with real workers: the same results, whoever dies on the way."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from creditstorm.adapters.pool import pool_on
from creditstorm.cli import main
from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.job_folder import Result
from creditstorm.runs.points import Job, Point, Points, open_points
from tests.runs import works
from tests.runs.small import small_scenario
from tests.runs.test_points import Told, seeded
from tests.storm.harness import until

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 26, tzinfo=UTC)
WHERE = re.compile(r"(tcp://127\.0\.0\.1:\d+)")


@contextmanager
def dask(*words: str, says: str, path: Path = ROOT) -> Iterator[tuple[str, int]]:
    """One of Dask's processes, once it says so: the last address it named, and its pid."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "dask", *words],
        env={**os.environ, "PYTHONPATH": str(path), "DASK_DISTRIBUTED__WORKER__DAEMON": "True"},
        cwd=path,  # `-m` puts it first
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stderr is not None
        told = ""
        while says not in told:
            line = process.stderr.readline()
            assert line, f"it ended: {told}"
            told += line
        yield WHERE.findall(told)[-1], process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stderr.close()


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a scheduler."""
    words = ("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
    with dask(*words, says="Scheduler at:") as (address, _):
        yield address


@contextmanager
def workers(scheduler: str, count: int, *more: str, path: Path = ROOT) -> Iterator[list[int]]:
    """So many workers of one thread; their pids."""
    words = ("worker", scheduler, "--host", "127.0.0.1", "--no-nanny", "--no-dashboard", *(more or ("--nthreads", "1")))
    with ExitStack() as stack:
        each = [stack.enter_context(dask(*words, says="Registered to:", path=path)) for _ in range(count)]
        yield [pid for _, pid in each]


@contextmanager
def job(out: Path, scheduler: str, told: Told | None = None) -> Iterator[Points]:
    """A job that is computed there."""
    with open_points(
        Job("sweep", small_scenario(), {}), now=NOW, out=out, on=scheduler, observer=told or Told()
    ) as points:
        yield points


class Kills(Told):
    """Kills a worker when the first point is known."""

    def __init__(self, victim: int) -> None:
        super().__init__()
        self._victim = victim

    def done(self, point: Point, result: Result) -> None:
        """Which."""
        if not self.done_points:
            os.kill(self._victim, signal.SIGKILL)
        super().done(point, result)


def test_two_workers_of_which_one_is_killed_on_the_way(scheduler: str, tmp_path: Path) -> None:
    """The same table as on this machine alone, each point once, nothing lost."""
    points = seeded(*range(1, 9))
    with workers(scheduler, 2) as pids, job(tmp_path / "there", scheduler, told := Kills(pids[0])) as there:
        assert there.workers == 2
        found = there.results(points, works.asked)
    assert sorted(told.done_points) == [point.name for point in points]
    assert found == {point.name: works.asked(point.scenario) for point in points}


def test_an_address_nobody_answers_at(tmp_path: Path) -> None:
    """Said at once, with how to start one; nothing is begun."""
    with (
        pytest.raises(UsageError, match=r"no Dask scheduler answers there\n.*dask scheduler"),
        job(tmp_path, "tcp://127.0.0.1:1"),
    ):
        pass
    with pytest.raises(UsageError, match="no Dask scheduler answers there"), job(tmp_path, "nonsense://x"):
        pass
    assert not list(tmp_path.iterdir())


def test_a_hunt_asks_whether_anybody_answers_before_it_simulates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Under a rule that calm breaks: to find that out takes simulated runs, and who answers is known before."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["creditstorm", "hunt", "bureau-outage-at-peak", "--on", "nonsense://x"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert "no Dask scheduler answers there" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_scheduler_whose_workers_do_not_fit(scheduler: str, tmp_path: Path) -> None:
    """None, one with threads, one with other code: each refused with its reason."""
    with pytest.raises(UsageError, match="has no workers"), job(tmp_path / "a", scheduler):
        pass
    with (
        workers(scheduler, 1, "--nthreads", "2"),
        pytest.raises(UsageError, match="has 2 threads"),
        job(tmp_path / "b", scheduler),
    ):
        pass
    other = tmp_path / "other"
    for package in ("creditstorm", "mock_services"):
        shutil.copytree(ROOT / package, other / package, ignore=shutil.ignore_patterns("_bin", "__pycache__"))
    (other / "creditstorm/__init__.py").write_text((ROOT / "creditstorm/__init__.py").read_text() + "\n# another\n")
    with (
        workers(scheduler, 1, path=other),
        pytest.raises(UsageError, match=r"runs code .* and here it is"),
        job(tmp_path / "c", scheduler),
    ):
        pass


def test_long_work_ends_in_its_time_whoever_dies(scheduler: str, tmp_path: Path) -> None:
    """What it told is here though its worker is dead, begun anew it has the rest of its time, unwanted it ends."""
    with workers(scheduler, 2) as pids, pool_on(scheduler) as pool:
        errand = pool.errand(600.0, tmp_path)
        work = pool.submit(works.tells_and_waits, errand)
        first = _news(tmp_path)
        os.kill(int(first["pid"]), signal.SIGKILL)
        anew = _news(tmp_path)
        assert {first["pid"], anew["pid"]} == set(pids)
        assert anew["left_s"] < first["left_s"] <= 600.0
        assert work.cancel()
        assert pool.submit(works.pid_of, errand).result(timeout=60.0) == anew["pid"]


def _news(place: Path) -> dict[str, float]:
    """What came, once it is here; it is taken away."""
    file = place / "news.json"
    until(file.exists, "news came")
    told: dict[str, float] = json.loads(file.read_text())
    file.unlink()
    return told


def test_a_hunt_of_which_a_worker_is_killed(
    scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At its first find, whoever made it: the smallest is written here, and nothing else is left."""
    rule = 'thresholds={"wrongful_no_credit_rate.people": ["< 15%"]}'
    few = ("--set", "load.arrivals=[{for: 60s, rate: 4/s}]", "--kinds", "down", "--faults", "1", "--on", scheduler)
    words = ("hunt", "bureau-outage-at-peak", "--set", rule, *few, "--json")
    # On a box that others use ten seconds may be too few to come upon anything.
    for place, lasts in ((tmp_path / "short", "10s"), (tmp_path / "long", "90s")):
        with workers(scheduler, 2) as pids:
            Thread(target=_kill_at_a_find, args=(place, pids[0]), daemon=True).start()
            monkeypatch.setattr("sys.argv", ["creditstorm", *words, "--for", lasts, "--out", str(place)])
            with pytest.raises(SystemExit) as left:
                main()
        found = json.loads(capsys.readouterr().out)
        if left.value.code:
            break
    assert left.value.code == 1
    assert found["broken"] == ["wrongful_no_credit_rate.people < 15%"]
    assert {file.name for file in place.iterdir()} == {"hunt.yaml", "points.jsonl"}


def _kill_at_a_find(place: Path, victim: int) -> None:
    until(lambda: any(place.glob("found-*.json")) or (place / "hunt.yaml").exists(), "a storm was found", 100.0)
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)


def test_a_scheduler_that_dies_on_the_way(tmp_path: Path) -> None:
    """Said in a sentence, and what was done is kept."""
    words = ("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
    with dask(*words, says="Scheduler at:") as (address, pid), workers(address, 1):
        told = Kills(pid)
        with (
            pytest.raises(HarnessError, match="the scheduler is gone"),
            job(tmp_path / "there", address, told) as there,
        ):
            there.results(seeded(*range(1, 9)), works.asked)
    kept = (tmp_path / "there/points.jsonl").read_text().splitlines()
    assert len(kept) == 1 + len(told.done_points) > 1
