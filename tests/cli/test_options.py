"""A scenario may come from a file, a pipe or standard input, and is read once wherever it comes from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
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


def ask(*words: str, stdin: str | None = None, fds: tuple[int, ...] = ()) -> subprocess.CompletedProcess[str]:
    """What creditstorm says."""
    return subprocess.run(
        [sys.executable, "-m", "creditstorm", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        pass_fds=fds,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def said(verb: str, file: str, text: str | None = None) -> str:
    """What the verb prints about a file, with the file's name taken out."""
    done = ask(*(word.format(file) for word in VERBS[verb]), stdin=text)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.replace(file, "-")


def from_a_pipe(*words: str) -> subprocess.CompletedProcess[str]:
    """As a shell does it for ``<(cat file)``: what was read once is not there a second time."""
    out, into = os.pipe()
    os.write(into, TEXT.encode())
    os.close(into)
    try:
        return ask(*(word.format(f"/dev/fd/{out}") for word in words), fds=(out,))
    finally:
        os.close(out)


@pytest.mark.parametrize("verb", VERBS)
def test_a_pipe_and_standard_input_are_like_a_file(verb: str, tmp_path: Path) -> None:
    """The same words whichever way the scenario comes in."""
    path = tmp_path / "x.yaml"
    path.write_text(TEXT)
    of_the_file = said(verb, str(path))
    assert said(verb, "-", TEXT) == of_the_file
    piped = from_a_pipe(*VERBS[verb])
    assert (piped.returncode, piped.stderr) == (0, "")
    assert piped.stdout.partition(": fine")[1:] == of_the_file.partition(": fine")[1:]
    assert ": fine" in piped.stdout or piped.stdout == of_the_file


def test_the_intended_policy_is_chosen_from_standard_input() -> None:
    """It is known only once the scenario is read."""
    assert "good · tri-state · seed 3 ·" in said("run_intended", "-", TEXT)


def test_a_mistake_on_standard_input_has_its_line() -> None:
    """Messages call it <stdin>."""
    done = ask("scenarios", "check", "-", stdin=GOOD.replace("seed:", "sed:"))
    line = 1 + next(n for n, text in enumerate(GOOD.splitlines()) if text.startswith("seed:"))
    assert done.returncode == 2
    assert f'<stdin>:{line}: sed: "sed" is not a key here' in done.stderr


def test_standard_input_that_is_shut_is_told() -> None:
    """No traceback where there is nothing to read from."""
    command = f"{sys.executable} -m creditstorm scenarios check - <&-"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", command], env=env, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (2, "<stdin>: cannot be read: Bad file descriptor\n")


def test_a_file_called_like_standard_input_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is written ./- then."""
    monkeypatch.chdir(tmp_path)
    Path("-").write_text(TEXT)
    assert said("check", "./-").endswith("fine (good, 30 s, 2 faults)\n")
