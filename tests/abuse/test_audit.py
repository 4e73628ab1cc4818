"""The audit of packages never passes in silence where nothing was looked up."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

AUDIT = Path(__file__).parents[2] / "ci" / "audit.py"
_SPEC = importlib.util.spec_from_file_location("audit", AUDIT)
assert _SPEC is not None
assert _SPEC.loader is not None
audit = importlib.util.module_from_spec(_SPEC)
sys.modules["audit"] = audit
_SPEC.loader.exec_module(audit)

SOUND = {"name": "a", "version": "1", "vulns": []}
SKIPPED = {"name": "b", "skip_reason": "not found"}
WEAK = {"name": "c", "version": "2", "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["3"]}]}


@pytest.mark.parametrize(
    ("printed", "exit_code", "said"),
    [
        (({"dependencies": [SOUND]}, ""), 0, "1 packages audited, 0 known weaknesses"),
        (({"dependencies": [SOUND, SKIPPED]}, ""), 0, "NOT AUDITED: 1 of 2 packages, such as b: not found; 1 packages"),
        (
            ({"dependencies": [SKIPPED]}, ""),
            0,
            "NOT AUDITED: 1 of 1 packages, such as b: not found; 0 packages audited",
        ),
        (({"dependencies": []}, ""), 0, "NOT AUDITED: 0 of 0 packages; 0 packages audited"),
        (({"dependencies": [SOUND, WEAK]}, ""), 1, "known weakness: c 2: PYSEC-1, mended in 3"),
        (({"dependencies": [SKIPPED, WEAK]}, ""), 1, "NOT AUDITED: 1 of 2 packages, such as b: not found"),
        ((None, "Traceback\nno name server"), 0, "NOT AUDITED: no index of known weaknesses in reach: no name server"),
        ((None, ""), 0, "NOT AUDITED: no index of known weaknesses in reach: it said nothing"),
        (([], "odd"), 0, "NOT AUDITED: no index of known weaknesses in reach: odd"),
    ],
)
def test_what_is_said(
    printed: tuple[object, str],
    exit_code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A known weakness fails the check; what was not looked up is told in capitals, on the last line."""
    stdout, stderr = printed
    text = "" if stdout is None else json.dumps(stdout)
    done = subprocess.CompletedProcess([], 0, text, stderr)
    monkeypatch.delenv(audit.ON_GITHUB, raising=False)
    monkeypatch.setattr(audit.subprocess, "run", lambda *_args, **_options: done)
    assert audit.main() == exit_code
    lines = capsys.readouterr().out.splitlines()
    assert any(said in line for line in lines)
    assert lines[-1].startswith("NOT AUDITED: ") == any("NOT AUDITED" in line for line in lines)
    assert not (lines[-1].startswith("NOT AUDITED") and any(line.endswith("known weaknesses") for line in lines[:-1]))


@pytest.mark.parametrize(
    ("answer", "ends", "exit_code", "said"),
    [
        ({"dependencies": [SOUND]}, 0, 0, "1 packages audited, 0 known weaknesses"),
        ({"dependencies": [SOUND, WEAK]}, 1, 1, "2 packages audited, 1 known weaknesses"),
        (None, 1, 0, "::warning::NOT AUDITED: no index of known weaknesses in reach: ConnectionError: no route"),
    ],
)
def test_the_whole_program_with_an_index_that_answers_this(
    tmp_path: Path, answer: object, ends: int, exit_code: int, said: str
) -> None:
    """As a job of GitHub: a finding fails, silence is a warning of the job, and only an audit reads like one."""
    say = (
        "sys.stderr.write('Traceback\\nConnectionError: no route\\n')"
        if answer is None
        else f"print({json.dumps(answer)!r})"
    )
    (tmp_path / "pip_audit.py").write_text(f"import sys\n{say}\nsys.exit({ends})\n")
    done = subprocess.run(
        [sys.executable, str(AUDIT)],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "GITHUB_ACTIONS": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (exit_code, said)
    assert ("::error::known weakness: c 2: PYSEC-1" in done.stdout) == (exit_code == 1)


def test_a_weakness_that_does_not_befall_us() -> None:
    """Excused by its id or by another name of it, and by nothing else."""
    for word, left in (("PYSEC-1", 0), ("CVE-1", 0), ("CVE-2", 1)):
        assert len(audit.read([WEAK], {word: "a reason"}).weaknesses) == left
