"""Too few open files are the harness's own trouble: refused, raised or told by name, and nobody else is blamed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from creditstorm.analysis.trust import DoubtKind
from creditstorm.record.folder import RunFolder
from tests.storm.harness import PLAIN_RUN, ROOT, Done, doubts, scenario

PATIENCE_S = 120.0
LOAD = {"arrivals": [{"for": "8s", "rate": "40/s"}], "warm_up": "1s"}


def starved(path: Path, out: Path, *before: str) -> Done:
    """The run of this file by a shell that first does this to itself."""
    shutil.rmtree(out, ignore_errors=True)
    shell = ["sh", "-c", "; ".join([*before, 'exec "$@"']), "sh"]
    done = subprocess.run(
        [*shell, *PLAIN_RUN, str(path), "--out", str(out)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        cwd=ROOT,
    )
    return Done(done.returncode, done.stdout, done.stderr, RunFolder(out))


@pytest.mark.parametrize("files", [64, 128])
def test_too_few_open_files_are_refused_with_the_remedy(tmp_path: Path, files: int) -> None:
    """Nothing starts, one line says what is allowed, what is needed and what to do."""
    done = starved(scenario(tmp_path, load=LOAD, faults=[]), tmp_path / "run", f"ulimit -n {files}")
    assert done.exit_code == 4
    (line,) = (line for line in done.err.splitlines() if "open files" in line)
    assert f"{files} open files are allowed, 256 are needed at 40/s; ulimit -Hn" in line
    assert "Traceback" not in done.err
    assert not done.folder.root.exists()


@pytest.mark.storm
def test_a_soft_limit_of_open_files_is_raised_and_a_hard_one_is_named(tmp_path: Path) -> None:
    """Where the hard limit carries calm only, the storm's doubt names the process that ran out; nobody is blamed."""
    # 200 people wait at once then, each with a call of its own to the bureau: far more than 256 files.
    dark = [{"kind": "blackhole", "target": "bureau", "at": "2s", "for": "6s"}]
    patient = {"system": {"policy": "fail-closed", "deadline": "6s"}, "client": {"timeout": "7s"}}
    path = scenario(tmp_path, load=LOAD, faults=dark, **patient)
    limits = {"hard": "ulimit -n 256", "soft": "ulimit -Sn 128"}
    hard, soft = (starved(path, tmp_path / name, limit) for name, limit in limits.items())
    # Where it could not even answer the watchdog the run was ended, by name; else it is a doubt.
    assert hard.exit_code in (3, 4), hard.err
    said = hard.err if hard.exit_code == 4 else " ".join(doubts(hard, DoubtKind.RAN_OUT))
    assert "EMFILE" in said
    assert "warning: open files: 256 open files are allowed; a storm may take" in hard.err
    assert doubts(soft, DoubtKind.RAN_OUT) == []
