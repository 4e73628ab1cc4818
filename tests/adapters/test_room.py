"""What a plan needs beside time, and where this machine has not got it."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
from creditstorm.adapters import disk, room, yardstick
from creditstorm.adapters.preflight import Finding

AT_30 = room.Needs(peak_hz=30.0, rows=800.0, deadline_s=2.0)


@pytest.mark.parametrize(
    ("finding", "ok"),
    [
        (room.check_files(AT_30, 1024), True),
        (room.check_files(AT_30, 216), True),
        (room.check_files(AT_30, 215), False),
        (room.check_files(room.Needs(1.0, 10.0, 2.0), 64), False),
        (room.check_calling_ports(AT_30, "32768\t60999\n"), True),
        (room.check_calling_ports(AT_30, "32768 32800"), False),
        (room.check_calling_ports(AT_30, ""), True),
        (room.check_address_space(-1), True),
        (room.check_address_space(4 << 30), True),
        (room.check_address_space(1 << 30), False),
        (room.check_memory(AT_30, 1 << 30), True),
        (room.check_memory(AT_30, 1 << 28), False),
        (room.check_memory(room.Needs(30.0, 1e7, 2.0), 1 << 33), False),
    ],
)
def test_limits(finding: Finding, ok: bool) -> None:
    """Each check draws the line where it says, and whatever is not ok comes with a remedy."""
    assert finding.ok == ok
    assert finding.ok or finding.remedy


def test_a_disk_without_room_for_the_rows_is_found_out(tmp_path: Path) -> None:
    """More rows than any disk holds are refused, also for a folder that is yet to be made."""
    assert room.check_disk(AT_30, tmp_path / "new").ok
    endless = room.check_disk(room.Needs(30.0, 1e18, 2.0), tmp_path / "new")
    assert not endless.ok
    assert "--out" in endless.remedy


def test_a_storm_may_need_more_than_calm() -> None:
    """Between the two a plan is warned of, not refused."""
    assert AT_30.files < 400 < AT_30.files_in_storm
    assert [found.name for found in room.may_not_work(AT_30, 400) if not found.ok] == ["open files"]
    assert all(found.ok for found in room.may_not_work(AT_30, 1024))


def test_the_measure_is_in_answers_a_second_and_remembered(tmp_path: Path) -> None:
    """Two processes do rounds at once; what is remembered by another hand and makes no sense is not known."""
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    assert yardstick.last_held_hz(environ) is None
    held_hz = yardstick.measured_hz(2.0, for_s=0.05)
    assert held_hz > 0.0
    yardstick.remember(held_hz, environ)
    assert yardstick.last_held_hz(environ) == held_hz
    for nonsense in ("", "[]", '{"answers_hz": "many"}', '{"answers_hz": NaN}', '{"answers_hz": 0}'):
        (tmp_path / "creditstorm" / "held.json").write_text(nonsense)
        assert yardstick.last_held_hz(environ) is None


@pytest.mark.parametrize(("asked_hz", "held_hz"), [(50.0, 100.0), (50.5, 90.0), (500.0, 90.0)])
def test_a_box_is_looked_at_for_longer_only_where_a_glance_leaves_a_doubt(asked_hz: float, held_hz: float) -> None:
    """Below half of what a glance finds that is the answer; the longer look is trusted elsewhere."""
    looks = {yardstick.GLANCE_S: 100.0, yardstick.FOR_S: 90.0}
    assert yardstick.holds_hz(2.0, asked_hz, lambda _cores, for_s: looks[for_s]) == held_hz


def test_a_cache_that_cannot_be_written_ends_nothing(tmp_path: Path) -> None:
    """It is a convenience."""
    (tmp_path / "creditstorm").write_text("")
    yardstick.remember(3.0, {"XDG_CACHE_HOME": str(tmp_path)})
    assert yardstick.last_held_hz({"XDG_CACHE_HOME": str(tmp_path)}) is None
    assert [path.name for path in tmp_path.iterdir()] == ["creditstorm"]


def test_what_a_usual_plan_needs_is_examined(tmp_path: Path) -> None:
    """Ports to call from, memory and disk are told with figures; a folder that does not exist yet will be made."""
    found = {finding.name: finding for finding in room.examined(tmp_path / "a" / "b")}
    assert list(found) == ["calling ports", "address space", "CPU time", "memory", "disk"]
    assert "ports to call from" in found["calling ports"].detail
    assert "MiB are free, about 422 are needed" in found["memory"].detail
    assert found["disk"].ok
    assert not (tmp_path / "a").exists()


def test_a_control_group_without_memory_is_found_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """However much of it the machine has."""
    monkeypatch.setattr(room, "memory_allowed", lambda: 2.0**20)
    memory = next(finding for finding in room.examined(tmp_path) if finding.name == "memory")
    assert (memory.ok, memory.detail) == (False, "1 MiB are free, about 422 are needed")


def test_results_below_a_file(tmp_path: Path) -> None:
    """A results folder that cannot be made is found out before the run."""
    (tmp_path / "file").write_text("")
    *_, finding = room.examined(tmp_path / "file" / "results")
    assert (finding.ok, finding.remedy) == (False, "give another folder with --out")


def test_what_sealing_takes_follows_from_what_is_recorded(tmp_path: Path) -> None:
    """Room for the report, and as much again as was recorded."""
    (tmp_path / "answers-0.arrows").write_bytes(b"x" * 5_000)
    assert disk.to_seal(tmp_path) == disk.ROOM_TO_SEAL + 5_000


def test_a_name_that_no_file_can_have_does_not_exist(tmp_path: Path) -> None:
    """Whoever makes the folder says what is wrong with it."""
    assert disk.existing(tmp_path / ("x" * 300) / "run") == tmp_path


@pytest.mark.parametrize(("limit", "ok"), [(95, False), (96, True)])
def test_a_simulated_run_needs_some_open_files_too(limit: int, ok: bool) -> None:
    """Without them a library ends it with words of its own."""
    finding = room.check_own_files(limit)
    assert finding.ok is ok
    assert finding.remedy == "ulimit -Hn 96 or more, in the shell that starts creditstorm"


@pytest.mark.parametrize(
    ("limits", "ok", "told"),
    [
        ((24, 24), False, "24 s are allowed"),
        ((24, 34), False, "34 s, the last 10 to end, are allowed"),
        ((24, resource.RLIM_INFINITY), False, "24 s are allowed"),
        ((25, 35), True, "35 s, the last 10 to end, are allowed"),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), True, "no limit"),
    ],
)
def test_who_may_not_come_to_the_end_does_not_begin(limits: tuple[int, int], ok: bool, told: str) -> None:
    """The kernel ends whoever has used up its CPU time; 20,000 answers take one process 25 s where half ask again."""
    finding = room.check_cpu_time(limits, room.ORDINARY.cpu_s)
    assert finding.ok is ok
    assert finding.detail.startswith(told)
    assert finding.remedy == "ulimit -t unlimited, in the shell that starts creditstorm, or plan fewer people"


def test_who_has_no_home_remembers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may run under a number that nobody knows; its load is measured each time."""

    def homeless(_path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", homeless)
    yardstick.remember(30.0, {})
    assert yardstick.last_held_hz({}) is None


def test_the_cpu_time_of_a_plan_is_in_proportion_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little for the calm is refused, too little for a storm is warned of."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (30, 40))
    (told,) = (found for found in room.may_not_work(room.ORDINARY, 10**6) if not found.ok)
    assert told.detail == "40 s, the last 10 to end, are allowed to a process, about 50 are needed"


@pytest.mark.parametrize(("more", "ok"), [(63, False), (64, True)])
def test_a_run_needs_threads_for_all_its_processes(more: int, ok: bool) -> None:
    """The remedy names both limits that there may be."""
    finding = room.check_threads(more)
    assert finding.ok is ok
    assert "ulimit -u" in finding.remedy
    assert "pids.max" in finding.remedy
