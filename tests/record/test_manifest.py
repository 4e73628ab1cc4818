from __future__ import annotations

import json
from pathlib import Path

import pytest
from creditstorm.errors import UsageError
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import ClockAnchor, Ended, Ending, GitState, Host, Manifest

MANIFEST = Manifest(
    run_id="20261111-120000-bureau-outage",
    scenario_id="bureau-outage-at-peak",
    policy="fail-closed",
    seed=20261111,
    created="2026-11-11T12:00:00Z",
    versions={"python": "3.11", "locust": "2.47"},
    git=GitState(commit="abc", dirty=True),
    host=Host(system="Linux", machine="x86_64", cores=2, memory_gib=7.5),
    clock=ClockAnchor(unix_s=1.5, monotonic_s=2.5),
    processes=2,
    planned=1234,
    duration_s=75.0,
    ended=Ended(Ending.COMPLETED),
    dead_workers=(1,),
    overrides=("policy=tri-state",),
)


@pytest.mark.parametrize("git", [None, GitState("abc", dirty=False)])
def test_a_manifest_comes_back_equal(tmp_path: Path, git: GitState | None) -> None:
    """What was written is what is read, with its types."""
    manifest = Manifest(**{**_fields(), "git": git})
    manifest.write(RunFolder(tmp_path))
    assert Manifest.read(RunFolder(tmp_path)) == manifest


def test_writing_again_replaces_in_one_step(tmp_path: Path) -> None:
    """No temporary file stays behind."""
    for _ in range(2):
        MANIFEST.write(RunFolder(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_fields_of_a_later_minor_change_are_ignored(tmp_path: Path) -> None:
    """A field nobody knows here does not make a run unreadable."""
    _write(tmp_path, colour="blue")
    assert Manifest.read(RunFolder(tmp_path)) == MANIFEST


def test_a_folder_without_a_manifest_is_not_a_run(tmp_path: Path) -> None:
    """The error says what to name instead."""
    with pytest.raises(UsageError) as caught:
        Manifest.read(RunFolder(tmp_path / "nothing"))
    assert str(caught.value) == (
        f"{tmp_path / 'nothing'}: not a run folder (no manifest.json in it). Name a folder that "
        "`creditstorm run` made, such as results/<run-id>."
    )


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """The remedy is to upgrade."""
    _write(tmp_path, schema_version=7)
    with pytest.raises(UsageError, match=r"newer creditstorm \(schema 7; this one reads up to 6\)\. Upgrade"):
        Manifest.read(RunFolder(tmp_path))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"schema_version": None}, "no schema version"),
        ({"schema_version": True}, "no schema version"),
        ({"git": []}, "not the manifest of a run"),
        ({"host": {"system": "Linux"}}, "not the manifest of a run"),
        (
            {"ended": {"how": "somehow", "reason": ""}},
            "'running', 'completed', 'interrupted', 'stopped' or 'failed', got",
        ),
        ({"seed": "seven"}, "not the manifest of a run"),
    ],
)
def test_a_damaged_manifest_is_named(tmp_path: Path, changed: dict[str, object], says: str) -> None:
    """Each kind of damage is a message, not a traceback."""
    _write(tmp_path, **changed)
    with pytest.raises(UsageError, match=says):
        Manifest.read(RunFolder(tmp_path))


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_a_file_that_is_no_object_is_named(tmp_path: Path, text: str) -> None:
    """Not even JSON is needed for a clear message."""
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(UsageError, match=r"manifest\.json: (cannot be read|expected a JSON object)"):
        Manifest.read(RunFolder(tmp_path))


def _fields() -> dict[str, object]:
    return {name: getattr(MANIFEST, name) for name in Manifest.__dataclass_fields__}


def _write(root: Path, **changed: object) -> None:
    MANIFEST.write(RunFolder(root))
    path = root / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))
