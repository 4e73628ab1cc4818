"""What a child of ours may import, and which settings reach it: nothing that lies about."""

from __future__ import annotations

import os
import signal
import site
import sys
from pathlib import Path

import pytest
from creditstorm.adapters.processes.child import HOME, last_lines, last_words, spawn, spawn_python

POLITE = "import signal, sys\nsignal.signal(15, lambda *_: sys.exit(7))\nprint('on', flush=True)\nsignal.pause()\n"
"""Puts away what it has when it is asked to end."""
ELSEWHERE = f"/plugins{os.pathsep}/more"


def import_path(tmp_path: Path, module: str = "shows_path") -> list[str]:
    """The import path of a child that runs a module of the folder `asked`."""
    asked = tmp_path / "asked"
    asked.mkdir()
    (asked / f"{module}.py").write_text("import sys\nprint(*sys.path, sep='\\n')\n")
    path = os.pathsep.join((os.environ.get("PYTHONPATH", ""), str(asked))).strip(os.pathsep)
    child = spawn_python("shower", module, log=tmp_path / "shower.log", env={"PYTHONPATH": path})
    assert child.process.wait(30) == 0, last_lines(child.log)
    child.stop()
    return list(last_lines(child.log, 99))


def test_the_working_directory_is_not_on_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the PYTHONPATH names is."""
    stands = tmp_path / "stands"
    stands.mkdir()
    monkeypatch.chdir(stands)
    path = import_path(tmp_path)
    assert str(tmp_path / "asked") in path
    assert not {"", ".", str(stands)}.intersection(path)


@pytest.mark.parametrize(
    ("inherited", "first"),
    [("", [str(HOME)]), (ELSEWHERE, [str(HOME), "/plugins", "/more"]), (f"/plugins{os.pathsep}{HOME}", ["/plugins"])],
)
def test_a_child_is_made_of_the_packages_of_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inherited: str, first: list[str]
) -> None:
    """They come first, unless the PYTHONPATH names them already; an empty one adds no working directory."""
    monkeypatch.setenv("PYTHONPATH", inherited)
    child = spawn_python("shower", "site", log=tmp_path / "shower.log")
    assert child.process.wait(30) == 0
    child.stop()
    shown = [line.strip(" ',") for line in last_lines(child.log, 99) if line.startswith("    ")]
    assert shown[: len(first)] == first
    assert shown.count(str(HOME)) == 1


def test_one_that_stands_still_is_asked_to_end_like_any_other(tmp_path: Path) -> None:
    """It goes on to hear it, and puts away what it has."""
    child = spawn("polite", [sys.executable, "-c", POLITE], log=tmp_path / "polite.log", piped=True)
    assert child.stdout.readline() == "on\n"
    child.process.send_signal(signal.SIGSTOP)
    child.stop(patience_s=30.0)
    assert child.process.returncode == 7


FOREIGN = {
    "LOCUST_PROCESSES": "2",
    "LOCUST_MODE_MASTER": "true",
    "GEVENT_RESOLVER": "ares",
    "MPLBACKEND": "no-such-backend",
    "MPLCONFIGDIR": "/nowhere",
    "PYTHONHASHSEED": "7",
    "PYTHONSTARTUP": "/nowhere",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "https_proxy": "http://127.0.0.1:1",
    "No_Proxy": "*",
}
OURS = {"CREDITSTORM_TOXIPROXY": "http://127.0.0.1:1", "TZ": "Asia/Shanghai", "OMP_NUM_THREADS": "1", "PROXY": "kept"}


def test_settings_of_libraries_do_not_reach_a_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would change the measurement stays outside; all else, and what we say ourselves, gets in."""
    for name, value in {**FOREIGN, **OURS}.items():
        monkeypatch.setenv(name, value)
    child = spawn("env", ["env"], log=tmp_path / "env.log", env={"LOCUST_TAGS": "said by us"})
    assert child.process.wait(30) == 0
    child.stop()
    seen = dict(line.split("=", 1) for line in child.log.read_text().splitlines() if "=" in line)
    assert not set(FOREIGN).intersection(seen)
    assert {name: seen.get(name) for name in OURS} == OURS
    assert seen["LOCUST_TAGS"] == "said by us"


@pytest.mark.parametrize("enabled", [True, False])
def test_a_child_sees_the_users_own_packages_as_its_parent_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, enabled: bool
) -> None:
    """Also where it is given another home."""
    monkeypatch.setattr(site, "ENABLE_USER_SITE", enabled)
    (tmp_path / "tells_site.py").write_text(
        "import os\nprint(os.environ.get('PYTHONUSERBASE'), 'PYTHONNOUSERSITE' in os.environ)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    child = spawn_python("teller", "tells_site", log=tmp_path / "teller.log", env={"HOME": str(tmp_path)})
    assert child.process.wait(30) == 0
    child.stop()
    assert last_lines(child.log) == (f"{site.getuserbase() if enabled else None} {not enabled}",)


def test_a_child_that_said_nothing_has_a_sentence_of_its_own() -> None:
    """And no colon with nothing behind it."""
    assert last_words(()) == "; it logged nothing"
    assert last_words(("a", "b")) == "; its last words:\n  a\n  b"


@pytest.mark.parametrize("begun", [0, 1])
def test_the_last_words_of_what_broke_are_no_traceback(tmp_path: Path, begun: int) -> None:
    """What it says at its end is the reason; the rest is in the log, whose last lines may begin in the middle of it."""
    told = [
        "Traceback (most recent call last):",
        '  File "worker.py", line 7, in run',
        "    close()",
        "    ~~~~~^^",
        "OSError: [Errno 30] Read-only file system",
        "  said by somebody else",
        "",
    ]
    log = tmp_path / "log"
    log.write_text("\n".join(told[begun:]))
    assert last_lines(log) == ("OSError: [Errno 30] Read-only file system", "  said by somebody else")
