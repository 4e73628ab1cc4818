"""What two faults cannot be at the same time. Everything else may overlap."""

from __future__ import annotations

from dataclasses import dataclass

from creditstorm.scenario.faults import Fault, InsideFault, NetworkFault, PartialDc, ProcessFault
from creditstorm.scenario.problems import Problem

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
    if _same_way(one) == _same_way(other) and set(_sits_on(one, redundancy)) & set(_sits_on(other, redundancy)):
        same = one.kind == other.kind
        does = "of the same kind on the same target" if same else f"which does the same to {one.target}"
        what = f"{other.kind} on {other.target} overlaps faults[{first.index}] {does}"
        return Problem(what=what, path=path, remedy="make one fault of the two, or move one of them")
    return None


def _same_way(fault: Fault) -> tuple[str, str]:
    """What of a target two faults would both want to change."""
    if isinstance(fault, PartialDc):
        return fault.how, "downstream"
    return fault.kind, fault.direction if isinstance(fault, NetworkFault) else ""


def _sits_on(fault: Fault, redundancy: Redundancy) -> tuple[str, ...]:
    return fault.members(redundancy) if isinstance(fault, PartialDc) else (fault.target,)


def _untold(inside: Numbered, process: Numbered, redundancy: Redundancy) -> Problem | None:
    """An inside fault begins or ends while nobody is there to be told."""
    told, victim = inside.fault, process.fault
    if not isinstance(told, InsideFault) or not isinstance(victim, ProcessFault):
        return None
    if victim.target not in told.places(redundancy):
        return None
    for instant_s, does in ((told.at_s, "begins"), (told.end_s, "ends")):
        if victim.at_s <= instant_s <= victim.end_s:
            what = (
                f"{told.kind} inside {told.target} {does} at {instant_s:g} s, "
                f"while faults[{process.index}] ({victim.kind}) leaves nobody there to be told"
            )
            remedy = "let it begin before and end after that, or keep the two apart"
            return Problem(what=what, path=("faults", inside.index), remedy=remedy)
    return None
