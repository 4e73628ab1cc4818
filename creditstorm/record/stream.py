"""Rows of a run in progress: Arrow record batches appended to a file, so that kill -9 loses no flushed row."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import get_ident
from types import TracebackType
from typing import Final, Self

import pyarrow as pa
import pyarrow.compute as pc
from creditstorm.record.files import must_be_file
from creditstorm.record.manifest import SCHEMA_VERSION

VERSION_KEY: Final = "creditstorm_schema"
"""The metadata key, in streams and in Parquet, of the schema version of the rows."""
_AT_ONCE: Final = 2_000


class _NoPandas:
    """A finder by which one thread is told that there is no pandas."""

    def __init__(self) -> None:
        self._thread = get_ident()

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:  # noqa: ARG002 - importlib's
        """ModuleNotFoundError for pandas; the other finders know the rest."""
        if name == "pandas" and get_ident() == self._thread:
            raise ModuleNotFoundError(name)


@cache
def leave_pandas_out() -> None:
    """Has pyarrow convert rows without pandas, where nobody has loaded it yet.

    It would import it, a quarter of a second of CPU in each of our processes, only to ask whether a tuple is one of its
    series. It asks once: whoever wants a frame of pandas from it later still gets one.
    """
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.array((0,))
    finally:
        sys.meta_path.remove(finder)


class LiveWriter:
    """Appends rows to an Arrow stream; what a call of `write` was given survives a kill of this process.

    Words are plain strings in the stream (a dictionary could not grow there); sealing encodes them.
    """

    def __init__(self, path: Path, schema: pa.Schema, metadata: Mapping[str, str] | None = None) -> None:
        labels = {VERSION_KEY: str(SCHEMA_VERSION), **(metadata or {})}
        self.schema = plain(schema).with_metadata(labels)
        self._types = self.schema.types
        leave_pandas_out()
        # OSFile has no buffer of its own: a written batch is with the kernel.
        self._file = pa.OSFile(str(path), "wb")
        self._stream = pa.ipc.new_stream(self._file, self.schema)

    def write(self, rows: Sequence[Sequence[object]]) -> None:
        """Append rows, each a sequence of values in the order of the columns."""
        if not rows:
            return
        columns = zip(*rows, strict=True)
        arrays = [pa.array(column, kind) for column, kind in zip(columns, self._types, strict=True)]
        self._stream.write_batch(pa.record_batch(arrays, schema=self.schema))

    def close(self) -> None:
        """End the stream; calling it twice is harmless."""
        if not self._file.closed:
            self._stream.close()
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class TableWriter:
    """Keeps rows in memory, of each only the columns that are wanted; `rows` are all so far, in no order."""

    def __init__(self, schema: pa.Schema, columns: Sequence[str]) -> None:
        self.schema = pa.schema([schema.field(name) for name in columns])
        self._places = [schema.names.index(name) for name in columns]
        leave_pandas_out()
        self._waiting: list[Sequence[object]] = []
        self._batches: list[pa.RecordBatch] = []

    def write(self, rows: Sequence[Sequence[object]]) -> None:
        """Append rows, each a sequence of values in the order of all columns."""
        self._waiting += rows
        if len(self._waiting) >= _AT_ONCE:
            self._convert()

    def _convert(self) -> None:
        """A batch has a cost of its own, which a handful of rows at a time would pay for each second of a run."""
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        columns = list(zip(*rows, strict=True))
        arrays = [pa.array(columns[place], field.type) for place, field in zip(self._places, self.schema, strict=True)]
        self._batches.append(pa.record_batch(arrays, schema=self.schema))

    def close(self) -> None:
        """Nothing is open."""

    def rows(self) -> pa.Table:
        """What was written, words as plain strings."""
        self._convert()
        return pa.Table.from_batches(self._batches, self.schema).cast(plain(self.schema))


def read_live(path: Path) -> Iterator[pa.RecordBatch]:
    """The whole batches of a stream; a tail torn by a kill, or a stream without its first batch, just ends.

    Raises UsageError where no regular file is there.
    """
    must_be_file(path)
    with pa.OSFile(str(path), "rb") as file:
        try:
            stream = pa.ipc.open_stream(file)
        except (pa.ArrowInvalid, OSError):
            return
        while True:
            try:
                yield stream.read_next_batch()
            except (StopIteration, pa.ArrowInvalid, OSError):
                return


class StreamTail:
    """Reads a stream while somebody else still writes it: each call of `batches` gives those that came since."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._schema: pa.Schema | None = None

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The whole batches since the last call, with these columns; one that is half written comes next time."""
        with self._path.open("rb") as file:
            file.seek(self._read)
            fresh = pa.BufferReader(file.read())
        began = self._read
        while fresh.tell() < fresh.size():
            try:
                message = pa.ipc.read_message(fresh)
            except (EOFError, pa.ArrowInvalid, OSError):
                return
            self._read = began + fresh.tell()
            if self._schema is None:
                self._schema = pa.ipc.read_schema(message)
            else:
                yield pa.ipc.read_record_batch(message, self._schema).select(columns)


class StreamTails:
    """Several streams that are read while they are written, each on from where it was left."""

    def __init__(self) -> None:
        self._tails: dict[str, StreamTail] = {}

    def batches(self, paths: Sequence[Path], columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """What came since of the streams at these paths, these columns of it."""
        for path in paths:
            yield from self._tails.setdefault(path.name, StreamTail(path)).batches(columns)


def plain(schema: pa.Schema) -> pa.Schema:
    """The same columns with words as plain strings."""
    return pa.schema([(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in schema])


def encoded(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The same rows in exactly `schema`: its column order, words dictionary-encoded, one dictionary a column.

    ArrowInvalid names the column whose values are of another type.
    """
    columns = []
    for field in schema:
        try:
            columns.append(encoded_column(table.column(field.name), field.type))
        except pa.ArrowException as problem:
            raise pa.ArrowInvalid(f"{field.name}: {problem}") from problem
    return pa.table(columns, schema=schema)


def encoded_column(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    """One column in exactly this type, of words only those that are there."""
    if not pa.types.is_dictionary(kind):
        return column.cast(kind).combine_chunks()
    whole = _one_dictionary(column)
    # Words in alphabetical order: the same rows give the same bytes, however many writers there were.
    used = pc.unique(whole.indices).drop_null()
    words = pc.take(whole.dictionary, used)
    order = pc.sort_indices(words)
    indices = pc.index_in(whole.indices, value_set=pc.take(used, order)).cast(kind.index_type)
    return pa.DictionaryArray.from_arrays(indices, pc.take(words, order).cast(kind.value_type))


def _one_dictionary(column: pa.ChunkedArray) -> pa.DictionaryArray:
    if not pa.types.is_dictionary(column.type):
        return column.combine_chunks().dictionary_encode()
    return column.unify_dictionaries().combine_chunks()
