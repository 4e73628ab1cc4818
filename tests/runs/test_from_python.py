"""A storm from Python: no terminal, no command line, a list that hears every event."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.compute as pc
import pytest
from creditstorm.record.folder import RunFolder
from creditstorm.record.seal import load_answers, load_complaints
from tests.storm.harness import PATIENCE_S, scenario

pytestmark = [pytest.mark.storm, pytest.mark.timeout(300)]
PROGRAM = """
import json, sys
from pathlib import Path

from creditstorm.record.folder import RunFolder
from creditstorm.runs.execute import RunRequest, execute
from creditstorm.scenario.text.loader import load

events = []
result = execute(RunRequest(load(Path(sys.argv[1])), RunFolder(Path(sys.argv[2]))), events.append)
print(json.dumps({
    "events": [event.name for event in events],
    "how": result.how,
    "verdict": result.summary.verdict,
    "terminal": sorted({"typer", "click", "creditstorm.cli"} & set(sys.modules)),
}))
"""


def test_a_list_hears_the_whole_run(tmp_path: Path) -> None:
    """From the services that are ready to the end; the folder holds record and report, and no terminal is loaded."""
    loud = {"complains": {"no_credit": "100%", "after": "100ms", "spread": "100ms"}}
    arrivals = {"arrivals": [{"for": "3s", "rate": "20/s"}], "warm_up": "1s", "retap": "off"}
    short = {"load": arrivals, "client": loud, "faults": [], "thresholds": {}}
    out = tmp_path / "run"
    out.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(scenario(tmp_path, **short)), str(out)],
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["events"][0] == "service_ready"
    assert told["events"][-2:] == ["load_finished", "run_ended"]
    assert told["events"].count("load_started") == 1
    assert (told["how"], told["terminal"]) == ("completed", [])
    answers, complaints = load_answers(RunFolder(out)), load_complaints(RunFolder(out))
    assert complaints is not None
    refused = answers.filter(pc.and_(pc.equal(answers["answer"], "no_credit"), pc.less(answers["done_s"], 2.75)))
    assert 0 < refused.num_rows <= complaints.num_rows
    assert set(refused["session"].to_pylist()) <= set(complaints["session"].to_pylist())
    waited = [row["t_s"] - row["told_s"] for row in complaints.to_pylist()]
    assert 0.1 <= min(waited) <= max(waited) <= 0.2
    assert RunFolder(out).report.is_file()
