"""The grid of a sweep: every combination of the varied values, under every policy, checked before anything runs."""

import itertools
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from creditstorm.analysis.planning.run_figures import full_name, known_figures
from creditstorm.analysis.planning.swept import Axis
from creditstorm.errors import ScenarioError, UsageError
from creditstorm.language.problems import Path, Problem, not_among
from creditstorm.runs.beforehand.expectation import expectation_of
from creditstorm.runs.sweeping.vary import read_axis, wrong
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text import overrides as options
from creditstorm.scenario.text.loader import Draft
from creditstorm.scenario.text.overrides import Given

OWN: Final = "scenario"
"""The scenario's own policy."""
MOST_RUNS: Final = 10_000
ANSWERS_A_CORE_S: Final = 1_600.0
"""What a core simulates in a second, figures included, where nothing else runs."""
LEAST_DURATION: Final = "1ms"


@dataclass(frozen=True, slots=True)
class GridPlace:
    """One policy at one place of the grid, with the scenario of each seed."""

    place: tuple[int, ...]
    policy: str
    scenarios: tuple[Scenario, ...]

    def name(self, seed: int) -> str:
        """``3x5-tri-state-0``: indices, policy, and the number that is added to the seed."""
        return f"{'x'.join(map(str, self.place))}-{self.policy}-{seed}"


@dataclass(frozen=True, slots=True)
class Grid:
    """All that a sweep runs; `notes` tell of values that could not be run as they were asked for."""

    scenario: Scenario
    axes: tuple[Axis, ...]
    policies: tuple[str, ...]
    seeds: int
    metric: str
    places: tuple[GridPlace, ...]
    notes: tuple[str, ...] = ()

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return len(self.places) * self.seeds


@dataclass(frozen=True, slots=True)
class SweepAsked:
    """The options of a sweep, as a person gave them."""

    vary: tuple[str, ...]
    policies: str = OWN
    seeds: int = 5
    metric: str = "wrongful_no_credit_rate.people"
    overrides: tuple[str, ...] = ()


def grid_of(draft: Draft, asked: SweepAsked, *, cores: int) -> Grid:
    """The grid; UsageError or ScenarioError where one of its runs would not be possible."""
    axes = tuple(read_axis(text) for text in asked.vary)
    if not 1 <= len(axes) <= 2:
        raise UsageError(f"--vary: one or two values can be varied at once, got {len(axes)}")
    paths = [_path(draft, asked, text, axis) for text, axis in zip(asked.vary, axes, strict=True)]
    _must_differ(asked, paths)
    own = draft.scenario(asked.overrides)
    metric = _metric(asked.metric, own)
    policies = _policies(asked, paths)
    _must_be_few(axes, policies, asked.seeds, own, cores)
    notes: dict[str, None] = {}
    places = []
    for place in itertools.product(*(range(len(axis.values)) for axis in axes)):
        for policy in policies:
            scenario = _scenario(draft, asked, axes, place, policy, notes)
            seeds = (scenario.model_copy(update={"seed": scenario.seed + n}) for n in range(asked.seeds))
            places.append(GridPlace(place, policy, tuple(seeds)))
    return Grid(own, axes, policies, asked.seeds, metric, tuple(places), tuple(notes))


def _path(draft: Draft, asked: SweepAsked, text: str, axis: Axis) -> Path:
    plain = deepcopy(draft.changed(asked.overrides).plain)
    try:
        path = options.apply(plain, f"{axis.path}={axis.values[0]}").path
    except options.OverrideError as error:
        raise wrong(text, error.problem) from error
    if path == ("seed",):
        raise wrong(text, Problem(what="seeds are not varied, they repeat each point", remedy="use --seeds"))
    return path


def _must_differ(asked: SweepAsked, paths: Sequence[Path]) -> None:
    if len(paths) == 2:
        short, long = sorted(paths, key=len)
        if long[: len(short)] == short:
            raise wrong(asked.vary[1], Problem(what=f"--vary '{asked.vary[0]}' varies the same"))


def _metric(name: str, scenario: Scenario) -> str:
    known = known_figures([fault.name for fault in scenario.faults])
    full = full_name(name)
    if full not in known:
        raise UsageError("\n".join(not_among("a figure that can be swept", name, known).lines("--metric")))
    return full


def _policies(asked: SweepAsked, paths: Sequence[Path]) -> tuple[str, ...]:
    names = tuple(name.strip() for name in asked.policies.split(",") if name.strip())
    if not names:
        raise UsageError("--policies: name at least one, such as --policies fail-closed,tri-state")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"--policies: {twice} is named twice")
    if names != (OWN,) and any(path[:2] == ("system", "policy") for path in paths):
        raise UsageError("--policies: --vary changes the policy, too; leave one of them out")
    return names


def _must_be_few(axes: Sequence[Axis], policies: Sequence[str], seeds: int, own: Scenario, cores: int) -> None:
    runs = len(policies) * seeds
    for axis in axes:
        runs *= len(axis.values)
    if runs <= MOST_RUNS:
        return
    points = " × ".join(str(len(axis.values)) for axis in axes)
    took_s = about_s(own, runs, cores)
    long = f", about {took_s / 3600:,.0f} h on {cores} cores" if took_s is not None else ""
    raise UsageError(
        f"--vary: {runs:,} runs ({points} points, {len(policies)} policies, {seeds} seeds){long}; at most "
        f"{MOST_RUNS:,}\n  Ask for fewer values, policies or --seeds."
    )


def about_s(scenario: Scenario, runs: int, cores: int) -> float | None:
    """How long so many simulated runs take on so many cores, roughly; None for a closed load."""
    rows = expectation_of(scenario).rows
    return None if rows is None else runs * rows / ANSWERS_A_CORE_S / cores


def _scenario(  # noqa: PLR0913, PLR0917 - where it stands in the grid, and what is said of it
    draft: Draft, asked: SweepAsked, axes: Sequence[Axis], place: Sequence[int], policy: str, notes: dict[str, None]
) -> Scenario:
    given = [
        Given(f"{axis.path}={axis.values[index]}", f"--vary '{text}'")
        for axis, text, index in zip(axes, asked.vary, place, strict=True)
    ]
    named: tuple[str | Given, ...] = (*asked.overrides, *given)
    own = () if policy == OWN else (draft.policy_override(policy, named, option="--policies", also=(OWN,)),)
    try:
        return draft.scenario((*named, *own))
    except ScenarioError:
        nothing = [axis.unit == "s" and axis.numbers is not None and axis.numbers[i] == 0.0
                   for axis, i in zip(axes, place, strict=True)]  # fmt: skip
        if not any(nothing):
            raise
        least = [Given(f"{axis.path}={LEAST_DURATION}", one.option) if zero else one
                 for axis, one, zero in zip(axes, given, nothing, strict=True)]  # fmt: skip
        scenario = draft.scenario((*asked.overrides, *least, *own))
    said = (f"{axis.path}: 0 was run as {LEAST_DURATION}, the least that it can be"
            for axis, zero in zip(axes, nothing, strict=True) if zero)  # fmt: skip
    notes.update(dict.fromkeys(said))
    return scenario
