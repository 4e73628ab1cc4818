"""What a run folder keeps is the scenario that was run."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from creditstorm.scenario.catalogue import paths
from creditstorm.scenario.text.dump import dump
from creditstorm.scenario.text.loader import load, loads
from tests.scenario.arbitrary_scenarios import UNTIMED, plain_scenarios
from tests.scenario.bad_scenarios import GOOD


@UNTIMED
@given(plain_scenarios)
def test_a_dumped_scenario_loads_as_itself(plain: Any) -> None:
    """Loading what was dumped gives an equal scenario, to the last bit of every quantity."""
    scenario = loads(json.dumps(plain), name="x.yaml")
    assert loads(dump(scenario), name="dumped.yaml") == scenario


def test_dumping_twice_gives_the_same_text() -> None:
    """A resolved scenario is its own resolution."""
    once = dump(loads(GOOD, name="x.yaml"))
    assert dump(loads(once, name="x.yaml")) == once


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_defaults_are_spelled_out(path: Any) -> None:
    """Every service, the client and the re-taps stand in a resolved scenario, whether they were asked for or not."""
    plain = yaml.safe_load(dump(load(path)))
    assert list(plain["system"]["services"]) == [
        "identity",
        "repayment",
        "consumption",
        "bureau",
        "income",
        "social",
        "scoring",
    ]
    assert plain["client"]["paints_failure_as"] == "error"
    assert set(plain["load"]["retap"]) >= {"no_credit", "error", "timeout", "undetermined", "max_attempts"}


def test_quantities_carry_units() -> None:
    """Durations and rates are written as a person writes them."""
    plain = yaml.safe_load(dump(loads(GOOD, name="x.yaml")))
    assert plain["load"]["arrivals"] == [{"for": "10s", "rate": "20/s"}, {"for": "20s", "ramp_to": "40/s"}]
    assert plain["faults"][1]["latency"] == "500ms"
    assert plain["system"]["services"]["identity"]["p50"] == "60ms"
