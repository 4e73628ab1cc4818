"""Puts faults on the path and takes them off, and knows by a probe when each effect really began and ended."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from creditstorm.adapters.faults.injector import FaultLostError, Verification
from creditstorm.adapters.faults.network import AnyEffect, effect_of
from creditstorm.adapters.faults.network.verify import Watch
from creditstorm.adapters.probing.probe import Ask, ProbeResult, probe
from creditstorm.adapters.toxiproxy.client import ToxiproxyClient, ToxiproxyError, ToxiproxyUnreachableError
from creditstorm.adapters.toxiproxy.proxies import ProxyAddress
from creditstorm.adapters.toxiproxy.untouched import NOTHING, Asked
from creditstorm.errors import HarnessError
from creditstorm.scenario.faults import NetworkFault

FLUSH_S: Final = 5.0
"""How long the server may take to flush a connection's data past another toxic before it answers."""


@dataclass
class NetworkInjector:
    """The faults of one run, on proxies that exist already; safe to use from several threads.

    `last_resort` is called by `clear_all` when the server no longer takes a fault off: it should kill the server.
    `disturbed` says whether something behind the proxy of a target hides or mimics what a probe could see.
    """

    client: ToxiproxyClient
    proxies: Mapping[str, ProxyAddress]
    last_resort: Callable[[], None] = lambda: None
    probe: Callable[[str, int, Ask], ProbeResult] = probe
    disturbed: Callable[[str], bool] = lambda _target: False
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    _on: dict[str, NetworkFault] = field(default_factory=dict)
    _confirmed: set[str] = field(default_factory=set)
    _changing: threading.Lock = field(default_factory=threading.Lock)

    def apply(self, fault: NetworkFault) -> None:
        """Switch the fault on; returns once Toxiproxy has confirmed it."""
        address, effect = self._address(fault), effect_of(fault)
        patience_s = self._patience_s(fault)
        with self._changing:
            self._on[str(fault.name)] = fault
            if effect.toxic is None:
                self.client.set_enabled(address.name, enabled=False)
        if effect.toxic is not None:
            self.client.add_toxic(address.name, effect.toxic, patience_s=patience_s)
        self._confirmed.add(str(fault.name))

    def clear(self, fault: NetworkFault) -> None:
        """Switch the fault off; one that was never on is fine. A proxy stays down while another fault wants it down.

        Raises FaultLostError where it was on once, and is no more.
        """
        was_on, confirmed = self._taken_off(fault), str(fault.name) in self._confirmed
        self._confirmed.discard(str(fault.name))
        if confirmed and not was_on:
            raise FaultLostError("somebody else took it off the Toxiproxy server before its end")

    def _taken_off(self, fault: NetworkFault) -> bool:
        """Take it off; whether it was on until then."""
        address, effect = self._address(fault), effect_of(fault)
        if effect.toxic is None:
            with self._changing:
                was_on = not self.client.proxy(address.name).enabled
                if not self._holders(fault):
                    self.client.set_enabled(address.name, enabled=True)
                self._on.pop(str(fault.name), None)
            return was_on
        was_on = self.client.delete_toxic(address.name, str(fault.name), patience_s=self._patience_s(fault))
        self._on.pop(str(fault.name), None)
        return was_on

    def verify_effective(self, fault: NetworkFault, timeout_s: float) -> Verification | None:
        """When the effect was first met, None if that did not happen in time."""
        return self._watch(fault).until_effective(timeout_s)

    def verify_cleared(self, fault: NetworkFault, timeout_s: float) -> Verification | None:
        """When the path was first free of the effect, None if that did not happen in time."""
        holders = self._holders(fault)
        if holders:
            return Verification(self.clock(), f"read-back: the proxy stays down for {', '.join(holders)}")
        return self._watch(fault).until_cleared(timeout_s)

    def touches(self, target: str) -> bool:
        """Whether a fault may be on there."""
        return any(on.target == target for on in list(self._on.values()))

    def asked(self) -> dict[str, Asked]:
        """What the faults that may be on make of each proxy, by target."""
        found: dict[str, Asked] = {}
        for fault in list(self._on.values()):
            before, toxic = found.get(fault.target, NOTHING), effect_of(fault).toxic
            toxics = before.toxics if toxic is None else {**before.toxics, toxic.name: toxic}
            found[fault.target] = Asked(toxics, before.off or toxic is None)
        return found

    def clear_all(self) -> None:
        """Take off every fault that may be on; a dead server took them along, one that hangs meets the last resort."""
        for fault in list(self._on.values()):
            try:
                self._taken_off(fault)
            except ToxiproxyUnreachableError:
                self._on.clear()
                return
            except ToxiproxyError:
                self._on.clear()
                self.last_resort()
                return

    def _watch(self, fault: NetworkFault) -> Watch:
        address = self._address(fault)
        return Watch(
            effect=effect_of(fault),
            ask=lambda ask: self.probe(address.host, address.port, replace(ask, dialect=address.dialect)),
            read_back=lambda: self.client.proxy(address.name),
            alone=lambda: not (self._others(fault) or self.disturbed(fault.target)),
            clock=self.clock,
            pause=self.pause,
        )

    def _address(self, fault: NetworkFault) -> ProxyAddress:
        if fault.target not in self.proxies:
            there = ", ".join(sorted(self.proxies)) or "none"
            raise HarnessError(f"fault {fault.name}: there is no proxy before {fault.target}; there are: {there}")
        return self.proxies[fault.target]

    def _others(self, fault: NetworkFault) -> list[NetworkFault]:
        return [on for on in list(self._on.values()) if on.target == fault.target and on.name != fault.name]

    def _holders(self, fault: NetworkFault) -> list[str]:
        """The other faults that keep the proxy down, if this one does so too."""
        if effect_of(fault).toxic is not None:
            return []
        return [str(other.name) for other in self._others(fault) if effect_of(other).toxic is None]

    def _patience_s(self, fault: NetworkFault) -> float:
        """How much longer than usual the server may rightly take for a change, because of the faults that are on."""
        effects: list[AnyEffect] = [effect_of(other) for other in self._others(fault)]
        flush_s = FLUSH_S if effects else 0.0
        return flush_s + sum(effect.holds_up_s for effect in [*effects, effect_of(fault)])
