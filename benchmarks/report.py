"""`creditstorm report` on a million answers: time and memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import ROOT, cost_of

ANSWERS = 1_000_000


def main() -> None:
    """Print the ratios to what is allowed."""
    with TemporaryDirectory() as name:
        # In a process of its own: the peak of a child begins with what its parent holds when it forks.
        subprocess.run([sys.executable, "-m", "benchmarks.report", name], cwd=ROOT, check=True)
        cost = cost_of([sys.executable, "-m", "creditstorm", "report", name])
    if cost.exit_code not in (0, 1, 3):
        raise SystemExit(f"creditstorm report ended with {cost.exit_code}")
    print(f"  {ANSWERS:,} answers: {cost.wall_s:.1f} s ({cost.wall_s / 10:.2f} of the 10 s allowed), ", end="")
    print(f"{cost.peak_mb:.0f} MB ({cost.peak_mb / 1000:.2f} of the 1,000 MB allowed)")


def make(folder_name: str) -> None:
    """Write a synthetic run of so many answers."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - only the child that writes needs these
    from creditstorm.record.folder import RunFolder  # noqa: PLC0415
    from creditstorm.record.manifest import SCHEMA_VERSION  # noqa: PLC0415
    from creditstorm.record.stream import VERSION_KEY  # noqa: PLC0415
    from creditstorm.scenario.text.dump import dump  # noqa: PLC0415
    from tests.analysis import builders  # noqa: PLC0415

    folder = RunFolder(Path(folder_name))
    labelled = builders.storm(ANSWERS).replace_schema_metadata({VERSION_KEY: str(SCHEMA_VERSION)})
    pq.write_table(labelled, folder.answers, compression="zstd")
    folder.scenario.write_text(dump(builders.scenario()), encoding="utf-8")
    builders.manifest().write(folder)
    folder.marks.touch()


if __name__ == "__main__":
    make(sys.argv[1])
