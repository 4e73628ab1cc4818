from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.record.manifest import SCHEMA_VERSION
from creditstorm.record.schema import ANSWERS
from creditstorm.record.stream import VERSION_KEY, LiveWriter, encoded, plain, read_live
from tests.record.rows import answer_row

REPO = Path(__file__).parents[2]


def numbers_in(path: Path) -> list[float]:
    return [value for batch in read_live(path) for value in batch.column("intended_s").to_pylist()]


def test_rows_are_readable_while_the_writer_is_still_open(tmp_path: Path) -> None:
    """What was written is there for a reader before the stream ends."""
    writer = LiveWriter(tmp_path / "a.arrows", ANSWERS)
    writer.write([answer_row(1.0), answer_row(2.0)])
    assert numbers_in(tmp_path / "a.arrows") == [1.0, 2.0]
    writer.close()
    assert numbers_in(tmp_path / "a.arrows") == [1.0, 2.0]


WRITES = """
import sys
from pathlib import Path
from creditstorm.record.schema import ANSWERS
from creditstorm.record.stream import LiveWriter, TableWriter
row = [None] * len(ANSWERS)
with LiveWriter(Path(sys.argv[1]), ANSWERS) as writer:
    writer.write([row])
kept = TableWriter(ANSWERS, ANSWERS.names)
kept.write([row])
print(len(kept.rows()), "pandas" in sys.modules)
"""


def test_who_writes_rows_loads_no_pandas(tmp_path: Path) -> None:
    """Every process of a run writes some, and pyarrow would load it at the first one."""
    said = subprocess.run(
        [sys.executable, "-c", WRITES, str(tmp_path / "a.arrows")], check=True, capture_output=True, text=True
    )
    assert said.stdout == "1 False\n"


def test_labels_travel_with_the_schema_version(tmp_path: Path) -> None:
    """A stream says its schema version and what its writer added."""
    with LiveWriter(tmp_path / "a.arrows", ANSWERS, {"planned": "7"}) as writer:
        writer.write([answer_row(1.0)])
    metadata = next(read_live(tmp_path / "a.arrows")).schema.metadata
    assert metadata == {VERSION_KEY.encode(): str(SCHEMA_VERSION).encode(), b"planned": b"7"}


def test_no_rows_are_no_batch(tmp_path: Path) -> None:
    """Flushing nothing leaves nothing behind."""
    with LiveWriter(tmp_path / "a.arrows", ANSWERS) as writer:
        writer.write([])
    assert list(read_live(tmp_path / "a.arrows")) == []


@pytest.fixture(scope="module")
def whole_stream(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("stream") / "whole.arrows"
    with LiveWriter(path, ANSWERS) as writer:
        for batch in range(5):
            writer.write([answer_row(float(batch))])
    return path.read_bytes()


@given(share=st.floats(0, 1))
def test_a_torn_tail_loses_only_the_last_batch(
    tmp_path_factory: pytest.TempPathFactory, whole_stream: bytes, share: float
) -> None:
    """Cut anywhere, a stream still gives a prefix of its rows and never an error."""
    path = tmp_path_factory.mktemp("torn") / "torn.arrows"
    path.write_bytes(whole_stream[: round(len(whole_stream) * share)])
    numbers = numbers_in(path)
    assert numbers == [0.0, 1.0, 2.0, 3.0, 4.0][: len(numbers)]
    assert share < 1.0 or len(numbers) == 5


def test_kill_9_of_the_writer_loses_no_written_row(tmp_path: Path) -> None:
    """Every row a killed process said it had written is in the stream."""
    path = tmp_path / "answers-0.arrows"

    command = [sys.executable, "-m", "tests.record.endless_writer", str(path)]
    with subprocess.Popen(command, cwd=REPO, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        said = [int(writer.stdout.readline()) for _ in range(20)][-1]
        os.kill(writer.pid, signal.SIGKILL)
    numbers = numbers_in(path)
    assert len(numbers) >= said
    assert numbers == [float(i) for i in range(len(numbers))]


def test_words_become_dictionaries_in_alphabetical_order() -> None:
    """The dictionary does not depend on the order of the rows."""
    schema = pa.schema([("word", pa.dictionary(pa.int16(), pa.string()))])
    column = encoded(pa.table({"word": ["b", None, "a", "b"]}), schema).column("word")
    assert column.to_pylist() == ["b", None, "a", "b"]
    assert column.chunk(0).dictionary.to_pylist() == ["a", "b"]


def test_plain_keeps_every_column_and_decodes_words() -> None:
    """The stream's schema is the record's with strings for words."""
    assert plain(ANSWERS).names == ANSWERS.names
    assert plain(ANSWERS).field("answer").type == pa.string()
    assert plain(ANSWERS).field("done_s").type == pa.float64()
