"""What a shell lays upon the command is put right or refused before a library meets it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from creditstorm.cli import surroundings
from creditstorm.cli.surroundings import put_right
from creditstorm.errors import HarnessError

ROOT = Path(__file__).parents[2]


def test_what_says_nothing_or_changes_figures_is_left_out() -> None:
    """And all else is kept."""
    odd = {"COLUMNS": "999999999", "LINES": "-5", "POLARS_MAX_THREADS": "0", "SOURCE_DATE_EPOCH": "abc"}
    odd |= {"POLARS_ENGINE_AFFINITY": "streaming", "SSLKEYLOGFILE": "/proc/nowhere"}
    kept = {"HOME": "/root", "PATH": "", "POLAR": "1"}
    environ = odd | kept
    put_right(environ)
    assert environ == kept


@pytest.mark.parametrize("value", ["80", "1000", "20"])
def test_a_sane_width_is_kept(value: str) -> None:
    """So is a number of threads: whoever shares a machine may give it."""
    environ = {"COLUMNS": value, "POLARS_MAX_THREADS": "2"}
    put_right(environ)
    assert environ == {"COLUMNS": value, "POLARS_MAX_THREADS": "2"}


@pytest.mark.parametrize("value", ["", "²", "1e3", "9" * 5000, "+80", " 80", "19", "1001", "80.0"])
def test_a_width_that_is_none_is_left_out(value: str) -> None:
    """Superscripts are digits to some, and no number is made of 5,000."""
    environ = {"COLUMNS": value}
    put_right(environ)
    assert environ == {}


def in_a_shell(limit: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Python with these words in a shell that limits itself."""
    command = ["sh", "-c", f'ulimit {limit}; exec "$@"', "sh", sys.executable, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60)


@pytest.mark.parametrize(("letter", "what"), [("d", "memory"), ("v", "address space")])
def test_too_little_memory_for_any_library_is_refused_in_one_line(letter: str, what: str) -> None:
    """A library that runs out ends the process with 1, which is a failed threshold, or waits for ever."""
    done = in_a_shell(f"-{letter} 300000", "-m", "creditstorm", "report", "results/example")
    assert (done.returncode, done.stdout) == (4, "")
    remedy = f"ulimit -{letter} unlimited, in the shell that starts creditstorm"
    assert done.stderr == f"{what}: 293 MiB are allowed to a process, 1024 are needed; {remedy}\n"


LIMITS = """
import resource
from creditstorm.cli.surroundings import put_right
put_right({})
print(*resource.getrlimit(resource.RLIMIT_CPU))
"""


@pytest.mark.parametrize(("limit", "then"), [("-t 9", "5 9"), ("-t 60", "50 60"), ("-St 9", "9 -1")])
def test_the_end_of_cpu_time_is_told_before_the_kernel_kills(limit: str, then: str) -> None:
    """Where both limits are one, nobody would hear of it."""
    assert in_a_shell(limit, "-c", LIMITS).stdout == f"{then}\n"


def test_what_is_made_can_be_used_by_who_made_it(tmp_path: Path) -> None:
    """A umask of 777 takes it from everybody else only."""
    before = os.umask(0o777)
    try:
        put_right({})
        (tmp_path / "folder").mkdir()
    finally:
        os.umask(before)
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o700


def test_too_few_threads_are_refused_before_a_library_starts_any(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sends SIGINT where it gets none, which would read as Ctrl-C and exit 130."""
    monkeypatch.setattr(surroundings, "startable", lambda _wanted: 7)
    with pytest.raises(HarnessError, match=r"threads: 7 more can be started, 20 are needed; ulimit -u unlimited"):
        put_right({})
