"""The README shows what is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from creditstorm.cli.app import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_screen_is_that_of_the_example_run(tmp_path: Path) -> None:
    """Reporting the committed example anew prints the screen in the README, and exits as it says."""
    example = tmp_path / "results" / "example"
    shutil.copytree(ROOT / "results" / "example", example)
    command = [sys.executable, "-m", "creditstorm", "report", "results/example"]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() in README
    assert f"exit {done.returncode} " in done.stdout


def test_the_scenario_is_the_one_in_the_catalogue() -> None:
    """The YAML block is the shipped file."""
    assert (ROOT / "scenarios" / "bureau-outage-at-peak.yaml").read_text(encoding="utf-8").strip() in README


@pytest.mark.parametrize("verb", re.findall(r"^\| `([a-z]+)", README, flags=re.MULTILINE))
def test_every_verb_of_the_table_exists(verb: str) -> None:
    """`creditstorm VERB --help` answers."""
    assert CliRunner().invoke(app, [verb, "--help"]).exit_code == 0


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#]+)\)", README))
def test_every_link_leads_somewhere(link: str) -> None:
    """Files and folders that the README names exist."""
    assert (ROOT / link).exists()


def test_the_example_is_small() -> None:
    """Its raw files are 3 MB at most."""
    example = ROOT / "results" / "example"
    raw = ("answers.parquet", "services.parquet", "marks.jsonl", "manifest.json", "scenario.yaml")
    assert sum((example / name).stat().st_size for name in raw) <= 3_000_000
