"""Where a person stands, and where creditstorm is installed, changes nothing of what runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from creditstorm.demand.load_plan import RateStage
from creditstorm.demand.taps import schedule
from creditstorm.record.folder import RunFolder
from creditstorm.record.schema import GENERATOR
from tests.storm.harness import COMMAND, PATIENCE_S, PLAIN_RUN, ROOT, Done, scenario

pytestmark = [pytest.mark.storm, pytest.mark.timeout(300)]
PACKAGES = ("creditstorm", "mock_services", "locustfiles")
MODULES = ("secrets", "yaml", "toxiproxy", "json", "typing", "credit_check", "sitecustomize")
SPRUNG = "SPRUNG"
TRAP = f"""
from pathlib import Path
(Path(__file__).parent / "{SPRUNG}").write_text(__file__)
raise RuntimeError("a module of the working directory was executed")
"""
SHORT = {"load": {"arrivals": [{"for": "3s", "rate": "20/s"}], "warm_up": "1s"}, "faults": [], "thresholds": {}}


def storm(folder: Path, stands: Path, python_path: Path, **settings: str) -> Done:
    """A short storm with every child that there is, and one Locust of two workers, started in the folder `stands`."""
    out = folder / "run"
    command = [*COMMAND, "run", str(scenario(folder, **SHORT)), "--processes", "2", "--out", str(out)]
    env = {**os.environ, "PYTHONPATH": str(python_path), **settings}
    done = subprocess.run(command, cwd=stands, env=env, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    return Done(done.returncode, done.stdout, done.stderr, RunFolder(out))


def measured(done: Done) -> bool:
    """Whether all who were planned were asked for, and people were answered, on a machine that may be busy."""
    assert done.exit_code in (0, 3), done.err
    planned = len(schedule((RateStage(3.0, 20.0, 20.0),), seed=11, people=100_000).session)
    said = f"{done.out}{done.err}{done.folder.log(GENERATOR).read_text()}"
    assert len(done.first_attempts()) == done.summary["honesty"]["planned"] == planned, said
    return not done.folder.live.exists()


def trapped(folder: Path) -> Path:
    """A folder of modules, packages and settings that would change the run if any of them were taken."""
    folder.mkdir()
    for name in MODULES:
        (folder / f"{name}.py").write_text(TRAP)
    for package in ("locustfiles", "mock_services", "locust", "gevent", "matplotlib"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text(TRAP)
    (folder / "locust.conf").write_text("no-such-option = 1\nprocesses = 3\n")
    (folder / "pyproject.toml").write_text("[tool.locust]\nlocustfile = 'yaml.py'\nusers = 7\n")
    return folder


def test_nothing_that_lies_about_or_is_set_reaches_the_load(tmp_path: Path) -> None:
    """A storm in a folder full of traps is measured, whatever Locust's variables, a home, a proxy or a backend say."""
    traps, home = trapped(tmp_path / "traps"), tmp_path / "home"
    home.mkdir()
    (home / ".locust.conf").write_text("processes = 3\ntags = nobody\n")
    settings = {
        "LOCUST_PROCESSES": "3",
        "LOCUST_TAGS": "nobody",
        "LOCUST_MODE_MASTER": "true",
        "LOCUST_RUN_TIME": "1",
        "HOME": str(home),
        "http_proxy": "http://127.0.0.1:1",
        "MPLBACKEND": "no-such-backend",
    }
    done = storm(tmp_path, traps, ROOT, **settings)
    assert measured(done), done.err
    assert not list(traps.rglob(SPRUNG))


def test_a_trap_springs_where_it_is_asked_for(tmp_path: Path) -> None:
    """On the PYTHONPATH a module is taken, which shows that these traps work."""
    traps = trapped(tmp_path / "traps")
    path = os.pathsep.join((str(traps), str(ROOT)))
    env = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run([*COMMAND, "schema"], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert (traps / SPRUNG).exists()


@pytest.fixture
def odd_home(tmp_path: Path) -> Path:
    """The three packages in a folder whose name has everything that a list of files is split at, and more."""
    home = tmp_path / "-a, b;c [d]* 信用 é"
    for package in PACKAGES:
        shutil.copytree(ROOT / package, home / package)
    return home


def test_it_may_be_installed_anywhere(tmp_path: Path, odd_home: Path) -> None:
    """A comma, a semicolon, blanks, glob characters and other letters in the path of the packages are no matter."""
    done = storm(tmp_path, tmp_path, odd_home)
    assert measured(done), done.err


def test_a_checkout_that_nobody_installed_runs_where_it_lies(tmp_path: Path, odd_home: Path) -> None:
    """`python -m creditstorm` in it makes its children of the same packages."""
    out, env = tmp_path / "run", {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [*PLAIN_RUN, str(scenario(tmp_path, **SHORT)), "--out", str(out)]
    done = subprocess.run(
        command, cwd=odd_home, env=env, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert measured(Done(done.returncode, done.stdout, done.stderr, RunFolder(out))), done.stderr


def test_the_journey_runs_by_hand(tmp_path: Path) -> None:
    """Plain `locust -f` with the shipped file needs nothing of ours around it."""
    journey = ROOT / "locustfiles" / "credit_check.py"
    words = ["-m", "locust", "-f", str(journey), "--headless", "-H", "http://127.0.0.1:1", "-t", "1s"]
    done = subprocess.run(
        [sys.executable, *words, "--arrival-rate", "20"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "/v1/credit-check" in done.stdout + done.stderr
