"""The same run judged by the strategy before any change: what a roll-out did to people, wanted or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from creditstorm.analysis.frame import STABLE, frame_of, oracles_differ
from creditstorm.analysis.measures.measured import Measured
from creditstorm.analysis.measures.rates import cube_of
from creditstorm.analysis.measures.slices import slices_of
from creditstorm.analysis.phases import Phases
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.summary import Slice

KIND = "stable"


def stable_of(run: RunData, phases: Phases) -> Measured | None:
    """What thresholds read of the stable oracle; None, at hardly any price, where both oracles say the same."""
    if not oracles_differ(run.answers):
        return None
    frame, _ = frame_of(run, truth=STABLE)
    return Measured(frame, cube_of(frame, phases), phases, recoveries=())


def slices_by_stable(stable: Measured | None) -> Iterator[Slice]:
    """People, requests and each fault window again, as slices of the kind `stable`; none where nothing differs."""
    if stable is not None:
        for part in slices_of(stable.frame, stable.cube, stable.phases):
            if part.kind == "window" or (part.kind, part.name) in (("attempt", "people"), ("attempt", "request")):
                yield replace(part, kind=KIND)
