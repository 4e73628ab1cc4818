"""How far a run can be believed, as frozen values: what is in doubt of it, and the figures that say so."""

from dataclasses import dataclass
from enum import StrEnum


class DoubtKind(StrEnum):
    """Why figures may not be believed."""

    ENDED = "ended"
    NO_ANSWERS = "no_answers"
    WORKER_DIED = "worker_died"
    UNSENT = "arrivals_unsent"
    LATE = "load_late"
    GENERATOR_CPU = "generator_cpu"
    MACHINE_CPU = "machine_cpu"
    NOT_RECORDED = "not_recorded"
    CLOCK = "clock"
    FAULT = "fault"
    WINDOW = "window"
    UNDECIDED = "undecided"
    DAMAGED = "record_damaged"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why figures may not be believed, in a sentence; `window` names the fault whose figures alone it is about."""

    kind: DoubtKind
    text: str
    window: str | None = None


@dataclass(frozen=True, slots=True)
class Honesty:
    """How far the run itself can be trusted; `doubts` make it inconclusive, `notes` only inform.

    `intended` counts recorded arrivals, re-taps included; `unsent` those that were not sent, and planned ones
    that no worker recorded. `cpu_share` is of the whole machine (0 to 1), `generator_cpu_cores` in cores.
    """

    planned: int
    intended: int
    unsent: int
    unsent_share: float
    achieved_over_intended: float | None
    generator_lag_p99_s: float | None
    cpu_share: float | None
    generator_cpu_cores: float | None
    doubts: tuple[Doubt, ...]
    notes: tuple[str, ...]
