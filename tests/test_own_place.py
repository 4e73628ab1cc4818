"""A session of this suite leaves nothing in the temporary folder beside pytest's own, of which it keeps three."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_a_session_leaves_only_what_pytest_prunes(tmp_path: Path) -> None:
    """Neither the session nor a worker of it, though tests in it keep tracebacks in files."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "1", "-p", "no:cacheprovider", "tests/test_unforeseen.py"]
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout
    assert [path.name.rpartition("-")[0] for path in tmp_path.iterdir()] == ["pytest-of"]
    assert list(tmp_path.rglob("creditstorm-*.log"))
