"""What a child of ours may import: its parent's packages and what the person asked for, nothing that lies about."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from creditstorm.adapters.processes.child import HOME, last_lines, spawn_python

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
