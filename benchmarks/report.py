"""`creditstorm report` on a million answers: time and memory."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from benchmarks.measure import cost_of
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Manifest
from creditstorm.record.schema import SCHEMA_VERSION
from creditstorm.record.stream import VERSION_KEY
from creditstorm.scenario.resolved import dump
from tests.analysis import builders

ANSWERS = 1_000_000


def main() -> None:
    """Print the ratios to what is allowed."""
    with TemporaryDirectory() as name:
        folder = RunFolder(Path(name))
        table = builders.storm(ANSWERS)
        labelled = table.replace_schema_metadata({VERSION_KEY: str(SCHEMA_VERSION)})
        pq.write_table(labelled, folder.answers, compression="zstd")
        folder.scenario.write_text(dump(builders.scenario()))
        manifest: Manifest = builders.manifest(planned=builders.run(table).manifest.planned)
        manifest.write(folder)
        folder.marks.write_text("")
        cost = cost_of([sys.executable, "-m", "creditstorm", "report", name])
    if cost.exit_code not in (0, 1, 3):
        raise SystemExit(f"creditstorm report ended with {cost.exit_code}")
    print(f"  {ANSWERS:,} answers: {cost.wall_s:.1f} s ({cost.wall_s / 10:.2f} of the 10 s allowed), ", end="")
    print(f"{cost.peak_mib:.0f} MiB ({cost.peak_mib / 1000:.2f} of the 1,000 MB allowed)")
