"""Builds the engine's ports for one scenario on this machine."""

from dataclasses import dataclass

from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.faults.injector import FaultThreads
from creditstorm.adapters.inbox import QueueInbox
from creditstorm.adapters.processes.locust import LocustLoad
from creditstorm.adapters.processes.sampler import Sampler
from creditstorm.adapters.processes.settings import load_orders
from creditstorm.adapters.system import ReferenceSystem
from creditstorm.engine.ports import RunPorts
from creditstorm.record.folder import RunFolder
from creditstorm.scenario.model import Scenario


@dataclass(frozen=True, slots=True)
class Assembled:
    """The engine's ports, and what stands behind them for whoever needs one of them. Nothing runs yet."""

    ports: RunPorts
    inbox: QueueInbox
    clock: RunClock
    system: ReferenceSystem
    load: LocustLoad


def build(scenario: Scenario, folder: RunFolder, processes: int) -> Assembled:
    """The ports of one run that writes into `folder`, with so many Locust workers."""
    clock, inbox = RunClock(), QueueInbox()
    sampler = Sampler(folder, clock)
    system = ReferenceSystem(scenario, folder, clock, sampler, inbox.post)
    load = LocustLoad(
        url=system.entry,
        orders=load_orders(scenario),
        folder=folder,
        processes=processes,
        clock=clock,
        sampler=sampler,
        post=inbox.post,
    )
    faults = FaultThreads({fault.name: fault for fault in scenario.faults}, lambda: system.injectors, clock, inbox.post)
    return Assembled(RunPorts(system, faults, load, inbox, clock), inbox, clock, system, load)
