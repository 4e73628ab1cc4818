"""How long the record is, of the answers of a real run: `results/example`."""

from __future__ import annotations

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.schema import ADDED, ANSWERS
from creditstorm.record.seal import load_answers, seal
from creditstorm.record.stream import LiveWriter, encoded

EXAMPLE = RunFolder(Path(__file__).parents[2] / "results" / "example")
OF_SCHEMA_3 = [name for name in ANSWERS.names if name not in ADDED or ADDED[name].since <= 3]


def sealed_bytes(root: Path, rows: pa.Table) -> int:
    """The size of these rows as a run leaves them behind."""
    folder = RunFolder(root)
    folder.live.mkdir()
    with LiveWriter(LiveFolder(folder.live).answers(0), ANSWERS) as writer:
        writer.write([tuple(row.values()) for row in rows.to_pylist()])
    seal(folder)
    return folder.answers.stat().st_size


def schema_3_bytes(rows: pa.Table) -> int:
    """The size of what version 3 of the schema held of these rows, written as it was then."""
    file = io.BytesIO()
    held = rows.select(OF_SCHEMA_3)
    pq.write_table(encoded(held, held.schema), file, compression="zstd")
    return len(file.getvalue())


@pytest.mark.parametrize("count", [pytest.param(None, id="the whole run"), 300, 1])
def test_an_answer_takes_at_most_twice_its_bytes_of_schema_3(tmp_path: Path, count: int | None) -> None:
    """All that a decision rests on costs no more than what was recorded before, in a short run too."""
    rows = load_answers(EXAMPLE).slice(0, count)
    assert sealed_bytes(tmp_path, rows) <= 2 * schema_3_bytes(rows)
