"""Each fault on a real path: applied, met by a probe, cleared, clean again."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from creditstorm.adapters.faults.injector import FaultLostError
from creditstorm.adapters.faults.network.injector import NetworkInjector
from creditstorm.adapters.toxiproxy.client import ToxiproxyClient, ToxiproxyHangsError
from creditstorm.adapters.toxiproxy.proxies import Proxies
from creditstorm.adapters.toxiproxy.server import Toxiproxy
from creditstorm.errors import HarnessError
from creditstorm.scenario.faults import (
    Bandwidth,
    Blackhole,
    Down,
    Fault,
    Latency,
    LimitData,
    Reset,
    Slicer,
    SlowClose,
)

WITHIN_S = 3.0


def fault(kind: type[Fault], **parameters: Any) -> Fault:
    """A fault on `bureau`, unless said otherwise."""
    common = {"name": "bureau", "target": "bureau", "at_s": 0.0, "for_s": 1.0}
    return kind.model_validate({**common, **parameters})


SEEN_DOWNSTREAM = {
    "latency": fault(Latency, latency_s=0.2),
    "latency with jitter": fault(Latency, latency_s=0.2, jitter_s=0.05),
    "down": fault(Down),
    "blackhole": fault(Blackhole),
    "reset": fault(Reset),
    "reset soon": fault(Reset, after_s=0.1),
    "reset late": fault(Reset, after_s=0.7),
    "bandwidth": fault(Bandwidth, rate_kb_s=10.0),
    "thinnest bandwidth": fault(Bandwidth, rate_kb_s=1.0),
    "slow_close": fault(SlowClose, delay_s=0.3),
    "slicer": fault(Slicer, average_size_bytes=64, delay_s=0.005),
    "slicer varying": fault(Slicer, average_size_bytes=64, size_variation_bytes=32, delay_s=0.005),
    "limit_data": fault(LimitData, bytes=1000),
}
SEEN_UPSTREAM = {name: one for name, one in SEEN_DOWNSTREAM.items() if one.kind not in ("down", "slow_close")}
READ_BACK = {
    "a latency lost in noise": fault(Latency, latency_s=0.005),
    "a rate too fast to measure": fault(Bandwidth, rate_kb_s=100_000.0),
    "slow_close that only the service sees": fault(SlowClose, delay_s=0.3, direction="upstream"),
    "slices on their way up without delay": fault(Slicer, average_size_bytes=64, direction="upstream"),
    "slices larger than the server reads": fault(Slicer, average_size_bytes=100_000),
    "a limit beyond a probe": fault(LimitData, bytes=10_000_000),
}


def storm_and_calm(injector: NetworkInjector, one: Fault) -> tuple[str, str]:
    """Apply, verify, clear, verify; by what each was verified."""
    injector.apply(one)
    effective = injector.verify_effective(one, WITHIN_S)
    injector.clear(one)
    cleared = injector.verify_cleared(one, WITHIN_S)
    assert effective is not None
    assert cleared is not None
    assert effective.at_monotonic < cleared.at_monotonic
    return effective.verified_by, cleared.verified_by


@pytest.mark.parametrize("one", SEEN_DOWNSTREAM.values(), ids=SEEN_DOWNSTREAM)
def test_fault_is_met_and_gone(injector: NetworkInjector, one: Fault) -> None:
    """A probe meets each fault downstream, and a clean path after it."""
    met, clean = storm_and_calm(injector, one)
    assert met.startswith("probe: ")
    assert clean.startswith("probe: ")


@pytest.mark.parametrize("one", SEEN_UPSTREAM.values(), ids=SEEN_UPSTREAM)
def test_fault_upstream_is_met_and_gone(injector: NetworkInjector, one: Fault) -> None:
    """A probe meets each fault upstream that a client can see, and a clean path after it."""
    met, clean = storm_and_calm(injector, one.model_copy(update={"direction": "upstream"}))
    assert met.startswith("probe: ")
    assert clean.startswith("probe: ")


@pytest.mark.parametrize("one", READ_BACK.values(), ids=READ_BACK)
def test_invisible_fault_is_read_back(injector: NetworkInjector, one: Fault) -> None:
    """What no client can tell from calm is verified by asking the server, and says so."""
    met, clean = storm_and_calm(injector, one)
    assert met.startswith("read-back: ")
    assert clean.startswith("read-back: ")


def test_slices_without_delay_are_verified(injector: NetworkInjector) -> None:
    """Slices that travel at once are met by their number, or read back if they merged."""
    met, clean = storm_and_calm(injector, fault(Slicer, average_size_bytes=64))
    assert met.startswith(("probe: ", "read-back: "))
    assert clean.startswith("probe: ")


@pytest.mark.parametrize("one", [fault(Latency, latency_s=0.2), fault(Blackhole), fault(Reset)], ids=lambda f: f.kind)
def test_half_of_the_connections(injector: NetworkInjector, one: Fault) -> None:
    """With toxicity .5 probes go on until one meets the effect, and until a row of them is clean."""
    met, clean = storm_and_calm(injector, one.model_copy(update={"toxicity": 0.5}))
    assert met.startswith("probe: ")
    assert clean.startswith("probe: ")


def test_silence_alone_is_no_blackhole(injector: NetworkInjector) -> None:
    """A black hole that the server does not confirm is not verified, however silent the path."""
    one = fault(Blackhole)
    injector.apply(fault(Latency, name="other", latency_s=2.0))
    assert injector.verify_effective(one, 0.4) is None


def test_fault_that_is_not_there_is_not_met(injector: NetworkInjector) -> None:
    """A fault that was never applied is never verified."""
    assert injector.verify_effective(fault(Latency, latency_s=0.2), 0.2) is None


def test_fault_that_stays_is_not_cleared(injector: NetworkInjector) -> None:
    """A fault that is still on is not verified as cleared."""
    one = fault(Latency, latency_s=0.2)
    injector.apply(one)
    assert injector.verify_cleared(one, 0.5) is None


def test_overlapping_faults_are_read_back(injector: NetworkInjector) -> None:
    """While another fault on the target could hide or mimic the effect, the server's word counts."""
    slow, dark = fault(Latency, latency_s=0.2), fault(Blackhole, name="dark")
    injector.apply(dark)
    injector.apply(slow)
    met = injector.verify_effective(slow, WITHIN_S)
    injector.clear(dark)
    gone = injector.verify_cleared(dark, WITHIN_S)
    injector.clear(slow)
    clean = injector.verify_cleared(slow, WITHIN_S)
    assert met is not None
    assert met.verified_by == "read-back: toxic latency is on"
    assert gone is not None
    assert gone.verified_by == "read-back: toxic timeout is off"
    assert clean is not None
    assert clean.verified_by.startswith("probe: answered")


def test_down_is_recognised_among_other_faults(injector: NetworkInjector) -> None:
    """A refused connection has one cause only, and its end shows though a black hole swallows the answer."""
    dark, down = fault(Blackhole), fault(Down, name="down")
    injector.apply(dark)
    injector.apply(down)
    met = injector.verify_effective(down, WITHIN_S)
    injector.clear(down)
    gone = injector.verify_cleared(down, WITHIN_S)
    assert met is not None
    assert met.verified_by == "probe: connection refused"
    assert gone is not None
    assert gone.verified_by.startswith("probe: no answer")


def test_proxy_stays_down_while_somebody_wants_it_down(injector: NetworkInjector, proxies: Proxies) -> None:
    """Of two overlapping `down`, the first to end leaves the proxy down."""
    first, second = fault(Down), fault(Down, name="again")
    injector.apply(first)
    injector.apply(second)
    injector.clear(first)
    held = injector.verify_cleared(first, WITHIN_S)
    assert held is not None
    assert held.verified_by == "read-back: the proxy stays down for again"
    assert not injector.client.proxy(proxies.addresses["bureau"].name).enabled
    injector.clear(second)
    gone = injector.verify_cleared(second, WITHIN_S)
    assert gone is not None
    assert gone.verified_by.startswith("probe: answered")


@pytest.mark.parametrize("one", [fault(Blackhole), fault(Down)], ids=lambda f: f.kind)
def test_what_somebody_else_took_off_was_not_on_to_its_end(
    injector: NetworkInjector, toxiproxy: Toxiproxy, one: Fault
) -> None:
    """Another test on a server that is shared resets it: half a storm must not pass for a whole one."""
    injector.apply(one)
    requests.post(f"{toxiproxy.client.url}/reset", timeout=5).raise_for_status()
    with pytest.raises(FaultLostError, match="somebody else took it off"):
        injector.clear(one)
    injector.clear(one)


def test_faults_on_other_targets_do_not_matter(injector: NetworkInjector) -> None:
    """A fault on one target leaves the probe of another one its say."""
    injector.apply(fault(Blackhole, name="dark", target="income"))
    met, _ = storm_and_calm(injector, fault(Latency, latency_s=0.2))
    assert met.startswith("probe: ")


def test_unknown_target(injector: NetworkInjector) -> None:
    """A fault on a target without a proxy says which proxies there are."""
    with pytest.raises(HarnessError, match="no proxy before social; there are: bureau, income"):
        injector.apply(fault(Down, target="social"))


def test_clear_all_leaves_nothing(injector: NetworkInjector, toxiproxy: Toxiproxy, proxies: Proxies) -> None:
    """Every toxic is off and every proxy listens afterwards, and clearing twice is fine."""
    injector.apply(fault(Down))
    injector.apply(fault(Latency, name="slow", latency_s=0.2))
    injector.clear_all()
    injector.clear_all()
    state = toxiproxy.client.proxy(proxies.addresses["bureau"].name)
    assert state.enabled
    assert state.toxics == ()


class HangingClient(ToxiproxyClient):
    """A server whose locks are held."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9", timeout_s=0.1)

    def add_toxic(self, *_: object, **__: object) -> None:
        """Accepted."""

    def delete_toxic(self, *_: object, **__: object) -> None:
        """Never answered."""
        raise ToxiproxyHangsError("no answer")


def test_server_that_hangs_meets_the_last_resort(proxies: Proxies) -> None:
    """When the server no longer takes a fault off, clear_all has it killed instead of waiting."""
    killed: list[bool] = []
    injector = NetworkInjector(HangingClient(), proxies.addresses, last_resort=lambda: killed.append(True))
    injector.apply(fault(Latency, latency_s=0.2))
    injector.clear_all()
    assert killed == [True]
