"""Lateness in lines, and what ran out in words."""

from __future__ import annotations

import errno
import logging
from pathlib import Path

import pytest
from creditstorm.strain import LagLog, tell, what_ran_out


class Hands:
    """A clock that is moved by hand."""

    at_s = 100.0

    def __call__(self) -> float:
        """The present instant."""
        return self.at_s


def test_the_worst_lateness_of_each_second_is_a_line(tmp_path: Path) -> None:
    """A loop of ten rounds a second: one round 0.3 s late, a second on time, and one that stood still for 5 s."""
    clock, path = Hands(), tmp_path / "lag.txt"
    log = LagLog(path, 0.1, clock)
    for late_s in [*[0.0] * 5, 0.3, *[0.0] * 11, 5.0]:
        clock.at_s += 0.1 + late_s
        log.tick()
    log.close()
    lines = [float(line) for line in path.read_text().splitlines()]
    assert lines == pytest.approx([0.3, 0.0, 5.0, 0.0], abs=1e-3)


def test_whoever_takes_a_process_s_place_goes_on_in_its_file(tmp_path: Path) -> None:
    """A service that was killed and started again loses no line."""
    path = tmp_path / "lag.txt"
    for _ in range(2):
        LagLog(path, 0.1).close()
    assert len(path.read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("OSError: [Errno 24] Too many open files", "EMFILE"),
        ("accept tcp 127.0.0.1:20001: accept4: too many open files", "EMFILE"),
        ("socket: too many open files in system", "ENFILE"),
        ("dial tcp 127.0.0.1:1: connect: cannot assign requested address", "EADDRNOTAVAIL"),
        ("OSError: [Errno 28] No space left on device", "ENOSPC"),
        ("MemoryError", "ENOMEM"),
        ("fork/exec: cannot allocate memory", "ENOMEM"),
        ("this process ran out: EADDRNOTAVAIL", "EADDRNOTAVAIL"),
    ],
)
def test_each_program_says_it_in_its_own_words(line: str, name: str) -> None:
    """Python, Toxiproxy and our own word."""
    assert what_ran_out(f"started\n{line}\nConnectionResetError: [Errno 104] Connection reset by peer\n") == {name: 1}


def test_a_library_that_wraps_the_error_hides_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The cause of a cause is told, and an error of somebody else is not."""
    wrapped = RuntimeError("cannot connect")
    wrapped.__cause__ = OSError(errno.EMFILE, "no handle")
    with caplog.at_level(logging.ERROR):
        tell(ConnectionRefusedError(errno.ECONNREFUSED, "refused"))
        tell(wrapped)
    assert what_ran_out(caplog.text) == {"EMFILE": 1}
