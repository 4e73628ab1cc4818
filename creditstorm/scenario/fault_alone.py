"""What one fault cannot be in this load and this system."""

from __future__ import annotations

from collections.abc import Iterator

from creditstorm.credit.policy import PolicySpec
from creditstorm.scenario.faults import REPLICAS, STORE, Fault
from creditstorm.scenario.faults.targets import service_of
from creditstorm.scenario.problems import Path, Problem
from creditstorm.scenario.system import SystemSpec


def alone(index: int, fault: Fault, load_s: float, system: SystemSpec) -> Iterator[Problem]:
    """What is wrong with the fault at this place in the list, whatever the other ones are."""
    path: Path = ("faults", index)
    if fault.end_s > load_s + 1e-9:
        what = f"the fault ends at {fault.end_s:g} s, the load at {load_s:g} s"
        remedy = "shorten or move the fault, or lengthen the load: a fault nobody can meet proves nothing"
        yield Problem(what=what, path=path, remedy=remedy)
    yield from _settings(fault, path)
    yield from _in_the_system(fault, path, system)


def _settings(fault: Fault, path: Path) -> Iterator[Problem]:
    if fault.kind == "down" and (fault.toxicity != 1.0 or fault.direction != "downstream"):
        what = "down takes the whole proxy away, it has no direction and no toxicity"
        yield Problem(what=what, path=path, remedy="remove these keys, or use kind: blackhole or reset")
    if fault.kind == "slicer" and fault.size_variation_bytes >= fault.average_size_bytes:
        what = "size_variation is not smaller than average_size"
        yield Problem(what=what, path=(*path, "size_variation"))


def _in_the_system(fault: Fault, path: Path, system: SystemSpec) -> Iterator[Problem]:
    service = service_of(fault.target)
    if fault.target in REPLICAS and service not in system.redundancy:
        what = f"{fault.target} is a second replica of {service}, which runs once"
        yield Problem(what=what, path=(*path, "target"), remedy=f"write system: {{redundancy: [{service}]}}")
    if fault.kind == "partial_dc" and not system.redundancy:
        what = "there are no cells: every source runs once"
        remedy = "say which sources run twice, such as system: {redundancy: [bureau, income]}"
        yield Problem(what=what, path=path, remedy=remedy)
    if fault.kind in ("flush", "poison") and not _remembers(system.policy):
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
