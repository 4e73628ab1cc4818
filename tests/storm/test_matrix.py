"""A real matrix of two policies: killed in its second run, gone on with, compared."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import psutil
import pytest
from creditstorm.record.mark_journal import read_marks
from creditstorm.record.matrix import MatrixFolder, read_journal
from tests.storm.harness import COMMAND, PATIENCE_S, ROOT, TRIES, Done, gone, scenario, sound, until

pytestmark = pytest.mark.storm

LOAD = {"arrivals": [{"for": "7s", "rate": "30/s"}], "warm_up": "1s"}
DARK = {"kind": "blackhole", "target": "bureau", "at": "2s", "for": "4s"}


def command(file: Path, out: Path, *more: str) -> list[str]:
    """`creditstorm matrix` of two policies."""
    return [*COMMAND, "matrix", str(file), "--policies", "fail-closed,tri-state", "--out", str(out), *more]


def test_a_killed_matrix_goes_on_where_it_was_and_shows_what_helps(tmp_path: Path) -> None:
    """Kill -9 in the second run leaves nothing behind; the first run is kept, the second run again, both compared."""
    file = scenario(tmp_path, load=LOAD, faults=[DARK])
    folder = MatrixFolder(tmp_path / "matrix")
    first, second = folder.cell("fail-closed-0"), folder.cell("tri-state-0")
    with subprocess.Popen(
        command(file, folder.root), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        until(lambda: any(mark.name == "fault_effective" for mark in read_marks(second)), "the second storm")
        tree = psutil.Process(process.pid).children(recursive=True)
        os.kill(process.pid, signal.SIGKILL)
    until(lambda: gone(tree), "the children to die with their parent")
    kept = first.answers.read_bytes()
    done, cells = carried_out(file, folder)
    assert first.answers.read_bytes() == kept
    started = [event.cell for event in read_journal(folder) if event.event == "cell_started"]
    assert started == ["fail-closed-0", "tri-state-0", "tri-state-0"]
    assert "run 2 of 2: tri-state-0" in done.stderr
    _refuses_another_scenario(file, folder)
    _compares(folder, _on_a_sound_machine(file, folder, done.stdout, cells))


def carried_out(file: Path, folder: MatrixFolder) -> tuple[subprocess.CompletedProcess[str], list[Done]]:
    """The matrix to its end, which is no error, and its runs."""
    done = subprocess.run(
        command(file, folder.root), cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode in (0, 3), done.stdout + done.stderr
    return done, [Done(0, "", "", folder.cell(f"{policy}-0")) for policy in ("fail-closed", "tri-state")]


def _on_a_sound_machine(file: Path, folder: MatrixFolder, screen: str, cells: list[Done]) -> str:
    """The screen of this matrix, or of one carried out again where a run doubts its machine."""
    for _ in range(TRIES - 1):
        if any(cell.machine_doubts for cell in cells):
            shutil.rmtree(folder.root)
            done, cells = carried_out(file, folder)
            screen = done.stdout
    sound(*cells, tries=TRIES)
    return screen


def _compares(folder: MatrixFolder, screen: str) -> None:
    told = json.loads(folder.table.read_text())
    assert told["same_people"]
    bad, good = (policy["wrongful_in_windows"] for policy in told["policies"])
    assert bad["n"] > 50
    assert bad["value"] >= 0.95
    assert good["value"] < 0.02
    against = told["policies"][1]["against_first"]
    assert against["only_first"] > against["only_this"]
    assert against["p_holm"] < 0.05
    assert all(policy["calls_per_person"] > 3 for policy in told["policies"])
    assert "first attempts were intended under every policy" in screen
    for link in re.findall(r'href="([^"#]+)"', folder.page.read_text()):
        assert (folder.root / link).is_file()


def _refuses_another_scenario(file: Path, folder: MatrixFolder) -> None:
    done = subprocess.run(
        command(file, folder.root, "--seed", "12"), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "then: seed: 11" in done.stderr
