"""A short storm live and simulated under two policies: every figure that can be told of it agrees."""

from __future__ import annotations

import json

import pytest
from tests.storm.harness import TRIES, sound
from tests.storm.verbs import Verb

pytestmark = pytest.mark.storm


def test_a_simulated_storm_tells_what_the_live_one_tells(agreed: Verb) -> None:
    """Of no figure it is shown that it differs, and the rates of the run agree under both policies."""
    sound(*agreed.runs, tries=TRIES)
    found = json.loads(agreed.screen)
    assert found["measured"] == found["wanted"] == 2
    for one in found["compared"]:
        assert one["doubts"] == []
        figures = {(f["figure"], f["where"], f["of"]): f for f in one["figures"]}
        assert not [f for f in figures.values() if f["alike"] == "differs"]
        assert figures["unavailability_rate", "run", "people"]["alike"] == "agrees"
        assert ("recovery", "bureau", "") in figures
    wrongful = [
        next(f for f in one["figures"] if (f["figure"], f["where"]) == ("wrongful_no_credit_rate", "bureau"))
        for one in found["compared"]
    ]
    assert wrongful[0]["simulated"] == pytest.approx(wrongful[0]["live"], abs=0.02)
    assert wrongful[0]["live"] > 0.95
    assert wrongful[1]["live"] < 0.05
