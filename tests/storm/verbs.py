"""The verbs that carry out several live runs one after another, each as a person types it: agree, matrix, sweep."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import psutil
from creditstorm.record.folder import RunFolder
from creditstorm.record.mark_journal import read_marks
from creditstorm.record.matrix import MatrixFolder, read_journal
from tests.storm.harness import COMMAND, PATIENCE_S, ROOT, TRIES, Done, gone, scenario, until, while_in_doubt

POLICIES: Final = ("fail-closed", "tri-state")
DARK: Final = {"kind": "blackhole", "target": "bureau"}
Screen = subprocess.CompletedProcess[str]


def storm(folder: Path, for_s: int, at_s: int, dark_s: int) -> Path:
    """A file of so many seconds in which the bureau is dark."""
    load = {"arrivals": [{"for": f"{for_s}s", "rate": "30/s"}], "warm_up": "1s"}
    return scenario(folder, load=load, faults=[{**DARK, "at": f"{at_s}s", "for": f"{dark_s}s"}])


@dataclass(frozen=True)
class Verb:
    """What a verb said, and the live runs that it made."""

    screen: str
    runs: tuple[Done, ...]

    @property
    def doubted(self) -> bool:
        """Whether a run doubts the machine that it ran on."""
        return any(run.machine_doubts for run in self.runs)


def agreed(folder: Path) -> Verb:
    """`agree` of a storm under two policies; again, twice at most, while a run doubts its machine."""
    file, out = storm(folder, 9, 2, 4), folder / "agree"
    runs = [Done(0, "", "", RunFolder(out / f"short-{policy}-0-live")) for policy in POLICIES]
    for _ in range(TRIES):
        shutil.rmtree(out, ignore_errors=True)
        done = _typed("agree", str(file), "--policies", ",".join(POLICIES), "--out", str(out), "--json")
        found = Verb(done.stdout, tuple(runs))
        if not found.doubted:
            break
    return found


def swept(folder: Path) -> Done:
    """The sweep of two points with one repeated live, and the run of that; again like `agreed`."""
    file, out = storm(folder, 6, 2, 3), folder / "sweep"
    vary = ("--vary", "faults[0].for=1s..3s/2", "--seeds", "1", "--verify", "1")

    def once() -> Done:
        done = _typed("sweep", str(file), *vary, "--out", str(out), "--json")
        return Done(done.returncode, done.stdout, done.stderr, RunFolder(out / "live-0-scenario-0"))

    return while_in_doubt(once, out)


@dataclass(frozen=True)
class KilledMatrix:
    """A matrix of two policies, killed in its second run and gone on with."""

    file: Path
    folder: MatrixFolder
    kept: tuple[bytes, bytes]
    """The answers of the first run when the matrix was killed, and when it was over."""
    started: Sequence[str]
    """The runs in the order in which they were begun."""
    said: str
    """What it told while it went on."""
    last: Verb
    """Of the same folder, or of a matrix made anew where a run doubted its machine."""

    def refused(self) -> Screen:
        """The matrix of another seed in the same folder."""
        return _matrix(self.file, self.folder, "--seed", "12")


def killed_matrix(folder: Path) -> KilledMatrix:
    """Kill -9 in the second run, and the same command again."""
    file, matrix = storm(folder, 7, 2, 4), MatrixFolder(folder / "matrix")
    first, second = matrix.cell(f"{POLICIES[0]}-0"), matrix.cell(f"{POLICIES[1]}-0")
    with subprocess.Popen(
        _matrix_words(file, matrix), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        until(lambda: process.poll() is not None or _effective(second), "the second storm")
        assert process.poll() is None, f"the matrix ended before its second storm (exit code {process.poll()})"
        tree = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, signal.SIGKILL)
    until(lambda: gone(tree), "the children to die with their parent")
    before = first.answers.read_bytes()
    done, last = _carried_out(file, matrix)
    started = [event.cell for event in read_journal(matrix) if event.event == "cell_started"]
    found = KilledMatrix(file, matrix, (before, first.answers.read_bytes()), started, done.stderr, last)
    for _ in range(TRIES - 1):
        if found.last.doubted:
            shutil.rmtree(matrix.root)
            found = replace(found, last=_carried_out(file, matrix)[1])
    return found


def _effective(run: RunFolder) -> bool:
    return any(mark.name == "fault_effective" for mark in read_marks(run))


def _carried_out(file: Path, matrix: MatrixFolder) -> tuple[Screen, Verb]:
    done = _matrix(file, matrix)
    assert done.returncode in (0, 3), done.stdout + done.stderr
    cells = (Done(0, "", "", matrix.cell(f"{policy}-0")) for policy in POLICIES)
    return done, Verb(done.stdout, tuple(cells))


def _matrix(file: Path, matrix: MatrixFolder, *more: str) -> Screen:
    return _run([*_matrix_words(file, matrix), *more])


def _matrix_words(file: Path, matrix: MatrixFolder) -> list[str]:
    return [*COMMAND, "matrix", str(file), "--policies", ",".join(POLICIES), "--out", str(matrix.root)]


def _typed(*words: str) -> Screen:
    done = _run([*COMMAND, *words])
    assert done.returncode in (0, 3), done.stdout + done.stderr
    return done


def _run(command: list[str]) -> Screen:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
