"""A pipeline as ci/ sets it up: every shell line of both files, in a copy of the repository, with a short storm."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from creditstorm.record.folder import RunFolder
from tests.storm.harness import ROOT, TRIES, Done, scenario, sound

pytestmark = [pytest.mark.storm, pytest.mark.timeout(300)]

SCENARIO = "scenarios/bureau-outage-at-peak.yaml"
RULE = "wrongful_no_credit_rate.people"


@dataclass(frozen=True)
class Ended:
    """A job that is over: its folder, and what its last line printed."""

    checkout: Path
    done: subprocess.CompletedProcess[str]

    @property
    def run(self) -> Done:
        """The run that its last line made."""
        return Done(self.done.returncode, self.done.stdout, self.done.stderr, RunFolder(self.checkout / "storm"))


def github() -> dict[str, Any]:
    """The workflow; YAML 1.1 takes its key `on` for a truth, which does not matter here."""
    return yaml.safe_load((ROOT / "ci" / "github.yml").read_text())


def lines_of(file: str) -> list[str]:
    """The shell lines in their order."""
    if file == "github.yml":
        return [step["run"] for step in github()["jobs"]["storm"]["steps"] if "run" in step]
    job = yaml.safe_load((ROOT / "ci" / file).read_text())["credit storm"]
    return list(job["script"])


def copied(into: Path) -> Path:
    """The repository as a pipeline checks it out, with a storm of six seconds in the place of the named one."""
    skipped = shutil.ignore_patterns(".*", "results", "__pycache__", "_bin", "tests", "build", "dist")
    shutil.copytree(ROOT, into, ignore=skipped)
    dark = {"kind": "blackhole", "target": "bureau", "at": "2s", "for": "3s"}
    load = {"arrivals": [{"for": "6s", "rate": "30/s"}], "warm_up": "1s"}
    short = scenario(into, intended="fail-closed", load=load, faults=[dark])
    short.replace(into / SCENARIO)
    return into


def of_a_job(checkout: Path) -> dict[str, str]:
    """What a job finds: an empty place to install to, without network, and the server that is here already."""
    target = checkout.parent / "installed"
    return {
        **os.environ,
        "PATH": f"{target / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(target),
        "PIP_TARGET": str(target),
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # read as the value of `build isolation`
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "CREDITSTORM_SKIP_TOXIPROXY": "1",
        "CREDITSTORM_TOXIPROXY": str(ROOT / "creditstorm" / "_bin" / "toxiproxy-server"),
    }


def carried_out(file: str, checkout: Path, more: Mapping[str, str]) -> Ended:
    """Every line of a file, each of which but the last has to end well."""
    env = {**of_a_job(checkout), **more}
    *before, last = lines_of(file)
    for line in before:
        subprocess.run(["bash", "-e", "-c", line], cwd=checkout, env=env, check=True, capture_output=True, text=True)
    done = subprocess.run(
        ["bash", "-e", "-c", last], cwd=checkout, env=env, check=False, capture_output=True, text=True
    )
    return Ended(checkout, done)


def on_github_once(place: Path) -> Ended:
    """The workflow, where GitHub runs it and colours are asked for."""
    checkout = copied(place / "checkout")
    there = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(checkout), "FORCE_COLOR": "1"}
    return carried_out("github.yml", checkout, {**there, "GITHUB_STEP_SUMMARY": str(place / "summary.md")})


def on_gitlab_once(place: Path) -> Ended:
    """The job."""
    return carried_out("gitlab.yml", copied(place / "checkout"), {})


def trusted(job: Callable[[Path], Ended], place: Path, ended: Ended) -> Ended:
    """The job, again by itself, twice at most, while its run doubts the machine."""
    for _ in range(TRIES - 1):
        if ended.run.machine_doubts:
            shutil.rmtree(place)
            place.mkdir()
            ended = job(place)
    return ended


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ended, Ended]:
    """Both jobs side by side."""
    jobs = on_github_once, on_gitlab_once
    places = [tmp_path_factory.mktemp(name) for name in ("github", "gitlab")]
    with ThreadPoolExecutor(2) as two:
        ended = list(two.map(lambda job, place: job(place), jobs, places))
    github, gitlab = map(trusted, jobs, places, ended)
    return github, gitlab


@pytest.fixture
def on_github(both: tuple[Ended, Ended]) -> Ended:
    """The workflow."""
    return both[0]


@pytest.fixture
def on_gitlab(both: tuple[Ended, Ended]) -> Ended:
    """The job."""
    return both[1]


def findings(ended: Ended) -> dict[str, int]:
    """How many failures and errors the JUnit file counts."""
    suites = ET.parse(ended.checkout / "storm.xml").getroot()  # noqa: S314 - our own
    return {name: int(suites.get(name, "-1")) for name in ("failures", "errors")}


def test_the_workflow_is_short() -> None:
    """Fifteen lines, and what it keeps is what it makes."""
    text = (ROOT / "ci" / "github.yml").read_text()
    assert len(text.splitlines()) <= 15
    kept = github()["jobs"]["storm"]["steps"][-1]
    assert kept["if"] == "always()"
    assert f"--out {kept['with']['path']}" in text


@pytest.mark.parametrize("where", ["on_github", "on_gitlab"])
def test_the_job_ends_as_the_gate_says(where: str, request: pytest.FixtureRequest) -> None:
    """Exit 1 and a failure in JUnit, or on a busy machine exit 3 and errors; the page to keep is there."""
    ended: Ended = request.getfixturevalue(where)
    assert ended.run.folder.report.is_file(), ended.done.stderr
    found = findings(ended)
    assert ended.done.returncode == (1 if found["failures"] else 3), ended.done.stdout
    assert found["failures"] + found["errors"] > 0
    sound(ended.run, tries=TRIES)
    assert found == {"failures": 1, "errors": 0}


def test_an_annotation_stands_at_the_line_of_the_rule(on_github: Ended) -> None:
    """The file as the checkout calls it, the line as an editor counts; a warning where the machine is in doubt."""
    (line,) = [line for line in on_github.done.stderr.splitlines() if line.startswith("::") and "file=" in line]
    rows = (on_github.checkout / SCENARIO).read_text().splitlines()
    number = 1 + next(index for index, row in enumerate(rows) if RULE in row)
    # The rule is an item of a block list here, one line below its key.
    level = "error" if on_github.done.returncode == 1 else "warning"
    assert line.startswith(f"::{level} file={SCENARIO},line={number + 1},")


def test_the_summary_of_the_job_is_that_of_the_run(on_github: Ended) -> None:
    """`summary.md`, for whoever looks at the job."""
    assert (on_github.checkout.parent / "summary.md").read_text() == on_github.run.folder.summary_text.read_text()


def test_nobody_is_annotated_elsewhere(on_gitlab: Ended) -> None:
    """Workflow commands are for GitHub."""
    assert "::" not in on_gitlab.done.stdout + on_gitlab.done.stderr


def test_there_are_plain_lines_where_there_is_no_terminal(on_github: Ended) -> None:
    """Not one control character, though colours were asked for: a log is read as text."""
    said = on_github.done.stdout + on_github.done.stderr
    assert "load starts" in said
    assert [character for character in said if character < " " and character != "\n"] == []
