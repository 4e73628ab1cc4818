"""One proxy before each target, on a loopback port of its own; it goes with our server, or by the janitor's hand."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Final

from creditstorm.adapters.probing.dialects import HTTP, Dialect, Http
from creditstorm.adapters.probing.loopback import LOOPBACK, free_ports
from creditstorm.adapters.toxiproxy.client import ToxiproxyClient, ToxiproxyError

TRIES: Final = 20
BUSY: Final = "address already in use"


@dataclass(frozen=True, slots=True)
class ProxyAddress:
    """Where a target is reached through its proxy; `name` is the proxy's name at the server, probes speak `dialect`."""

    target: str
    name: str
    host: str
    port: int
    upstream: str
    dialect: Dialect = HTTP

    @property
    def url(self) -> str:
        """The base URL to give to whoever should meet the faults."""
        return f"{self.dialect.scheme}://{self.host}:{self.port}{self.dialect.path}"


class Proxies:
    """The proxies of one run; their names begin with `prefix`, so that several runs can share one server.

    Its services speak `http`.
    """

    def __init__(
        self, client: ToxiproxyClient, *, prefix: str, http: Http = HTTP, rng: random.Random | None = None
    ) -> None:
        self._http = http
        self._client = client
        self._prefix = prefix
        self._ports = free_ports(rng or random.Random())
        self._made: dict[str, ProxyAddress] = {}

    @property
    def addresses(self) -> Mapping[str, ProxyAddress]:
        """The proxies that exist, by target; the view grows with them."""
        return MappingProxyType(self._made)

    def create(self, target: str, *, upstream_port: int) -> ProxyAddress:
        """Put a proxy before the service that listens on loopback at `upstream_port`."""
        return self.create_before(f"{LOOPBACK}:{upstream_port}", target, self._http)

    def create_before(self, upstream: str, target: str, dialect: Dialect) -> ProxyAddress:
        """Put a proxy before what listens at this host and port, anywhere, and speaks this dialect."""
        name = f"{self._prefix}{target}"
        port = self._listen(name, upstream)
        self._made[target] = ProxyAddress(target, name, LOOPBACK, port, upstream, dialect)
        return self._made[target]

    def _listen(self, name: str, upstream: str) -> int:
        for port in islice(self._ports, TRIES):
            try:
                self._client.create_proxy(name, listen=f"{LOOPBACK}:{port}", upstream=upstream)
            except ToxiproxyError as error:
                if BUSY not in str(error):
                    raise
            else:
                return port
        raise ToxiproxyError(f"no free loopback port for the proxy {name}: {TRIES} were busy")
