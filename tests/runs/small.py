"""A scenario of few people and few seconds."""

from __future__ import annotations

from creditstorm.scenario import catalogue
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import load

SMALL = ("load.arrivals=[{for: 4s, rate: 10/s}]", "load.warm_up=1s")


def small_scenario(*overrides: str) -> Scenario:
    """Calm, 4 s of 10 people a second."""
    return load(catalogue.find("calm"), overrides=[*SMALL, *overrides])
