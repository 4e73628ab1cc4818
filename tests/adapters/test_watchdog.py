"""Whatever a run needs and that fails is told, by name and state; what is wanted, short or over is not."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from creditstorm.adapters import watchdog
from creditstorm.adapters.disk import ROOM_TO_SEAL
from creditstorm.adapters.inbox import QueueInbox
from creditstorm.adapters.probing.probe import Ask
from creditstorm.adapters.system import build
from creditstorm.adapters.watchdog import (
    Address,
    AnsweringPart,
    BeatingPart,
    DiskPart,
    DuePart,
    ProcessPart,
    RunPart,
    Watchdog,
)
from creditstorm.engine.events import PartFailed
from creditstorm.record.folder import RunFolder
from creditstorm.scenario.text.loader import load

ROOT = Path(__file__).parents[2]

PATIENT = int(watchdog.STOPPED_FOR_S / watchdog.LOOK_EVERY_S)


def dog() -> Watchdog:
    """A watchdog at 7 s whose rounds a test makes."""
    return Watchdog(lambda: 7.0, lambda _: None)


def rounds(part: RunPart, count: int) -> PartFailed | None:
    """The last of so many rounds of a watchdog that has one part."""
    one = dog()
    seen = [one.round([part]) for _ in range(count)]
    assert seen[:-1] == [None] * (count - 1)
    return seen[-1]


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that would sleep for a minute."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process
        process.kill()


def until(true: Callable[[], bool]) -> None:
    """Wait for it, at most 10 s."""
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_a_process_that_is_stopped_ended_or_well_is_seen_as_that(child: subprocess.Popen[bytes]) -> None:
    """By the kernel's own word, also where nobody has waited for it."""
    part = ProcessPart("bureau", lambda: child.pid)
    assert part.look() is None
    child.send_signal(signal.SIGSTOP)
    until(lambda: part.look() == watchdog.Trouble("is stopped (SIGSTOP)", watchdog.STOPPED_FOR_S))
    child.send_signal(signal.SIGCONT)
    until(lambda: part.look() is None)
    child.kill()
    until(lambda: part.look() == watchdog.Trouble("has ended", watchdog.GONE_FOR_S, ended=True))
    child.wait()
    assert part.look() == watchdog.Trouble("has ended", watchdog.GONE_FOR_S, ended=True)


@pytest.mark.parametrize("status", [psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP])
def test_one_that_stands_still_is_told_with_its_last_lines(status: str) -> None:
    """After two seconds: a shorter stop is a doubt of the verdict."""
    part = ProcessPart("income", lambda: 1, lambda: ("boom",), status=lambda _: status)
    assert rounds(part, PATIENT) is None
    failed = PartFailed(t_s=7.0, part="income", state="is stopped (SIGSTOP)", last_lines=("boom",))
    assert rounds(part, PATIENT + 1) == failed


def test_short_stops_do_not_add_up() -> None:
    """Each is forgotten with the next look that finds nothing wrong."""
    status = iter(([psutil.STATUS_STOPPED] * PATIENT + [psutil.STATUS_RUNNING]) * 3)
    assert rounds(ProcessPart("income", lambda: 1, status=lambda _: next(status)), 3 * PATIENT + 3) is None


def test_a_process_that_nobody_expects_is_not_missed() -> None:
    """A scenario killed it, or it said that it is done."""
    part = ProcessPart("income", lambda: None, status=lambda _: psutil.STATUS_DEAD)
    assert rounds(part, 50) is None


@pytest.mark.parametrize("status", [psutil.STATUS_RUNNING, psutil.STATUS_SLEEPING, psutil.STATUS_DISK_SLEEP])
def test_one_that_works_or_waits_is_well(status: str) -> None:
    """However long."""
    assert rounds(ProcessPart("income", lambda: 1, status=lambda _: status), 50) is None


@pytest.mark.parametrize("mute", [False, True])
def test_who_does_not_answer_is_told_after_two_questions(*, mute: bool) -> None:
    """Whether nobody is there or somebody who says nothing; one question in vain is no failure."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if not mute:
            server.close()
        address = Address("127.0.0.1", port, Ask(answer_within_s=0.02), 0.5)
        part = AnsweringPart("the store", lambda: address)
        part.ask()
        assert part.look() is None
        part.ask()
        assert part.look() == watchdog.Trouble("does not answer" if mute else "takes no connections", silent=True)


def test_who_need_not_answer_is_not_asked_and_old_silence_is_forgotten() -> None:
    """A fault of the scenario stops it in between."""
    nobody = Address("127.0.0.1", 1, Ask(answer_within_s=0.02), 0.5)
    expected = iter([nobody, nobody, None, nobody, nobody])
    part = AnsweringPart("bureau", lambda: next(expected))
    for _ in range(3):
        part.ask()
    assert part.look() is None


def test_a_load_that_gives_no_sign_is_told() -> None:
    """The same sign for ten seconds; a new one, or none that is expected, starts anew."""
    count = int(watchdog.SILENT_FOR_S / watchdog.LOOK_EVERY_S)
    silent = rounds(BeatingPart("locust", lambda: 5), count + 2)
    assert silent is not None
    assert silent.state == "has given no sign of life for 10 s"
    beats = iter(range(3 * count))
    assert rounds(BeatingPart("locust", lambda: next(beats) // (count - 1)), 2 * count) is None
    assert rounds(BeatingPart("locust", lambda: None), 2 * count) is None


def test_what_is_not_over_in_time_is_told_at_once() -> None:
    """Its time follows from the plan."""
    states = iter([None, None, "goes on"])
    told = rounds(DuePart("locust", lambda: next(states)), 3)
    assert told is not None
    assert (told.part, told.state) == ("locust", "goes on")


def test_a_disk_is_told_while_there_is_room_to_seal(tmp_path: Path) -> None:
    """Room for the report, and as much again as was recorded."""
    (tmp_path / "answers-0.arrows").write_bytes(b"x" * 1_000_000)
    enough = ROOM_TO_SEAL + 1_000_000
    assert rounds(DiskPart(tmp_path, free=lambda _: enough), 9) is None
    told = rounds(DiskPart(tmp_path, free=lambda _: enough - 1), 1)
    assert told is not None
    assert told.state == "has 9.0 MB left, and sealing the record may take 9.0 MB"


def test_a_record_that_was_removed_is_told(tmp_path: Path) -> None:
    """Nothing more can be kept."""
    told = rounds(DiskPart(tmp_path / "gone"), 3)
    assert told is not None
    assert "no longer holds the record: No such file or directory" in told.state


def test_a_record_that_may_not_be_written_any_more_is_told(tmp_path: Path) -> None:
    """Whatever took it away: its mode, its mount, an attribute."""
    told = rounds(DiskPart(tmp_path, writable=lambda _: False), 1)
    assert told is not None
    assert told.state == f"takes no record any more: {tmp_path} is read-only"


def test_the_first_failure_is_posted_once(child: subprocess.Popen[bytes]) -> None:
    """By threads that a run starts; the watch is over then."""
    inbox = QueueInbox()
    one = Watchdog(lambda: 7.0, inbox.post)
    child.kill()
    one.start([DuePart("well", lambda: None), ProcessPart("bureau", lambda: child.pid), DuePart("b", lambda: None)])
    try:
        assert inbox.get(10.0) == PartFailed(t_s=7.0, part="bureau", state="has ended")
        assert inbox.get(3 * watchdog.LOOK_EVERY_S) is None
    finally:
        one.stop()


def test_a_silent_part_is_told_with_the_machine_that_starved_it() -> None:
    """One that ended or stands still was seen to, whatever else goes on."""
    busy = Watchdog(lambda: 7.0, lambda _: None, lambda part: f"{part} had no core")
    silent = busy.round([DuePart("locust", lambda: "goes on")])
    assert silent is not None
    assert silent.state == "goes on; locust had no core"
    stopped = ProcessPart("income", lambda: 1, status=lambda _: psutil.STATUS_STOPPED)
    told = [busy.round([stopped]) for _ in range(PATIENT + 1)][-1]
    assert told is not None
    assert told.state == "is stopped (SIGSTOP)"


def test_one_that_ended_is_told_with_the_kernel_that_killed_it(child: subprocess.Popen[bytes]) -> None:
    """A worker of the load is no child of ours, so nobody knows its exit code; one that is silent was not killed."""
    kills = Watchdog(lambda: 7.0, lambda _: None, why_killed=lambda: "because memory ran out")
    part = ProcessPart("locust worker 1", lambda: child.pid, status=lambda _: psutil.STATUS_DEAD)
    told = [kills.round([part]) for _ in range(int(watchdog.GONE_FOR_S / watchdog.LOOK_EVERY_S) + 1)][-1]
    assert told is not None
    assert told.state == "has ended; because memory ran out"
    silent = kills.round([DuePart("locust", lambda: "goes on")])
    assert silent is not None
    assert silent.state == "goes on"


def test_a_run_asks_its_own_sampler_why(tmp_path: Path) -> None:
    """The watchdog of a live run knows how its processes fared."""
    assembled = build(load(ROOT / "scenarios" / "calm.yaml"), RunFolder(tmp_path), 1)
    assembled.system.sampler.lately.note("bureau", 3.0, None, 1.0)
    assert "bureau came round 3.0 s late" in assembled.load.watchdog.likely_reason("decision")


def at_last(*parts: RunPart) -> PartFailed | None:
    """What is told of these once the load is over and nobody looks any more."""
    one = dog()
    one.stop()
    one.start(parts)
    return one.last_look()


def test_who_ended_in_the_last_moment_is_told_without_patience(child: subprocess.Popen[bytes]) -> None:
    """When the load is over nobody looks again."""
    assert dog().last_look() is None
    parts = DuePart("locust", lambda: "goes on"), ProcessPart("bureau", lambda: child.pid, lambda: ("boom",))
    assert at_last(*parts) is None
    child.kill()
    until(lambda: at_last(*parts) is not None)
    assert at_last(*parts) == PartFailed(t_s=7.0, part="bureau", state="has ended", last_lines=("boom",))


def test_who_stands_still_in_the_last_moment_is_told_unless_it_goes_on() -> None:
    """One that goes on tells of its lateness itself."""
    looked = iter([psutil.STATUS_STOPPED] * (PATIENT - 1) + [psutil.STATUS_SLEEPING])
    assert at_last(ProcessPart("income", lambda: 1, status=lambda _: next(looked))) is None
    still = at_last(ProcessPart("income", lambda: 1, status=lambda _: psutil.STATUS_STOPPED))
    assert still == PartFailed(t_s=7.0, part="income", state="is stopped (SIGSTOP)")


def test_who_is_silent_in_the_last_moment_is_told() -> None:
    """A borrowed server has no process of ours: it is asked once more, and who need not answer is not."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = Address("127.0.0.1", server.getsockname()[1], Ask(answer_within_s=0.02), 0.5)
        mute = at_last(AnsweringPart("the store", lambda: address))
    gone = at_last(AnsweringPart("excused", lambda: None), AnsweringPart("the store", lambda: address))
    assert (mute, gone) == (
        PartFailed(t_s=7.0, part="the store", state="does not answer"),
        PartFailed(t_s=7.0, part="the store", state="takes no connections"),
    )
