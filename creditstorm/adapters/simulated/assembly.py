"""The ports of one simulated run, and what stands behind them."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Final

from creditstorm.adapters.processes.settings import (
    StoreOrder,
    decision_settings,
    people_of,
    planned_load,
    service_settings,
)
from creditstorm.adapters.processes.vitals import Strain
from creditstorm.adapters.simulated.costs import Costs
from creditstorm.adapters.simulated.paths import Path
from creditstorm.adapters.simulated.people import Clockwork, SimulatedLoad
from creditstorm.adapters.simulated.servers import Server, Service, Sleep
from creditstorm.adapters.simulated.services import LenderService, ScoringService, SourceService
from creditstorm.adapters.simulated.store import StoreOfRun
from creditstorm.adapters.simulated.storm import SimulatedFaults
from creditstorm.adapters.simulated.virtual_loop import VirtualLoop
from creditstorm.adapters.simulated.virtual_time import VirtualClock, VirtualInbox
from creditstorm.credit.sources import SERVICES
from creditstorm.engine.events import ServiceReady
from creditstorm.engine.ports import RunPorts
from creditstorm.errors import UsageError
from creditstorm.generator.recorder import Row, RowWriter
from creditstorm.scenario.faults.base import DECISION, STORE, replicas_of
from creditstorm.scenario.model import Scenario
from mock_services.settings import Settings

START_S: Final = 1000.0
"""What the virtual clock shows first: not 0, because code of other packages may take 0 for "never"."""
SAMPLE_S: Final = 1.0
REMEMBERED: Final = 4096
SYSTEMS: Final = ("reference",)
"""Kinds of systems that can be simulated."""
_SCORING: Final = "scoring"


@dataclass(frozen=True, slots=True)
class RowWriters:
    """Where the rows of a run go."""

    answers: RowWriter
    services: RowWriter
    notices: RowWriter | None = None
    complaints: RowWriter | None = None
    read_along: bool = False
    """Whether somebody reads them while the run goes on."""


@dataclass
class SimulatedSystem:
    """The lender and its services as objects of this process, each behind a path."""

    scenario: Scenario
    works: Clockwork
    costs: Costs
    samples: RowWriter
    servers: dict[str, Server] = field(default_factory=dict)
    paths: dict[str, Path] = field(default_factory=dict)
    _collects: tuple[int, int, int] = field(default_factory=gc.get_threshold)

    def __post_init__(self) -> None:
        scenario, costs, loop = self.scenario, self.costs, self.works.loop
        redundancy = scenario.system.redundancy
        # All sources are in this one process, so that each does not have to work out again who somebody is.
        applicant = lru_cache(REMEMBERED)(people_of(scenario).applicant)
        for process in (process for service in SERVICES for process in replicas_of(service, redundancy)):
            settings = Settings.model_validate(service_settings(scenario, process))
            one_way_s = (costs.scoring_s if process == _SCORING else costs.call_s) / 2
            if process == _SCORING:
                build: Callable[[Sleep], Service] = partial(ScoringService, settings, loop.time)
            else:
                build = partial(SourceService, settings, loop.time, applicant=applicant)
            self._add(process, build, one_way_s, one_way_s)
        store = StoreOfRun.behind(loop, one_way_s=costs.store_s / 2, seed=scenario.seed)
        self.paths[STORE] = store.path
        places = {s: [self.paths[process] for process in replicas_of(s, redundancy)] for s in SERVICES}
        named = {process: f"http://{process}.simulated" for process in self.servers}
        order = StoreOrder("redis://127.0.0.1:1", "simulated") if scenario.system.store else None
        lender = Settings.model_validate(decision_settings(scenario, named, order))
        self._add(DECISION, lambda _sleep: LenderService(lender, places, store), costs.enter_s, costs.leave_s)

    def _add(self, name: str, build: Callable[[Sleep], Service], there_s: float, back_s: float) -> None:
        server = self.servers[name] = Server(name, self.works.loop, build)
        server.path = self.paths[name] = Path(name, self.works.loop, server, there_s, back_s, self.scenario.seed)

    def start(self) -> Iterator[ServiceReady]:
        """All of them are up at once."""
        gc.set_threshold(*_RARELY)
        for name, server in self.servers.items():
            server.service.start()
            yield ServiceReady(t_s=self.works.clock.now_s(), service=name, pid=0, port=0)
        self.works.loop.after(SAMPLE_S, self._sample)

    def stop(self) -> None:
        """End whatever goes on."""
        gc.set_threshold(*self._collects)
        self.works.loop.close()
        self.samples.close()

    def _sample(self) -> None:
        now_s = self.works.clock.now_s()
        rows: list[Row] = []
        for name, server in self.servers.items():
            counts = server.service.counts
            numbers = (counts.in_flight, counts.queue, counts.served, counts.shed)
            rows.append((now_s, name, *numbers, None, *Strain(), counts.held_s))
        self.samples.write(rows)
        self.works.loop.after(SAMPLE_S, self._sample)


_RARELY: Final = (50_000, 20, 20)
"""Hardly anything that a call makes is a cycle, and thousands of calls are under way: to look for cycles as often as
Python does by itself took 3 of 10 seconds."""


@dataclass(frozen=True, slots=True)
class SimulatedRun:
    """The engine's ports, and what stands behind them for whoever needs one of them."""

    ports: RunPorts
    inbox: VirtualInbox
    clock: VirtualClock
    dead_workers: tuple[int, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)


def require_simulable(scenario: Scenario) -> None:
    """Raises UsageError where the system under test is not the one whose code can run here."""
    kind = scenario.system.kind
    if kind not in SYSTEMS:
        raise UsageError(
            f"system.kind: a system of kind {kind} cannot be simulated, because its code is not ours to run in virtual "
            f"time (allowed: {', '.join(SYSTEMS)})\n  Run it live: leave --simulate out."
        )


def build_simulated(scenario: Scenario, writers: RowWriters, costs: Costs | None = None) -> SimulatedRun:
    """The ports of one simulated run, whose rows go to `writers`; UsageError where it cannot be simulated."""
    require_simulable(scenario)
    loop = VirtualLoop(START_S)  # type: ignore[abstract]
    clock, inbox = VirtualClock(loop), VirtualInbox(loop)
    works, costs = Clockwork(loop, clock, inbox.post), costs or Costs()
    system = SimulatedSystem(scenario, works, costs, writers.services)
    plan = planned_load(scenario)
    rows = (writers.answers, writers.notices, writers.complaints)
    load = SimulatedLoad(plan, system.paths[DECISION], works, *rows, writers.read_along)
    faults = SimulatedFaults(
        {fault.name: fault for fault in scenario.faults},
        scenario.system.redundancy,
        system.paths,
        system.servers,
        works,
        costs,
        desk=scenario.system.policy.reviews,
    )
    return SimulatedRun(RunPorts(system, faults, load, inbox, clock), inbox, clock)
