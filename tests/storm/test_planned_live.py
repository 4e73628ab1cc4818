"""A point of a sweep is repeated live, and what capacity asks of a live run is in its record."""

from __future__ import annotations

import json

import pytest
from creditstorm.runs.conclude import read_run
from creditstorm.runs.edge.held_rate import live_probe
from tests.storm.harness import Done, sound

pytestmark = pytest.mark.storm


def test_a_sweep_repeats_a_point_live(swept: Done) -> None:
    """The error of each figure is told, and the record of the run is there."""
    sound(swept)
    [repeated] = json.loads(swept.out)["repeated"]
    assert repeated["live"]["wrongful_no_credit_rate.people"] > 0.05
    assert repeated["errors"]["wrongful_no_credit_rate.people"] == pytest.approx(0.0, abs=0.06)
    assert repeated["errors"]["answer_latency p(50)"] == pytest.approx(0.0, abs=0.1)
    probe = live_probe(read_run(swept.folder))
    value = repeated["live"]["wrongful_no_credit_rate.people"]
    assert probe["rules"][0]["value"] == pytest.approx(value)  # type: ignore[index]
    assert not probe["rules"][0]["holds"]  # type: ignore[index]
    assert {"bureau", "income", "scoring"} <= set(probe["services"])  # type: ignore[call-overload]
