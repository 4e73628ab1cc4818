"""What the injector needs to know of a fault: which toxic makes it, and how a client's probe recognises it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from creditstorm.adapters.probing.probe import Ask, ProbeResult
from creditstorm.adapters.toxiproxy.client import Stream, Toxic
from creditstorm.scenario.faults import NetworkFault, ToxicFault

FaultModel = TypeVar("FaultModel", bound=NetworkFault)
ToxicModel = TypeVar("ToxicModel", bound=ToxicFault)

SHORTEST_S: Final = 0.03
"""An effect shorter than this cannot be told from a busy machine: it is verified by reading back."""
LONGEST_WAIT_S: Final = 0.2
"""A probe that has waited this long for a slow effect has met it."""
LARGEST: Final = 262_144
"""Bytes that a probe sends or asks for at most."""
CLEAN_WITHIN_S: Final = 1.0


@dataclass(frozen=True)
class Effect(Generic[FaultModel]):
    """A fault as Toxiproxy makes it. A kind of fault says its toxic, and if a client can see it, what it looks like."""

    fault: FaultModel

    @property
    def toxic(self) -> Toxic | None:
        """The toxic to add; None means that the proxy is switched off instead."""
        return None

    @property
    def ask(self) -> Ask | None:
        """What a probe asks to meet the effect; None if a client cannot see it or not tell it from noise."""
        raise NotImplementedError

    def met(self, seen: ProbeResult) -> bool:
        """Whether a probe met the effect."""
        raise NotImplementedError

    def clean(self, seen: ProbeResult) -> bool:
        """Whether a probe was free of the effect."""
        return seen.outcome == "answered" and not self.met(seen)

    @property
    def ask_clean(self) -> Ask | None:
        """What a probe asks to see that the effect is gone: the same, with time for a busy service."""
        return self.ask and replace(self.ask, answer_within_s=max(CLEAN_WITHIN_S, self.ask.answer_within_s))

    @property
    def share(self) -> float:
        """The share of the connections that it is on for."""
        return 1.0

    @property
    def needs_read_back(self) -> bool:
        """Whether what a probe meets has other explanations, so that the server has to confirm it."""
        return False

    @property
    def may_escape(self) -> bool:
        """Whether a probe can miss the effect although it is on; reading back then settles it."""
        return self.share < 1.0

    @property
    def unmistakable(self) -> bool:
        """Whether a probe recognises it also among other faults on the same target."""
        return False

    @property
    def holds_up_s(self) -> float:
        """How long one connection under this fault can hold up a change of the proxy's toxics."""
        return 0.0


class ToxicEffect(Effect[ToxicModel]):
    """A fault that a toxic makes, in one direction and for a share of the connections."""

    @property
    def share(self) -> float:
        """Toxiproxy draws it a connection."""
        return self.fault.toxicity

    def _toxic(self, kind: str, attributes: Mapping[str, int]) -> Toxic:
        fault = self.fault
        stream: Stream = "upstream" if fault.direction == "upstream" else "downstream"
        return Toxic(
            name=str(fault.name), type=kind, stream=stream, toxicity=fault.toxicity, attributes=dict(attributes)
        )

    def _carrying(self, size: int, *, answer_within_s: float) -> Ask:
        """A probe whose bytes travel in the direction of the fault."""
        if self.fault.direction == "upstream":
            return Ask(body=size, answer_within_s=answer_within_s)
        return Ask(pad=size, answer_within_s=answer_within_s)


def in_ms(seconds: float) -> int:
    """Whole milliseconds, at least 1 for anything above 0."""
    return max(1, round(seconds * 1000)) if seconds > 0 else 0
