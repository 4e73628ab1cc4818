"""The museum: each replica is simulated once, and its line on the page says what came out; whether figures are met."""

from __future__ import annotations

import re
from typing import Final

import pytest
from benchmarks.museum.__main__ import PAGE, PICTURES
from benchmarks.museum.exhibits import OUTCOMES, exhibit, pieces
from benchmarks.museum.page import room, row
from creditstorm.runs.simulate import simulated_summary
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import load

TEXT: Final = PAGE.read_text(encoding="utf-8")
ROWS: Final = re.findall(r"^\| \[[\w-]+\]\(#(incident-[\w-]+)\) \|(.*)\|$", TEXT, re.MULTILINE)
MOST_BYTES: Final = 1_500_000


@pytest.mark.parametrize("name", pieces())
def test_a_replica_brings_what_its_line_says(name: str) -> None:
    """Simulated anew it gives the same figures; where one is not met, and only there, the file says why."""
    one = exhibit(name)
    assert row(one) in TEXT
    assert room(one) in TEXT
    assert one.holds == (one.published.differs is None)


def test_twelve_incidents_each_with_a_picture() -> None:
    """Every replica with published figures stands on the page once, and all pictures together are small."""
    pictures = {path.stem: path.stat().st_size for path in PICTURES.iterdir()}
    assert [name for name, _ in ROWS] == list(pieces())
    assert len(ROWS) == 12
    assert set(pictures) == set(pieces())
    assert sum(pictures.values()) < MOST_BYTES


def test_nine_of_twelve_hold_and_ten_are_noticed_within_a_minute() -> None:
    """By the lines of the page, each of which is held above."""
    cells = [[cell.strip() for cell in line.split("|")] for _, line in ROWS]
    after_s = [float(cell[6].removesuffix(" s")) for cell in cells if cell[6] != "never"]
    assert sum(cell[4] == "yes" for cell in cells) >= 9
    assert sum(seconds <= 60.0 for seconds in after_s) >= 10


def test_without_their_faults_nobody_notices_anything() -> None:
    """What notices an incident is the incident: the same people without it raise no alarm of what they are told."""
    scenario = load(catalogue.find("incident-expired-licence"), overrides=["faults=[]", "thresholds={}"])
    summary = simulated_summary(scenario)
    assert summary.incidents == ()
    assert [watch.monitor for watch in summary.monitors if watch.monitor in OUTCOMES and watch.false_alarms] == []


def test_it_is_the_retries_that_keep_it_down() -> None:
    """With one try a call the same trigger and the same workers refuse few, and no monitor of outcomes notices."""
    once = load(
        catalogue.find("incident-own-retries"), overrides=["system.policy={name: one-try, preset: fail-closed}"]
    )
    (incident,) = simulated_summary(once).incidents
    assert incident.harm.refused < 0.1 * incident.harm.asked
    assert not {"declines", "undecided"} & set(incident.detection.by)
    assert re.search(r"\(#incident-own-retries\).*declines \d+ s", TEXT)


@pytest.mark.parametrize("name", pieces())
def test_a_replica_names_its_sources(name: str) -> None:
    """Where it was published, and under which policy it is worth to be run instead."""
    scenario = load(catalogue.find(name))
    assert scenario.sources
    assert scenario.intended != scenario.system.policy
