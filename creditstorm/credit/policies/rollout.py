"""The values of the roll-out axis: for whom a changed strategy decides, and when."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """The newest strategy decides for everybody that it is meant for, at once."""

    kind: str = "direct"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """A session keeps the strategy that its first request met."""

    kind: str = "pinned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A changed strategy decides for the share of people only, always the same ones; the others keep the old one.

    With a `version` only that one is tried so; every other change goes to everybody that it is meant for.
    """

    kind: str = "canary"
    share: float = 0.05
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hysteresis:
    """The newest strategy decides, but who was approved before is denied only below the cut-off − `h` points.

    9 points are a little more than the mean swing of the bureau incident of 2022 that the scenarios copy (8 points).
    """

    kind: str = "hysteresis"
    h: float = 9.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed:
    """A share of the requests is still decided by the old strategy, whoever asks: nodes that disagree, a bug."""

    kind: str = "mixed"
    share: float = 0.5


Rollout = Direct | Pinned | Canary | Hysteresis | Mixed
