"""The scenario as a cell of a larger system, and that cell so many times as large: at exactly the same utilisation.

Pools are only ever multiplied by whole numbers, and rates by any, so nothing is rounded: the cell's people, workers,
queues, limits and quotas all stand to its rate as those of the system stand to the system's.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from creditstorm.analysis.planning.doubling import SIZES
from creditstorm.analysis.planning.outlook import Target
from creditstorm.credit import ServiceProfile
from creditstorm.credit.policies.admission import Adaptive, InflightCap, Priority
from creditstorm.credit.policies.answer import Push
from creditstorm.credit.policies.presets import PolicySpec
from creditstorm.credit.policies.transport import Breaker, Hedge, RetryBudget
from creditstorm.errors import UsageError
from creditstorm.language.quantities import FASTEST_HZ
from creditstorm.scenario.faults import CapacityFault, Errors, fault_kinds
from creditstorm.scenario.faults.base import FaultBase, service_of
from creditstorm.scenario.load import MOST_ARRIVALS, LoadSpec, Stage
from creditstorm.scenario.model import Scenario

_LIMITS: Final[Mapping[type, tuple[str, ...]]] = {
    InflightCap: ("limit",),
    Priority: ("limit",),
    Adaptive: ("start", "least", "most", "queue"),
    RetryBudget: ("min_hz", "burst"),
    Hedge: ("warm_up", "window"),
    Push: ("most",),
    Errors: ("quota_hz",),
}
"""What is a number of requests, or of them a second, and therefore grows with the system."""
_MOST_LIMIT: Final = 100_000


def peak_of(scenario: Scenario) -> float:
    """The scenario's own peak in people a second; UsageError in the closed model, where nobody plans it."""
    if scenario.load.arrivals is None:
        what = f"{scenario.id}: its load is a number of users, whose rate depends on the answers, so it has no peak"
        raise UsageError(f"{what}\n  Give it load.arrivals instead, such as [{{for: 60s, rate: 80/s}}].")
    return max(stage.reaches_hz for stage in scenario.load.arrivals)


def target_of(scenario: Scenario, *, people: int, peak_hz: float, cells: int | None) -> Target:
    """What is asked for as a multiple of a cell: `cells` of them, or as many as keep the scenario's own utilisation.

    UsageError where that cannot be: no people, more who ask than there are, a peak below what is simulated anyway.
    """
    own_hz = peak_of(scenario)
    if people < 1:
        raise UsageError("--people 0: somebody has to ask\n  Give how many people there are, such as --people 100M.")
    if not peak_hz > 0.0:
        raise UsageError("--peak 0/s: somebody has to ask\n  Give how many ask a second, such as --peak 16.7k/s.")
    k = peak_hz / own_hz if cells is None else float(cells)
    if k < SIZES[-1]:
        least = f"{SIZES[-1]} × the scenario's own {own_hz:g}/s is {SIZES[-1] * own_hz:g}/s"
        what = f"--peak {peak_hz:g}/s" if cells is None else f"--cells {cells}"
        raise UsageError(
            f"{what}: no forecast is needed below {SIZES[-1]} cells ({least})\n"
            f"  Simulate it whole: creditstorm run {scenario.id} --simulate, rates, pools and queues so much larger."
        )
    if cells is not None and SIZES[-1] * peak_hz / cells > FASTEST_HZ:
        raise UsageError(f"--cells {cells}: {peak_hz / cells:,.0f}/s a cell is more than can be simulated; name more")
    target = Target(people, peak_hz, k)
    asking = scenario.load.planned * peak_hz / own_hz
    if asking > people:
        raise UsageError(
            f"--people {people:,}: {asking:,.0f} ask within {scenario.load.duration_s:g} s of {scenario.id}\n"
            "  Give more people, a lower --peak, or a shorter load."
        )
    if asking / k * SIZES[-1] > MOST_ARRIVALS:
        raise UsageError(
            f"{scenario.id}: {asking / k:,.0f} people in a cell are too many to simulate; name more --cells"
        )
    return target


def cell_of(scenario: Scenario, target: Target, size: int, seed: int) -> Scenario:
    """The cell of this target, `size` times as large, under another seed."""
    rate = size * target.peak_hz / target.k / peak_of(scenario)
    stages = tuple(_faster(stage, rate) for stage in scenario.load.arrivals or ())
    load = LoadSpec(arrivals=stages, warm_up_s=scenario.load.warm_up_s, retap=scenario.load.retap)
    people = max(1, round(target.people / target.k * size))
    system = scenario.system.model_copy(
        update={
            "policy": _policy(scenario.system.policy, size),
            "services": {name: _profile(profile, size) for name, profile in scenario.system.services.items()},
        }
    )
    return scenario.model_copy(
        update={
            "seed": seed,
            "population": scenario.population.model_copy(update={"size": people}),
            "load": load,
            "system": system,
            "faults": tuple(_grown(fault, size) for fault in scenario.faults),
            "thresholds": (),
        }
    )


def scaled_in_words(scenario: Scenario, target: Target) -> tuple[str, ...]:
    """What of the scenario is an absolute number and was scaled, and what cannot be."""
    said = []
    for fault in scenario.faults:
        if isinstance(fault, Errors) and fault.quota_hz is not None:
            said.append(
                f"the quota of {fault.target} grows with the system: {fault.quota_hz:g}/s a cell, "
                f"{fault.quota_hz * target.k:,.0f}/s in all"
            )
        if isinstance(fault, CapacityFault):
            left = scenario.system.profiles()[service_of(fault.target)].workers * fault.factor
            if not left.is_integer():
                rounded = max(1, round(left * SIZES[-1]))
                said.append(
                    f"{fault.name} leaves {left:g} workers a cell, of which whole ones can be simulated: "
                    f"{rounded} for {left * SIZES[-1]:g} at {SIZES[-1]} ×"
                )
    if isinstance(scenario.system.policy.transport, Breaker):
        said.append("a breaker counts failures in a row for its whole cell; in the system each instance has its own")
    foreign = [fault.kind for fault in scenario.faults if not _ours(fault)]
    if foreign:
        said.append(f"numbers in faults of other packages are left as they are: {', '.join(sorted(set(foreign)))}")
    return tuple(said)


def _ours(fault: FaultBase) -> bool:
    return fault_kinds()[fault.kind].__module__.startswith("creditstorm.")


def _faster(stage: Stage, rate: float) -> Stage:
    if stage.rate_hz is not None:
        return Stage(for_s=stage.for_s, rate_hz=stage.rate_hz * rate)
    return Stage(for_s=stage.for_s, ramp_to_hz=(stage.ramp_to_hz or 0.0) * rate)


def _profile(profile: ServiceProfile, size: int) -> ServiceProfile:
    return replace(profile, workers=profile.workers * size, queue=profile.queue * size)


def _policy(policy: PolicySpec, size: int) -> PolicySpec:
    axes = ("admission", "transport", "answer")
    return replace(policy, **{axis: _grown(getattr(policy, axis), size) for axis in axes})


def _grown(part: Any, size: int) -> Any:  # noqa: ANN401 - a value of any axis, a fault of any kind
    """The part with its limits so many times as large."""
    wanted = {name: getattr(part, name) for name in _LIMITS.get(type(part), ())}
    limits = {name: value * size for name, value in wanted.items() if value is not None}
    for name, value in limits.items():
        if value > _MOST_LIMIT:
            what = f"{part.kind}: its {name} of {wanted[name]:,} would be {value:,} in a cell {size} × as large"
            raise UsageError(f"{what}, and at most {_MOST_LIMIT:,} can be simulated\n  Divide load and system alike.")
    return part.model_copy(update=limits) if limits else part
