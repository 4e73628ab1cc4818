"""What no single part of a scenario can know: faults against the load and each other, thresholds against faults."""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any, Final, Protocol

from creditstorm.credit.policies.presets import PolicySpec
from creditstorm.credit.policies.rollout import Canary
from creditstorm.language.problems import Path, Problem, not_among
from creditstorm.scenario.fault_checks import Numbered, alone, together
from creditstorm.scenario.faults import CELLS, PREFIX, TARGETS, Fault, StrategyChangeFault, fault_kinds
from creditstorm.scenario.load import LoadSpec
from creditstorm.scenario.monitors import ALL, MonitorName
from creditstorm.scenario.system import SystemSpec
from creditstorm.scenario.threshold import FILES, METRICS, PHASES, SEGMENTS, Operator, Phase, ScopeKind, Threshold

TAKEN: Final = frozenset(phase.value for phase in Phase)
"""Names under which a report shows something else beside the windows of the faults."""
NAMES: Final = (*TARGETS, *(f"{PREFIX}{cell}" for cell in CELLS))
"""What a fault is called where nobody named it."""


def with_fault_names(plain: Any) -> Any:  # noqa: ANN401
    """The plain scenario with a name for every fault that has none: its target, then target-2 and so on."""
    faults = plain.get("faults") if isinstance(plain, dict) else None
    if not isinstance(faults, list | tuple):
        return plain
    taken = {name for fault in faults if isinstance(name := _get(fault, "name"), str)}
    named = []
    for fault in faults:
        named.append(_named(fault, taken))
        taken.add(str(_get(named[-1], "name")))
    return {**plain, "faults": named}


def fault_problems(faults: Sequence[Fault], load: LoadSpec, system: SystemSpec) -> Iterator[Problem]:
    """Faults outside the judged load or the system, overlapping nonsense, names used twice, idle settings."""
    for index, fault in enumerate(faults):
        yield from alone(index, fault, load, system)
        if fault.name in TAKEN:
            what = f'"{fault.name}" is what a report calls a part of every run'
            yield Problem(what=what, path=("faults", index, "name"), remedy="give the fault a name of its own")
    for (first, one), (second, other) in combinations(enumerate(faults), 2):
        if one.name == other.name:
            yield Problem(
                what=f'"{other.name}" is already the name of faults[{first}]', path=("faults", second, "name")
            )
        elif problem := together(Numbered(first, one), Numbered(second, other), system.redundancy):
            yield problem


def canary_problems(policy: PolicySpec, faults: Sequence[Fault], path: Path) -> Iterator[Problem]:
    """A canary of a version that nothing rolls out."""
    version = policy.rollout.version if isinstance(policy.rollout, Canary) else None
    offered = tuple(sorted({fault.version for fault in faults if isinstance(fault, StrategyChangeFault)}))
    place = (*path, "rollout", "version")
    if version is None or version in offered:
        return
    if offered:
        yield not_among("a version that a strategy_change of this scenario rolls out", version, offered, path=place)
    else:
        remedy = f"add a fault of kind: strategy_change with version: {version}, or leave the version out"
        what = f'a canary of "{version}", and no strategy_change rolls out any version'
        yield Problem(what=what, path=place, remedy=remedy)


def scope_problems(
    thresholds: Sequence[Threshold], faults: Sequence[Fault], monitors: Sequence[str]
) -> Iterator[Problem]:
    """Thresholds on a window, phase, segment, file or monitor that the run will not have."""
    names = {
        "window": tuple(sorted(fault.name for fault in faults)),
        "phase": PHASES,
        "segment": SEGMENTS,
        "file": FILES,
        "monitor": tuple(monitors),
    }
    for key, threshold in {threshold.key: threshold for threshold in thresholds}.items():
        scope = threshold.scope
        if scope is not None and scope.name not in names[scope.kind]:
            yield _no_scope(key, scope.kind, scope.name, names[scope.kind])


def calm_problems(thresholds: Sequence[Threshold], faults: Sequence[Fault], load: LoadSpec) -> Iterator[Problem]:
    """Rules on what a monitor notices in a run without a whole second of calm, in which none can ever fire."""
    first_s = min((fault.at_s for fault in faults), default=math.inf)
    if first_s >= math.ceil(load.warm_up_s) + 1.0:
        return
    rules = (rule for rule in thresholds if rule.scope is not None and rule.scope.kind == ScopeKind.MONITOR)
    for key in dict.fromkeys(rule.key for rule in rules):
        what = f"no monitor can fire: the warm-up ends at {load.warm_up_s:g} s, the first fault begins at {first_s:g} s"
        yield Problem(
            what=what, path=("thresholds", key), remedy="let the first fault begin later: it learns from calm"
        )


class WhoComplains(Protocol):
    """How likely people complain of an answer, and after how long."""

    no_credit: float
    undetermined: float
    after_s: float


def complaint_problems(complains: WhoComplains | None, monitors: Sequence[str], load: LoadSpec) -> Iterator[Problem]:
    """Complaints that nobody could make, and a monitor of them where there are none."""
    where: tuple[str, ...] = ("client", "complains")
    if complains is None:
        if MonitorName.COMPLAINT_RATE in monitors and tuple(monitors) != ALL:
            place = ("monitors", list(monitors).index(MonitorName.COMPLAINT_RATE))
            remedy = "say who complains, such as client: {complains: {no_credit: 10%}}, or leave it out"
            yield Problem(what="complaint_rate can never fire: nobody complains", path=place, remedy=remedy)
    elif complains.no_credit == complains.undetermined == 0.0:
        remedy = "give no_credit or undetermined a share, such as no_credit: 10%, or leave complains out"
        yield Problem(what="nobody complains of anything", path=where, remedy=remedy)
    elif complains.after_s >= load.duration_s:
        what = (
            f"nobody can complain: the load is over after {load.duration_s:g} s, and they wait {complains.after_s:g} s"
        )
        yield Problem(what=what, path=(*where, "after"), remedy="let them complain sooner, or the load last longer")


def bound_problems(thresholds: Sequence[Threshold], timeout_s: float) -> Iterator[Problem]:
    """Upper bounds on a latency that lie beyond the client's time-out: nobody waits that long, so they always hold."""
    for threshold in thresholds:
        latency = METRICS[threshold.metric].aggregated
        if latency and threshold.op in (Operator.LESS, Operator.AT_MOST) and threshold.bound > timeout_s:
            what = f'"{threshold.text}" holds whatever is measured: people wait for {timeout_s:g} s at most'
            remedy = "lower the bound, or raise client.timeout"
            yield Problem(what=what, path=("thresholds", threshold.key), remedy=remedy)


def _no_scope(key: str, scope: str, name: str, allowed: tuple[str, ...]) -> Problem:
    path = ("thresholds", key)
    if not allowed:
        none = "monitors" if scope == ScopeKind.MONITOR else "faults"
        return Problem(what=f'"{name}" is not a {scope}: the scenario has no {none}', path=path)
    return not_among(f"a {scope} of this scenario", name, allowed, path=path)


def _get(fault: object, key: str) -> object:
    return fault.get(key) if isinstance(fault, dict) else getattr(fault, key, None)


def _named(fault: Any, taken: set[str]) -> Any:  # noqa: ANN401
    target = _target(fault)
    if _get(fault, "name") or target not in NAMES:
        return fault
    name = next(name for n in range(1, len(taken) + 2) if (name := target if n == 1 else f"{target}-{n}") not in taken)
    return {**fault, "name": name} if isinstance(fault, dict) else fault.model_copy(update={"name": name})


def _target(fault: object) -> str:
    """What a fault sits on, as far as it can be told before it is validated; some kinds need not say it."""
    if not isinstance(fault, dict):
        return str(_get(fault, "target"))
    kind = fault_kinds().get(str(fault.get("kind")))
    return str(fault.get("target")) if kind is None else kind.target_in(fault)
