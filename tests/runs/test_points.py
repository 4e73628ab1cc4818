"""The points of a job: computed once, on every core, and kept whatever ends the job."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from creditstorm.adapters.pool import pool_on
from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.job_folder import Result
from creditstorm.runs.live_points import live_results
from creditstorm.runs.points import Job, Point, Points, open_points
from creditstorm.scenario.model import Scenario
from tests.runs import works
from tests.runs.small import small_scenario

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 26, tzinfo=UTC)


class Told:
    """What an observer was told."""

    def __init__(self) -> None:
        self.begun: list[tuple[int, int]] = []
        self.done_points: list[str] = []

    def begin(self, total: int, kept: int) -> None:
        """How many."""
        self.begun.append((total, kept))

    def done(self, point: Point, result: Result) -> None:
        """Which."""
        self.done_points.append(point.name)


@contextmanager
def job(out: Path, told: Told | None = None, **asks: object) -> Iterator[Points]:
    """A job in this folder."""
    with open_points(
        Job("sweep", small_scenario(), asks), now=NOW, out=out, on=None, observer=told or Told()
    ) as points:
        yield points


def seeded(*seeds: int, why: str = "") -> list[Point]:
    """A point a seed."""
    return [Point(f"s{seed}", changed(seed, why)) for seed in seeds]


def changed(seed: int, why: str = "") -> Scenario:
    """The small scenario with this seed."""
    return small_scenario().model_copy(update={"seed": seed, **({"why": why} if why else {})})


def test_each_point_is_computed_once_and_its_place_is_the_callers(tmp_path: Path) -> None:
    """In another process, in the order asked for; what is known is not computed again, also in another session."""
    told = Told()
    with job(tmp_path / "j", told) as points:
        first = points.results(seeded(3, 1, 2), works.seed_of)
        again = points.results(seeded(4, 3), works.seed_of)
    assert [one["seed"] for one in first.values()] == [3, 1, 2]
    assert os.getpid() not in {one["pid"] for one in first.values()}
    assert again["s3"] == first["s3"]
    assert told.begun == [(3, 0), (2, 1)]
    assert told.done_points.count("s3") == 1
    with job(tmp_path / "j") as points:
        assert points.results(seeded(1, 2, 3, 4), works.dies) == {**dict(sorted(first.items())), "s4": again["s4"]}


def test_workers_are_forked_where_no_thread_is(tmp_path: Path) -> None:
    """From a process that has loaded once what all of them need; a thread that a fork leaves behind may hold a lock."""
    with job(tmp_path / "j") as points:
        found = points.results(seeded(1), works.seed_of)
        origin = psutil.Process(int(str(found["s1"]["pid"]))).parent()
        assert origin is not None
        assert origin.pid != os.getpid()
        assert origin.num_threads() == 1


def test_where_no_socket_has_a_place_workers_load_for_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary folder may have too long a name for one."""

    def refuse() -> None:
        raise OSError("AF_UNIX path too long")

    monkeypatch.setattr("multiprocessing.forkserver.ensure_running", refuse)
    with pool_on(None) as pool:
        worker = pool.submit(works.pid_of, None).result()
        assert psutil.Process(worker).ppid() == os.getpid()


def test_a_point_is_a_simulated_run(tmp_path: Path) -> None:
    """The real work in a worker gives what it gives here, and two seeds give two runs."""
    with job(tmp_path / "j") as points:
        found = points.results(seeded(1, 2), works.asked)
    assert found["s1"] == works.asked(changed(1))
    assert found["s1"] != found["s2"]


def test_a_worker_that_was_killed_costs_no_point(tmp_path: Path) -> None:
    """New ones take over, and what was known stays known."""
    with job(tmp_path / "j") as points:
        found = points.results(seeded(1, 2, 3, why=str(tmp_path / "died")), works.dies_once)
    assert (tmp_path / "died").exists()
    assert [one["seed"] for one in found.values()] == [1, 2, 3]


def test_workers_that_die_again_and_again_are_said(tmp_path: Path) -> None:
    """Exit 4, with what to look at."""
    with job(tmp_path / "j") as points, pytest.raises(HarnessError, match=r"before s1 was done\n.*memory"):
        points.results(seeded(1), works.dies)


@pytest.mark.parametrize(("work", "error"), [(works.refuses, "seed 1"), (works.not_a_number, "not JSON compliant")])
def test_what_the_work_raises_is_raised(work: object, error: str, tmp_path: Path) -> None:
    """And a result that is no JSON is refused before anybody reads it."""
    with job(tmp_path / "j") as points, pytest.raises(ValueError, match=error):
        points.results(seeded(1), work)  # type: ignore[arg-type]


def test_two_points_of_one_name_are_a_mistake_of_ours(tmp_path: Path) -> None:
    """One of them would be lost."""
    with job(tmp_path / "j") as points, pytest.raises(ValueError, match="two points"):
        points.results([*seeded(1), *seeded(1)], works.seed_of)


def test_another_job_is_not_gone_on_with(tmp_path: Path) -> None:
    """Other asks, another scenario for a point, another verb's folder, another code: nothing is mixed."""
    with job(tmp_path / "j", vary="a") as points:
        points.results(seeded(1), works.seed_of)
        with pytest.raises(UsageError, match="s1 was computed from another scenario"):
            points.results([Point("s1", changed(2))], works.seed_of)
    with pytest.raises(UsageError, match=r'asks\.vary then: "a"\n  asks.vary now:  "b"'), job(tmp_path / "j", vary="b"):
        pass
    with (
        pytest.raises(UsageError, match=r"asks\.seeds then: nothing\n.*now:  5"),
        job(tmp_path / "j", vary="a", seeds=5),
    ):
        pass
    with pytest.raises(UsageError, match=r"asks\.vary then: \"a\"\n.*now:  nothing"), job(tmp_path / "j"):
        pass
    lines = (tmp_path / "j/points.jsonl").read_text().splitlines()
    first = json.loads(lines[0])
    first["job"]["code"]["code"] = "older"
    (tmp_path / "j/points.jsonl").write_text("\n".join([json.dumps(first), *lines[1:]]) + "\n")
    with pytest.raises(UsageError, match=r"code\.code then"), job(tmp_path / "j", vary="a"):
        pass


@pytest.mark.parametrize(
    ("line", "number"), [("{", 2), ("[]", 2), ('{"point": 7}', 2), ('{"point": "s1", "scenario": "x"}', 2), ("{}", 1)]
)
def test_a_damaged_journal_is_said_at_its_line(line: str, number: int, tmp_path: Path) -> None:
    """File, line, remedy."""
    with job(tmp_path / "j"):
        pass
    journal = tmp_path / "j/points.jsonl"
    journal.write_text((journal.read_text() if number == 2 else "") + line + "\n")
    with pytest.raises(UsageError, match=rf"points\.jsonl:{number}: not a line"), job(tmp_path / "j"):
        pass


def test_a_torn_last_line_is_computed_again(tmp_path: Path) -> None:
    """What a kill left half written."""
    with job(tmp_path / "j") as points:
        points.results(seeded(1), works.seed_of)
    journal = tmp_path / "j/points.jsonl"
    journal.write_text(journal.read_text()[:-5])
    told = Told()
    with job(tmp_path / "j", told) as points:
        points.results(seeded(1), works.seed_of)
    assert told.done_points == ["s1"]


def test_nobody_else_writes_into_it_meanwhile(tmp_path: Path) -> None:
    """One process a folder."""
    with (
        job(tmp_path / "j"),
        pytest.raises(UsageError, match="another creditstorm is at work"),
        job(tmp_path / "j"),
    ):
        pass


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupt_keeps_what_is_done_and_leaves_nobody(how: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C reaches the whole group: the workers end with the job, without a word, wherever one stands.

    Where the job alone is killed they end as well.
    """
    for trap in ("multiprocessing", "signal", "yaml", "polars"):
        (tmp_path / f"{trap}.py").write_text("raise SystemExit('imported from the working directory')")
    (tmp_path / "go.py").write_text(
        textwrap.dedent(f"""
        import signal, sys
        signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs in the background has none
        sys.path[:] = [p for p in sys.path if p != {str(tmp_path)!r}] + [{str(ROOT)!r}]
        from pathlib import Path
        from tests.runs import test_points, works
        if __name__ == "__main__":
            class Said(test_points.Told):
                def done(self, point, result):
                    print(point.name, result["pid"], flush=True)
            with test_points.job(Path("j"), Said()) as points:
                points.results(test_points.seeded(1, 2, 3, 4), works.slow)
        """)
    )
    running = subprocess.Popen(
        [sys.executable, "-P", "go.py"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stdout is not None
    name, pid = running.stdout.readline().split()
    workers = [child.pid for child in psutil.Process(running.pid).children(recursive=True)]
    assert int(pid) in workers
    (os.killpg if how == signal.SIGINT else os.kill)(running.pid, how)
    _, errors = running.communicate(timeout=30)
    assert errors.count("KeyboardInterrupt") == errors.count("Traceback") == (how == signal.SIGINT)
    assert "imported" not in errors
    assert name in (tmp_path / "j/points.jsonl").read_text()
    deadline_s = time.monotonic() + 20
    while any(map(psutil.pid_exists, workers)) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert not [pid for pid in workers if psutil.pid_exists(pid)]


def test_a_live_run_that_is_known_is_not_carried_out_again(tmp_path: Path) -> None:
    """Its result is the one of before, and no run folder is made; whoever listens is told how many are known."""
    told = Told()
    with job(tmp_path / "j") as points:
        points.keep(seeded(1)[0], {"passed": True})
    with job(tmp_path / "j", told) as points:
        assert live_results(points, seeded(1), works.record_of_nobody) == {"s1": {"passed": True}}
    assert told.begun == [(1, 1)]
    assert [path.name for path in (tmp_path / "j").iterdir()] == ["points.jsonl"]
