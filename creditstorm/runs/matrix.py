"""A matrix: which runs it is made of, and those that are not finished carried out, each in a run folder of its own."""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import ndiff
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from creditstorm.adapters.store_access import require_store_access
from creditstorm.engine.events import Event
from creditstorm.errors import UsageError
from creditstorm.language.store_url import starred
from creditstorm.record.files import read_raw
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ending, Manifest, Mode
from creditstorm.record.matrix import MatrixFolder, MatrixJournal, is_finished, open_matrix
from creditstorm.runs.warm_up import WarmUp
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.dump import dump
from creditstorm.scenario.text.loader import Draft
from creditstorm.scenario.text.overrides import Given, texts
from creditstorm.scenario.text.raw_text import MAX_BYTES

if TYPE_CHECKING:
    from creditstorm.analysis.matrix.comparison import Comparison
    from creditstorm.runs.execute import RunResult


OWN: Final = "scenario"
"""The name under which the scenario's own policy is asked for."""
BESIDE_S: Final = 6.0
"""What a run takes beside its load, roughly: processes up and down, sealing, figures."""
_MOST_LETTERS: Final = 160


@dataclass(frozen=True, slots=True)
class PlannedCell:
    """One run that shall be; its folder inside the matrix folder has its name."""

    policy: str
    repeat: int
    scenario: Scenario
    overrides: tuple[str, ...]

    @property
    def name(self) -> str:
        """``tri-state-0``: the policy, and the number that is added to the seed."""
        return f"{self.policy}-{self.repeat}"

    @property
    def about_s(self) -> float:
        """How long it will take, roughly."""
        return self.scenario.load.duration_s + BESIDE_S


@dataclass(frozen=True, slots=True)
class MatrixPlan:
    """Every cell in the order of the runs: all policies under one seed, then all under the next."""

    scenario: Scenario
    repeats: int
    policies: tuple[str, ...]
    cells: tuple[PlannedCell, ...]


def plan_of(draft: Draft, policies: str, *, repeats: int, seed: int | None, overrides: Sequence[str]) -> MatrixPlan:
    """The plan; UsageError where a policy is asked for twice, ScenarioError where a run would not be possible."""
    names = _names(policies)
    by_seed = () if seed is None else (Given(f"seed={seed}", f"--seed {seed}"),)
    given: tuple[str | Given, ...] = (*overrides, *by_seed)
    own = draft.scenario(given)
    if OWN in names and own.system.policy.name in names:
        raise UsageError(f"--policies: {OWN} is {own.system.policy.name} here, which is named already")
    cells = [_cell(draft, name, repeat, given, own.seed) for repeat in range(repeats) for name in names]
    return MatrixPlan(own, repeats, names, tuple(cells))


def _names(policies: str) -> tuple[str, ...]:
    names = [name.strip() for name in policies.split(",") if name.strip()]
    if not names:
        raise UsageError("--policies: name at least one, such as --policies fail-closed,tri-state")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"--policies: {twice} is named twice")
    return tuple(names)


def _cell(draft: Draft, policy: str, repeat: int, given: tuple[str | Given, ...], seed: int) -> PlannedCell:
    own = () if policy == OWN else (draft.policy_override(policy, given, option="--policies", also=(OWN,)),)
    overrides = (*given, *own, *((f"seed={seed + repeat}",) if repeat else ()))
    return PlannedCell(policy, repeat, draft.scenario(overrides), texts(overrides))


def finished(folder: MatrixFolder, plan: MatrixPlan) -> frozenset[str]:
    """The cells that need not be run again; UsageError where one of them was run from another scenario."""
    done = [cell for cell in plan.cells if is_finished(folder.cell(cell.name))]
    for cell in done:
        must_be_the_same(folder.cell(cell.name), cell.scenario)
    return frozenset(cell.name for cell in done)


def _must_be_as(folder: RunFolder, mode: Mode) -> None:
    was = Manifest.read(folder).mode
    if was is not mode:
        what = f"is {was.value}, and what is asked for is {mode.value}: the two do not stand in one table"
        raise UsageError(f"{folder.root}: {what}\n  Name a new folder with --out.")


def must_be_the_same(folder: RunFolder, scenario: Scenario) -> None:
    """UsageError where the run of a folder was of another scenario."""
    was, asked = starred(_written(folder)), dump(scenario)
    if was == asked:
        return
    changed = [line for line in ndiff(was.splitlines(), asked.splitlines()) if line[:2] in ("- ", "+ ")]
    then, now = (next((line[2:] for line in changed if line[0] == sign), "(nothing)") for sign in "-+")
    raise UsageError(
        f"{folder.root}: was run from another scenario, so it cannot stand beside these runs\n"
        f"  then: {then.strip()[:_MOST_LETTERS]}\n"
        f"  now:  {now.strip()[:_MOST_LETTERS]}\n"
        "  Ask for the same as then, or name a new folder with --out."
    )


def _written(folder: RunFolder) -> str:
    try:
        return read_raw(folder.scenario, most=MAX_BYTES).decode()
    except (OSError, ValueError) as problem:
        remedy = "Remove the folder and run it again, or restore it."
        raise UsageError(f"{folder.scenario}: cannot be read ({problem}). {remedy}") from problem


class MatrixObserver(Protocol):
    """Whoever wants to know how far a matrix is."""

    def begin(self, cell: PlannedCell, to_come: Sequence[PlannedCell], *, done: int) -> None:
        """The run of this cell begins; `to_come` are those still to run, this one included, `done` is how many are."""

    def take(self, event: Event) -> None:
        """Something happened in that run."""

    def end(self, cell: PlannedCell, folder: RunFolder, result: "RunResult") -> None:
        """The run is over."""


@dataclass(frozen=True, slots=True)
class HowToRun:
    """What holds for every live run of a matrix and is no part of its plan, as in a `RunRequest`."""

    processes: int = 1
    allow_hosts: tuple[str, ...] = ()
    warnings: tuple[str, ...] | None = None


Carrier = Callable[[MatrixFolder, MatrixJournal, Sequence[PlannedCell]], bool]
"""Carries out the cells that are to come; whether a person stopped it."""


def execute_matrix(
    plan: MatrixPlan, *, out: Path | None, how: HowToRun, observer: MatrixObserver
) -> "tuple[MatrixFolder, Comparison, bool]":
    """Run what is not finished in `out` (a new folder where it is None) and compare; whether a person stopped it."""
    for cell in plan.cells:
        require_store_access(cell.scenario.system.store, how.allow_hosts)
    return concluded(plan, out, Mode.LIVE, lambda _, journal, cells: _run_all(cells, journal, plan, how, observer))


def concluded(
    plan: MatrixPlan, out: Path | None, mode: Mode, carry_out: Carrier
) -> "tuple[MatrixFolder, Comparison, bool]":
    """Have what is not finished carried out, and compare all; UsageError where the folder holds other runs."""
    with open_matrix(plan.scenario.id, now=datetime.now(UTC), wanted=out) as (folder, journal):
        kept = finished(folder, plan)
        for name in kept:
            _must_be_as(folder.cell(name), mode)
        journal.write("asked", policies=plan.policies, repeats=plan.repeats, kept=sorted(kept))
        interrupted = carry_out(folder, journal, [cell for cell in plan.cells if cell.name not in kept])
        # Imported late: analysis and figures load a second of libraries that a plan does not need.
        comparison: Comparison = importlib.import_module("creditstorm.runs.conclude").conclude_matrix(folder, plan)
        journal.write("concluded", exit_code=comparison.exit_code)
    return folder, comparison, interrupted


def _run_all(
    to_come: Sequence[PlannedCell], journal: MatrixJournal, plan: MatrixPlan, how: HowToRun, observer: MatrixObserver
) -> bool:
    # Here, because a plan needs nothing of what carries out a run.
    from creditstorm.runs.execute import RunRequest, execute  # noqa: PLC0415

    kept = len(plan.cells) - len(to_come)
    with WarmUp() as warm_up:
        try:
            for index, cell in enumerate(to_come):
                observer.begin(cell, to_come[index:], done=kept + index)
                run = journal.begin(cell.name)
                request = RunRequest(
                    cell.scenario,
                    run,
                    cell.overrides,
                    processes=how.processes,
                    allow_hosts=how.allow_hosts,
                    warnings=how.warnings,
                )
                result = execute(request, observer.take, warm_up)
                journal.write("cell_ended", cell=cell.name, how=result.how, exit_code=result.exit_code)
                observer.end(cell, run, result)
                # A run that never began to ask will not begin the next time either.
                if result.how is Ending.INTERRUPTED or result.summary is None:
                    return result.how is Ending.INTERRUPTED
        except KeyboardInterrupt:
            return True
    return False
