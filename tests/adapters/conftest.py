"""A real Toxiproxy and a real service behind it, for the tests of the path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from creditstorm.adapters.faults.network.injector import NetworkInjector
from creditstorm.adapters.toxiproxy.janitor import sweep
from creditstorm.adapters.toxiproxy.proxies import Proxies
from creditstorm.adapters.toxiproxy.server import Toxiproxy, start_toxiproxy
from tests.adapters.pad_service import pad_service


@pytest.fixture(scope="session")
def service_port() -> Iterator[int]:
    """The port of a service that answers /healthz."""
    with pad_service() as port:
        yield port


@pytest.fixture(scope="session")
def toxiproxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toxiproxy]:
    """One server for all tests that do not harm it."""
    server = start_toxiproxy(log=tmp_path_factory.mktemp("toxiproxy") / "toxiproxy.log", prefix="shared-")
    yield server
    server.stop()


@pytest.fixture
def proxies(toxiproxy: Toxiproxy, service_port: int, request: pytest.FixtureRequest) -> Iterator[Proxies]:
    """A proxy before `bureau` and one before `income`, gone after the test."""
    prefix = f"{Path(request.node.name).name}-"
    made = Proxies(toxiproxy.client, prefix=prefix)
    made.create("bureau", upstream_port=service_port)
    made.create("income", upstream_port=service_port)
    yield made
    sweep(toxiproxy.client.url, prefix)


@pytest.fixture
def injector(toxiproxy: Toxiproxy, proxies: Proxies) -> Iterator[NetworkInjector]:
    """Faults on those proxies, off again after the test."""
    faults = NetworkInjector(toxiproxy.client, proxies.addresses)
    yield faults
    faults.clear_all()
