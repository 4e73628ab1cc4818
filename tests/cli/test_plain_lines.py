"""Nothing moves the cursor or colours where there is no terminal, whatever the environment asks for."""

from __future__ import annotations

import ast
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from creditstorm.cli.screen import LiveProgress, console_on
from creditstorm.engine.events import LoadStarted, Progress
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import load

ROOT = Path(__file__).parents[2]
FORCED = {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1", "TTY_COMPATIBLE": "1", "TTY_INTERACTIVE": "1", "PY_COLORS": "1"}


def test_no_live_bar_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole lines, one by one."""
    for name, value in FORCED.items():
        monkeypatch.setenv(name, value)
    screen = io.StringIO()
    with LiveProgress(console_on(screen), load(catalogue.find("calm"))) as progress:
        progress.show(LoadStarted(t_s=0.0, planned=9, ends_s=22.0))
        for second in range(25):
            counts = {"intended": second, "answered": second, "wrongful": 0, "in_flight": 0, "kept_s": 0.0}
            progress.show(Progress(t_s=float(second), **counts))
    said = screen.getvalue()
    assert "\x1b" not in said
    assert "\r" not in said
    assert said.count("asked") == 3


@pytest.mark.parametrize("words", [["scenarios", "list"], ["doctor"]], ids=" ".join)
def test_no_colour_into_a_pipe(words: list[str]) -> None:
    """What reads it wants words."""
    environ = {**os.environ, **FORCED, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "creditstorm", *words], env=environ, capture_output=True, check=False, timeout=100
    )
    assert done.stdout
    assert b"\x1b" not in done.stdout + done.stderr


def test_every_console_is_made_in_one_place() -> None:
    """Rich itself believes the environment, so nobody else asks it for a console."""
    made = [
        path.name
        for path in (ROOT / "creditstorm").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Console"
    ]
    assert made == ["screen.py"]
