"""The faults of a run as its marks tell them: applied, verified, cleared, or never verified."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import SupportsFloat, cast


@dataclass(frozen=True, slots=True)
class FaultMarks:
    """One fault's instants; None is a mark that never came. `unverified` holds the reason of a failed probe.

    `met` is how many requests met it by the count of the service itself, None where that did not count.
    """

    name: str
    kind: str
    target: str
    applied_s: float
    effective_s: float | None
    cleared_s: float | None
    unverified: str | None
    met: int | None = None

    @property
    def length_s(self) -> float:
        """Seconds between the two verified marks, 0 where one is missing."""
        return self.cleared_s - self.effective_s if self.cleared_s is not None and self.effective_s is not None else 0.0


def fault_marks_of(marks: Iterable[dict[str, object]]) -> tuple[FaultMarks, ...]:
    """The faults that were at least applied, in the order of their first mark."""
    by_fault: dict[str, list[dict[str, object]]] = {}
    for mark in marks:
        if "fault" in mark and str(mark["event"]).startswith("fault_"):
            by_fault.setdefault(str(mark["fault"]), []).append(mark)
    troubles = (_trouble(name, own) for name, own in by_fault.items())
    return tuple(sorted(troubles, key=lambda trouble: (trouble.applied_s, trouble.name)))


def _trouble(name: str, marks: Sequence[dict[str, object]]) -> FaultMarks:
    unverified = [str(mark.get("reason", "")) for mark in marks if mark["event"] == "fault_unverified"]
    return FaultMarks(
        name=name,
        kind=str(marks[0].get("kind", "")),
        target=str(marks[0].get("target", "")),
        applied_s=min(_instant(mark) for mark in marks),
        effective_s=min(_instants(marks, "fault_effective"), default=None),
        cleared_s=max(_instants(marks, "fault_cleared"), default=None),
        unverified=unverified[0] if unverified else None,
        met=max((met for mark in marks if isinstance(met := mark.get("met"), int)), default=None),
    )


def _instants(marks: Iterable[dict[str, object]], event: str) -> list[float]:
    return [_instant(mark) for mark in marks if mark["event"] == event]


def _instant(mark: dict[str, object]) -> float:
    return float(cast("SupportsFloat", mark["t_s"]))
