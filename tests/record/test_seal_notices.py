"""The notices of a run are sealed like its answers, and a run without any stays as it was."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from creditstorm.errors import UsageError
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.schema import NOTICES
from creditstorm.record.seal import load_notices, seal
from creditstorm.record.stream import VERSION_KEY, LiveWriter
from tests.record.rows import answer_row, live_run


def notice_row(t_s: float, session: int) -> tuple[object, ...]:
    """A row of schema NOTICES."""
    return (t_s, session * 7, session, 1, "approved", 20_000, "granted", "correct", t_s - 3.0, t_s, 0)


def notified_run(root: Path, *streams: list[tuple[object, ...]]) -> RunFolder:
    """An unsealed run whose workers kept these notices."""
    folder = live_run(root, [answer_row(1.0)])
    for worker, rows in enumerate(streams):
        with LiveWriter(LiveFolder(folder.live).notices(worker), NOTICES) as writer:
            writer.write(rows)
    return folder


def test_sealing_keeps_every_notice_by_instant(tmp_path: Path) -> None:
    """The same table before and after, whichever worker wrote a row."""
    folder = notified_run(tmp_path, [notice_row(9.0, 1), notice_row(11.0, 3)], [notice_row(10.0, 2)])
    before = load_notices(folder)
    seal(folder)
    assert not folder.live.exists()
    assert load_notices(folder).equals(before)
    assert load_notices(folder).column("session").to_pylist() == [1, 2, 3]


@pytest.mark.parametrize("version", [1, 2])
def test_notices_of_an_earlier_version_are_read(tmp_path: Path, version: int) -> None:
    """A file from before the instant of the decision was kept says when the notice arrived."""
    folder = notified_run(tmp_path, [notice_row(9.0, 1)])
    seal(folder)
    now = load_notices(folder)
    pq.write_table(now.drop_columns(["decided_s"]).replace_schema_metadata({VERSION_KEY: str(version)}), folder.notices)
    assert load_notices(folder).equals(now)


def test_a_referral_is_of_a_version_that_knows_it(tmp_path: Path) -> None:
    """A reader that would call it damage is told that it is too old; here it is read under the number before, too."""
    referral = (9.0, 7, 1, 1, "referred", 0, None, "deferred", 6.0, None, 0)
    folder = notified_run(tmp_path, [referral])
    seal(folder)
    now = load_notices(folder)
    assert int(pq.read_metadata(folder.notices).metadata[VERSION_KEY.encode()]) >= 6
    pq.write_table(now.replace_schema_metadata({VERSION_KEY: "5"}), folder.notices)
    assert load_notices(folder).equals(now)


def test_a_run_that_notifies_nobody_has_no_file(tmp_path: Path) -> None:
    """None, before and after sealing: such folders look as they always did."""
    folder = live_run(tmp_path, [answer_row(1.0)])
    assert load_notices(folder) is None
    seal(folder)
    assert load_notices(folder) is None
    assert not folder.notices.exists()


def test_a_run_that_could_have_notified_has_an_empty_one(tmp_path: Path) -> None:
    """Nobody was notified is another result than nobody was going to be."""
    folder = notified_run(tmp_path, [])
    seal(folder)
    assert load_notices(folder).num_rows == 0


def test_a_referral_and_its_decision_are_two_rows_and_each_is_there_once(tmp_path: Path) -> None:
    """Both of one attempt: sealed and read; the same one twice is damage."""
    referred = (8.0, 7, 1, 1, "referred", 0, None, "deferred", 5.0, None, 0)
    folder = notified_run(tmp_path / "sound", [referred, notice_row(9.0, 1)])
    seal(folder)
    assert load_notices(folder).column("answer").to_pylist() == ["referred", "approved"]
    twice = notified_run(tmp_path / "damaged", [referred, referred, notice_row(9.0, 1)])
    with pytest.raises(UsageError, match="1 rows say again"):
        load_notices(twice)
