"""The cores that our processes may use: those that affinity leaves them, and the quota of their control group."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import psutil

GROUPS: Final = Path("/sys/fs/cgroup")
OWN_GROUPS: Final = Path("/proc/self/cgroup")


def usable_cores() -> frozenset[int]:
    """The numbers of the cores that this process may run on (taskset, cpusets); all where the system cannot say."""
    if hasattr(os, "sched_getaffinity"):
        return frozenset(os.sched_getaffinity(0))
    return frozenset(range(psutil.cpu_count() or 1))


def cores_allowed(groups: Path = GROUPS, own: Path = OWN_GROUPS) -> float:
    """How many cores' worth of time may be used: those of the affinity, less where a control group has a quota."""
    return min([float(len(usable_cores())), *_quotas(groups, own)])


def _quotas(groups: Path, own: Path) -> Iterator[float]:
    """The quota of the group we are in and of every group around it, in cores; version 1 and version 2."""
    for line in _text(own).splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:
            yield from _upwards(groups, path, _version_2)
        elif "cpu" in controllers.split(","):
            yield from _upwards(groups / "cpu", path, _version_1)
            if controllers != "cpu":
                yield from _upwards(groups / controllers, path, _version_1)


def _upwards(root: Path, path: str, quota: Callable[[Path], float | None]) -> Iterator[float]:
    # Inside a container the path may be that of the host: then what is mounted at the root is our own group.
    within = Path(path.lstrip("/"))
    for folder in (root / within, *((root / part) for part in within.parents)):
        if (cores := quota(folder)) is not None:
            yield cores


def _version_2(folder: Path) -> float | None:
    words = _text(folder / "cpu.max").split()
    return _share(words[0], words[1]) if len(words) == 2 else None


def _version_1(folder: Path) -> float | None:
    return _share(_text(folder / "cpu.cfs_quota_us").strip(), _text(folder / "cpu.cfs_period_us").strip())


def _share(quota_us: str, period_us: str) -> float | None:
    if not (quota_us.isdigit() and period_us.isdigit()) or int(period_us) == 0:
        return None  # "max", -1, or nothing
    return int(quota_us) / int(period_us)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
