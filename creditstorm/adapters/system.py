"""The reference system: six sources and scoring behind one Toxiproxy proxy each, the decision service in front."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.faults.assemble import injectors
from creditstorm.adapters.faults.injector import FaultThreads, Injectors
from creditstorm.adapters.inbox import QueueInbox
from creditstorm.adapters.probing.dialects import Http, Resp, greeting
from creditstorm.adapters.probing.loopback import LOOPBACK
from creditstorm.adapters.processes.fleet import Fleet
from creditstorm.adapters.processes.killed import Kills
from creditstorm.adapters.processes.locust import LocustLoad
from creditstorm.adapters.processes.sampler import Sampler
from creditstorm.adapters.processes.settings import StoreOrder, decision_settings, load_orders, service_settings
from creditstorm.adapters.store_access import password_of
from creditstorm.adapters.toxiproxy.proxies import Proxies
from creditstorm.adapters.toxiproxy.server import Toxiproxy, start_toxiproxy
from creditstorm.adapters.toxiproxy.untouched import UntouchedProxies
from creditstorm.adapters.watchdog import RunPart, Watchdog
from creditstorm.credit.sources import SERVICES
from creditstorm.engine.events import ChildDied, Event, ServiceReady
from creditstorm.engine.ports import RunPorts
from creditstorm.errors import HarnessError
from creditstorm.record.folder import RunFolder
from creditstorm.scenario.faults.base import DECISION, STORE, replicas_of
from creditstorm.scenario.model import Scenario

if TYPE_CHECKING:
    from creditstorm.adapters.redis_store import BorrowedStore

FRONT: Final = DECISION
"""The target between the person and the decision service; it has a proxy only where a fault asks for it."""

WATCH_EVERY_S: Final = 0.2
PATH_BYTES: Final = 16
"""Nobody guesses so many."""


@dataclass
class ReferenceSystem:
    """Everything between the person's request and the answer, for one run."""

    scenario: Scenario
    folder: RunFolder
    clock: RunClock
    sampler: Sampler
    post: Callable[[Event], None]
    path: str = field(default="", repr=False)
    _toxiproxy: Toxiproxy | None = None
    _proxies: Proxies | None = None
    _store: "BorrowedStore | None" = None
    _stopping: threading.Event = field(default_factory=threading.Event)
    _entry: str = ""
    _token: str = field(default_factory=lambda: token_hex(3))

    def start(self) -> Iterator[ServiceReady]:
        """Start everything; each process is yielded once it answers. Call it in the main thread."""
        self.fleet.launch()
        yield from self._start_toxiproxy()
        yield from self._watched(self._start_services())
        store = self._open_store()
        upstreams = {process: address.url for process, address in self.proxies.addresses.items()}
        [decision] = self.fleet.start({FRONT: decision_settings(self.scenario, upstreams, store)})
        self._entry = self.url_of(decision)
        if any(fault.target == FRONT for fault in self.scenario.faults):
            self._entry = self.proxies.create(FRONT, upstream_port=decision.port).url
        yield from self._watched([decision])
        self.sampler.start()

    def stop(self) -> None:
        """Stop whatever runs."""
        self._stopping.set()
        self.sampler.stop()
        self.fleet.stop()
        if self._store is not None:
            self._store.tidy()
        if self._toxiproxy is not None:
            self._toxiproxy.stop()

    def parts(self) -> list[RunPart]:
        """What has to go on during the load, but for the load itself."""
        store = self._store.parts() if self._store else ()
        return [*self.fleet.parts(), *self._server.parts(), self._untouched(), *store]

    def addresses(self) -> list[tuple[str, str]]:
        """Where people ask, and every proxy, as (name, URL)."""
        proxied = [(f"{target} proxy", address.url) for target, address in self.proxies.addresses.items()]
        return [("entry", self._entry), *proxied, ("toxiproxy", self._server.client.url)]

    def url_of(self, ready: ServiceReady) -> str:
        """Where a process answers by itself, without its proxy; a service of ours only below the path of the run."""
        return f"http://{LOOPBACK}:{ready.port}{'' if ready.service == 'toxiproxy' else self.path}"

    def entry(self) -> str:
        """The URL that people ask."""
        return self._entry

    @property
    def toxiproxy_version(self) -> str:
        """The version the server says it has, `unknown` before it was asked."""
        return self._toxiproxy.version if self._toxiproxy else "unknown"

    @cached_property
    def fleet(self) -> Fleet:
        """The mock services."""
        return Fleet(self.folder, self.clock, self.post, self.path)

    @cached_property
    def injectors(self) -> Injectors:
        """What applies this run's faults and takes them off."""
        return injectors(self.scenario, self.proxies.addresses, self._server, self.fleet, self.sampler)

    @cached_property
    def proxies(self) -> Proxies:
        """The proxies of this run."""
        return Proxies(self._server.client, prefix=self._prefix, http=Http(self.path))

    @property
    def _prefix(self) -> str:
        return f"{self.folder.root.name}-{self._token}-"

    @property
    def _server(self) -> Toxiproxy:
        if self._toxiproxy is None:
            raise HarnessError("Toxiproxy has not been started")
        return self._toxiproxy

    def _start_toxiproxy(self) -> Iterator[ServiceReady]:
        server = start_toxiproxy(log=self.folder.log("toxiproxy"), prefix=self._prefix)
        self._toxiproxy = server
        child_pid = server.child.process.pid if server.child else None
        self.sampler.watch_by_probe("toxiproxy", f"{server.client.url}/version", child_pid)
        if server.child is not None:
            pid, port = server.child.process.pid, int(server.client.url.rpartition(":")[2])
            threading.Thread(target=self._watch_toxiproxy, args=(server,), daemon=True).start()
            yield ServiceReady(t_s=self.clock.now_s(), service="toxiproxy", pid=pid, port=port)

    def _start_services(self) -> list[ServiceReady]:
        redundancy = self.scenario.system.redundancy
        processes = [process for service in SERVICES for process in replicas_of(service, redundancy)]
        ready = self.fleet.start({process: service_settings(self.scenario, process) for process in processes})
        for one in ready:
            self.proxies.create(one.service, upstream_port=one.port)
        return ready

    def _untouched(self) -> UntouchedProxies:
        server = self._server
        ours = "" if server.child else self._prefix
        # Made here, in the main thread: two faults that begin at once would each make one.
        return UntouchedProxies(server.name, server.client, self.proxies.addresses, self.injectors.asked, ours)

    def _open_store(self) -> StoreOrder | None:
        url = self.scenario.system.store
        if url is None:
            return None
        from creditstorm.adapters.redis_store import BorrowedStore  # noqa: PLC0415 - few runs have a store

        password = password_of(url, os.environ)
        store = BorrowedStore(url, f"creditstorm:{self._prefix.removesuffix('-')}", password)
        store.require()
        self._store = store
        address = self.proxies.create_before(url.upstream, STORE, Resp(greeting(url, password)))
        return StoreOrder(url.at(address.host, address.port), store.prefix, password)

    def _watched(self, ready: list[ServiceReady]) -> Iterator[ServiceReady]:
        for one in ready:
            self.sampler.watch(one.service, one.pid, one.port)
            yield one

    def _watch_toxiproxy(self, server: Toxiproxy) -> None:
        while (exit_code := server.poll()) is None:
            if self._stopping.wait(WATCH_EVERY_S):
                return
        if not self._stopping.is_set():
            now_s, lines = self.clock.now_s(), server.last_lines()
            self.post(ChildDied(t_s=now_s, child="toxiproxy", exit_code=exit_code, last_lines=lines))


@dataclass(frozen=True, slots=True)
class Assembled:
    """The engine's ports, and what stands behind them for whoever needs one of them. Nothing runs yet."""

    ports: RunPorts
    inbox: QueueInbox
    clock: RunClock
    system: ReferenceSystem
    load: LocustLoad

    @property
    def dead_workers(self) -> tuple[int, ...]:
        """Load workers that never said they were done."""
        return self.load.dead_workers

    @property
    def versions(self) -> dict[str, str]:
        """Versions that only the run itself could tell."""
        return {"toxiproxy": self.system.toxiproxy_version}


def build(scenario: Scenario, folder: RunFolder, processes: int) -> Assembled:
    """The ports of one run that writes into `folder`, with so many Locust workers."""
    clock, inbox = RunClock(), QueueInbox()
    path = f"/{token_hex(PATH_BYTES)}"
    sampler = Sampler(folder, clock, path)
    system = ReferenceSystem(scenario, folder, clock, sampler, inbox.post, path)
    load = LocustLoad(
        url=system.entry,
        orders=load_orders(scenario),
        folder=folder,
        processes=processes,
        clock=clock,
        sampler=sampler,
        post=inbox.post,
        watchdog=Watchdog(clock.now_s, inbox.post, sampler.likely_reason, Kills().for_memory),
        other_parts=system.parts,
    )
    faults = FaultThreads({fault.name: fault for fault in scenario.faults}, lambda: system.injectors, clock, inbox.post)
    return Assembled(RunPorts(system, faults, load, inbox, clock), inbox, clock, system, load)
