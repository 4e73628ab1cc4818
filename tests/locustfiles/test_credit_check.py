"""The real locustfile in a real Locust, against a stub lender in another process."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from subprocess import run

import pytest
from creditstorm.credit.applicants import Population
from creditstorm.credit.changes import ConsentRevoked, ProfileUpdate, StrategyChange
from creditstorm.credit.oracle import Oracle
from creditstorm.credit.strategy import Strategy
from creditstorm.demand.load_plan import RateStage
from creditstorm.demand.taps import schedule
from creditstorm.record.files import read_json_object
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.schema import GENERATOR
from creditstorm.record.seal import load_answers, seal
from tests.generator.storms import PATIENCE_S, REPO, Storming, gone, locust, processes, storming, stub_lender

pytestmark = pytest.mark.storm
CHANGES = (
    StrategyChange(name="v2", from_s=1.0, until_s=2.0, strategy=Strategy("v2", 600.0), legitimate=True),
    ProfileUpdate(name="job", from_s=0.5, source="income", share=0.4, factor=0.5),
    ConsentRevoked(name="consent", from_s=0.5, until_s=2.5, source="bureau", share=0.5),
)
LOCUST_GIVES_UP_S = 5.0
"""Three heartbeats a second apart, one more look, and a second to spare."""
LONG = [{"for_s": 60, "from_hz": 60, "to_hz": 60}]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with stub_lender() as url:
        yield url


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, url: str) -> tuple[Storming, Storming]:
    """A load alone and one of two workers under changes, to their ends; two beside each other, because both wait."""
    root, changes = tmp_path_factory.mktemp("whole"), [asdict(change) for change in CHANGES]
    with storming(root / "one", url) as one, storming(root / "two", url, workers=2, changes=changes) as two:
        # Who waits for the start notes how late it comes round meanwhile; else all of the wait would be lateness.
        one.wait_for(lambda: noted(one, 0))
        two.wait_for(lambda: noted(two, 1))
        one.start()
        two.start()
        assert [one.process.wait(PATIENCE_S), two.process.wait(PATIENCE_S)] == [0, 0]
    return one, two


def noted(storm: Storming, worker: int) -> bool:
    """Whether a worker has written down how late it came round in a second."""
    lag = storm.live.lag(f"{GENERATOR}-{worker}")
    return lag.exists() and lag.stat().st_size > 0


def first_taps(folder: RunFolder) -> list[tuple[int, int, float]]:
    rows = load_answers(folder).select(["session", "applicant", "intended_s", "attempt"]).to_pylist()
    return sorted((r["session"], r["applicant"], r["intended_s"]) for r in rows if r["attempt"] == 1)


def test_any_number_of_processes_brings_the_same_people_at_the_same_instants(whole: tuple[Storming, Storming]) -> None:
    """Alone or as two workers, the first taps are those of the schedule, whatever else changes."""
    one, two = whole
    plan = schedule((RateStage(3, 30, 30),), seed=7, people=500)
    expected = list(zip(plan.session.tolist(), plan.applicant.tolist(), plan.intended_s.tolist(), strict=True))
    assert first_taps(one.folder) == expected
    assert first_taps(two.folder) == expected
    assert [two.live.done(worker).exists() for worker in (0, 1)] == [True, True]
    assert set(load_answers(two.folder).column("worker").to_pylist()) == {0, 1}


def test_answers_are_classified_and_no_credit_brings_re_taps(whole: tuple[Storming, Storming]) -> None:
    """The stub tells every third applicant "no credit"; some of them tap again."""
    rows = load_answers(whole[0].folder).to_pylist()
    assert {row["answer"] for row in rows} == {"approved", "no_credit"}
    assert all((row["applicant"] % 3 == 0) == (row["answer"] == "no_credit") for row in rows)
    wrongful = {row["truth"] for row in rows if row["outcome"] == "wrongful_no_credit"}
    assert wrongful == {"eligible"}
    assert {row["answer"] for row in rows if row["attempt"] > 1} == {"no_credit"}
    assert all(row["intended_s"] <= row["sent_s"] <= row["done_s"] for row in rows)
    assert {row["bureau_status"] for row in rows} == {"ok"}


def test_closed_model_is_so_many_people_at_a_time(tmp_path: Path, url: str) -> None:
    """Four users over two processes: each session belongs to one, intended when it is sent."""
    users = {"count": 4, "for_s": 2.0, "think_s": 0.1}
    with storming(tmp_path / "run", url, workers=2, arrivals=None, users=users, drain_s=1.0) as storm:
        storm.start()
        assert storm.process.wait(PATIENCE_S) == 0, storm.output()
    rows = load_answers(storm.folder).to_pylist()
    assert {row["session"] % 4 for row in rows} == {0, 1, 2, 3}
    assert all(row["intended_s"] == row["sent_s"] for row in rows)


@pytest.mark.parametrize("workers", [1, 2])
def test_sigterm_keeps_every_row(tmp_path: Path, url: str, workers: int) -> None:
    """Told to stop, Locust intends nothing more, keeps what it has and exits 0."""
    with storming(tmp_path / "run", url, workers=workers, arrivals=LONG) as storm:
        storm.start()
        storm.wait_for(lambda: all(storm.progress(w).get("answered", 0) != 0 for w in range(workers)))
        said = [int(str(storm.progress(worker)["answered"])) for worker in range(workers)]
        storm.process.terminate()
        assert storm.process.wait(PATIENCE_S) == 0, storm.output()
    done = [read_json_object(storm.live.done(worker)) for worker in range(workers)]
    rows = load_answers(storm.folder)
    assert rows.num_rows == sum(int(str((words or {})["recorded"])) for words in done)
    assert rows.num_rows >= sum(said)
    assert set(rows.column("answer").to_pylist()) == {"approved", "no_credit"}


@pytest.mark.parametrize("workers", [1, 2])
def test_kill_9_leaves_no_process_and_every_flushed_row(tmp_path: Path, url: str, workers: int) -> None:
    """The workers die with their master; what was answered before the last flush is there."""
    with storming(tmp_path / "run", url, workers=workers, arrivals=LONG) as storm:
        storm.start()
        storm.wait_for(lambda: all(storm.progress(w).get("answered", 0) != 0 for w in range(workers)))
        said = [storm.progress(worker) for worker in range(workers)]
        storm.wait_for(lambda: all(storm.progress(w)["t_s"] != said[w]["t_s"] for w in range(workers)))
        pids = storm.pids()
        storm.process.kill()
        storm.process.wait(PATIENCE_S)
        assert gone(pids)
    assert not any(storm.live.done(worker).exists() for worker in range(workers))
    answers = load_answers(storm.folder)
    assert answers.num_rows >= sum(int(str(words["answered"])) for words in said)
    seal(storm.folder)
    assert load_answers(storm.folder).equals(answers)


def test_a_worker_that_dies_is_missed_and_the_others_go_on(tmp_path: Path, url: str) -> None:
    """The dead worker leaves no done marker, the other one all its rows, and the master ends, saying so."""
    with storming(tmp_path / "run", url, workers=2) as storm:
        storm.start()
        storm.wait_for(lambda: all(storm.progress(w).get("answered", 0) != 0 for w in range(2)))
        os.kill(storm.pids()[1], signal.SIGKILL)
        assert storm.process.wait(PATIENCE_S) == 1
    assert [storm.live.done(worker).exists() for worker in range(2)] == [True, False]


def test_workers_that_get_no_core_for_seconds_are_not_given_up(tmp_path: Path, url: str) -> None:
    """Silent for longer than Locust waits by itself, both still intend all that they were given, only late."""
    with storming(tmp_path / "run", url, workers=2) as storm:
        storm.start()
        pids = storm.pids()
        for signal_number, then_s in ((signal.SIGSTOP, LOCUST_GIVES_UP_S + 2.0), (signal.SIGCONT, 0.0)):
            for pid in pids:
                os.kill(pid, signal_number)
            time.sleep(then_s)
        assert storm.process.wait(PATIENCE_S) == 0, storm.output()
    done = [read_json_object(storm.live.done(worker)) or {} for worker in range(2)]
    assert [words["stopped"] for words in done] == [False, False]
    assert len(first_taps(storm.folder)) == len(schedule((RateStage(3, 30, 30),), seed=7, people=500).session)


def test_by_itself_it_needs_a_host_and_nothing_else(tmp_path: Path, url: str) -> None:
    """Without the harness: Locust's own statistics, and every answer in one file if asked for."""
    options = ("-H", url, "-t", "2s", "-u", "9", "--arrival-rate", "40", "--seed", "5")
    with locust(*options, "--record", str(tmp_path / "run")) as process:
        output = process.communicate(timeout=PATIENCE_S)[0]
    assert process.returncode == 0, output
    assert "/v1/credit-check" in output
    plan = schedule((RateStage(2, 40, 40),), seed=5, people=100_000)
    assert [tap[1] for tap in first_taps(RunFolder(tmp_path / "run"))] == plan.applicant.tolist()


def test_interrupted_by_itself_it_still_keeps_every_answer(tmp_path: Path, url: str) -> None:
    """Ctrl-C ends a stand-alone load of two processes with its answers in one file."""
    options = ("-H", url, "--arrival-rate", "80", "--record", str(tmp_path / "run"))
    with locust(*options, *processes(2)) as process:
        progress = LiveFolder(tmp_path / "run" / "live").progress(1)
        while not (read_json_object(progress) or {}).get("answered"):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=PATIENCE_S)[0]
    assert process.returncode == 0, output
    assert {path.name for path in (tmp_path / "run").iterdir()} == {"answers.parquet"}
    assert set(load_answers(RunFolder(tmp_path / "run")).column("worker").to_pylist()) == {0, 1}


def test_failures_are_measured_not_a_failed_run(tmp_path: Path) -> None:
    """A lender that is not there makes errors in the record and exit code 0."""
    options = ("-H", "http://127.0.0.1:9", "-t", "1s", "--record", str(tmp_path / "run"))
    with locust(*options) as process:
        output = process.communicate(timeout=PATIENCE_S)[0]
    assert process.returncode == 0, output
    rows = load_answers(RunFolder(tmp_path / "run"))
    assert set(rows.column("error").to_pylist()) == {"ECONNREFUSED"}


def test_a_wrong_plan_is_one_message(tmp_path: Path) -> None:
    """Exit 1 with the file and the key, and no traceback."""
    (tmp_path / "load.json").write_text('{"seed": "x"}')
    with locust("-H", "http://127.0.0.1:9", env={"CREDITSTORM_LOAD": str(tmp_path / "load.json")}) as process:
        output = process.communicate(timeout=PATIENCE_S)[0]
    assert process.returncode == 1
    assert "load.json: not a plan of a load:\n  seed: Input should be a valid integer" in output
    assert "Traceback" not in output


def test_importing_the_locustfile_starts_nothing() -> None:
    """Neither a greenlet nor a file nor a connection comes of the import."""
    greenlets = "print([o for o in gc.get_objects() if type(o) is gevent.Greenlet])"
    code = f"import locustfiles.credit_check, gc, gevent; {greenlets}"
    done = run([sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_each_tap_is_judged_at_its_instant(whole: tuple[Storming, Storming]) -> None:
    """While rules and people change, every row of both workers holds what both oracles say at its instant."""
    oracle = Oracle(Population(7, 500), Strategy(), CHANGES)
    rows = load_answers(whole[1].folder).to_pylist()
    for row in rows:
        in_force, stable = oracle.truth_at(row["applicant"], row["intended_s"])
        expected = (in_force.eligibility, in_force.limit_cny, in_force.score, stable.eligibility)
        assert (row["truth"], row["truth_limit_cny"], row["truth_score"], row["truth_stable"]) == expected
    differ = [row["intended_s"] for row in rows if row["truth"] != row["truth_stable"]]
    assert differ
    assert 1.0 <= min(differ) <= max(differ) < 2.0
