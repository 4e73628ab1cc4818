"""Monitors that a scenario asks for and that could hardly notice anything, known from its pure schedule."""

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from creditstorm.language.problems import Path, Problem
from creditstorm.runs.beforehand.planned import Planned
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.monitors import MonitorName
from creditstorm.scenario.threshold import ScopeKind

if TYPE_CHECKING:
    from creditstorm.analysis.monitors.kinds import Monitor


def monitor_kinds() -> "Mapping[str, Monitor]":
    """Every monitor by name; raises PluginError for one that cannot be used. Loads polars."""
    from creditstorm.analysis.monitors.kinds import monitors_by_name  # noqa: PLC0415

    return monitors_by_name()


def deaf_monitors(planned: Planned) -> Iterator[Problem]:
    """Those that know too little of calm, or would take longer than a minute to tell a rise from it.

    Calibrated as they will be in the run, on the planned seconds; what share is usual is a guess.
    """
    asked = _asked_for(planned.scenario)
    if not asked:
        return
    from creditstorm.analysis.monitors import race  # noqa: PLC0415 - loads polars, and few scenarios ask
    from creditstorm.runs.calibrations import kept_heights  # noqa: PLC0415

    scenario = planned.scenario
    first_s = min((fault.at_s for fault in scenario.faults), default=math.inf)
    calm = race.CalmSeconds.of(scenario.load.warm_up_s, min(first_s, scenario.load.duration_s))
    seconds = np.floor(planned.measured.intended_s).astype(np.int64)
    n = np.bincount(seconds, minlength=calm.end)[calm.begin : calm.end].astype(np.int64)
    for name, path in asked.items():
        usual = {MonitorName.DECLINE_RATE.value: 1.0 - planned.approved, MonitorName.P99_LATENCY.value: 0.01}.get(
            name, 0.0
        )
        bad = np.round(n * usual).astype(np.int64)
        known = race.learned(monitor_kinds()[name], race.BadPerSecond(bad, n), kept_heights())
        if known.note and not known.note.startswith("knows only"):
            what = f"{name} may notice nothing: {known.note}"
            remedy = "raise the rate before the first fault, or let it begin later: load.arrivals, faults"
            yield Problem(what=what, path=path, remedy=remedy)


def _asked_for(scenario: Scenario) -> dict[str, Path]:
    """The monitors that a threshold rests on, or that the scenario names itself, and where."""
    named = scenario.monitors if "monitors" in scenario.model_fields_set else ()
    rules = [rule for rule in scenario.thresholds if rule.scope is not None and rule.scope.kind == ScopeKind.MONITOR]
    places: dict[str, Path] = {name: ("monitors", place) for place, name in enumerate(named)}
    return places | {rule.scope.name: ("thresholds", rule.key) for rule in rules if rule.scope is not None}
