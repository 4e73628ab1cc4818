"""A matrix in virtual time: every run of it simulated, said so wherever it is shown, and never mixed with live ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from creditstorm.cli import main
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Manifest, Mode
from creditstorm.record.matrix import read_journal
from creditstorm.runs.cells_at_once import simulate_matrix
from creditstorm.runs.execute import RunRequest, execute
from creditstorm.runs.matrix import plan_of
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import read, recorded
from tests.runs.small import SMALL

OF_ITS_RUN = ("manifest.json", "figure-worker.log", "report.html", "summary.json")
POLICIES = "fail-closed,tri-state,zero-fill"
WORDS = ["creditstorm", "matrix", "calm", "--policies", POLICIES]


class Impatient:
    """Stops the matrix as soon as one run is over, as Ctrl-C does."""

    def begin(self, total: int, kept: int) -> None:
        """Three runs, none of them known."""
        assert (total, kept) == (3, 0)

    def ended(self, name: str) -> None:
        """One is enough."""
        raise KeyboardInterrupt(name)

    def say(self, line: str) -> None:
        """There is nothing to be said."""
        raise AssertionError(line)


def asked(monkeypatch: pytest.MonkeyPatch, out: Path, *words: str) -> int:
    """The exit code of the command."""
    changed = [word for one in SMALL for word in ("--set", one)]
    monkeypatch.setattr("sys.argv", [*WORDS, *changed, "--out", str(out), *words])
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def test_every_run_is_simulated_and_none_is_taken_for_a_live_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Manifests, screen, page and JSON say so; a live matrix in the same folder is refused before anything runs."""
    plan = plan_of(read(catalogue.find("calm")), POLICIES, repeats=1, seed=None, overrides=SMALL)
    folder, comparison, interrupted = simulate_matrix(plan, out=tmp_path / "m", observer=Impatient())
    assert interrupted
    assert 1 <= sum(state.measured for state in comparison.cells) <= 2  # the last one was not even begun
    kept = {path: path.read_bytes() for path in folder.root.glob("*/answers.parquet")}
    assert asked(monkeypatch, tmp_path / "m", "--simulate") == 0
    assert {path: path.read_bytes() for path in kept} == kept
    assert "simulated" in capsys.readouterr().out.splitlines()[0]
    for policy in ("fail-closed", "tri-state"):
        assert Manifest.read(RunFolder(tmp_path / "m" / f"{policy}-0")).mode is Mode.SIMULATED
    assert json.loads((tmp_path / "m/matrix.json").read_text())["mode"] == "simulated"
    assert "<strong>simulated</strong>" in (tmp_path / "m/matrix.html").read_text()
    alone = tmp_path / "alone"
    alone.mkdir()
    cell = RunFolder(tmp_path / "m/tri-state-0")
    execute(RunRequest(recorded(cell.scenario), RunFolder(alone), mode=Mode.SIMULATED), lambda _event: None)
    same = [path.relative_to(alone) for path in alone.rglob("*") if path.is_file() and path.name not in OF_ITS_RUN]
    assert {"answers.parquet", "summary.md", "storm_strip.svg"} <= {path.name for path in same}
    assert [path for path in same if (cell.root / path).read_bytes() != (alone / path).read_bytes()] == []
    started = [event.cell for event in read_journal(folder) if event.event == "cell_started"]
    assert len(started) in (3, 4)  # one may have been under way when a person lost patience
    assert asked(monkeypatch, tmp_path / "m", "--simulate", "--json") == 0
    assert json.loads(capsys.readouterr().out)["mode"] == "simulated"
    assert len([e for e in read_journal(folder) if e.event == "cell_started"]) == len(started)
    assert asked(monkeypatch, tmp_path / "m") == 2
    assert "is simulated, and what is asked for is live" in capsys.readouterr().err


def test_a_simulated_matrix_has_no_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a simulated run has none."""
    assert asked(monkeypatch, tmp_path / "m", "--simulate", "--processes", "2") == 2
    assert "--processes" in capsys.readouterr().err
    assert not (tmp_path / "m").exists()
