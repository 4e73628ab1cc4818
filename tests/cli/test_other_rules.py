"""`report --thresholds FILE`: a run that is over, judged by other rules; its record stays as it is."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Manifest, scenario_digest
from creditstorm.scenario.text.dump import dump
from creditstorm.scenario.text.loader import loads, recorded
from tests.cli.test_pipeline import ROOT, Example

pytestmark = pytest.mark.usefixtures("figures_drawn_once")

GOLDEN: Final = Path(__file__).parent / "golden_rules"
LAX: Final = 'thresholds:\n  wrongful_no_credit_rate.people: ["< 60%"]\n  undecided_rate: ["< 50%"]\n'
WRONG: Final = {
    "empty": "",
    "no_rules": "wrongful_no_credit_rate.people: ['< 60%']\n",
    "nothing_below_it": "thresholds:\n",
    "no_rule": "thresholds: {}\n",
    "no_mapping": "thresholds: ['< 1%']\n",
    "unknown_metric": "# mine\nthresholds:\n  wrongfull_no_credit_rate.people: ['< 1%']\n",
    "share_without_unit": "thresholds:\n  undecided_rate: ['< 1']\n",
    "unknown_window": "thresholds:\n  'wrongful_no_credit_rate{window: income}': ['< 1%']\n",
    "other_recovery": "thresholds:\n  undecided_rate: ['< 1%']\nrecovery: {margin: 9%}\n",
    "other_seed": "thresholds:\n  undecided_rate: ['< 1%']\nseed: 1\n",
    "unknown_key": "thresholds:\n  undecided_rate: ['< 1%']\nthreshold: 1\n",
    "no_yaml": "thresholds: [\n",
}


@pytest.fixture
def example(tmp_path: Path) -> Example:
    """The committed run, which fails two of its rules."""
    shutil.copytree(ROOT / "results" / "example", tmp_path / "results" / "example")
    return Example(tmp_path)


def contents(folder: RunFolder) -> dict[str, bytes]:
    """What every file of the folder holds."""
    return {str(path): path.read_bytes() for path in folder.root.rglob("*") if path.is_file()}


def test_other_rules_judge_and_everything_written_says_so(example: Example) -> None:
    """The verdict and the exit code are theirs; screen, page, texts, JUnit and JSON name the file and its digest."""
    (example.place / "lax.yaml").write_text(LAX)
    named = f"thresholds of lax.yaml, sha256 {sha256(LAX.encode()).hexdigest()[:12]}"
    before = contents(example.folder)
    done = example.report("--thresholds", "lax.yaml", "--junit", "j.xml")
    summary = json.loads(example.folder.summary.read_text())
    assert (done.returncode, summary["verdict"], len(summary["thresholds"])) == (0, "pass", 2)
    assert named in " ".join(done.stdout.split())
    assert named == f"thresholds of {summary['rules_of']}"
    for told in (example.folder.report, example.folder.summary_text):
        assert named in told.read_text()
    assert named.removeprefix("thresholds of ") in (example.place / "j.xml").read_text()
    raw = {"scenario.yaml", "manifest.json", "marks.jsonl", "answers.parquet", "services.parquet"}
    after = contents(example.folder)
    assert [path for path in before if Path(path).name in raw and before[path] != after[path]] == []


def test_without_the_option_it_is_the_run_of_before(example: Example) -> None:
    """Byte for byte: other rules leave nothing behind."""
    example.report()
    before = contents(example.folder)
    (example.place / "lax.yaml").write_text(LAX)
    assert (
        example.report("--thresholds", "lax.yaml", "-q")
        .stdout.splitlines()[0]
        .endswith(f"thresholds of lax.yaml, sha256 {sha256(LAX.encode()).hexdigest()[:12]}")
    )
    assert contents(example.folder) != before
    example.report()
    assert contents(example.folder) == before


def test_the_rules_of_a_scenario_are_taken(example: Example) -> None:
    """Its own scenario with other rules, as somebody edits a copy of it; the places of a pipeline are that file's."""
    asked = example.folder.scenario.read_text().replace("threshold: < 0.5%", "threshold: < 60%")
    assert asked != example.folder.scenario.read_text()
    (example.place / "copy.yaml").write_text(asked)
    done = example.report("--thresholds", "copy.yaml", GITHUB_ACTIONS="true")
    people = json.loads(example.folder.summary.read_text())["thresholds"][0]
    assert (people["rule"], people["verdict"]) == ("< 60%", "pass")
    assert "file=copy.yaml,line=" in done.stderr.replace(f"{example.place}/", "")


def test_what_the_run_was_told_on_the_command_line_is_no_difference(example: Example) -> None:
    """The shipped file of a run with another seed and policy still has rules for it."""
    ran = recorded(example.folder.scenario)
    told = "seed=5"
    example.folder.scenario.write_text(dump(ran.model_copy(update={"seed": 5})))
    manifest = replace(Manifest.read(example.folder), seed=5, overrides=(told,))
    replace(manifest, scenario_sha256=scenario_digest(example.folder)).write(example.folder)
    (example.place / "shipped.yaml").write_text(dump(ran))
    assert example.report("--thresholds", "shipped.yaml").returncode == 1
    replace(manifest, scenario_sha256=scenario_digest(example.folder), overrides=()).write(example.folder)
    refused = example.report("--thresholds", "shipped.yaml")
    assert (refused.returncode, "seed: not what the run was asked" in refused.stderr) == (2, True)


def test_the_command_that_would_settle_it_asks_for_these_rules(example: Example) -> None:
    """It can be copied from the screen: more people, and the rules that were judged."""
    (example.place / "near.yaml").write_text('thresholds:\n  wrongful_no_credit_rate.people: ["< 36%"]\n')
    done = example.report("--thresholds", "near.yaml")
    assert done.returncode == 3, done.stderr
    _, *words = shlex.split(done.stdout.splitlines()[-1].partition(": ")[2])
    assert example.ask(*words, "--dry").returncode == 0
    overrides = [word for word in words if word.startswith("thresholds=")]
    asked = loads(example.folder.scenario.read_text(), name="x", overrides=overrides)
    assert [(rule.key, rule.text) for rule in asked.thresholds] == [("wrongful_no_credit_rate.people", "< 36%")]


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_told_at_its_place(case: str, example: Example) -> None:
    """One message, exit 2, nothing written."""
    (example.place / "rules.yaml").write_text(WRONG[case])
    before = contents(example.folder)
    done = example.report("--thresholds", "rules.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert contents(example.folder) == before
    golden = GOLDEN / f"{case}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(f"{done.stderr}\n", encoding="utf-8")
    assert f"{done.stderr}\n" == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "said"), [("none.yaml", "none.yaml"), (".", ".")])
def test_no_file(name: str, said: str, example: Example) -> None:
    """A file that is not there, and a folder."""
    done = example.report("--thresholds", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(said)


def test_every_message_has_its_golden_file() -> None:
    """Every case has its golden file, and no golden file is left over."""
    assert {path.stem for path in GOLDEN.iterdir()} == set(WRONG)
