"""What `report` tells a pipeline of a run that is there already, and with which exit code."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner
from creditstorm.cli.app import app
from creditstorm.cli.options import OnInconclusive
from creditstorm.cli.pipeline import exit_code_of
from creditstorm.cli.screen import Manner, show_matrix
from creditstorm.errors import CreditstormError
from creditstorm.exit_code import ExitCode
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Manifest, scenario_digest
from creditstorm.record.matrix import MatrixFolder
from creditstorm.scenario.text.loader import read
from tests.analysis.matrix.cells import everything

pytestmark = pytest.mark.usefixtures("figures_drawn_once")
ROOT: Final = Path(__file__).parents[2]
ELSEWHERE: Final = ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE")


@dataclass(frozen=True)
class Said:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Example:
    """The committed run with rules of its own, in a folder to stand in."""

    place: Path

    @property
    def folder(self) -> RunFolder:
        """Its run folder."""
        return RunFolder(self.place / "results" / "example")

    def report(self, *words: str, **env: str) -> Said:
        """`creditstorm report results/example …`."""
        return self.ask("report", "results/example", *words, **env)

    def ask(self, *words: str, **env: str) -> Said:
        """What creditstorm says, with nothing of the surroundings of this test."""
        with contextlib.chdir(self.place):
            done = CliRunner().invoke(app, words, env={**dict.fromkeys(ELSEWHERE), **env})
        if isinstance(done.exception, CreditstormError):
            return Said(done.exception.exit_code, done.stdout, f"{done.stderr}{done.exception}")
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    def cases(self, file: str) -> Mapping[str, str]:
        """How each case of a JUnit file ended."""
        suites = ET.parse(self.place / file).getroot()  # noqa: S314 - our own
        return {str(case.get("name")): " ".join(part.tag for part in case) for case in suites.iter("testcase")}


@pytest.fixture
def example(tmp_path: Path) -> Example:
    """It fails two of its five rules."""
    shutil.copytree(ROOT / "results" / "example", tmp_path / "results" / "example")
    return Example(tmp_path)


@pytest.fixture
def undecided(example: Example) -> Example:
    """The same record with one rule that its people are too few for: at most 36 % of people, where 35.2 % were."""
    kept, _, _ = example.folder.scenario.read_text().partition("thresholds:")
    example.folder.scenario.write_text(f'{kept}thresholds:\n  wrongful_no_credit_rate.people: ["< 36%"]\n')
    asked = replace(Manifest.read(example.folder), scenario_sha256=scenario_digest(example.folder))
    asked.write(example.folder)
    return example


@pytest.mark.parametrize("code", list(ExitCode))
@pytest.mark.parametrize("wanted", [None, *OnInconclusive])
def test_only_an_inconclusive_end_is_changed(code: ExitCode, wanted: OnInconclusive | None) -> None:
    """A failed run, a mistake, a broken harness and an interrupt never become a pass."""
    changed = {OnInconclusive.FAIL: 1, OnInconclusive.PASS: 0}.get(wanted, 3) if wanted else 3
    assert exit_code_of(code, wanted) == (changed if code is ExitCode.INCONCLUSIVE else code)


ENDS = [
    ((), 3, "creditstorm run"),
    (("--on-inconclusive", "pass"), 0, "inconclusive, not a pass: exit 0 because of --on-inconclusive pass"),
    (("--on-inconclusive", "fail"), 1, "inconclusive, not a fail: exit 1 because of --on-inconclusive fail"),
    (("-q", "--on-inconclusive", "pass"), 0, "inconclusive, not a pass: exit 0 because of --on-inconclusive pass"),
]


@pytest.mark.parametrize(("words", "code", "last"), ENDS)
def test_an_inconclusive_end_is_what_was_asked_for(
    words: tuple[str, ...], code: int, last: str, undecided: Example
) -> None:
    """3 by itself; else the exit code that was asked for, on the screen too, and the last line says why."""
    done = undecided.report(*words)
    assert done.returncode == code, done.stderr
    lines = done.stdout.splitlines()
    assert last in lines[-1]
    assert lines[0].startswith("INCONCLUSIVE") if "-q" in words else any(f"  exit {code} " in line for line in lines)
    assert json.loads(undecided.folder.summary.read_text())["exit_code"] == 3


def test_a_failed_run_stays_failed(example: Example) -> None:
    """Whatever is said of inconclusive ones; and nothing more is said."""
    done = example.report("--on-inconclusive", "pass", "-q")
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 2)
    assert done.stdout.startswith("FAIL  ")
    assert done.stdout.splitlines()[1] == "results/example/report.html"


def test_the_command_that_would_settle_it_works(undecided: Example) -> None:
    """It can be copied from the screen, and asks for the same storm with more people."""
    done = undecided.report("--junit", "j.xml")
    command = done.stdout.splitlines()[-1].partition(": ")[2]
    name, *words = shlex.split(command)
    assert name == "creditstorm"
    dry = undecided.ask(*words, "--dry", "--json")
    assert (dry.returncode, dry.stderr) == (0, "")
    more = json.loads(undecided.folder.summary.read_text())["more_people"]
    before = read(undecided.folder.scenario).scenario()
    assert json.loads(dry.stdout)["ends_s"] == pytest.approx(more["factor"] * before.load.duration_s)
    assert command in (undecided.place / "j.xml").read_text()
    assert "--set load.arrivals" in undecided.folder.summary_text.read_text().replace("'", "")
    assert "--set" in undecided.folder.report.read_text()


def test_junit_is_written_where_it_was_asked_for(example: Example) -> None:
    """A folder that is not there yet is made; every rule of the run has its case."""
    assert example.report("--junit", "deep/er/j.xml").returncode == 1
    said = {"fail": "failure system-out", "inconclusive": "error system-out", "pass": "system-out"}
    judged = json.loads(example.folder.summary.read_text())["thresholds"]
    ended = list(example.cases("deep/er/j.xml").values())
    assert ended[: len(judged)] == [said[rule["verdict"]] for rule in judged]
    assert "failure system-out" in ended


def test_an_older_result_is_not_left_to_be_read(example: Example) -> None:
    """Where the record cannot be read the file holds an error, and not the green of the last time."""
    (example.place / "j.xml").write_text("<testsuites/>")
    example.folder.manifest.write_text("{}")
    assert example.report("--junit", "j.xml").returncode == 2
    assert set(example.cases("j.xml").values()) == {"error"}


def test_a_junit_file_that_cannot_be_written_is_told_before_anything_starts(example: Example) -> None:
    """A wrong option is a usage error."""
    (example.place / "full").write_text("")
    done = example.report("--junit", "full/j.xml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("--junit full/j.xml: cannot be written (")


def test_github_is_told_on_github_only(example: Example) -> None:
    """Annotations lead to the rule in the folder's own scenario, the summary is appended; JSON stays JSON."""
    (example.place / "summary.md").write_text("before\n")
    there = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "summary.md"}
    done = example.report("--json", **there)
    assert json.loads(done.stdout)["mode"] == "live"
    told = [line for line in done.stderr.splitlines() if line.startswith("::error file=results/example/scenario.yaml,")]
    assert len(told) == 2
    text = (example.place / "summary.md").read_text()
    assert text == f"before\n{example.folder.summary_text.read_text()}"
    assert "::" not in example.report().stderr


def test_a_summary_that_cannot_be_appended_changes_no_verdict(example: Example) -> None:
    """It is told, and the gate stands."""
    done = example.report("-q", GITHUB_STEP_SUMMARY="no/such/folder/summary.md")
    assert done.returncode == 1
    assert "GITHUB_STEP_SUMMARY: cannot be written" in done.stderr


def test_latest_is_a_run(example: Example) -> None:
    """The link, or the text file in its place."""
    (example.place / "results" / "latest").write_text("example\n")
    done = example.ask("report", "results/latest", "-q")
    assert (done.returncode, done.stdout.splitlines()[1]) == (1, "results/example/report.html")


@pytest.mark.parametrize("as_json", [False, True])
def test_a_matrix_says_no_more_than_it_was_asked_for(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Two lines, with the exit code that the command gives; a JSON document is one whatever else was asked for."""
    comparison = everything()
    show_matrix(MatrixFolder(Path("m")), comparison, Manner(ExitCode.PASS, as_json, quiet=True))
    said = capsys.readouterr().out
    if as_json:
        assert json.loads(said)["scenario_id"] == comparison.scenario_id
        return
    assert said.splitlines()[1:] == ["m/matrix.html"]
    assert said.startswith("exit 0  ")
    assert all(f"{figures.policy} {figures.verdict}" in said for figures in comparison.policies)


@pytest.mark.parametrize("of", ["scenario", "summary", "matrix", "marks"])
def test_a_schema_is_printed(of: str, example: Example) -> None:
    """Each is a valid JSON Schema; without a word it is the scenario's, for an editor."""
    printed = example.ask("schema", of)
    Draft202012Validator.check_schema(json.loads(printed.stdout))
    assert json.loads(printed.stdout)["title"] == {"marks": "creditstorm mark"}.get(of, f"creditstorm {of}")
    assert of != "scenario" or example.ask("schema").stdout == printed.stdout


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("scenario.yaml", "holds something else, which would be lost; name a new file"),
        ("link.xml", "is no regular file, and would be replaced; name a file"),
        ("pipe.xml", "is no regular file, and would be replaced; name a file"),
        (".", "is a folder; name a file"),
        ("", "is a folder; name a file"),
    ],
)
def test_a_result_takes_the_place_of_nothing_else(name: str, said: str, example: Example) -> None:
    """A device that was named here would be gone, and so would be the scenario."""
    (example.place / "scenario.yaml").write_text("id: mine\n")
    (example.place / "link.xml").symlink_to("scenario.yaml")
    os.mkfifo(example.place / "pipe.xml")
    done = example.report("--junit", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip() == f"--junit {name or '.'}: {said}"
    assert (example.place / "scenario.yaml").read_text() == "id: mine\n"
    assert (example.place / "link.xml").is_symlink()
    assert (example.place / "pipe.xml").is_fifo()


def test_a_summary_that_nobody_reads_is_not_waited_for(example: Example) -> None:
    """A pipe without a reader is told like any place that cannot be written."""
    os.mkfifo(example.place / "pipe")
    done = example.report("-q", GITHUB_STEP_SUMMARY="pipe")
    assert done.returncode == 1
    assert "GITHUB_STEP_SUMMARY: cannot be written" in done.stderr


def test_a_run_may_go_without_its_report(tmp_path: Path) -> None:
    """Verdict and texts are there, no page and no figure; the last line is the command that draws them, and it does."""
    out = tmp_path / "run"
    few = ("--set", "load.arrivals=[{for: 3s, rate: 5/s}]", "--set", "load.warm_up=1s", "--set", "thresholds={}")
    said = CliRunner().invoke(app, ["run", "calm", "--simulate", *few, "--no-report", "-q", "--out", str(out)])
    assert said.exit_code == ExitCode.PASS, said.output
    folder = RunFolder(out)
    last = said.stdout.splitlines()[-1]
    assert last == f"creditstorm report {out} draws the report"
    assert (folder.summary.is_file(), folder.report.exists(), folder.plots.exists()) == (True, False, False)
    assert CliRunner().invoke(app, shlex.split(last)[1:3]).exit_code == ExitCode.PASS
    assert (folder.report.is_file(), any(folder.plots.glob("*.svg"))) == (True, True)
