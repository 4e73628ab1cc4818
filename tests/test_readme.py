"""The README shows what is there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner
from creditstorm.cli.app import app
from creditstorm.credit.policies.presets import PRESETS
from creditstorm.scenario import catalogue
from creditstorm.scenario.threshold import METRICS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
PAGES = sorted(path.relative_to(ROOT) for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")))
LINKS = [(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#]+)", (ROOT / page).read_text("utf-8"))]
PLACES = sorted(set(re.findall(r"`((?:creditstorm|mock_services|tests|scenarios|locustfiles)/[\w./]*)`", ARCHITECTURE)))
MODULES = sorted(
    set(re.findall(r"`((?:adapters|analysis|cli|credit|engine|generator|record|report|runs)/[\w/]+)`", ARCHITECTURE))
)


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


def first_column(heading: str) -> list[str]:
    """The words in the first column of the table under a heading."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| [`\[]([a-z_-]+)", section, flags=re.MULTILINE)


def kinds_of_fault() -> list[str]:
    """Every kind that the JSON Schema of a scenario allows."""
    schema = json.loads(CliRunner().invoke(app, ["schema"]).stdout)
    return list(schema["properties"]["faults"]["items"]["discriminator"]["mapping"])


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("Metrics", list(METRICS)),
        ("Policies", list(PRESETS)),
        ("Faults", kinds_of_fault()),
        ("Scenarios", list(catalogue.names())),
    ],
)
def test_the_tables_are_complete(heading: str, known: list[str]) -> None:
    """A row for each that there is, once, and none for what there is not."""
    assert sorted(first_column(heading)) == sorted(known)


@pytest.mark.parametrize("verb", first_column("Command line"))
def test_every_verb_of_the_table_exists(verb: str) -> None:
    """`creditstorm VERB --help` answers."""
    assert CliRunner().invoke(app, [verb, "--help"]).exit_code == 0


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_every_link_leads_somewhere(page: Path, link: str) -> None:
    """Files and folders that a page links to exist."""
    assert (ROOT / page).parent.joinpath(link).exists()


@pytest.mark.parametrize("place", PLACES)
def test_every_place_for_a_new_thing_exists(place: str) -> None:
    """Files and folders that ARCHITECTURE.md names are there."""
    assert (ROOT / place).exists()


@pytest.mark.parametrize("module", MODULES)
def test_every_module_of_the_story_exists(module: str) -> None:
    """What ARCHITECTURE.md says takes part in a run is a module or a package."""
    named = ROOT / "creditstorm" / module
    assert named.is_dir() or named.with_suffix(".py").exists()


def test_the_example_is_small() -> None:
    """Its raw files are 3 MB at most."""
    example = ROOT / "results" / "example"
    raw = ("answers.parquet", "services.parquet", "marks.jsonl", "manifest.json", "scenario.yaml")
    assert sum((example / name).stat().st_size for name in raw) <= 3_000_000
