"""A disk that fills, or is shut, while a run goes on: exit 4 in words, and what was written is kept for a report."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
import pytest
from creditstorm.errors import CreditstormError
from creditstorm.record.seal import load_answers
from creditstorm.runs.conclude import conclude
from tests.abuse.attempts import Attempts
from tests.abuse.live import Reached, Storm, marked, written

pytestmark = [pytest.mark.storm, pytest.mark.timeout(300)]
SIZE: Final = 64 * 2**20
"""A run begins only where about 32 MiB are free."""
QUOTA: Final = 4096
SIMULATED: Final = ("--simulate",)
FINISHED: Final = (0, 3)
"""Where all was written before the disk was full."""


def _mounted(folder: Path) -> bool:
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "creditstorm-abuse", str(folder)]
    with suppress(FileNotFoundError):
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    return False


def _can_mount() -> bool:
    """Asked in a namespace of its own, so that nothing is left of the question."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=4k", "creditstorm-abuse", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 64 MiB at the folder."""
    assert _mounted(folder)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@dataclass(frozen=True)
class Full:
    """When the disk fills, all but so many bytes of it, or is `read_only`, and what the run may then exit with."""

    when: str
    reached: Reached
    left: int
    codes: tuple[int, ...] = (4,)
    words: tuple[str, ...] = ("--no-report",)
    read_only: bool = False


FULL: Final = (
    Full("live rows", lambda storm: storm.answered() >= 5, 0),
    Full("live rows", lambda storm: storm.answered() >= 5, 6_000_000),
    Full("live rows", lambda storm: storm.answered() >= 5, SIZE, read_only=True),
    Full("sealing", marked("run_ended"), 0),
    Full("figures", written("summary.json"), 0, (0, 3, 4), SIMULATED),
    Full("figures", written("answers.parquet"), 0, (4,), SIMULATED),
)
"""Where there may be time, or room, to finish, that is no error."""


def fill(disk: Path, left: int) -> None:
    """Take at once what is free there, but for so many bytes."""
    with (disk / "filler").open("wb") as file:
        while (more := os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize - left) > 0:
            with suppress(OSError):  # where the run took some of it meanwhile, all of it is refused
                os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, more)


def shut(folder: Path) -> None:
    """Let nothing be written in the folder any more; what is open there stays so."""
    for command in (["--bind", str(folder), str(folder)], ["-o", "remount,ro,bind", str(folder)]):
        subprocess.run(["mount", *command], check=True)


def quota(storm: Storm) -> None:
    """In place of a disk: no process of the run may make a file grow beyond a page."""
    for process in storm.processes():
        with suppress(psutil.Error, OSError):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (QUOTA, QUOTA))


def filled(one: Full, place: Path, *, real: bool) -> str:
    """What does not hold of a run whose disk is full from then on."""
    place.mkdir()
    if not real:
        return _filled(one, place, place / "run", quota)
    with small_disk(place / "disk") as disk:
        out = disk / "run"
        return _filled(one, place, out, lambda _: shut(out) if one.read_only else fill(disk, one.left))


def _filled(one: Full, place: Path, out: Path, make_full: Callable[[Storm], None]) -> str:
    with Storm(place, out, *one.words) as storm:
        met = storm.reach(one.reached)
        make_full(storm)
        late = storm.folder.summary.exists()
        kept = storm.rows_to_keep()
        ports = storm.ports()
        code = storm.end()
        left = storm.left(ports)
    said = storm.err.read_text()
    shutil.copytree(out, place / "copy", ignore=shutil.ignore_patterns("filler"))
    codes = (*one.codes, *(FINISHED if late else ()))
    if met and code not in codes:
        return f"exit {code}, not one of {codes}: {said[-400:]}"
    if "Traceback" in said:
        return f"a traceback on the screen: {said}"
    if code == 4 and not any(word in said for word in ("the disk", "No space left", "File too large")):
        return f"not told why: {said}"
    if "creditstorm itself failed" in said or len([line for line in said.splitlines() if "the disk" in line]) > 1:
        return f"told as more than the disk's: {said}"
    storm.folder = type(storm.folder)(place / "copy")
    return left or _wrong_with_the_copy(storm, kept)


def _wrong_with_the_copy(storm: Storm, kept: int) -> str:
    """Where there is room again, what was recorded is reported on."""
    try:
        conclude(storm.folder, pages=False)
    except CreditstormError as refused:
        return f"no report on a copy: {refused}"
    rows = load_answers(storm.folder).num_rows
    return "" if rows >= kept else f"{rows} answers are left of {kept} that it had counted a second before"


REAL = _can_mount()


@pytest.mark.parametrize(
    ("real", "full"),
    [
        *([pytest.param(True, FULL, id="tmpfs")] if REAL else []),
        # Where disks can be mounted, too: what is never carried out is not known to work.
        pytest.param(False, FULL[-1:] if REAL else tuple(o for o in FULL if not o.read_only), id="quota-of-a-file"),
    ],
)
def test_a_disk_that_fills(
    tmp_path: Path, attempts: Callable[[str], Attempts], *, real: bool, full: tuple[Full, ...]
) -> None:
    """While rows come, at sealing, at the figures: told in words, nothing lost, `report` on a copy finishes it."""
    kind = "filling disk" if real else "files that may not grow"
    with ThreadPoolExecutor(4) as side_by_side, attempts(kind) as counted:
        waiting = [side_by_side.submit(filled, one, tmp_path / str(n), real=real) for n, one in enumerate(full)]
        for one, run in zip(full, waiting, strict=True):
            left = "read-only" if one.read_only else f"{one.left} bytes left"
            counted.made(" ".join([*one.words, one.when, left]), run.result())
