"""Whether the proxies of a run are as it made them: whoever reaches the server may change them, and nobody is told."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from typing import Final

from creditstorm.adapters.toxiproxy.client import ProxyState, Toxic, ToxiproxyClient, ToxiproxyError
from creditstorm.adapters.toxiproxy.proxies import ProxyAddress
from creditstorm.adapters.watchdog import Trouble
from creditstorm.units import printable

LOOK_EVERY_S: Final = 1.0
SINGLE: Final = 1e-6
"""The server keeps a toxicity as a number of single precision."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the faults that may be on make of one proxy; `off` where one wants it down."""

    toxics: Mapping[str, Toxic]
    off: bool = False


NOTHING: Final = Asked({})


@dataclass
class UntouchedProxies:
    """The proxies of a run at a server, as a part of the run that is asked in a thread of its own.

    `asked` says by target what the faults make of a proxy now. A change that was made and taken back between two looks
    is not seen; that a fault was taken off before its end is known, and told, by whoever takes it off.
    """

    name: str
    client: ToxiproxyClient
    proxies: Mapping[str, ProxyAddress]
    asked: Callable[[], Mapping[str, Asked]]
    ours: str
    """How the names begin of proxies that are this run's alone to make; empty where the server is."""
    _changed: str = ""

    def look(self) -> Trouble | None:
        """What somebody else changed."""
        return Trouble(f"was changed by somebody else: {self._changed}") if self._changed else None

    def last_lines(self) -> tuple[str, ...]:
        """The server writes none of this down."""
        return ()

    def ask(self) -> float:
        """Look at the server once; returns after how many seconds to look again."""
        before = self.asked()
        # One that does not answer is somebody else's to tell, and so is that we ran out of files.
        with contextlib.suppress(ToxiproxyError, OSError):
            seen = self.client.proxies()
            self._changed = self._changed or next(self._changes(seen, (before, self.asked())), "")
        return LOOK_EVERY_S

    def asked_at_last(self) -> Trouble | None:
        """What was changed by now."""
        self.ask()
        return self.look()

    def _changes(self, seen: Mapping[str, ProxyState], asked: Sequence[Mapping[str, Asked]]) -> Iterator[str]:
        for target, address in self.proxies.items():
            proxy = f"the proxy of {target}"
            if address.name not in seen:
                yield f"{proxy} was deleted"
                continue
            yield from _changes_of(proxy, address, seen[address.name], [one.get(target, NOTHING) for one in asked])
        known = {address.name for address in self.proxies.values()}
        for name in seen:
            if name not in known and name.startswith(self.ours):
                yield f"a proxy {printable(name, 80)} was added"


def _changes_of(proxy: str, address: ProxyAddress, seen: ProxyState, asked: Sequence[Asked]) -> Iterator[str]:
    """A fault may have been put on or taken off while the server was asked: before or after it must be right."""
    listens = f"{address.host}:{address.port}"
    if seen.listen != listens:
        yield f"{proxy} listens at {printable(seen.listen, 80)}, not at {listens} any more"
    if seen.upstream != address.upstream:
        yield f"{proxy} leads to {printable(seen.upstream, 80)}, not to {address.upstream} any more"
    if not seen.enabled and not any(one.off for one in asked):
        yield f"{proxy} was switched off"
    for toxic in seen.toxics:
        ours = [one.toxics[toxic.name] for one in asked if toxic.name in one.toxics]
        what = f"the toxic {printable(toxic.name, 80)} ({printable(toxic.type, 80)}) on {proxy}"
        if not ours:
            yield f"{what} is none of this run"
        elif not any(_same(toxic, one) for one in ours):
            yield f"{what} was changed"


def _same(seen: Toxic, asked: Toxic) -> bool:
    """Whether the server has what it was asked for; an attribute that nobody asked for is 0."""
    alike = (seen.type, seen.stream) == (asked.type, asked.stream)
    share = isclose(seen.toxicity, asked.toxicity, rel_tol=SINGLE, abs_tol=SINGLE)
    return alike and share and all(value == asked.attributes.get(name, 0) for name, value in seen.attributes.items())
