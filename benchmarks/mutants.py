"""Small faults are put into the code one at a time, and the near tests are asked whether they notice: `make mutants`.

Cosmic Ray makes the mutants and runs the tests. A seeded sample of each module keeps the whole near half an hour on
one core. The work is done in a copy, so that an interruption leaves no mutant in the sources. Not for CI: a survivor
is a question to a person (a missing test, or a change that nobody could see).
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
STATISTICS: Final = "tests/analysis/statistics"
MEASURES: Final = "tests/analysis/measures"
SUBJECTS: Final = {
    "creditstorm/analysis/phases.py": "tests/analysis/test_phases.py",
    "creditstorm/analysis/gate/verdict.py": "tests/analysis/gate",
    "creditstorm/analysis/gate/readings.py": "tests/analysis/gate",
    "creditstorm/analysis/measures/money.py": "tests/analysis/measures/test_money.py",
    "creditstorm/analysis/measures/recovery.py": "tests/analysis/measures/test_recovery.py",
    "creditstorm/analysis/measures/scan.py": f"{MEASURES}/test_scan.py {MEASURES}/test_recovery.py",
    "creditstorm/analysis/measures/spent.py": f"{MEASURES}/test_spent.py {MEASURES}/test_latency.py",
    "creditstorm/analysis/statistics/intervals.py": f"{STATISTICS}/test_intervals.py {STATISTICS}/test_paired.py",
    "creditstorm/analysis/statistics/means.py": f"{STATISTICS}/test_means.py",
    "creditstorm/analysis/statistics/memory.py": f"{STATISTICS}/test_memory.py {STATISTICS}/test_seconds.py",
    "creditstorm/analysis/statistics/seconds.py": f"{STATISTICS}/test_seconds.py {MEASURES}/test_spent.py",
    "creditstorm/adapters/simulated/toxics.py": "tests/adapters/simulated/test_paths.py",
    "creditstorm/analysis/validity/honesty.py": "tests/analysis/validity",
    "creditstorm/credit/outcomes.py": "tests/credit/test_outcomes.py",
    "creditstorm/credit/decision.py": "tests/credit tests/mock_services/deciding",
    "creditstorm/credit/scorecard.py": "tests/credit/test_oracle.py tests/credit/test_laws.py",
    "creditstorm/engine/plan.py": "tests/engine",
    "creditstorm/engine/run.py": "tests/engine",
}
"""Each module that is mutated, and the tests that have to notice."""
# `X | None` of an annotation is never evaluated, and a decorator of a frozen value is no behaviour.
NO_BEHAVIOUR: Final = ("core/ReplaceBinaryOperator_BitOr_", "core/RemoveDecorator")
TIMEOUT_S: Final = 60.0


@dataclass(frozen=True)
class Survivor:
    """A mutant that no test noticed, as a diff."""

    module: str
    diff: str


def mutate(module: str, tests: str, most: int, copy: Path) -> tuple[int, list[Survivor]]:
    """How many mutants of this module were tried, `most` at most, and those that survived."""
    config, session = copy / "mutants.toml", copy / f"{module.replace('/', '.')}.sqlite"
    command = f"{sys.executable} -m pytest -x -q -p no:cacheprovider {tests}"
    config.write_text(
        f'[cosmic-ray]\nmodule-path = "{module}"\ntimeout = {TIMEOUT_S}\ntest-command = "{command}"\n'
        '[cosmic-ray.distributor]\nname = "local"\n'
    )
    _cosmic_ray(copy, "baseline", config.name)  # fails where the tests fail without a mutant
    _cosmic_ray(copy, "init", config.name, session.name)
    tried = _keep_a_sample(session, most)
    _cosmic_ray(copy, "exec", config.name, session.name)
    return tried, [Survivor(module, diff) for diff in _survivors(session)]


def _cosmic_ray(copy: Path, *arguments: str) -> None:
    command = (sys.executable, "-m", "cosmic_ray.cli", *arguments)
    subprocess.run(command, cwd=copy, check=True, capture_output=True)


def _keep_a_sample(session: Path, most: int) -> int:
    with sqlite3.connect(session) as database:
        rows = database.execute(
            "SELECT job_id, operator_name FROM mutation_specs "
            "ORDER BY start_pos_row, start_pos_col, operator_name, occurrence"
        ).fetchall()
        telling = [job for job, operator in rows if not operator.startswith(NO_BEHAVIOUR)]
        kept = set(random.Random(8).sample(telling, min(most, len(telling))))
        left_out = [(job,) for job, _ in rows if job not in kept]
        for table in ("mutation_specs", "work_items"):
            database.executemany(f"DELETE FROM {table} WHERE job_id = ?", left_out)  # noqa: S608 - our own names
    return len(kept)


def _survivors(session: Path) -> Iterator[str]:
    with sqlite3.connect(session) as database:
        for (diff,) in database.execute("SELECT diff FROM work_results WHERE test_outcome = 'SURVIVED'"):
            yield diff


def main() -> None:
    """Print what was tried and noticed of each module, and every survivor as a diff."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="the modules to mutate, all of them if none is named")
    parser.add_argument("--most", type=int, default=8, help="mutants tried of one module")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "results", "build"))
        for module in options.modules or SUBJECTS:
            tried, survived = mutate(module, SUBJECTS[module], options.most, copy)
            print(f"{module:<50} {tried - len(survived):>3} of {tried} noticed", flush=True)
            print(*(survivor.diff for survivor in survived), sep="\n", flush=True)


if __name__ == "__main__":
    main()
