from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.schema import ADDED, ANSWERS, SERVICES_SCHEMA, STRAIN, Backfill
from creditstorm.record.seal import load_answers, load_services, seal
from creditstorm.record.stream import VERSION_KEY
from tests.record.rows import answer_row, live_run


def test_an_unsealed_folder_gives_the_table_that_sealing_gives(tmp_path: Path) -> None:
    """Sealing changes where the rows lie, not one of them."""
    folder = live_run(tmp_path / "run", [answer_row(2.0), answer_row(0.5, answer="timeout")], [answer_row(1.0)])
    before, services_before = load_answers(folder), load_services(folder)
    seal(folder)
    assert not folder.live.exists()
    assert load_answers(folder).equals(before)
    assert load_answers(folder).schema.equals(ANSWERS)
    assert load_services(folder).equals(services_before)
    assert load_services(folder).schema.equals(SERVICES_SCHEMA)


def test_rows_are_in_the_order_of_intended_instant_session_attempt(tmp_path: Path) -> None:
    """The order depends on the rows, not on which worker wrote them."""
    keys = [(1.0, 1, 2), (1.0, 0, 1), (0.5, 9, 1), (1.0, 1, 1)]
    rows = [answer_row(t, session=s, attempt=a) for t, s, a in keys]
    table = load_answers(live_run(tmp_path / "run", rows[:2], rows[2:]))
    columns = [table.column(name).to_pylist() for name in ("intended_s", "session", "attempt")]
    assert list(zip(*columns, strict=True)) == sorted(keys)


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    """How rows were spread over workers and batches leaves no trace in the sealed file."""
    rows = [answer_row(float(i), session=i, answer=("error", "approved")[i % 2]) for i in range(6)]
    one, two = live_run(tmp_path / "one", rows), live_run(tmp_path / "two", rows[3:], rows[:3])
    seal(one)
    seal(two)
    assert one.answers.read_bytes() == two.answers.read_bytes()


def test_sealing_twice_changes_nothing(tmp_path: Path) -> None:
    """A second call is harmless."""
    folder = live_run(tmp_path / "run", [answer_row(1.0)])
    seal(folder)
    sealed = folder.answers.read_bytes()
    seal(folder)
    assert folder.answers.read_bytes() == sealed


def test_sealing_again_after_an_interruption_loses_nothing(tmp_path: Path) -> None:
    """Killed between the two files, or before live/ went, sealing finishes the rest."""
    folder = live_run(tmp_path / "run", [answer_row(1.0)])
    services = load_services(folder)
    copy = {path.name: path.read_bytes() for path in folder.live.iterdir()}
    seal(folder)
    folder.services.unlink()
    folder.live.mkdir()
    for name, content in copy.items():
        (folder.live / name).write_bytes(content)
    seal(folder)
    assert load_services(folder).equals(services)
    assert load_answers(folder).num_rows == 1


def test_a_run_without_a_single_answer_is_an_empty_table(tmp_path: Path) -> None:
    """No rows is a result, not an error."""
    folder = live_run(tmp_path / "run")
    assert load_answers(folder).num_rows == 0
    seal(folder)
    assert load_answers(folder).num_rows == 0
    assert load_answers(folder).schema.equals(ANSWERS)


def test_a_run_without_services_says_none(tmp_path: Path) -> None:
    """The figures of the services are optional."""
    folder = RunFolder(tmp_path)
    folder.live.mkdir()
    assert load_services(folder) is None


def test_a_folder_that_is_not_a_run_is_named(tmp_path: Path) -> None:
    """The error says what was looked for and what to name instead."""
    with pytest.raises(UsageError) as caught:
        load_answers(RunFolder(tmp_path))
    assert str(caught.value) == (
        f"{tmp_path}: no answers in it (neither answers.parquet nor live/). Name a folder "
        "that `creditstorm run` made, such as results/<run-id>."
    )


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """Rows of a later creditstorm are not guessed at."""
    folder = live_run(tmp_path / "run", [answer_row(1.0)])
    seal(folder)
    table = pq.read_table(folder.answers).replace_schema_metadata({VERSION_KEY: "99"})
    pq.write_table(table, folder.answers)
    with pytest.raises(UsageError, match=r"written by a newer creditstorm \(schema 99; this one reads up to 6\)"):
        load_answers(folder)


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"no parquet at all" * 100])
def test_a_damaged_file_is_named(tmp_path: Path, damage: bytes) -> None:
    """Neither a half nor a foreign file gives a traceback."""
    (tmp_path / "answers.parquet").write_bytes(damage)
    with pytest.raises(UsageError, match=r"answers\.parquet: damaged"):
        load_answers(RunFolder(tmp_path))


def test_a_foreign_parquet_file_is_not_a_run(tmp_path: Path) -> None:
    """A table without our schema version is not taken for answers."""
    pq.write_table(pa.table({"a": [1]}), tmp_path / "answers.parquet")
    with pytest.raises(UsageError, match="no schema version in it"):
        load_answers(RunFolder(tmp_path))


def test_missing_columns_are_named(tmp_path: Path) -> None:
    """A file that lost columns says which."""
    table = pa.table({"intended_s": [1.0]}).replace_schema_metadata({VERSION_KEY: "1"})
    pq.write_table(table, tmp_path / "answers.parquet")
    with pytest.raises(UsageError, match=r"without the columns sent_s, done_s"):
        load_answers(RunFolder(tmp_path))


def lacking(version: int) -> list[str]:
    """The columns that a file of this version does not have yet."""
    return [name for name, added in ADDED.items() if added.since > version and name in ANSWERS.names]


def without_what_nobody_kept(now: pa.Table, version: int) -> pa.Table:
    """The rows as they are read from a file of this version."""
    for name in lacking(version):
        if ADDED[name].filled is Backfill.NOTHING:
            kind = now.schema.field(name).type
            now = now.set_column(now.column_names.index(name), name, pa.nulls(now.num_rows, kind))
    return now


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_sealed_run_of_an_earlier_version_is_read(tmp_path: Path, version: int) -> None:
    """A file from before there were two oracles says by both what it said by one; what was doubted nobody kept."""
    folder = live_run(tmp_path / "run", [answer_row(1.0), answer_row(2.0)])
    seal(folder)
    now = load_answers(folder)
    old = now.drop_columns(lacking(version)).replace_schema_metadata({VERSION_KEY: str(version)})
    pq.write_table(old, folder.answers)
    now = without_what_nobody_kept(now, version)
    assert load_answers(folder).equals(now)
    some = ["answer", "truth_stable", "bureau_rejected", "bureau_null_field", "bureau_began_s"]
    assert load_answers(folder, some).equals(now.select(some))


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_stream_of_an_earlier_version_is_read(tmp_path: Path, version: int) -> None:
    """A run that an earlier creditstorm left unsealed is read, and sealed, as one of today."""
    now = load_answers(live_run(tmp_path / "now", [answer_row(1.0)]))
    folder = live_run(tmp_path / "run", [answer_row(1.0)])
    path = LiveFolder(folder.live).answers(0)
    with pa.OSFile(str(path), "rb") as file:
        rows = pa.ipc.open_stream(file).read_all().drop_columns(lacking(version))
    schema = rows.schema.with_metadata({VERSION_KEY: str(version)})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, schema) as stream:
        stream.write_table(rows.replace_schema_metadata(schema.metadata))
    now = without_what_nobody_kept(now, version)
    assert load_answers(folder).equals(now)
    seal(folder)
    assert load_answers(folder).equals(now)


def test_the_seconds_of_a_run_from_before_lateness_was_recorded_are_read(tmp_path: Path) -> None:
    """Sealed or not, what nobody recorded is null, and the rest is as it was."""
    folder = live_run(tmp_path / "run", [answer_row(1.0)])
    live = LiveFolder(folder.live).services
    with pa.OSFile(str(live), "rb") as file:
        rows = pa.ipc.open_stream(file).read_all().drop_columns([*STRAIN, "held_s"])
    schema = rows.schema.with_metadata({VERSION_KEY: "4"})
    with pa.OSFile(str(live), "wb") as file, pa.ipc.new_stream(file, schema) as stream:
        stream.write_table(rows.replace_schema_metadata(schema.metadata))
    before = load_services(folder)
    seal(folder)
    assert before.equals(load_services(folder))
    assert before.schema.equals(SERVICES_SCHEMA)
    assert before.column("cpu").to_pylist() == [0.25] * 3
    assert [before.column(name).null_count for name in (*STRAIN, "held_s")] == [3] * (len(STRAIN) + 1)


def test_where_nothing_was_said_nothing_was_doubted(tmp_path: Path) -> None:
    """Of an answer without evidence an old file gives neither yes nor no, as a file of today does."""
    silent = pa.array([None, "empty"], pa.string())
    folder = live_run(tmp_path / "run", [answer_row(1.0), answer_row(2.0)])
    seal(folder)
    now = load_answers(folder)
    place = now.column_names.index("bureau_status")
    old = now.set_column(place, "bureau_status", silent.dictionary_encode()).drop_columns(lacking(2))
    pq.write_table(old.replace_schema_metadata({VERSION_KEY: "2"}), folder.answers)
    assert load_answers(folder).column("bureau_rejected").to_pylist() == [None, False]


def test_a_column_that_its_own_version_has_is_not_guessed(tmp_path: Path) -> None:
    """A file of today without the second oracle is damaged, not old."""
    folder = live_run(tmp_path / "run", [answer_row(1.0)])
    seal(folder)
    pq.write_table(pq.read_table(folder.answers).drop_columns(["truth_stable"]), folder.answers)
    with pytest.raises(UsageError, match="without the columns truth_stable"):
        load_answers(folder)


@pytest.mark.parametrize("name", ["~", "~root", "s3:", "file:"])
def test_a_folder_whose_name_means_something_to_arrow_is_a_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is nobody's home and no place in a network."""
    monkeypatch.chdir(tmp_path)
    folder = live_run(Path(name) / "run", [answer_row(1.0)])
    seal(folder)
    assert load_answers(folder).num_rows == 1
    assert (tmp_path / name / "run" / "answers.parquet").is_file()


def test_what_this_machine_ran_out_of_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks for a copy of a file that is whole."""

    def no_thread(_path: object) -> None:
        raise pa.ArrowException("Unknown error: Failed to launch worker thread: Resource temporarily unavailable")

    folder = RunFolder(tmp_path)
    folder.answers.write_bytes(b"PAR1")
    monkeypatch.setattr(pq, "read_schema", no_thread)
    with pytest.raises(HarnessError, match=r"answers\.parquet: cannot be read here and now .*raise that limit"):
        load_answers(folder)
