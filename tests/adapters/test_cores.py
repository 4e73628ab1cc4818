"""How much may be used of cores and memory: affinity, and the limits of control groups, version 1 and 2."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from creditstorm.adapters.cores import cores_allowed, killed_for_memory, memory_allowed, usable_cores

ALL = float(len(usable_cores()))


@pytest.mark.parametrize(
    ("own", "files", "cores"),
    [
        ("0::/\n", {"cpu.max": "50000 100000"}, 0.5),
        ("0::/a/b\n", {"a/b/cpu.max": "max 100000", "a/cpu.max": "25000 100000"}, 0.25),
        ("0::/of/the/host\n", {"cpu.max": "50000 100000"}, 0.5),
        ("0::/\n", {"cpu.max": "max 100000"}, ALL),
        ("0::/\n", {}, ALL),
        ("0::/\n", {"cpu.max": "9900000 100000"}, ALL),
        (
            "4:cpu,cpuacct:/x\n",
            {"cpu,cpuacct/x/cpu.cfs_quota_us": "50000", "cpu,cpuacct/x/cpu.cfs_period_us": "100000"},
            0.5,
        ),
        ("4:cpu:/x\n", {"cpu/cpu.cfs_quota_us": "50000", "cpu/cpu.cfs_period_us": "100000"}, 0.5),
        ("4:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, ALL),
        ("7:memory:/x\n", {}, ALL),
    ],
)
def test_the_tightest_quota_of_all_groups_around_us_holds(
    tmp_path: Path, own: str, files: dict[str, str], cores: float
) -> None:
    """Ours, one around it, or what a container sees at the root; no quota leaves the affinity."""
    _written(tmp_path, own, files)
    assert cores_allowed(tmp_path / "groups", tmp_path / "own") == cores


@pytest.mark.parametrize(
    ("own", "files", "left"),
    [
        ("0::/\n", {"memory.max": "1000", "memory.current": "600"}, 400.0),
        ("0::/\n", {"memory.max": "1000", "memory.current": "600", "memory.stat": "anon 9\ninactive_file 100"}, 500.0),
        ("0::/a/b\n", {"a/b/memory.max": "max", "a/memory.max": "70", "a/memory.current": "90"}, 0.0),
        ("0::/\n", {"memory.max": "max", "memory.current": "600"}, math.inf),
        ("0::/\n", {}, math.inf),
        (
            "7:memory:/x\n",
            {"memory/x/memory.limit_in_bytes": "1000", "memory/x/memory.usage_in_bytes": "999"},
            1.0,
        ),
        ("4:cpu:/x\n", {"cpu/memory.max": "5", "cpu/memory.current": "1"}, math.inf),
    ],
)
def test_the_tightest_limit_of_memory_holds(tmp_path: Path, own: str, files: dict[str, str], left: float) -> None:
    """Less what the group holds; pages of files that are only read can be had back."""
    _written(tmp_path, own, files)
    assert memory_allowed(tmp_path / "groups", tmp_path / "own") == left


@pytest.mark.parametrize(
    ("own", "files", "killed"),
    [
        ("0::/a/b\n", {"a/b/memory.events": "low 0\noom 3\noom_kill 2\n", "a/memory.events": "oom_kill 5\n"}, 5),
        ("0::/of/the/host\n", {"memory.events": "oom_kill 1\noom_group_kill 0\n"}, 1),
        ("7:memory:/x\n", {"memory/x/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 4\n"}, 4),
        ("0::/\n", {"../machine": "oom_kill 7\n"}, 7),
        ("0::/\n", {"memory.events": "oom_kill 0\n", "../machine": "oom_kill 7\n"}, 0),
        ("0::/\n", {"memory.events": "oom_kill many\n"}, None),
        ("0::/\n", {}, None),
    ],
)
def test_kills_for_want_of_memory_are_counted(
    tmp_path: Path, own: str, files: dict[str, str], killed: int | None
) -> None:
    """By a control group around us, else for the whole machine, else by nobody."""
    _written(tmp_path, own, files)
    assert killed_for_memory(tmp_path / "groups", tmp_path / "own", tmp_path / "machine") == killed


def _written(root: Path, own: str, files: dict[str, str]) -> None:
    (root / "own").write_text(own)
    for name, text in files.items():
        path = root / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
