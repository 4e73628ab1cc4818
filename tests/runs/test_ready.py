"""What is refused or warned of before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from creditstorm.adapters import disk, room, yardstick
from creditstorm.adapters.preflight import Finding
from creditstorm.adapters.toxiproxy.server import VARIABLE
from creditstorm.errors import CreditstormError, HarnessError, UsageError
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Mode
from creditstorm.runs import execute, ready
from tests.analysis.builders import scenario


def remembered(monkeypatch: pytest.MonkeyPatch, cache: Path, held_hz: float | None) -> None:
    """So much was held last."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    if held_hz is not None:
        yardstick.remember(held_hz)


def test_a_small_load_is_never_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """10/s of people are at most 40 answers a second, a quarter of 160: what is remembered stays as it was."""
    remembered(monkeypatch, tmp_path, 160.0)
    assert list(ready.doubtful(scenario())) == []
    assert yardstick.last_held_hz() == 160.0


def test_a_load_beyond_this_box_is_measured_and_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A million people a second: the measure takes its time, and says what is held."""
    remembered(monkeypatch, tmp_path, 160.0)
    fast = scenario(load={"arrivals": [{"for": 1.0, "rate": 100_000.0}]})
    (line,) = (line for line in ready.doubtful(fast) if line.startswith("cores"))
    assert "/s; asked 100000/s; ask for less" in line
    assert yardstick.last_held_hz() != 160.0


def test_the_closed_model_is_counted_by_its_people() -> None:
    """A hundred users who think for a second ask a hundred times a second at most."""
    users = {"users": {"count": 100, "for": 10.0, "think": 1.0}}
    assert ready.needs_of(scenario(load=users)).peak_hz == 100.0


def test_what_is_planned_fits_here(tmp_path: Path) -> None:
    """Nothing of this small plan is refused on a machine that runs the tests."""
    ready.require_ready(scenario(), tmp_path / "results")


def test_doctor_looks_at_everything_that_a_run_would_be_refused_for(tmp_path: Path) -> None:
    """Each finding has a name of its own; memory, ports to call from and the disk are among them."""
    names = [finding.name for finding in ready.examined(tmp_path)]
    assert {"open files", "ports", "calling ports", "memory", "disk", "toxiproxy"} <= set(names)
    assert len(names) == len(set(names))


def request(out: Path, mode: Mode = Mode.LIVE, **changes: object) -> execute.RunRequest:
    """A run as a program of Python asks for it."""
    out.mkdir()
    return execute.RunRequest(scenario(**changes), RunFolder(out), mode=mode)


def refused(asked: execute.RunRequest) -> CreditstormError:
    """How `execute` says no; nothing was written and nobody told."""
    events: list[object] = []
    with pytest.raises(CreditstormError) as caught:
        execute.execute(asked, events.append)
    assert (events, list(asked.folder.root.iterdir())) == ([], [])
    return caught.value


def test_from_python_what_cannot_work_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Too few open files, no server, a store of strangers: as the command line does."""
    needed = Finding("open files", ok=False, detail="64 are allowed", remedy="ulimit -Hn 900")
    with monkeypatch.context() as changed:
        changed.setattr(room, "check_files", lambda *_: needed)
        assert str(refused(request(tmp_path / "files"))) == "open files: 64 are allowed; ulimit -Hn 900"
    with monkeypatch.context() as changed:
        changed.setenv(VARIABLE, "/nowhere/toxiproxy-server")
        assert isinstance(refused(request(tmp_path / "server")), HarnessError)
    policy = {"preset": "last-known-good", "name": "far", "missing": STRANGERS}
    far = refused(request(tmp_path / "store", system={"kind": "reference", "policy": policy}))
    assert isinstance(far, UsageError)
    assert "--allow-host redis.example.com" in str(far)


STRANGERS = {"kind": "last_known_good", "store": "redis://redis.example.com:6379/0"}


@pytest.mark.parametrize("mode", Mode)
def test_from_python_a_full_disk_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: Mode) -> None:
    """Live and in virtual time: both write their rows."""
    monkeypatch.setattr(disk, "free_at", lambda _: 4096)
    said = str(refused(request(tmp_path / "run", mode)))
    assert said.startswith("disk: 0 MiB are free at ")
    assert said.endswith("give another folder with --out")
