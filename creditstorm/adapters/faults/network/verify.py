"""Watches the path until an effect is met, or gone, and says how that was seen."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from creditstorm.adapters.faults.injector import Verification
from creditstorm.adapters.faults.network import AnyEffect
from creditstorm.adapters.probing.probe import Ask, ProbeResult
from creditstorm.adapters.toxiproxy.client import ProxyState

BETWEEN_S: Final = 0.005
DOUBT: Final = 0.01
MOST_CLEAN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One fault under watch. `alone` says whether nothing else on the target could hide or mimic the effect."""

    effect: AnyEffect
    ask: Callable[[Ask], ProbeResult]
    read_back: Callable[[], ProxyState]
    alone: Callable[[], bool]
    clock: Callable[[], float]
    pause: Callable[[float], None]

    def until_effective(self, timeout_s: float) -> Verification | None:
        """The first probe that met the effect; the server's word where a probe cannot tell."""
        deadline = self.clock() + timeout_s
        while self.clock() < deadline:
            found = self._met_once()
            if found is not None:
                return found
            self.pause(BETWEEN_S)
        return self._reads(on=True, why="no probe met it") if self.effect.may_escape else None

    def until_cleared(self, timeout_s: float) -> Verification | None:
        """The first of as many clean probes that leave 1 % doubt in a row; else the server's word."""
        deadline = self.clock() + timeout_s
        streak: list[ProbeResult] = []
        while self.clock() < deadline:
            seen = self._probe(self.effect.ask_clean)
            if seen is None:
                found = self._reads(on=False)
                if found is not None:
                    return found
            streak = [*streak, seen] if seen and self.effect.clean(seen) else []
            if len(streak) == self._enough:
                return Verification(streak[0].began_at, f"probe: {_in_words(streak[0])}")
            self.pause(BETWEEN_S)
        return None

    def _met_once(self) -> Verification | None:
        seen = self._probe(self.effect.ask)
        if seen is None:
            return self._reads(on=True)
        if not self.effect.met(seen):
            return None
        word = f"probe: {_in_words(seen)}"
        if not self.effect.needs_read_back:
            return Verification(seen.began_at, word)
        confirmed = self._reads(on=True)
        return confirmed and Verification(seen.began_at, f"{word}; {confirmed.verified_by}")

    def _probe(self, ask: Ask | None) -> ProbeResult | None:
        """What a probe met; None if it cannot tell, also when another fault began while it looked."""
        if ask is None or not self._can_tell():
            return None
        seen = self.ask(ask)
        return seen if self._can_tell() else None

    def _can_tell(self) -> bool:
        return self.effect.unmistakable or self.alone()

    @property
    def _enough(self) -> int:
        share = self.effect.share
        if share >= 1.0:
            return 1
        return min(MOST_CLEAN, math.ceil(math.log(DOUBT) / math.log1p(-share)))

    def _reads(self, *, on: bool, why: str = "") -> Verification | None:
        """What the server says, if it says that the fault is on (or off); the instant is that of the question."""
        asked_at = self.clock()
        state = self.read_back()
        toxic = self.effect.toxic
        is_on = not state.enabled if toxic is None else state.toxic(toxic.name) is not None
        what = "the proxy is off" if toxic is None else f"toxic {toxic.type}"
        words = f"read-back: {what} is {'on' if is_on else 'off'}{f' ({why})' if why else ''}"
        return Verification(asked_at, words) if is_on == on else None


def _in_words(seen: ProbeResult) -> str:
    ms = seen.answer_s * 1000
    if seen.outcome == "refused":
        return "connection refused"
    if seen.outcome == "unfinished":
        return f"no answer in {ms:.0f} ms" if seen.received == 0 else f"{seen.received} bytes in {ms:.0f} ms"
    if seen.outcome in ("reset", "closed"):
        return f"connection {seen.outcome} after {ms:.0f} ms and {seen.received} bytes"
    stayed = "" if seen.open_s is None else f", then open for {seen.open_s * 1000:.0f} ms"
    return f"answered in {ms:.0f} ms, {seen.received} bytes in {seen.chunks} chunks{stayed}"
