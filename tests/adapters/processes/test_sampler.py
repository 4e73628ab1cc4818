"""What the sampler looks at."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.processes.sampler import ASKED_YET_S, Sampler
from creditstorm.adapters.processes.vitals import (
    ALL_OPEN_FOR_S,
    OpenFilesPart,
    Tail,
    Vitals,
    open_files,
    waited_so_far_s,
)
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.schema import MACHINE, STRAIN
from creditstorm.record.seal import load_services


def test_a_process_that_was_started_again_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    """One name is one row: the new process counts, the dead one is not looked at any more."""
    sampler = Sampler(RunFolder(tmp_path), RunClock())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as old:
        sampler.watch("bureau", old.pid)
    sampler.watch("bureau", os.getpid())
    rows = [row for row in sampler._look() if row[1] == "bureau"]
    assert len(rows) == 1
    cpu, *strain, _held_s = rows[0][6:]
    assert cpu is not None
    assert len(strain) == len(STRAIN)


def test_a_process_is_seen_from_outside_and_in_what_it_leaves(tmp_path: Path) -> None:
    """Its lateness since the last look at worst, its open files, and what its log says ran out; each told once."""
    lags, log = tmp_path / "lag.txt", tmp_path / "log"
    vitals = Vitals(os.getpid(), Tail(log), (Tail(lags), Tail(tmp_path / "of-a-worker-that-is-not-up-yet.txt")))
    lags.write_text("0.0100\n0.2500\n0.0")
    log.write_text("OSError: [Errno 24] Too many open files\nError: too many open files\nout of memory\n")
    first = vitals.look()
    assert (first.lag_s, first.ran_out, first.ran_out_times) == (0.25, "EMFILE", 3)
    assert first.files is not None
    assert first.files > 2
    lags.write_text("0.0100\n0.2500\n0.0300\n")
    second = vitals.look()
    assert (second.lag_s, second.ran_out, second.ran_out_times) == (0.03, None, None)
    assert second.waited_s is None or second.waited_s >= 0.0


def test_a_silent_part_that_has_no_file_left_is_told_so(tmp_path: Path) -> None:
    """A second need not be over for it, and a library need not have logged it."""
    sampler = Sampler(RunFolder(tmp_path), RunClock())
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        sampler.watch("bureau", child.pid)
        assert sampler.likely_reason("bureau") == ""
        resource.prlimit(child.pid, resource.RLIMIT_NOFILE, (1, 1))
        assert sampler.likely_reason("bureau") == "most likely because bureau was out of open files (EMFILE)"


def test_a_run_that_was_starved_from_its_first_look_on_still_knows_who_was_late(tmp_path: Path) -> None:
    """What the processes noted themselves is read when it ends, although nobody looked in between."""
    folder = RunFolder(tmp_path)
    live = LiveFolder(folder.live).make()
    sampler = Sampler(folder, RunClock())
    sampler.watch("decision", os.getpid())
    live.lag("decision").write_text("0.0100\n1.5000\n")
    sampler.start()
    sampler.stop()
    rows = load_services(folder)
    assert rows is not None
    assert {row["service"]: row["lag_s"] for row in rows.to_pylist()} == {"decision": 1.5, "harness": None}


def test_a_program_of_somebody_else_is_probed(tmp_path: Path) -> None:
    """Nobody may look into it: how long it takes to answer, at most a second, stands for its lateness."""
    sampler = Sampler(RunFolder(tmp_path), RunClock())
    sampler.watch_by_probe("toxiproxy", "http://127.0.0.1:9/version", None)
    [row] = [row for row in sampler._look() if row[1] == "toxiproxy"]
    assert row[6:8] == (None, 1.0)


def test_a_process_that_may_open_no_file_more_is_told(tmp_path: Path) -> None:
    """It is alive and answers nobody; whoever is not expected to run is not looked at."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        part = OpenFilesPart("bureau", lambda: child.pid)
        assert part.look() is None
        resource.prlimit(child.pid, resource.RLIMIT_NOFILE, (1, 1))
        told = part.look()
        assert told is not None
        assert told.state.startswith("has all files open that it may (EMFILE); ulimit -n")
        assert told.patience_s == ALL_OPEN_FOR_S
    assert part.look() is None
    assert OpenFilesPart("bureau", lambda: None).look() is None


def test_open_files_are_counted_one_by_one(tmp_path: Path) -> None:
    """Of a living process; nothing is known of one that is gone, nor how long it waited."""
    before = open_files(os.getpid())
    assert before is not None
    with (tmp_path / "one").open("w"), (tmp_path / "two").open("w"):
        assert open_files(os.getpid()) == before + 2
    assert open_files(os.getpid()) == before
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    assert (open_files(gone.pid), waited_so_far_s(gone.pid)) == (None, None)


def test_what_is_seen_is_remembered_for_who_wonders_why_a_part_is_silent(tmp_path: Path) -> None:
    """A process of ours that came late is, a stranger that did not answer is not."""
    folder = RunFolder(tmp_path)
    lag = LiveFolder(folder.live).make().lag("bureau")
    sampler = Sampler(folder, RunClock())
    sampler.watch("bureau", os.getpid())
    sampler.watch_by_probe("toxiproxy", "http://127.0.0.1:9", None)
    lag.write_text("0.0100\n")
    assert list(sampler._look())
    assert "bureau" not in sampler.lately.likely_reason("decision")
    lag.write_text("0.0100\n2.5000\n")
    assert list(sampler._look())
    assert "bureau came round 2.5 s late" in sampler.lately.likely_reason("decision")


class _OutOfMemory(BaseHTTPRequestHandler):
    """A service that can make no page."""

    def do_GET(self) -> None:
        """As uvicorn says it."""
        self.send_response(500)
        self.end_headers()
        self.wfile.write(b"Internal Server Error")

    def log_message(self, *_: object) -> None:
        """Nothing on the screen."""


def test_a_service_that_can_make_no_page_has_no_counts(tmp_path: Path) -> None:
    """It is no failure of the harness that there is none."""
    sampler = Sampler(RunFolder(tmp_path), RunClock())
    with HTTPServer(("127.0.0.1", 0), _OutOfMemory) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        sampler.watch("bureau", os.getpid(), server.server_address[1])
        rows = list(sampler._look())
    assert [row[2:6] for row in rows if row[1] == "bureau"] == [(None, None, None, None)]


def test_once_the_end_has_come_nobody_is_waited_for_who_does_not_answer(tmp_path: Path) -> None:
    """Nine parts without a file to answer with would hold up the end by their time-outs; they still have their rows."""
    sampler = Sampler(RunFolder(tmp_path), RunClock())
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute.setblocking(False)
        port = mute.getsockname()[1]
        sampler.watch("bureau", os.getpid(), port)
        sampler.stop()
        assert time.monotonic() <= sampler._asks_until_s <= time.monotonic() + ASKED_YET_S
        sampler._asks_until_s = time.monotonic() - 1.0
        assert [row[1] for row in sampler._look()] == [MACHINE, "bureau"]
        with pytest.raises(BlockingIOError):
            mute.accept()
