"""How many cores may be used: affinity and the quotas of control groups, version 1 and 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from creditstorm.adapters.cores import cores_allowed, usable_cores

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
    (tmp_path / "own").write_text(own)
    for name, text in files.items():
        path = tmp_path / "groups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    assert cores_allowed(tmp_path / "groups", tmp_path / "own") == cores
