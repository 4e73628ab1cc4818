"""Builds the engine's world for one scenario on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.faults import FaultThreads
from creditstorm.adapters.inbox import QueueInbox
from creditstorm.adapters.load import LocustLoad
from creditstorm.adapters.orders import load_orders
from creditstorm.adapters.sampler import Sampler
from creditstorm.adapters.system import ReferenceSystem
from creditstorm.engine.ports import World
from creditstorm.record.folder import RunFolder
from creditstorm.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class Assembled:
    """The engine's world, and its parts for whoever needs one of them. Nothing runs yet."""

    world: World
    inbox: QueueInbox
    clock: RunClock
    system: ReferenceSystem
    load: LocustLoad


def build(scenario: Scenario, folder: RunFolder, processes: int) -> Assembled:
    """The world of one run that writes into `folder`, with so many Locust workers."""
    clock, inbox = RunClock(), QueueInbox()
    sampler = Sampler(folder, clock)
    system = ReferenceSystem(scenario, folder, clock, sampler, inbox.post)
    load = LocustLoad(
        url=system.entry,
        orders=load_orders(scenario),
        live=folder.live,
        log=folder.logs / "locust.log",
        processes=processes,
        clock=clock,
        sampler=sampler,
        post=inbox.post,
    )
    faults = FaultThreads({fault.name: fault for fault in scenario.faults}, lambda: system.injector, clock, inbox.post)
    return Assembled(World(system, faults, load, inbox, clock), inbox, clock, system, load)
