"""From live streams to Parquet, once; and reading the rows of a run, sealed or not.

Each file carries the schema version of its rows. A later version may add columns, and must go on reading the files of
every earlier one by filling in what they lack.
"""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from creditstorm.errors import CreditstormError, HarnessError, UsageError
from creditstorm.record.files import RESTORE, is_there, must_be_file, replace_file
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.manifest import SCHEMA_VERSION, Ending, Manifest, check_version
from creditstorm.record.schema import ADDED, ANSWERS, COMPLAINTS, NOTICES, SERVICES_SCHEMA, Backfill
from creditstorm.record.soundness import checked
from creditstorm.record.stream import VERSION_KEY, encoded, plain, read_live
from creditstorm.units import printable

ANSWERS_ORDER = ("intended_s", "session", "attempt")
SERVICES_ORDER = ("t_s", "service")
NOTICES_ORDER = ("t_s", "session")
COMPLAINTS_ORDER = NOTICES_ORDER
NOISY = ("truth_score", "scoring_value")
"""Beside all instants and durations: hardly a number in them comes twice, so a dictionary would only make them longer.

Their bytes are put beside each other by place instead, which took a row of a decision from 219 to 153 bytes.
"""


DAMAGE = (pa.ArrowException, OSError, ValueError, LookupError, TypeError, MemoryError)
"""What Arrow raises, depending on where in a file the first wrong byte is met."""
NOT_THE_FILES = ("Failed to launch worker thread", "Too many open files")
"""What Arrow says where this machine ran out of something, whatever is in the file."""


def seal(folder: RunFolder) -> None:
    """Turn the live streams into Parquet. Interrupted anywhere it can be called again and nothing is lost."""
    live = LiveFolder(folder.live)
    if not folder.answers.exists():
        _write(folder.answers, _from_streams(live.all_answers(), ANSWERS, ANSWERS_ORDER))
    if not folder.services.exists() and live.services.exists():
        _write(folder.services, _from_streams([live.services], SERVICES_SCHEMA, SERVICES_ORDER))
    if not folder.notices.exists() and (streams := live.all_notices()):
        _write(folder.notices, _from_streams(streams, NOTICES, NOTICES_ORDER))
    if not folder.complaints.exists() and (streams := live.all_complaints()):
        _write(folder.complaints, _from_streams(streams, COMPLAINTS, COMPLAINTS_ORDER))
    if folder.live.exists():
        shutil.rmtree(folder.live)


def load_answers(folder: RunFolder, columns: Sequence[str] = tuple(ANSWERS.names)) -> pa.Table:
    """The answers in these columns of ANSWERS, by intended instant; the same table before and after sealing.

    Raises UsageError where there are none, where they are damaged or of a newer schema.
    """
    if is_there(folder.answers):
        wanted = pa.schema([ANSWERS.field(name) for name in columns])
        return checked(folder.answers, _from_parquet(folder.answers, wanted))
    if not folder.live.is_dir():
        if is_there(folder.manifest) and Manifest.read(folder).ended.how is Ending.RUNNING:
            why = "its run was cut off before anybody was asked (the harness was killed), so nothing can be told of it"
            raise UsageError(f"{folder.root}: {why}. Run the scenario again.")
        raise UsageError(
            f"{folder.root}: no answers in it (neither {folder.answers.name} nor {folder.live.name}/). Name a folder "
            "that `creditstorm run` made, such as results/<run-id>."
        )
    rows = _from_streams(LiveFolder(folder.live).all_answers(), ANSWERS, ANSWERS_ORDER)
    return checked(folder.live, rows.select(list(columns)))


def load_services(folder: RunFolder) -> pa.Table | None:
    """The per-second figures in SERVICES_SCHEMA; None where the run recorded none."""
    live = LiveFolder(folder.live)
    if is_there(folder.services):
        return checked(folder.services, _from_parquet(folder.services, SERVICES_SCHEMA))
    if is_there(live.services):
        return checked(live.services, _from_streams([live.services], SERVICES_SCHEMA, SERVICES_ORDER))
    return None


def load_notices(folder: RunFolder) -> pa.Table | None:
    """The notices in NOTICES; None where nobody was ever going to be notified."""
    if is_there(folder.notices):
        return checked(folder.notices, _from_parquet(folder.notices, NOTICES))
    streams = LiveFolder(folder.live).all_notices()
    return checked(folder.live, _from_streams(streams, NOTICES, NOTICES_ORDER)) if streams else None


def load_complaints(folder: RunFolder) -> pa.Table | None:
    """The complaints in COMPLAINTS; None where nobody was ever going to complain."""
    if is_there(folder.complaints):
        return checked(folder.complaints, _from_parquet(folder.complaints, COMPLAINTS))
    streams = LiveFolder(folder.live).all_complaints()
    return checked(folder.live, _from_streams(streams, COMPLAINTS, COMPLAINTS_ORDER)) if streams else None


def _from_streams(paths: Sequence[Path], schema: pa.Schema, order: Sequence[str]) -> pa.Table:
    batches = [batch for path in paths for batch in _batches(path, plain(schema))]
    return in_order(pa.Table.from_batches(batches, plain(schema)), schema, order)


def in_order(rows: pa.Table, schema: pa.Schema, order: Sequence[str]) -> pa.Table:
    """Rows with plain words in exactly `schema`, sorted: what is loaded from a sealed run as well."""
    return encoded(rows.sort_by([(column, "ascending") for column in order]), schema)


def _batches(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    try:
        for batch in read_live(path):
            version = _version(batch.schema)
            check_version(path, version)
            wanted = _up_to_date(batch.replace_schema_metadata(None), version).select(schema.names).cast(schema)
            wanted.validate(full=True)
            yield wanted
    except DAMAGE as problem:
        raise _damaged(path, problem) from problem


def _from_parquet(path: Path, schema: pa.Schema) -> pa.Table:
    must_be_file(path)
    try:
        found = pq.read_schema(path.absolute())
        version = _version(found)
        check_version(path, version)
        wanted = {name: _column_of(name, version) for name in schema.names}
        missing = [name for name in wanted.values() if name not in found.names]
        if missing:
            raise UsageError(f"{path}: without the columns {', '.join(missing)}. {RESTORE}")
        # One column at a time, so that nothing is there twice but the one at hand. Without the checksums a flipped bit
        # is a figure: 29.7 % where 29.1 were measured.
        with pq.ParquetFile(path.absolute(), page_checksum_verification=True) as file:
            columns = [_of_today(file, field, wanted[field.name], version) for field in schema]
        pa.default_memory_pool().release_unused()
        return pa.table(columns, schema=schema)
    except DAMAGE as problem:
        raise _damaged(path, problem) from problem


def _damaged(path: Path, problem: BaseException) -> CreditstormError:
    why = printable(next(iter(str(problem).splitlines()), "") or type(problem).__name__, 160)
    if any(word in why for word in NOT_THE_FILES):
        return HarnessError(f"{path}: cannot be read here and now ({why}); raise that limit, and report on it again")
    return UsageError(f"{path}: damaged ({why}). {RESTORE}")


def _of_today(file: pq.ParquetFile, field: pa.Field, before: str, version: int | None) -> pa.Array:
    rows = file.read(columns=[before])
    rows.validate(full=True)
    return encoded(_up_to_date(rows, version), pa.schema([field])).column(field.name)


def _column_of(name: str, version: int | None) -> str:
    """The column that holds this one's values in a file of an earlier version."""
    added = ADDED.get(name)
    return name if added is None or version is None or version >= added.since else added.before


def _up_to_date(rows: pa.Table | pa.RecordBatch, version: int | None) -> pa.Table | pa.RecordBatch:
    """The rows with what their version lacked, filled in from a column that they have."""
    for name, added in ADDED.items():
        before = _column_of(name, version)
        if before != name and before in rows.schema.names:
            rows = rows.append_column(name, _backfilled(name, added.filled, rows.column(before)))
    return rows


def _backfilled(name: str, filled: Backfill, told: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    if filled is Backfill.SAME:
        return told
    if filled is Backfill.NOTHING:
        return pa.nulls(len(told), _TYPES[name])
    return pc.if_else(pc.is_valid(told), pa.scalar(value=False), pa.scalar(None, pa.bool_()))


_TYPES = {field.name: field.type for schema in (SERVICES_SCHEMA, ANSWERS) for field in plain(schema)}


def _version(schema: pa.Schema) -> int | None:
    text = (schema.metadata or {}).get(VERSION_KEY.encode(), b"")
    return int(text) if text.isdigit() and len(text) < 10 else None


def _write(path: Path, table: pa.Table) -> None:
    labelled = table.replace_schema_metadata({VERSION_KEY: str(SCHEMA_VERSION)})
    noisy = [name for name in table.column_names if name in NOISY or name.endswith("_s")]
    others = [name for name in table.column_names if name not in noisy]
    how = {"compression": "zstd", "use_dictionary": others, "use_byte_stream_split": noisy, "write_page_checksum": True}
    # Arrow takes ~ at the beginning of a name for somebody's home, and what stands before a colon for a network's.
    replace_file(path.absolute(), lambda fresh: pq.write_table(labelled, fresh, **how))
