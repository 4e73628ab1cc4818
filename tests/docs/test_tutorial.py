"""The tutorial does what it says: its files are written, its commands are run, their outputs are compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from creditstorm.record.folder import RunFolder
from tests.storm.harness import TRIES, Done, sound

pytestmark = [pytest.mark.storm, pytest.mark.timeout(600)]

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
_BLOCK = re.compile(
    r"^(?:`(?P<file>[\w.-]+)`:\n\n)?```(?P<kind>yaml|console)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
_COMMAND = re.compile(r"^\$ (?P<words>.+?)(?: +# exit (?P<code>\d+))?\n(?P<output>(?:(?!\$ ).*\n)*)", re.MULTILINE)
_NUMBER = re.compile(r"\d[\d.,]*")
Ended = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Step:
    """A command of the tutorial, with the exit code and the output that it shows."""

    words: str
    code: int
    output: str


def steps(text: str = TUTORIAL) -> Iterator[Step | tuple[str, str]]:
    """The commands, and the files as (name, content), in the order of the page."""
    for block in _BLOCK.finditer(text):
        if block["file"]:
            yield block["file"], block["body"]
        for command in _COMMAND.finditer(block["body"]) if block["kind"] == "console" else ():
            yield Step(command["words"], int(command["code"] or 0), command["output"])


def masked(text: str) -> str:
    """The text without what varies: every number is `N`, every run of blanks one blank."""
    lines = (" ".join(_NUMBER.sub("N", line).split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def looks_like(shown: str, real: str) -> bool:
    """Whether an output is the one shown, where `…` stands for any text."""
    pattern = ".*".join(re.escape(part.strip()) for part in masked(shown).split("…"))
    return re.fullmatch(rf"\s*{pattern}\s*".replace(r"\ ", r"\s+"), masked(real), re.DOTALL) is not None


def carried_out(folder: Path, step: Step) -> Ended:
    """The command, as a person types it in this folder."""
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    return subprocess.run(  # noqa: S602 - the page is ours
        step.words,
        shell=True,
        cwd=folder,
        env={**env, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def storms() -> list[Step]:
    """The commands that storm live."""
    commands = [step for step in steps() if isinstance(step, Step)]
    return [step for step in commands if step.words.startswith("creditstorm run ") and " --out " in step.words]


def _taken(folder: Path, step: Step | tuple[str, str], ahead: Mapping[Step, Ended]) -> str | None:
    """What is not as the page shows it, once its file is written or its command carried out; None if all is."""
    if isinstance(step, tuple):
        (folder / step[0]).write_text(step[1])
        return None
    done = ahead[step] if step in ahead else carried_out(folder, step)
    screen = done.stdout or done.stderr
    if done.returncode == step.code and looks_like(step.output, screen):
        return None
    return f"$ {step.words}\n{screen}exit {done.returncode}"


def walked(folder: Path) -> tuple[list[str], list[Done]]:
    """What of the page is not so when it is followed in this folder, and the runs that it made.

    Its two storms, which know nothing of each other, are carried out side by side when the page comes to the first.
    """
    folder.mkdir()
    wrong: list[str] = []
    ahead: dict[Step, Ended] = {}
    for step in steps():
        if not ahead and step in storms():
            with ThreadPoolExecutor(2) as two:
                ahead = dict(zip(storms(), two.map(partial(carried_out, folder), storms()), strict=True))
        wrong += filter(None, [_taken(folder, step, ahead)])
    made = sorted(folder.glob("*/summary.json"))
    return wrong, [Done(0, "", "", RunFolder(summary.parent)) for summary in made]


def test_every_step_does_what_the_page_shows(tmp_path: Path) -> None:
    """Files, commands, exit codes and outputs, in order; again where a run doubts the machine that it ran on."""
    for number in range(TRIES):
        wrong, runs = walked(tmp_path / str(number))
        if not any(run.machine_doubts for run in runs):
            break
    sound(*runs, tries=TRIES)
    assert wrong == []


def test_the_page_has_eight_steps() -> None:
    """Each with a command."""
    parts = re.split(r"^## \d\. ", TUTORIAL, flags=re.MULTILINE)[1:]
    assert len(parts) == 8
    assert all(any(isinstance(step, Step) for step in steps(part)) for part in parts)


def test_the_page_has_two_storms() -> None:
    """Which are those that take long."""
    assert [step.words.rpartition(" ")[2] for step in storms()] == ["closed", "tri"]


def test_an_output_that_differs_is_seen() -> None:
    """Numbers may differ and `…` stands for anything; words may not."""
    assert looks_like("ok 3 of 4\n…\nexit 1\n", "ok  12 of 5\nand so on\nexit 1\n")
    assert not looks_like("PASS 1 in 3\n", "FAIL 1 in 3\n")
    assert not looks_like("one line\n", "one line\nand another\n")
