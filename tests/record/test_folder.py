"""A run folder is always a new one, and its names are a promise to whoever reads it later."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.folder import LiveFolder, RunFolder, find_run, mark_latest, new_run_folder

NOW = datetime(2026, 11, 11, 0, 0, 1, tzinfo=UTC)


def test_two_runs_in_one_second_get_two_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name tells time, scenario and policy; a number follows where it is taken."""
    monkeypatch.chdir(tmp_path)
    made = [new_run_folder("calm", "tri-state", now=NOW).root.name for _ in range(2)]
    assert made == ["20261111-000001-calm-tri-state", "20261111-000001-calm-tri-state-2"]


def test_a_wanted_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    """--out names the folder itself."""
    folder = new_run_folder("calm", "p", now=NOW, wanted=tmp_path / "a" / "b")
    assert folder.root == tmp_path / "a" / "b"
    assert list(folder.root.iterdir()) == [folder.claim]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A folder that holds something is refused."""
    (tmp_path / "kept").touch()
    with pytest.raises(UsageError, match="not empty"):
        new_run_folder("calm", "p", now=NOW, wanted=tmp_path)


def test_of_many_who_come_at_once_one_gets_the_folder(tmp_path: Path) -> None:
    """Whoever of eight threads is first, in each of forty new folders; also where the folder is there already."""

    def attempt(wanted: Path) -> bool:
        begin.wait()
        try:
            new_run_folder("calm", "p", now=NOW, wanted=wanted)
        except UsageError:
            return False
        return True

    begin = Barrier(8)
    with ThreadPoolExecutor(8) as threads:
        for number in range(40):
            wanted = tmp_path / str(number)
            if number % 2:
                wanted.mkdir()
            assert sum(threads.map(attempt, [wanted] * 8)) == 1


def test_a_folder_that_was_begun_in_is_taken_when_the_claim_is_gone(tmp_path: Path) -> None:
    """What its owner wrote is there before the claim goes; and who came too late leaves no claim of his own."""
    folder = new_run_folder("calm", "p", now=NOW, wanted=tmp_path / "run")
    folder.manifest.touch()
    folder.claim.unlink()
    with pytest.raises(UsageError, match="not empty"):
        new_run_folder("calm", "p", now=NOW, wanted=folder.root)
    assert list(folder.root.iterdir()) == [folder.manifest]


def test_a_name_that_is_no_utf_8_is_refused(tmp_path: Path) -> None:
    """The record has to say it, and so has the screen."""
    with pytest.raises(UsageError, match="UTF-8"):
        new_run_folder("calm", "p", now=NOW, wanted=tmp_path / "n\udcff")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_the_environments_fault(tmp_path: Path) -> None:
    """The message names the reason and the remedy."""
    (tmp_path / "file").touch()
    with pytest.raises(HarnessError, match="--out"):
        new_run_folder("calm", "p", now=NOW, wanted=tmp_path / "file" / "run")


def test_the_names_in_a_run_folder() -> None:
    """Folders of earlier versions have these names, and other programs read them."""
    run = RunFolder(Path("run"))
    raw = (run.scenario, run.manifest, run.marks, run.answers, run.services, run.notices, run.live, run.log("bureau"))
    assert [path.relative_to("run").as_posix() for path in raw] == [
        *("scenario.yaml", "manifest.json", "marks.jsonl", "answers.parquet", "services.parquet", "notices.parquet"),
        *("live", "logs/bureau.log"),
    ]
    derived = (run.summary, run.report, run.summary_text, run.plots)
    assert [path.name for path in derived] == ["summary.json", "report.html", "summary.md", "plots"]


def test_the_names_of_a_run_in_progress() -> None:
    """What a killed run left is found again by these names."""
    live = LiveFolder(Path("live"))
    streams = (live.answers(1), live.notices(1), live.services)
    assert [path.name for path in streams] == ["answers-1.arrows", "notices-1.arrows", "services.arrows"]
    words = (live.load, live.start, live.ready(1), live.progress(1), live.done(1))
    assert [path.name for path in words] == [
        *("load.json", "start.json", "worker-1.ready", "worker-1.progress", "worker-1.done"),
    ]


def test_latest_is_the_newest_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that stays right wherever results/ is moved; a run elsewhere leaves it alone."""
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        made = new_run_folder("calm", "p", now=NOW)
        mark_latest(made)
    mark_latest(new_run_folder("calm", "p", now=NOW, wanted=tmp_path / "elsewhere"))
    latest = tmp_path / "results" / "latest"
    assert latest.readlink() == Path(made.root.name)
    assert find_run(latest).manifest.parent.resolve() == (tmp_path / made.root).resolve()
    assert sorted(path.name for path in latest.parent.iterdir()) == [
        *("20261111-000001-calm-p", "20261111-000001-calm-p-2", "latest")
    ]


def test_latest_is_a_text_file_where_no_link_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names the folder, and whoever asks for it finds the run."""
    monkeypatch.chdir(tmp_path)

    def refused(self: Path, target: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(Path, "symlink_to", refused)
    made = new_run_folder("calm", "p", now=NOW)
    mark_latest(made)
    latest = Path("results") / "latest"
    assert latest.read_text() == f"{made.root.name}\n"
    assert find_run(latest).root == made.root


def test_a_folder_that_is_called_latest_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's own folder of that name stays what it is, and the run goes on."""
    monkeypatch.chdir(tmp_path)
    own = Path("results") / "latest"
    own.mkdir(parents=True)
    (own / "mine").touch()
    mark_latest(new_run_folder("calm", "p", now=NOW))
    assert (own / "mine").exists()
    assert sorted(path.name for path in own.parent.iterdir()) == ["20261111-000001-calm-p", "latest"]
