"""The folder `live/` of an unsealed run: one stream a writer, and small JSON files a worker says things with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LiveFolder:
    """The paths inside `live/`. Each JSON file is replaced in one step, so a reader never meets half of one."""

    root: Path

    def answers(self, worker: int) -> Path:
        """The stream of answers of one worker."""
        return self.root / f"answers-{worker}.arrows"

    def all_answers(self) -> list[Path]:
        """The streams of answers there are, in the order of the workers."""
        return sorted(self.root.glob("answers-*.arrows"))

    def notices(self, worker: int) -> Path:
        """The stream of the notices that reached the people of one worker."""
        return self.root / f"notices-{worker}.arrows"

    def all_notices(self) -> list[Path]:
        """The streams of notices there are, in the order of the workers."""
        return sorted(self.root.glob("notices-*.arrows"))

    @property
    def services(self) -> Path:
        """The stream of the per-second figures of the services."""
        return self.root / "services.arrows"

    @property
    def load(self) -> Path:
        """The plan of the load, written before its workers start."""
        return self.root / "load.json"

    @property
    def start(self) -> Path:
        """``{"t0_monotonic", "host"}``: instant 0; every worker waits for it."""
        return self.root / "start.json"

    def ready(self, worker: int) -> Path:
        """``{"planned", "pid"}``: this worker's schedule is prepared and it waits for the start file."""
        return self.root / f"worker-{worker}.ready"

    def progress(self, worker: int) -> Path:
        """``{"t_s", "intended", "answered", "wrongful", "in_flight"}``, replaced every second."""
        return self.root / f"worker-{worker}.progress"

    def done(self, worker: int) -> Path:
        """Every row of this worker is in its stream; a worker that died leaves none."""
        return self.root / f"worker-{worker}.done"
