"""A fault and a policy value of another package, from the YAML to the answers of real services."""

from __future__ import annotations

import json

import pytest
from creditstorm.record.mark_journal import read_marks
from tests.plugin_package import install
from tests.storm.foreign import foreign
from tests.storm.harness import Done, simulated, sound

pytestmark = pytest.mark.storm


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The same people and fault without the policy value, in virtual time."""
    folder = tmp_path_factory.mktemp("trusting")
    return simulated(foreign(folder, "fail-closed"), out=folder / "run", env=install(folder / "site"))


def wrongful(done: Done) -> float:
    """The share of eligible requests in the window that were told "no credit"."""
    return float(done.rates("window", "income")["wrongful_no_credit_rate"]["value"])


@pytest.mark.parametrize("carried_out", ["lenient", "trusting"])
def test_the_fault_is_met_and_verified_like_any_other(carried_out: str, request: pytest.FixtureRequest) -> None:
    """By receipts of the service, live and simulated."""
    run: Done = request.getfixturevalue(carried_out)
    marks = [mark.as_json() for mark in read_marks(run.folder)]
    [effective] = [mark for mark in marks if mark["event"] == "fault_effective"]
    [cleared] = [mark for mark in marks if mark["event"] == "fault_cleared"]
    assert (effective["kind"], cleared["met"] > 0) == ("divided", True)


def test_the_policy_value_decides(trusting: Done, lenient: Done) -> None:
    """The fault tells creditworthy people "no credit", and far fewer of the same ones where the value decides."""
    assert wrongful(trusting) > 0.1
    assert trusting.first_attempts() == lenient.first_attempts()
    sound(lenient)
    assert wrongful(lenient) < wrongful(trusting) / 2


def test_the_run_says_whose_code_it_ran(lenient: Done) -> None:
    """The package and its version are in the manifest, the value's parameters in the scenario."""
    assert json.loads(lenient.folder.manifest.read_text())["versions"]["somebody-else"] == "1.5"
    assert "kind: lenient" in lenient.folder.scenario.read_text()
