"""The names inside a run folder: nobody else spells them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The paths of one run. Raw files are never rewritten; derived ones may be deleted."""

    root: Path

    @property
    def scenario(self) -> Path:
        """The resolved scenario, as YAML."""
        return self.root / "scenario.yaml"

    @property
    def manifest(self) -> Path:
        """Versions, seed, host, clock anchor, policy, how the run ended."""
        return self.root / "manifest.json"

    @property
    def marks(self) -> Path:
        """Every event of the engine, one JSON object a line."""
        return self.root / "marks.jsonl"

    @property
    def answers(self) -> Path:
        """The sealed answers."""
        return self.root / "answers.parquet"

    @property
    def services(self) -> Path:
        """The sealed per-second figures of the services."""
        return self.root / "services.parquet"

    @property
    def notices(self) -> Path:
        """The sealed notices; only a run whose policy pushes has any."""
        return self.root / "notices.parquet"

    @property
    def live(self) -> Path:
        """Arrow streams of an unsealed run, one a writer."""
        return self.root / "live"

    @property
    def logs(self) -> Path:
        """What each child process printed."""
        return self.root / "logs"

    def log(self, child: str) -> Path:
        """What this child process printed."""
        return self.logs / f"{child}.log"

    @property
    def summary(self) -> Path:
        """All figures, as JSON (derived)."""
        return self.root / "summary.json"

    @property
    def report(self) -> Path:
        """The page (derived)."""
        return self.root / "report.html"

    @property
    def summary_text(self) -> Path:
        """The summary, as Markdown (derived)."""
        return self.root / "summary.md"

    @property
    def plots(self) -> Path:
        """The figures, SVG and PNG (derived)."""
        return self.root / "plots"
