"""The admission axis: who is let in under load."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAdmission:
    """Every request is let in."""

    kind: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class InflightCap:
    """At most `limit` requests at a time; the others are told to come back."""

    kind: str = "inflight_cap"
    limit: int = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """At most `limit` requests at a time, of which the share `reserved` is kept for micro businesses."""

    kind: str = "priority"
    limit: int = 160
    reserved: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptive:
    """A limit that follows latency: Gradient2 of Netflix's concurrency-limits, with its published defaults.

    It grows by `smoothing` · `queue` = 0.8 a window of `window_s`, so a run of a minute that needs more than 20 at a
    time is shed from its beginning unless `start` is given.
    """

    kind: str = "adaptive"
    start: int = 20
    least: int = 20
    most: int = 200
    queue: int = 4
    smoothing: float = 0.2
    long_window: int = 600
    window_s: float = 1.0


Admission = NoAdmission | InflightCap | Priority | Adaptive
