"""Matrix folders that were damaged: one message at the place, and nothing of anybody else's touched."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from creditstorm.errors import CreditstormError
from creditstorm.record.matrix import MatrixFolder, open_matrix
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.dump import dump
from creditstorm.scenario.text.loader import load
from tests.abuse.attempts import Attempts, command, wrong_with
from tests.abuse.folders import INSTEAD, MANIFEST, a_folder, a_loop, a_pipe
from tests.analysis.builders import manifest

NOW = datetime(2026, 11, 26, tzinfo=UTC)
ASKED = ("matrix", "calm", "--policies", "retry", "--dry", "--out")
LINES = (
    *(b"{", b"[]", b"7", b"null", b'"word"', b"\0\0", b'{"a":' * 100_000 + b"1" + b"}" * 100_000, b"\xff\xfe", b"{}"),
    *(b'{"event": 7}', b'{"event": null, "cell": "retry-0"}', b'{"event": {}}', b'{"event": "cell_started"}'),
    *(
        b'{"event": "cell_started", "cell": %b}' % cell
        for cell in (b"null", b"7", b"[]", b"{}", b'""', b'"../x"', b'"/"')
    ),
    *(b'{"event": "asked", "repeats": %b}' % number for number in (b"NaN", b"1e999", b"9" * 400)),
    b'{"event": "cell_ended", "cell": ["retry-0"]}',
)


def begun(root: Path, line: bytes) -> str:
    """What is wrong with going on in a matrix whose journal has such a line: it is to be refused at its place."""
    journal = MatrixFolder(root).journal
    root.mkdir(exist_ok=True)
    journal.write_bytes(b'{"event": "asked"}\n' + line + b'\n{"event": "concluded"}\n')
    try:
        with open_matrix("calm", now=NOW, wanted=root):
            return "taken"
    except CreditstormError as error:
        return "" if str(error).startswith(f"{journal}:2: not an event") and "\n" not in str(error) else str(error)


def test_a_journal_with_a_line_that_is_none(tmp_path: Path, attempts: Callable[[str], Attempts]) -> None:
    """The file and the line, whatever stands there."""
    with attempts("matrix journals") as counted:
        for line in LINES:
            counted.made(repr(line[:40]), begun(tmp_path / "m", line))


def finished_cell(root: Path) -> MatrixFolder:
    """A matrix of one run that looks finished."""
    folder = MatrixFolder(root)
    run = folder.cell("retry-0")
    run.root.mkdir(parents=True)
    folder.journal.write_text('{"event": "cell_started", "cell": "retry-0"}\n', encoding="utf-8")
    manifest().write(run)
    run.answers.touch()
    run.scenario.write_text(dump(load(catalogue.find("calm"), overrides=["system.policy=retry"])), encoding="utf-8")
    return folder


def test_a_cell_that_was_damaged(tmp_path: Path, attempts: Callable[[str], Attempts]) -> None:
    """Its manifest or scenario is named; a run that is gone is run again."""
    with attempts("matrix cells") as counted:
        for number, (part, instead) in enumerate((p, i) for p in ("manifest", "scenario") for i in INSTEAD):
            cell = finished_cell(tmp_path / str(number)).cell("retry-0")
            INSTEAD[instead](getattr(cell, part))
            told = command(*ASKED, str(tmp_path / str(number)))
            # Where no file is, no run was finished.
            gone = part == "manifest" and not cell.manifest.is_file()
            counted.made(f"{part} {instead}", wrong_with(told, (0,) if gone else (2,), (str(cell.root),), most=1))
        for key in ("seed", "ended", "host", "planned"):
            root = tmp_path / key
            cell = finished_cell(root).cell("retry-0")
            content = json.loads(cell.manifest.read_text(encoding="utf-8"))
            cell.manifest.write_text(json.dumps({**content, key: MANIFEST[key][1]}), encoding="utf-8")
            counted.made(key, wrong_with(command(*ASKED, str(root)), (2,), (str(cell.manifest),), most=1))


def test_what_is_not_a_matrix_is_left_alone(tmp_path: Path, attempts: Callable[[str], Attempts]) -> None:
    """A journal that is a link, a cell that is a file or leads elsewhere: refused, and all as before."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "thesis").write_text("mine")
    with attempts("matrix links") as counted:
        for number, make in enumerate((a_folder, a_pipe, a_loop, lambda path: path.symlink_to(outside / "thesis"))):
            root = tmp_path / f"journal-{number}"
            root.mkdir()
            make(MatrixFolder(root).journal)
            counted.made(f"journal {number}", _refused(root))
        for number, make in enumerate(
            (lambda path: path.symlink_to(outside), lambda path: path.write_text("mine"), a_pipe)
        ):
            root = tmp_path / f"cell-{number}"
            root.mkdir()
            MatrixFolder(root).journal.write_text('{"event": "cell_started", "cell": "retry-0"}\n')
            make(root / "retry-0")
            counted.made(f"cell {number}", _refused(root))
    assert (outside / "thesis").read_text() == "mine"
    assert [path.name for path in outside.iterdir()] == ["thesis"]


def _refused(root: Path) -> str:
    try:
        with open_matrix("calm", now=NOW, wanted=root) as (_, journal):
            journal.begin("retry-0")
    except CreditstormError as error:
        return "" if str(root) in str(error) else str(error)
    return "taken"
