"""What the shell that starts the command lays upon it: the answer is the same, or one line says what to do about it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.abuse.attempts import Attempts, Told, wrong_with

ROOT: Final = Path(__file__).parents[2]
CHECK: Final = f"exec {sys.executable} -m creditstorm scenarios check calm"
HELP: Final = f"exec {sys.executable} -m creditstorm run --help"
SAID: Final = "calm: fine"


@dataclass(frozen=True)
class Shell:
    """What is done before the command, in which environment, and what the answer is."""

    name: str
    words: str = CHECK
    environ: tuple[tuple[str, str | None], ...] = ()
    codes: tuple[int, ...] = (0,)
    said: str = SAID


def shells() -> list[Shell]:
    """All that is tried."""
    return [
        Shell("no home", environ=(("HOME", None), ("TMPDIR", "/proc/nowhere"))),
        Shell("a home that is a file", environ=(("HOME", "/etc/passwd"), ("XDG_CACHE_HOME", "/etc/passwd"))),
        Shell("a zone and a language that are none", environ=(("TZ", ":/etc/passwd"), ("LC_ALL", "xx_YY.UTF-99"))),
        Shell("a width without end", HELP, (("COLUMNS", "9999999999"),), said="--simulate"),
        Shell("a width that is no number", HELP, (("COLUMNS", "9" * 5000),), said="--simulate"),
        Shell("every warning an error", environ=(("PYTHONWARNINGS", "error"), ("PYTHONOPTIMIZE", "2"))),
        Shell("a start of Python that is none", environ=(("PYTHONSTARTUP", "/dev/full"), ("PYTHONHASHSEED", "0"))),
        Shell("no streams", f"{CHECK} <&- >&- 2>&-", said=""),
        Shell("an input that is no input", f"{CHECK.replace('calm', '-')} 0>x", codes=(2,), said="<stdin>: cannot be"),
        Shell("no file may be read by anybody", f"umask 0777; {CHECK}"),
        Shell("no working directory", f"mkdir gone; cd gone; rmdir ../gone; {CHECK}", codes=(4,), said="go to another"),
        Shell("no address space", f"ulimit -v 300000; {CHECK}", codes=(4,), said="ulimit -v unlimited"),
        Shell("no data", f"ulimit -d 300000; {CHECK}", codes=(4,), said="ulimit -d unlimited"),
        Shell("no file of any size", f"ulimit -f 0; {CHECK}"),
        Shell("an end of CPU time", f"ulimit -t 60; {CHECK}"),
    ]


def wrong_with_shell(one: Shell, place: Path) -> str:
    """What does not hold of the command there."""
    place.mkdir()
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        **{name: value for name, value in one.environ if value is not None},
    }
    for name, value in one.environ:
        if value is None:
            environ.pop(name, None)
    done = subprocess.run(
        ["sh", "-c", one.words], capture_output=True, cwd=place, env=environ, check=False, timeout=120
    )
    told = Told(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
    missing = "" if one.said in told.out + told.err else f"without {one.said!r}: {told.out}{told.err}"[:300]
    return wrong_with(told, one.codes) or missing


def test_a_shell_that_is_odd(tmp_path: Path, attempts: Callable[[str], Attempts]) -> None:
    """An answer as anywhere, or a refusal with its remedy; never another exit code, a traceback or silence."""
    with ThreadPoolExecutor(2) as side_by_side, attempts("odd shells") as counted:
        waiting = {
            one.name: side_by_side.submit(wrong_with_shell, one, tmp_path / str(number))
            for number, one in enumerate(shells())
        }
        for name, run in waiting.items():
            counted.made(name, run.result())
