"""What a person is warned of before a run, word for word: by `check`, by `run --dry` and by JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "forewarned"
ROOT = Path(__file__).parents[2]
WEAK = """\
schema: 1
id: weak
why: It can show nothing that it asks.
seed: 3
population: {applicants: 1000}
load:
  arrivals:
    - {for: 10s, rate: 20/s}
    - {for: 5s, rate: 0/s}
    - {for: 20s, rate: 20/s}
faults:
  - {kind: blackhole, target: bureau, at: 11s, for: 3s}
thresholds:
  wrongful_no_credit_rate: ["< 0.5%"]
  answer_latency: ["p(99.9) < 2s"]
  recovery_time: ["< 20s"]
"""
CASES = {
    "check": ["scenarios", "check", "weak.yaml"],
    "dry": ["run", "weak.yaml", "--dry", "--set", "thresholds={}"],
    "longer": ["run", "weak.yaml", "--dry", "--set", "load.arrivals[2].for=60s", "--set", "faults[0].at=1s"],
}


def said(folder: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    """The command, standing beside the scenario."""
    (folder / "weak.yaml").write_text(WEAK)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "creditstorm", *words]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("case", CASES)
def test_each_warning_is_a_line_and_nothing_fails(case: str, tmp_path: Path) -> None:
    """On standard error, with file, line, key, what and remedy; the exit code is 0."""
    done = said(tmp_path, CASES[case])
    assert done.returncode == 0
    golden = GOLDEN / f"{case}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(done.stderr, encoding="utf-8")
    assert done.stderr == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [["scenarios", "check", "weak.yaml"], ["run", "weak.yaml", "--dry"]])
def test_json_carries_the_same_warnings(words: list[str], tmp_path: Path) -> None:
    """Under `warnings`, and nothing on standard error."""
    done = said(tmp_path, [*words, "--json"])
    told = json.loads(done.stdout)
    warnings = (told[0] if isinstance(told, list) else told)["warnings"]
    lines = [f"{one['where']}: warning: {one['key']}: {one['what']}; {one['remedy']}" for one in warnings]
    assert (done.stderr, lines) == ("", (GOLDEN / "check.txt").read_text(encoding="utf-8").splitlines())


def test_every_case_has_its_golden_file() -> None:
    """And no golden file is left over."""
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)
