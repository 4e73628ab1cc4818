"""A fault and a policy value of another package, from the YAML to the answers of real services."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from creditstorm.record.marks import read_marks
from tests.plugin_package import install
from tests.storm.harness import Done, measure, scenario, sound

pytestmark = pytest.mark.storm

FAULT = {"kind": "divided", "target": "income", "at": "2s", "for": "6s", "by": 5}
LENIENT = {"preset": "fail-closed", "name": "lenient", "missing": {"kind": "lenient", "points": 60}}


def stormed(folder: Path, policy: object) -> Done:
    """A run of 9 s with the fault of the package in it."""
    load = {"arrivals": [{"for": "9s", "rate": "30/s"}], "warm_up": "1s"}
    path = scenario(folder, load=load, system={"policy": policy}, faults=[FAULT], thresholds={})
    return measure(path, out=folder / "run", env=install(folder / "site"))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Done]:
    """Without the policy value and with it."""
    return (
        stormed(tmp_path_factory.mktemp("trusting"), "fail-closed"),
        stormed(tmp_path_factory.mktemp("lenient"), LENIENT),
    )


@pytest.fixture
def trusting(both: tuple[Done, Done]) -> Done:
    """Without the policy value."""
    return both[0]


@pytest.fixture
def lenient(both: tuple[Done, Done]) -> Done:
    """With the policy value."""
    return both[1]


def wrongful(done: Done) -> float:
    """The share of eligible requests in the window that were told "no credit"."""
    return float(done.rates("window", "income")["wrongful_no_credit_rate"]["value"])


def test_the_fault_is_met_and_verified_like_any_other(trusting: Done) -> None:
    """By receipts of the service, and it tells creditworthy people "no credit"."""
    marks = [mark.as_json() for mark in read_marks(trusting.folder)]
    [effective] = [mark for mark in marks if mark["event"] == "fault_effective"]
    [cleared] = [mark for mark in marks if mark["event"] == "fault_cleared"]
    assert (effective["kind"], cleared["met"] > 0) == ("divided", True)
    sound(trusting)
    assert wrongful(trusting) > 0.1


def test_the_policy_value_decides(trusting: Done, lenient: Done) -> None:
    """The same people under the same fault, and far fewer of them wrongly refused."""
    assert trusting.first_attempts() == lenient.first_attempts()
    sound(trusting, lenient)
    assert wrongful(lenient) < wrongful(trusting) / 2


def test_the_run_says_whose_code_it_ran(lenient: Done) -> None:
    """The package and its version are in the manifest, the value's parameters in the scenario."""
    assert json.loads(lenient.folder.manifest.read_text())["versions"]["somebody-else"] == "1.5"
    assert "kind: lenient" in lenient.folder.scenario.read_text()
