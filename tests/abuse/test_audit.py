"""The audit of packages never passes in silence where nothing was looked up."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("audit", Path(__file__).parents[2] / "ci" / "audit.py")
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
        (({"dependencies": [SOUND, SKIPPED]}, ""), 0, "NOT AUDITED: 1 of 2 packages, such as b: not found"),
        (({"dependencies": [SKIPPED]}, ""), 0, "0 packages audited"),
        (({"dependencies": [SOUND, WEAK]}, ""), 1, "known weakness: c 2: PYSEC-1, mended in 3"),
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
    """A known weakness fails the check; what was not looked up is told in capitals."""
    stdout, stderr = printed
    text = "" if stdout is None else json.dumps(stdout)
    done = subprocess.CompletedProcess([], 0, text, stderr)
    monkeypatch.setattr(audit.subprocess, "run", lambda *_args, **_options: done)
    assert audit.main() == exit_code
    assert said in capsys.readouterr().out


def test_a_weakness_that_does_not_befall_us() -> None:
    """Excused by its id or by another name of it, and by nothing else."""
    for word, left in (("PYSEC-1", 0), ("CVE-1", 0), ("CVE-2", 1)):
        assert len(audit.read([WEAK], {word: "a reason"}).weaknesses) == left
