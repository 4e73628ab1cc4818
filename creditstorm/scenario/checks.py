"""What no single part of a scenario can know: faults against the load and each other, thresholds against faults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from creditstorm.scenario.faults import TARGETS, Fault
from creditstorm.scenario.problems import Problem, not_among
from creditstorm.scenario.threshold import FILES, PHASES, SEGMENTS, Threshold


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


def fault_problems(faults: Sequence[Fault], load_s: float) -> Iterator[Problem]:
    """Faults outside the load, overlapping nonsense, names used twice, settings that mean nothing."""
    for index, fault in enumerate(faults):
        yield from _alone(index, fault, load_s)
    for (first, one), (second, other) in combinations(enumerate(faults), 2):
        if one.name == other.name:
            yield Problem(
                what=f'"{other.name}" is already the name of faults[{first}]', path=("faults", second, "name")
            )
        elif _collide(one, other):
            what = f"{other.kind} on {other.target} overlaps faults[{first}] of the same kind on the same target"
            remedy = "make one fault of the two, or move one of them"
            yield Problem(what=what, path=("faults", second), remedy=remedy)


def scope_problems(thresholds: Sequence[Threshold], faults: Sequence[Fault]) -> Iterator[Problem]:
    """Thresholds on a window, phase, segment or file that the run will not have."""
    names = {
        "window": tuple(sorted(fault.name for fault in faults)),
        "phase": PHASES,
        "segment": SEGMENTS,
        "file": FILES,
    }
    for key, threshold in {threshold.key: threshold for threshold in thresholds}.items():
        for scope, name in threshold.scope.items():
            if name not in names[scope]:
                yield _no_scope(key, scope, name, names[scope])


def _no_scope(key: str, scope: str, name: str, allowed: tuple[str, ...]) -> Problem:
    path = ("thresholds", key)
    if not allowed:
        return Problem(what=f'"{name}" is not a {scope}: the scenario has no faults', path=path)
    return not_among(f"a {scope} of this scenario", name, allowed, path=path)


def _alone(index: int, fault: Fault, load_s: float) -> Iterator[Problem]:
    path = ("faults", index)
    if fault.end_s > load_s + 1e-9:
        what = f"the fault ends at {fault.end_s:g} s, the load at {load_s:g} s"
        remedy = "shorten or move the fault, or lengthen the load: a fault nobody can meet proves nothing"
        yield Problem(what=what, path=path, remedy=remedy)
    if fault.kind == "down" and (fault.toxicity != 1.0 or fault.direction != "downstream"):
        what = "down takes the whole proxy away, it has no direction and no toxicity"
        yield Problem(what=what, path=path, remedy="remove these keys, or use kind: blackhole or reset")
    if fault.kind == "slicer" and fault.size_variation_bytes >= fault.average_size_bytes:
        what = "size_variation is not smaller than average_size"
        yield Problem(what=what, path=(*path, "size_variation"))


def _collide(one: Fault, other: Fault) -> bool:
    same = (one.kind, one.target, one.direction) == (other.kind, other.target, other.direction)
    return same and one.at_s < other.end_s and other.at_s < one.end_s


def _get(fault: object, key: str) -> object:
    return fault.get(key) if isinstance(fault, dict) else getattr(fault, key, None)


def _named(fault: Any, taken: set[str]) -> Any:  # noqa: ANN401
    target = str(_get(fault, "target"))
    if _get(fault, "name") or target not in TARGETS:
        return fault
    name = next(name for n in range(1, len(taken) + 2) if (name := target if n == 1 else f"{target}-{n}") not in taken)
    return {**fault, "name": name} if isinstance(fault, dict) else fault.model_copy(update={"name": name})
