"""What a hop and a call cost on this machine, from a calm live run of half a minute."""

import importlib
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from creditstorm.adapters.simulated.costs import Costs
from creditstorm.adapters.simulated.costs_file import write_costs
from creditstorm.errors import HarnessError
from creditstorm.record.folder import RunFolder
from creditstorm.record.seal import load_answers
from creditstorm.runs.execute import RunRequest, execute
from creditstorm.runs.follow import EventConsumer
from creditstorm.scenario.model import Scenario

if TYPE_CHECKING:
    from creditstorm.analysis.agreement.hops import Cost

FREE: Final = Costs(call_s=0.0, scoring_s=0.0, enter_s=0.0, leave_s=0.0)
"""Costs of a run in which a message is there at once."""


def calibrate(scenario: Scenario, folder: RunFolder, consumer: EventConsumer) -> "dict[str, Cost]":
    """The median cost of each hop, by its name in `Costs`, from a live run of `scenario` in `folder`.

    HarnessError where the run did not complete, or doubts what it measured: then a cost would be the machine's mood.
    """
    result = execute(RunRequest(scenario, folder, pages=False), consumer)
    if result.summary is None or result.message:
        raise HarnessError(f"nothing was measured: {result.message or 'the run did not begin'}")
    doubts = result.summary.honesty.doubts
    if doubts:
        raise HarnessError(f"nothing was measured: {doubts[0].text}\n  End what else runs here and ask again.")
    return measured(folder, scenario)


def measured(folder: RunFolder, scenario: Scenario) -> "dict[str, Cost]":
    """The costs that the record of a calm live run shows."""
    from creditstorm.analysis.agreement.hops import COLUMNS, hop_costs  # noqa: PLC0415 - loads what a run needs late

    simulate = importlib.import_module("creditstorm.runs.simulate").simulate
    free = simulate(scenario, columns=COLUMNS, costs=FREE)
    return hop_costs(load_answers(folder, COLUMNS), free.answers, warm_up_s=scenario.load.warm_up_s)


def keep(path: Path, costs: "dict[str, Cost]") -> Costs:
    """The costs, written to a file that `--costs` reads; those that were not measured are as they always are."""
    found = replace(Costs(), **{name: round(cost.median_s, 6) for name, cost in costs.items()})
    try:
        write_costs(path, found, {name: asdict(cost) for name, cost in costs.items()})
    except OSError as problem:
        raise HarnessError(f"--out {path}: cannot be written ({problem.strerror}); name another file") from problem
    return found
