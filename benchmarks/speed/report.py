"""`creditstorm report` on a million and on ten million answers: time and memory.

Of ten million also the dearest shape of the catalogue: two sources at fault, and a strategy change that truth follows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.speed.measure import ROOT, cost_of

if TYPE_CHECKING:
    import pyarrow as pa

ALLOWED = {1_000_000: (10.0, 1000), 10_000_000: (40.0, 2000)}
"""By how many answers: seconds and MB."""
SHAPES = ((1_000_000, "plain"), (10_000_000, "plain"), (10_000_000, "dearest"))
DURATION_S = 75.0
ITSELF = (sys.executable, "-m", "benchmarks.speed.report")


def main() -> None:
    """Print the ratios to what is allowed."""
    for answers, shape in SHAPES:
        seconds, megabytes = ALLOWED[answers]
        with TemporaryDirectory() as name:
            # In a process of its own: the peak of a child begins with what its parent holds when it forks.
            subprocess.run([*ITSELF, name, str(answers), shape], cwd=ROOT, check=True)
            cost = cost_of([sys.executable, "-m", "creditstorm", "report", name])
            subprocess.run([*ITSELF, name], cwd=ROOT, check=True)
        if cost.exit_code not in (0, 1, 3):
            raise SystemExit(f"creditstorm report ended with {cost.exit_code}")
        time = f"{cost.wall_s:.1f} s ({cost.wall_s / seconds:.2f} of the {seconds:.0f} s allowed)"
        memory = f"{cost.peak_mb:,.0f} MB ({cost.peak_mb / megabytes:.2f} of the {megabytes:,} MB allowed)"
        print(f"  {answers:,} answers, {shape}: {time}, {memory}", flush=True)


def time_monitors(folder_name: str) -> None:
    """Print the CPU of the monitors, of all threads, in three reports on this run in one process."""
    from creditstorm.analysis import analyse  # noqa: PLC0415 - as below
    from creditstorm.record.folder import RunFolder  # noqa: PLC0415
    from creditstorm.runs.conclude import conclude  # noqa: PLC0415

    watch, spent_s = analyse.monitored, []

    def timed(*words: Any, **options: Any) -> Any:  # noqa: ANN401 - whatever the monitors are given
        began_s = time.process_time()
        found = watch(*words, **options)
        spent_s.append(time.process_time() - began_s)
        return found

    analyse.monitored = timed
    for _ in range(3):
        conclude(RunFolder(Path(folder_name)), pages=False)
    print(f"    of it the monitors {' '.join(f'{one:.2f}' for one in spent_s)} CPU s", flush=True)


def make(folder_name: str, answers: int, shape: str = "plain") -> None:
    """Write a synthetic run of so many answers, whose bureau is dark for a while; nothing planned is missing.

    In the dearest shape income is dark, too, and a change of strategy refuses one in ten of the eligible for a while.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - only the child that writes needs these
    from creditstorm.record.folder import RunFolder  # noqa: PLC0415
    from creditstorm.record.manifest import SCHEMA_VERSION  # noqa: PLC0415
    from creditstorm.record.mark_journal import mark_of  # noqa: PLC0415
    from creditstorm.record.stream import VERSION_KEY  # noqa: PLC0415
    from creditstorm.scenario.text.dump import dump  # noqa: PLC0415
    from tests.analysis import builders  # noqa: PLC0415

    folder = RunFolder(Path(folder_name))
    rows, sessions = _whole(builders.storm(answers, duration_s=DURATION_S))
    faults, happened = [builders.fault()], builders.marks()
    if shape == "dearest":
        rows = _changed(rows)
        change = {"kind": "strategy_change", "target": "decision", "version": "v2", "cut_shift": 20}
        faults += [builders.fault("income", at_s=40.0, for_s=10.0, target="income")]
        faults += [{"name": "change", "at": 55.0, "for": 10.0, **change}]
        happened += builders.marks("income", from_s=40.0, to_s=50.0, target="income")
        happened += builders.marks("change", from_s=55.0, to_s=65.0, target="decision")
    pq.write_table(rows.replace_schema_metadata({VERSION_KEY: str(SCHEMA_VERSION)}), folder.answers, compression="zstd")
    # A little under the rate that so many sessions are of, so that each planned one is there.
    load = {"arrivals": [{"for": DURATION_S, "rate": (sessions - 6 * sessions**0.5) / DURATION_S}], "warm_up": 5.0}
    rules = {"wrongful_no_credit_rate.people": ["< 0.5%"], "answer_latency": ["p(99) < 2500ms"]}
    scenario = builders.scenario(faults, rules, load=load, population={"applicants": 10**8})
    folder.scenario.write_text(dump(scenario), encoding="utf-8")
    replace(builders.manifest(), planned=sessions, duration_s=DURATION_S).write(folder)
    ended = mark_of({"t_s": DURATION_S + 2.0, "event": "run_ended", "how": "completed"})
    marks = (json.dumps(mark.as_json()) for mark in (*happened, ended))
    folder.marks.write_text("".join(f"{line}\n" for line in marks), encoding="utf-8")


def _whole(rows: pa.Table) -> tuple[pa.Table, int]:
    """The rows with sessions numbered without gaps and the calls to the bureau timed, and how many sessions."""
    import numpy as np  # noqa: PLC0415

    session = rows.column("session").to_numpy()
    dense = np.cumsum(np.concatenate([[0], session[1:] != session[:-1]]))
    sent, done = rows.column("sent_s"), rows.column("done_s")
    timed = {
        f"{source}_{what}_s": at for source in ("bureau", "income") for what, at in (("began", sent), ("ended", done))
    }
    return _with(rows, {"session": dense, **timed}), int(dense[-1]) + 1


def _changed(rows: pa.Table) -> pa.Table:
    """The rows with one eligible person in ten refused credit by the strategy in force from 55 to 65 s."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    at_s, who = rows.column("intended_s").to_numpy(), rows.column("applicant").to_numpy()
    refused = (at_s >= 55.0) & (at_s < 65.0) & (who % 10 == 0)
    was = rows.column("truth").cast(pa.string()).to_numpy(zero_copy_only=False)
    return _with(rows, {"truth": pa.array(np.where(refused, "ineligible", was))})


def _with(rows: pa.Table, new: Mapping[str, object]) -> pa.Table:
    """The rows with these columns instead."""
    import pyarrow as pa  # noqa: PLC0415

    for name, values in new.items():
        place = rows.schema.get_field_index(name)
        column = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
        kind = rows.schema.field(place).type
        column = column.dictionary_encode() if pa.types.is_dictionary(kind) else column
        rows = rows.set_column(place, rows.schema.field(place), column.cast(kind))
    return rows


if __name__ == "__main__" and len(sys.argv) == 2:
    time_monitors(sys.argv[1])
elif __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]), sys.argv[3])
