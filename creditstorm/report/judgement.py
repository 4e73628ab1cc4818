"""The gate's result as a pipeline reads it: each rule with where it was written, its figure, and what spoils it."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from creditstorm.analysis.summary import Summary, ThresholdResult, Verdict
from creditstorm.analysis.validity.doubts import touches
from creditstorm.language.problems import Place
from creditstorm.record.manifest import Manifest
from creditstorm.report import numbers, words
from creditstorm.scenario.catalogue import STDIN_NAME
from creditstorm.scenario.model import Threshold


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a run: its rules in their order, where each was written, and a command that asks for it."""

    thresholds: tuple[Threshold, ...]
    places: tuple[Place, ...]
    command: tuple[str, ...]

    def again(self, overrides: tuple[str, ...]) -> str:
        """The command with more given to ``--set``, for a shell."""
        return f"{shlex.join(self.command)} {words.options(overrides)}".rstrip()


@dataclass(frozen=True, slots=True)
class Ruling:
    """One rule with its result; `line` is None where it stands in no file."""

    result: ThresholdResult
    file: str | None
    line: int | None
    doubts: tuple[str, ...]

    @property
    def name(self) -> str:
        """The rule as it was written."""
        return f"{self.result.metric} {self.result.rule}"

    @property
    def measured(self) -> str:
        """The figure with its interval, and what it is drawn from."""
        estimate, unit = self.result.estimate, self.result.unit
        figure = f"{numbers.in_unit(estimate, unit)} {numbers.interval_in(estimate, unit)}".strip()
        return f"{figure} (n = {numbers.count(estimate.n)}, {estimate.method})"

    @property
    def sentence(self) -> str:
        """The rule, the verdict, the figure and the note, on one line."""
        note = f": {self.result.note}" if self.result.note else ""
        return f"{self.name}: {self.result.verdict.value}, measured {self.measured}{note}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A concluded run, and what was asked of it."""

    summary: Summary
    manifest: Manifest
    asked: Asked

    @property
    def rulings(self) -> tuple[Ruling, ...]:
        """Every rule, in the order of the scenario."""
        rules = zip(self.summary.thresholds, self.asked.thresholds, self.asked.places, strict=True)
        return tuple(self._ruling(*rule) for rule in rules)

    @property
    def of_the_run(self) -> str:
        """The verdict of the whole run, in a sentence."""
        parts = (self.summary.headline, self.summary.verdict_note)
        return f"{self.summary.verdict.value}: {'; '.join(part for part in parts if part)}"

    @property
    def believed(self) -> bool:
        """Whether nothing but its rules decides about the run."""
        open_rules = any(result.verdict is not Verdict.PASS for result in self.summary.thresholds)
        return not self.summary.honesty.doubts and (open_rules or self.summary.verdict is Verdict.PASS)

    @property
    def settle(self) -> str:
        """How many more people would settle what is open, and the command that brings them; empty where none would."""
        more = self.summary.more_people
        return "" if more is None else f"{words.more_people(more)}: {self.asked.again(more.overrides)}"

    def _ruling(self, result: ThresholdResult, threshold: Threshold, place: Place) -> Ruling:
        doubts = tuple(doubt.text for doubt in self.summary.honesty.doubts if touches(doubt, threshold))
        file = None if place.line is None or place.name == STDIN_NAME else place.name
        return Ruling(result, file, place.line if file else None, doubts)


def within(file: str, root: str | None) -> str:
    """The path of a file as it is called inside `root`, such as a checkout; as it is where it lies elsewhere."""
    path = Path(file).resolve()
    return str(path.relative_to(Path(root).resolve())) if root and path.is_relative_to(Path(root).resolve()) else file
