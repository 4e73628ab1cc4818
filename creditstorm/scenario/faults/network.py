"""Faults between two services, made by Toxiproxy on the proxy of the target."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import model_validator
from creditstorm.language.problems import Problem
from creditstorm.language.quantities import Duration, Size, SizeOrNone, Speed, ToxicDuration, key, one_of
from creditstorm.scenario.faults.base import AnyTarget, FaultBase, SomeShare

DIRECTIONS: Final = ("downstream", "upstream")
_MEANT_NOTHING: Final = (("direction", "downstream"), ("toxicity", 1.0))


class NetworkFault(FaultBase):
    """Something between two services, made by Toxiproxy."""

    target: AnyTarget


class ToxicFault(NetworkFault):
    """Done by a toxic: to what passes in one direction, on a share of the connections."""

    direction: Annotated[str, *one_of("a direction", DIRECTIONS)] = "downstream"
    toxicity: SomeShare = 1.0

    @property
    def way(self) -> tuple[str, str]:
        """One direction of the path is left alone."""
        return self.kind, self.direction


class Bandwidth(ToxicFault):
    """At most `rate_kb_s` kilobytes a second pass on each connection."""

    in_words: ClassVar[str] = "was throttled"
    kind: Literal["bandwidth"] = "bandwidth"
    rate_kb_s: Annotated[Speed, key("rate")]


class Blackhole(ToxicFault):
    """Data vanishes; nobody is told (Toxiproxy's `timeout` with 0)."""

    in_words: ClassVar[str] = "was dark"
    kind: Literal["blackhole"] = "blackhole"


class Down(NetworkFault):
    """Connections are dropped and new ones refused; the whole proxy goes, so it has no direction and no toxicity."""

    in_words: ClassVar[str] = "was down"
    kind: Literal["down"] = "down"

    @model_validator(mode="before")
    @classmethod
    def _empty_words(cls, plain: Any) -> Any:  # noqa: ANN401
        """Run folders from before hold the usual values of the keys that it has no more."""
        if not isinstance(plain, dict):
            return plain
        return {name: value for name, value in plain.items() if (name, value) not in _MEANT_NOTHING}


class Latency(ToxicFault):
    """Data arrives `latency_s` ± `jitter_s` later."""

    in_words: ClassVar[str] = "was slow"
    kind: Literal["latency"] = "latency"
    latency_s: Annotated[ToxicDuration, key("latency")]
    jitter_s: Annotated[Duration, key("jitter")] = 0.0


class LimitData(ToxicFault):
    """A connection is closed once `bytes` have passed."""

    in_words: ClassVar[str] = "was cut off mid-answer"
    kind: Literal["limit_data"] = "limit_data"
    bytes: Size


class Reset(ToxicFault):
    """Each connection is reset `after_s` seconds after it sent data."""

    in_words: ClassVar[str] = "reset its connections"
    kind: Literal["reset"] = "reset"
    after_s: Annotated[Duration, key("after")] = 0.0

    @property
    def ends_within_s(self) -> float:
        """A connection that waits for its reset holds up the end."""
        return super().ends_within_s + self.after_s


class Slicer(ToxicFault):
    """Data is cut into pieces of about `average_size_bytes`, with `delay_s` between two pieces."""

    in_words: ClassVar[str] = "answered in slices"
    kind: Literal["slicer"] = "slicer"
    average_size_bytes: Annotated[Size, key("average_size")]
    size_variation_bytes: Annotated[SizeOrNone, key("size_variation")] = 0
    delay_s: Annotated[Duration, key("delay")] = 0.0

    def problems(self) -> Iterator[Problem]:
        """A piece cannot be smaller than nothing."""
        if self.size_variation_bytes >= self.average_size_bytes:
            yield Problem(what="size_variation is not smaller than average_size", path=("size_variation",))


class SlowClose(ToxicFault):
    """A closed connection is passed on as closed only after `delay_s`."""

    in_words: ClassVar[str] = "closed slowly"
    kind: Literal["slow_close"] = "slow_close"
    delay_s: Annotated[ToxicDuration, key("delay")]
