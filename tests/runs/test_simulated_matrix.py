"""A matrix in virtual time: every run of it simulated, said so wherever it is shown, and never mixed with live ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from creditstorm.cli import main
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Manifest, Mode
from tests.runs.small import SMALL

WORDS = ["creditstorm", "matrix", "calm", "--policies", "fail-closed,tri-state"]


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
    assert asked(monkeypatch, tmp_path / "m", "--simulate") == 0
    assert "simulated" in capsys.readouterr().out.splitlines()[0]
    for policy in ("fail-closed", "tri-state"):
        assert Manifest.read(RunFolder(tmp_path / "m" / f"{policy}-0")).mode is Mode.SIMULATED
    assert json.loads((tmp_path / "m/matrix.json").read_text())["mode"] == "simulated"
    assert "<strong>simulated</strong>" in (tmp_path / "m/matrix.html").read_text()
    assert asked(monkeypatch, tmp_path / "m") == 2
    assert "is simulated, and what is asked for is live" in capsys.readouterr().err


def test_a_simulated_matrix_has_no_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a simulated run has none."""
    assert asked(monkeypatch, tmp_path / "m", "--simulate", "--processes", "2") == 2
    assert "--processes" in capsys.readouterr().err
    assert not (tmp_path / "m").exists()
