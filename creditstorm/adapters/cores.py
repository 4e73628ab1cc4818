"""The cores and the memory that our processes may use: what affinity leaves them, and their control groups.

And how many were killed because there was no memory.
"""

import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import psutil

GROUPS: Final = Path("/sys/fs/cgroup")
OWN_GROUPS: Final = Path("/proc/self/cgroup")
MACHINE: Final = Path("/proc/vmstat")
Limit = Callable[[Path], float | None]
"""What the group in this folder is limited to, None where it is not."""


def usable_cores() -> frozenset[int]:
    """The numbers of the cores that this process may run on (taskset, cpusets); all where the system cannot say."""
    if hasattr(os, "sched_getaffinity"):
        return frozenset(os.sched_getaffinity(0))
    return frozenset(range(psutil.cpu_count() or 1))


def cores_allowed(groups: Path = GROUPS, own: Path = OWN_GROUPS) -> float:
    """How many cores' worth of time may be used: those of the affinity, less where a control group has a quota."""
    return min([float(len(usable_cores())), *_quotas(groups, own)])


def memory_allowed(groups: Path = GROUPS, own: Path = OWN_GROUPS) -> float:
    """How many more bytes a control group lets us hold, without end where none has a limit.

    What a group holds of files that it only read is counted as free, because the kernel takes it back.
    """
    return min(_limits(groups, own, "memory", _memory_1, _memory_2), default=math.inf)


def killed_for_memory(groups: Path = GROUPS, own: Path = OWN_GROUPS, machine: Path = MACHINE) -> int | None:
    """How many processes the kernel has killed for want of memory, here or in a group around us; None: it counts none.

    Where no control group counts them, those of the whole machine.
    """
    here = list(_limits(groups, own, "memory", _killed_1, _killed_2))
    found = max(here) if here else _counted(machine)
    return None if found is None else int(found)


def _quotas(groups: Path, own: Path) -> Iterator[float]:
    """The quota of the group we are in and of every group around it, in cores; version 1 and version 2."""
    yield from _limits(groups, own, "cpu", _version_1, _version_2)


def _limits(groups: Path, own: Path, controller: str, first: Limit, second: Limit) -> Iterator[float]:
    for line in _text(own).splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if not controllers:
            yield from _upwards(groups, path, second)
        elif controller in controllers.split(","):
            yield from _upwards(groups / controller, path, first)
            if controllers != controller:
                yield from _upwards(groups / controllers, path, first)


def _upwards(root: Path, path: str, limit: Limit) -> Iterator[float]:
    # Inside a container the path may be that of the host: then what is mounted at the root is our own group.
    within = Path(path.lstrip("/"))
    for folder in (root / within, *((root / part) for part in within.parents)):
        if (most := limit(folder)) is not None:
            yield most


def _version_2(folder: Path) -> float | None:
    words = _text(folder / "cpu.max").split()
    return _share(words[0], words[1]) if len(words) == 2 else None


def _version_1(folder: Path) -> float | None:
    return _share(_text(folder / "cpu.cfs_quota_us").strip(), _text(folder / "cpu.cfs_period_us").strip())


def _memory_2(folder: Path) -> float | None:
    return _left(folder, "memory.max", "memory.current", "inactive_file")


def _memory_1(folder: Path) -> float | None:
    return _left(folder, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


def _killed_2(folder: Path) -> float | None:
    return _counted(folder / "memory.events")


def _killed_1(folder: Path) -> float | None:
    return _counted(folder / "memory.oom_control")


def _counted(path: Path) -> float | None:
    counts = dict(line.split(maxsplit=1) for line in _text(path).splitlines() if " " in line)
    return float(counts["oom_kill"]) if counts.get("oom_kill", "").isdigit() else None


def _left(folder: Path, most: str, held: str, unused: str) -> float | None:
    limit, now = _text(folder / most).strip(), _text(folder / held).strip()
    if not (limit.isdigit() and now.isdigit()):
        return None
    stat = dict(line.split(maxsplit=1) for line in _text(folder / "memory.stat").splitlines() if " " in line)
    return max(0.0, float(limit) - float(now) + float(stat.get(unused, "0")))


def _share(quota_us: str, period_us: str) -> float | None:
    if not (quota_us.isdigit() and period_us.isdigit()) or int(period_us) == 0:
        return None  # "max", -1, or nothing
    return int(quota_us) / int(period_us)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
