"""Which runs a matrix is made of, before one of them is started."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import ndiff
from typing import Final

from creditstorm.errors import UsageError
from creditstorm.record.folder import RunFolder
from creditstorm.record.matrix import MatrixFolder, is_finished
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.dump import dump
from creditstorm.scenario.text.loader import Draft
from creditstorm.scenario.text.overrides import Given, texts

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
        _must_be_the_same(folder.cell(cell.name), cell.scenario)
    return frozenset(cell.name for cell in done)


def _must_be_the_same(folder: RunFolder, scenario: Scenario) -> None:
    was, asked = folder.scenario.read_text(encoding="utf-8"), dump(scenario)
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
