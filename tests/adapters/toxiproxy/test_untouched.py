"""Whatever somebody else changes at the proxies of a run is told; what its own faults change is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import requests
from creditstorm.adapters.faults.network.injector import NetworkInjector
from creditstorm.adapters.processes.vitals import OpenFilesPart
from creditstorm.adapters.system import build
from creditstorm.adapters.toxiproxy.client import ToxiproxyClient
from creditstorm.adapters.toxiproxy.janitor import sweep
from creditstorm.adapters.toxiproxy.proxies import Proxies
from creditstorm.adapters.toxiproxy.server import Toxiproxy
from creditstorm.adapters.toxiproxy.untouched import UntouchedProxies
from creditstorm.record.folder import RunFolder
from creditstorm.scenario.faults import Bandwidth, Blackhole, Down, Fault, Latency, Slicer
from creditstorm.scenario.text.loader import load
from tests.adapters.faults.network.test_injector import fault

ROOT = Path(__file__).parents[3]
OURS = (
    fault(Latency, name="slow", latency_s=0.2, jitter_s=0.05, toxicity=0.3),
    fault(Slicer, name="slices", average_size_bytes=64, delay_s=0.005),
    fault(Bandwidth, name="thin", rate_kb_s=1000.0, toxicity=1 / 3),
    fault(Blackhole, name="dark", target="income"),
    fault(Down, name="down", target="income"),
)
HOW: dict[str, tuple[str, Callable[[str, str], object]]] = {
    "added": (
        "the toxic theirs (latency) on the proxy of bureau is none of this run",
        lambda url, name: post(f"{url}/proxies/{name}/toxics", name="theirs", type="latency"),
    ),
    "changed": (
        "the toxic slow (latency) on the proxy of bureau was changed",
        lambda url, name: post(f"{url}/proxies/{name}/toxics/slow", attributes={"latency": 1}),
    ),
    "made rarer": (
        "the toxic slow (latency) on the proxy of bureau was changed",
        lambda url, name: post(f"{url}/proxies/{name}/toxics/slow", toxicity=0.2),
    ),
    "led away": (
        "the proxy of bureau leads to 127.0.0.1:9, not to 127.0.0.1:",
        lambda url, name: post(f"{url}/proxies/{name}", upstream="127.0.0.1:9"),
    ),
    "moved": (
        "the proxy of bureau listens at 127.0.0.1:",
        lambda url, name: post(f"{url}/proxies/{name}", listen="127.0.0.1:0"),
    ),
    "off": ("the proxy of bureau was switched off", lambda url, name: post(f"{url}/proxies/{name}", enabled=False)),
    "deleted": (
        "the proxy of bureau was deleted",
        lambda url, name: requests.delete(f"{url}/proxies/{name}", timeout=5).raise_for_status(),
    ),
    "another": (
        "a proxy ",
        lambda url, name: post(f"{url}/proxies", name=f"{name}-theirs", listen="127.0.0.1:0", upstream="127.0.0.1:9"),
    ),
}


def post(url: str, **content: object) -> None:
    """As anybody who reaches loopback may."""
    requests.post(url, json=content, timeout=5).raise_for_status()


def part(injector: NetworkInjector, proxies: Proxies) -> UntouchedProxies:
    """What watches these two proxies on a server that others use as well."""
    prefix = proxies.addresses["bureau"].name.removesuffix("bureau")
    return UntouchedProxies("toxiproxy", injector.client, proxies.addresses, injector.asked, prefix)


def test_what_the_faults_of_the_run_do_is_no_change(injector: NetworkInjector, proxies: Proxies) -> None:
    """Every kind, alone and together, with a toxicity that the server rounds; nor are proxies of other runs."""
    watch = part(injector, proxies)
    injector.client.create_proxy("of-another-run", listen="127.0.0.1:0", upstream="127.0.0.1:9")
    for act, faults in ((injector.apply, OURS), (injector.clear, OURS[::-1])):
        for one in faults:
            act(one)
            assert watch.asked_at_last() is None, one.name
    sweep(injector.client.url, "of-another-run")


@pytest.mark.parametrize("how", HOW)
def test_what_somebody_else_changes_is_told(
    injector: NetworkInjector, proxies: Proxies, toxiproxy: Toxiproxy, how: str
) -> None:
    """With what it was; also once it is put back."""
    words, change = HOW[how]
    injector.apply(OURS[0])
    watch = part(injector, proxies)
    change(toxiproxy.client.url, proxies.addresses["bureau"].name)
    watch.ask()
    told = watch.look()
    assert told is not None
    assert told.state.startswith(f"was changed by somebody else: {words}")


class Late(ToxiproxyClient):
    """A server that is changed while it is asked: just before it looks, or just after."""

    def __init__(self, url: str, meanwhile: Callable[[], object], *, before: bool) -> None:
        super().__init__(url)
        self.meanwhile, self.before = meanwhile, before

    def proxies(self) -> Mapping[str, object]:
        """What was there when it looked."""
        if self.before:
            self.meanwhile()
            return super().proxies()
        seen = super().proxies()
        self.meanwhile()
        return seen


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("one", [OURS[0], fault(Down)], ids=lambda one: one.kind)
def test_a_fault_that_begins_or_ends_while_the_server_is_asked_is_no_change(
    injector: NetworkInjector, proxies: Proxies, toxiproxy: Toxiproxy, one: Fault, *, before: bool
) -> None:
    """The answer was right when it was given."""
    watch = part(injector, proxies)
    for act in (injector.apply, injector.clear):
        watch.client = Late(toxiproxy.client.url, lambda act=act: act(one), before=before)
        assert watch.asked_at_last() is None


def test_a_server_that_does_not_answer_is_told_by_whoever_waits_for_it(injector: NetworkInjector) -> None:
    """Nobody knows then whether anything was changed."""
    nobody = ToxiproxyClient("http://127.0.0.1:9", timeout_s=0.1)
    assert UntouchedProxies("toxiproxy", nobody, injector.proxies, injector.asked, "").asked_at_last() is None


def test_a_server_of_our_own_has_no_other_proxies(toxiproxy: Toxiproxy, proxies: Proxies) -> None:
    """Whoever makes one there takes its time from the run."""
    watch = UntouchedProxies("toxiproxy", toxiproxy.client, {"bureau": proxies.addresses["bureau"]}, dict, "")
    told = watch.asked_at_last()
    assert told is not None
    assert told.state.startswith("was changed by somebody else: a proxy ")
    assert told.state.endswith(" was added")


def test_a_run_watches_its_proxies_and_everybodys_files(tmp_path: Path, toxiproxy: Toxiproxy, proxies: Proxies) -> None:
    """From the moment its load begins."""
    system = build(load(ROOT / "scenarios" / "calm.yaml"), RunFolder(tmp_path), 1).system
    system._toxiproxy = toxiproxy
    system.fleet._child = cast("Any", SimpleNamespace(process=SimpleNamespace(pid=1)))
    [watch] = [part for part in system.parts() if isinstance(part, UntouchedProxies)]
    assert watch.name == "toxiproxy"
    assert watch.asked_at_last() is not None, proxies.addresses  # they are none of this run's
    assert [part.name for part in system.parts() if isinstance(part, OpenFilesPart)] == ["toxiproxy"]
