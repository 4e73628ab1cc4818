"""What a hop and a call cost on this machine, from a calm live run of half a minute."""

import importlib
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from creditstorm.adapters.simulated.costs import Costs
from creditstorm.adapters.simulated.costs_file import write_costs
from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.files import must_be_ours
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


def require_place(path: Path) -> None:
    """HarnessError where the costs could not be written there, before half a minute is spent on them.

    UsageError where something else would be lost.
    """
    try:
        must_be_ours(path, b"{")
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except UsageError as problem:
        raise UsageError(f"--out {problem}") from problem
    except OSError as problem:
        raise _unwritten(path, problem) from problem


def keep(path: Path, costs: "dict[str, Cost]") -> Costs:
    """The costs, written to a file that `--costs` reads; those that were not measured are as they always are."""
    found = replace(Costs(), **{name: round(cost.median_s, 6) for name, cost in costs.items()})
    try:
        write_costs(path, found, {name: asdict(cost) for name, cost in costs.items()})
    except OSError as problem:
        raise _unwritten(path, problem) from problem
    return found


def _unwritten(path: Path, problem: OSError) -> HarnessError:
    return HarnessError(f"--out {path}: cannot be written ({problem.strerror}); name another file")
