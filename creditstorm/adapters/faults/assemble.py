"""The injectors of one run, each knowing what of the others disturbs its probes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psutil
from creditstorm.adapters.faults.injector import Injectors
from creditstorm.adapters.faults.inside.injector import ControlClient, InsideInjector
from creditstorm.adapters.faults.network.injector import NetworkInjector
from creditstorm.adapters.faults.process.injector import ProcessInjector
from creditstorm.adapters.processes.fleet import Fleet
from creditstorm.adapters.processes.sampler import Sampler
from creditstorm.adapters.processes.settings import people_of
from creditstorm.adapters.toxiproxy.proxies import ProxyAddress
from creditstorm.adapters.toxiproxy.server import Toxiproxy
from creditstorm.scenario.model import Scenario

Addresses = Mapping[str, ProxyAddress]


def injectors(scenario: Scenario, addresses: Addresses, server: Toxiproxy, fleet: Fleet, sampler: Sampler) -> Injectors:
    """Hands on the proxies, on the services' control ports and on their processes."""
    network = NetworkInjector(server.client, addresses, last_resort=server.kill)
    inside = InsideInjector(
        control=lambda process: ControlClient(process, fleet.control_port(process), fleet.control_token),
        addresses=addresses,
        people=people_of(scenario),
        redundancy=scenario.system.redundancy,
        desk=scenario.system.policy.reviews,
        disturbed=lambda target: network.touches(target) or processes.touches(target),
    )
    processes = ProcessInjector(FleetControl(fleet, sampler, inside.repeat), addresses, disturbed=network.touches)
    network.disturbed = processes.touches
    return Injectors(network, inside, processes, scenario.system.redundancy, network.asked)


@dataclass(frozen=True, slots=True)
class FleetControl:
    """The fleet's processes; one that is started again is watched again, and `repeat` tells it what it knew."""

    fleet: Fleet
    sampler: Sampler
    repeat: Callable[[str], None]

    def signal(self, service: str, number: int) -> None:
        """Through the fleet, which never mistakes another process for its child."""
        self.fleet.signal(service, number)

    def expect_exit(self, service: str) -> None:
        """The next end is wanted."""
        self.fleet.expect_exit(service)

    def ended(self, service: str) -> bool:
        """Whether it has ended and was not started again."""
        return self.fleet.ended(service)

    def await_exit(self, service: str) -> None:
        """Return once it has ended."""
        self.fleet.await_exit(service)

    def stopped(self, service: str) -> bool:
        """Whether the kernel says that it is stopped."""
        try:
            return bool(psutil.Process(self.fleet.pid(service)).status() == psutil.STATUS_STOPPED)
        except psutil.NoSuchProcess:
            return False

    def start_again(self, service: str) -> None:
        """On the same ports, under the same eyes, with the same faults inside."""
        ready = self.fleet.start_again(service)
        self.sampler.watch(service, ready.pid, ready.port)
        self.repeat(service)
        self.fleet.post(ready)
