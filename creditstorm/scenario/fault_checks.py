"""What one fault cannot be in this load and this system, and what two cannot be at the same time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from creditstorm.credit.policies.presets import PolicySpec
from creditstorm.language.problems import Path, Problem
from creditstorm.scenario.faults import REPLICAS, STORE, Fault, InsideFault, ProcessFault
from creditstorm.scenario.faults.base import service_of
from creditstorm.scenario.load import LoadSpec
from creditstorm.scenario.system import SystemSpec


def alone(index: int, fault: Fault, load: LoadSpec, system: SystemSpec) -> Iterator[Problem]:
    """What is wrong with the fault at this place in the list, whatever the other ones are."""
    path: Path = ("faults", index)
    if fault.end_s > load.duration_s + 1e-9:
        what = f"the fault ends at {fault.end_s:g} s, the load at {load.duration_s:g} s"
        remedy = "shorten or move the fault, or lengthen the load: a fault nobody can meet proves nothing"
        yield Problem(what=what, path=path, remedy=remedy)
    if fault.end_s <= load.warm_up_s + 1e-9:
        what = f"the fault ends at {fault.end_s:g} s, inside the warm-up of {load.warm_up_s:g} s, which nothing judges"
        remedy = f"move or lengthen the fault, or shorten the warm-up: --set load.warm_up={fault.at_s:g}s"
        yield Problem(what=what, path=path, remedy=remedy)
    yield from (replace(problem, path=(*path, *problem.path)) for problem in fault.problems())
    yield from _in_the_system(fault, path, system)


def _in_the_system(fault: Fault, path: Path, system: SystemSpec) -> Iterator[Problem]:
    service = service_of(fault.target)
    if fault.target in REPLICAS and service not in system.redundancy:
        what = f"{fault.target} is {service} in the second cell, and it runs in one"
        yield Problem(what=what, path=(*path, "target"), remedy=f"write system: {{redundancy: [{service}]}}")
    if fault.needs_redundancy and not system.redundancy:
        what = "there are no cells: every source runs in one place"
        remedy = "say which sources run twice, such as system: {redundancy: [bureau, income]}"
        yield Problem(what=what, path=path, remedy=remedy)
    if fault.needs_store and not _remembers(system.policy):
        what = f"policy {system.policy.name} remembers nothing that {fault.kind} could spoil"
        remedy = "use a policy with a store, such as last-known-good"
        yield Problem(what=what, path=path, remedy=remedy)
    if fault.target == STORE and system.store is None:
        what = f"policy {system.policy.name} keeps its last known good values in process, where no network fault gets"
        if not _remembers(system.policy):
            what = f"policy {system.policy.name} keeps no last known good values, so it has no store"
        remedy = "give it one, such as policy: {missing: {kind: last_known_good, store: redis://127.0.0.1:6379/0}}"
        yield Problem(what=what, path=(*path, "target"), remedy=remedy)


def _remembers(policy: PolicySpec) -> bool:
    """Whether the policy keeps last known values; only such rules have a TTL."""
    return hasattr(policy.missing, "ttl_s")


Redundancy = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A fault and its place in the list."""

    index: int
    fault: Fault


def together(first: Numbered, second: Numbered, redundancy: Redundancy) -> Problem | None:
    """What is wrong with these two, said of the second one; None where they may be as they are."""
    one, other = first.fault, second.fault
    if one.at_s > other.end_s or other.at_s > one.end_s:
        return None
    if one.at_s < other.end_s and other.at_s < one.end_s and (problem := _overlapping(first, second, redundancy)):
        return problem
    return _untold(first, second, redundancy) or _untold(second, first, redundancy)


def _overlapping(first: Numbered, second: Numbered, redundancy: Redundancy) -> Problem | None:
    one, other, path = first.fault, second.fault, ("faults", second.index)
    if isinstance(one, ProcessFault) and isinstance(other, ProcessFault) and one.target == other.target:
        what = f"{other.kind} of {other.target} overlaps faults[{first.index}], a {one.kind} of the same process"
        return Problem(what=what, path=path, remedy="move one of them: a process can bear one of these at a time")
    if _touched(one, redundancy) & _touched(other, redundancy):
        same = one.kind == other.kind
        does = "of the same kind on the same target" if same else f"which does the same to {one.target}"
        what = f"{other.kind} on {other.target} overlaps faults[{first.index}] {does}"
        return Problem(what=what, path=path, remedy="make one fault of the two, or move one of them")
    return None


def _touched(fault: Fault, redundancy: Redundancy) -> set[tuple[str, tuple[str, str]]]:
    """What it sits on, and what of that it changes."""
    return {(part.target, part.way) for part in fault.parts(redundancy)}


def _untold(inside: Numbered, process: Numbered, redundancy: Redundancy) -> Problem | None:
    """An inside fault begins or ends while nobody is there to be inner."""
    inner, victim = inside.fault, process.fault
    if not isinstance(inner, InsideFault) or not isinstance(victim, ProcessFault):
        return None
    if victim.target not in inner.places(redundancy):
        return None
    for instant_s, does in ((inner.at_s, "begins"), (inner.end_s, "ends")):
        if victim.at_s <= instant_s <= victim.end_s:
            what = (
                f"{inner.kind} inside {inner.target} {does} at {instant_s:g} s, "
                f"while faults[{process.index}] ({victim.kind}) leaves nobody there to be told"
            )
            remedy = "let it begin before and end after that, or keep the two apart"
            return Problem(what=what, path=("faults", inside.index), remedy=remedy)
    return None
