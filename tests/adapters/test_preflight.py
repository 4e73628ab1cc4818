"""What doctor finds, and what it says to do."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from creditstorm.adapters import preflight as environment
from creditstorm.adapters.preflight import Finding, check_environment


def test_this_machine_will_do() -> None:
    """Every check runs here, and whoever runs the tests has the server and Locust."""
    findings = {finding.name: finding for finding in check_environment(os.environ)}
    names = ["python", "toxiproxy", "go", "locust", "open files", "ports", "machine", "clock", "leftovers"]
    assert list(findings) == names
    assert findings["python"].ok
    assert findings["toxiproxy"].ok
    assert findings["locust"].ok


def test_locust_is_not_imported() -> None:
    """Looking for Locust must not import it, because that patches the process."""
    assert environment.check_locust().ok
    assert "locust" not in sys.modules


@pytest.mark.parametrize(
    ("finding", "ok"),
    [
        (environment.check_python((3, 11, 0)), True),
        (environment.check_python((3, 10, 9)), False),
        (environment.check_open_files(2048), True),
        (environment.check_open_files(1024), False),
        (environment.check_open_files(-1), True),
        (environment.check_machine(2, 8.0), True),
        (environment.check_machine(1, 8.0), False),
        (environment.check_machine(1.5, 8.0), False),
        (environment.check_machine(4, 1.0), False),
        (environment.check_clock(1.8e9, 1e-9), True),
        (environment.check_clock(0.0, 1e-9), False),
        (environment.check_leftovers(()), True),
        (environment.check_leftovers((17, 18)), False),
    ],
)
def test_limits(finding: Finding, ok: bool) -> None:
    """Each check draws the line where it says, and whatever is not ok comes with a remedy."""
    assert finding.ok == ok
    assert finding.ok or finding.remedy


def test_no_server(tmp_path: Path) -> None:
    """Without a server the three ways to get one are the remedy."""
    finding = environment.check_toxiproxy({"CREDITSTORM_TOXIPROXY": str(tmp_path / "nothing")})
    assert not finding.ok
    assert "no program to run there" in finding.detail
    assert finding.remedy


def test_server_that_does_not_run(tmp_path: Path) -> None:
    """A server built for another machine is found out."""
    fake = tmp_path / "toxiproxy-server"
    fake.write_bytes(b"\x00not a program")
    fake.chmod(0o755)
    finding = environment.check_toxiproxy({"CREDITSTORM_TOXIPROXY": str(fake)})
    assert not finding.ok
    assert "does not run" in finding.detail


@contextlib.contextmanager
def a_server(tmp_path: Path, **variables: str) -> Iterator[int]:
    """A process by the name of the server, with these variables."""
    program = tmp_path / environment.NAME
    shutil.copy(shutil.which("sleep") or "", program)
    with subprocess.Popen([str(program), "60"], env=variables) as process:
        try:
            while psutil.Process(process.pid).name() != environment.NAME:
                time.sleep(0.01)
            yield process.pid
        finally:
            process.kill()


def test_a_live_server_is_no_leftover(tmp_path: Path) -> None:
    """Its parent is who started it, whatever number that has: in a container it may well be process 1."""
    with a_server(tmp_path, **{environment.STARTED_BY: str(os.getpid())}) as pid:
        assert pid not in environment.leftovers()


def test_a_server_whose_harness_is_gone_is_a_leftover(tmp_path: Path) -> None:
    """Another process has become its parent."""
    with a_server(tmp_path, **{environment.STARTED_BY: "1"}) as pid:
        assert pid in environment.leftovers()


def test_a_server_of_somebody_else_is_no_leftover(tmp_path: Path) -> None:
    """It does not say that we started it."""
    with a_server(tmp_path) as pid:
        assert pid not in environment.leftovers()


def test_a_machine_without_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Said as what it is, with what to do."""
    monkeypatch.setattr(environment, "loopback_is_up", lambda: False)
    found = environment.check_ports()
    assert (found.ok, found.remedy) == (False, "set it up: ip link set lo up")
