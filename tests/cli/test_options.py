"""A scenario may come from a file, a pipe or standard input, and is read once wherever it comes from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner
from creditstorm.cli.app import app
from tests.scenario.bad_scenarios import GOOD

ROOT = Path(__file__).parents[2]
TEXT = f"intended: tri-state\n{GOOD}".replace("< 0.5%", "< 5%")
"""A scenario that nothing is to be warned of."""
VERBS = {
    "run": ("run", "{}", "--dry"),
    "run_intended": ("run", "{}", "--dry", "--policy", "intended", "--seed", "3"),
    "matrix": ("matrix", "{}", "--dry", "--policies", "scenario,intended,retry", "--repeat", "2"),
    "show": ("scenarios", "show", "{}"),
    "check": ("scenarios", "check", "{}"),
}


def ask(*words: str, stdin: str) -> tuple[int, str, str]:
    """What a process of its own says with this on its standard input: exit code, and both of its outputs."""
    done = subprocess.run(
        [sys.executable, "-m", "creditstorm", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def here(verb: str, file: str) -> tuple[int, str, str]:
    """The same of a verb that is called in this process, with the file's name taken out."""
    done = CliRunner().invoke(app, [word.format(file) for word in VERBS[verb]])
    return done.exit_code, done.stdout.replace(file, "-"), done.stderr.replace(file, "<stdin>")


def from_a_pipe(verb: str) -> tuple[int, str, str]:
    """As a shell does it for ``<(cat file)``: what was read once is not there a second time."""
    out, into = os.pipe()
    os.write(into, TEXT.encode())
    os.close(into)
    try:
        return here(verb, f"/dev/fd/{out}")
    finally:
        os.close(out)


@pytest.mark.parametrize("verb", VERBS)
def test_a_pipe_and_standard_input_are_like_a_file(verb: str, tmp_path: Path) -> None:
    """The same words whichever way the scenario comes in."""
    path = tmp_path / "x.yaml"
    path.write_text(TEXT)
    of_the_file = here(verb, str(path))
    assert of_the_file[0] == 0
    assert from_a_pipe(verb) == of_the_file
    assert ask(*(word.format("-") for word in VERBS[verb]), stdin=TEXT) == of_the_file


def test_the_intended_policy_is_chosen_once_the_scenario_is_read() -> None:
    """It stands in the scenario that the pipe brings."""
    assert "good · tri-state · seed 3 ·" in from_a_pipe("run_intended")[1]


def test_a_mistake_on_standard_input_has_its_line() -> None:
    """Messages call it <stdin>."""
    exit_code, _, error = ask("scenarios", "check", "-", stdin=GOOD.replace("seed:", "sed:"))
    line = 1 + next(n for n, text in enumerate(GOOD.splitlines()) if text.startswith("seed:"))
    assert exit_code == 2
    assert f'<stdin>:{line}: sed: "sed" is not a key here' in error


NAME_ONE = "name a file, `-` for standard input, or a scenario that `creditstorm scenarios list` shows"


def test_standard_input_that_is_shut_is_told() -> None:
    """No traceback where there is nothing to read from."""
    command = f"{sys.executable} -m creditstorm scenarios check - <&-"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", command], env=env, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (2, f"<stdin>: cannot be read: Bad file descriptor\n  {NAME_ONE}\n")


def test_a_file_called_like_standard_input_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is written ./- then."""
    monkeypatch.chdir(tmp_path)
    Path("-").write_text(GOOD)
    assert here("check", "./-")[1].endswith("fine (good, 30 s, 2 faults)\n")
