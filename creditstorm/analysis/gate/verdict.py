"""The verdict of a run and its exit code: any fail fails; else any doubt is inconclusive; never a silent pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from creditstorm.analysis.summary import ThresholdResult, Verdict

EXIT_CODES: Final = {Verdict.PASS: 0, Verdict.FAIL: 1, Verdict.INCONCLUSIVE: 3}


@dataclass(frozen=True, slots=True)
class RunVerdict:
    """The verdict with its exit code; `note` says why where no threshold does."""

    verdict: Verdict
    exit_code: int
    note: str


def verdict_of(thresholds: Sequence[ThresholdResult], doubts: Sequence[str]) -> RunVerdict:
    """The verdict of the run."""
    verdicts = {result.verdict for result in thresholds}
    if Verdict.FAIL in verdicts:
        return _verdict(Verdict.FAIL, "")
    if doubts:
        return _verdict(Verdict.INCONCLUSIVE, doubts[0])
    if Verdict.INCONCLUSIVE in verdicts:
        return _verdict(Verdict.INCONCLUSIVE, "")
    return _verdict(Verdict.PASS, "" if thresholds else "no thresholds: nothing was asked of this run")


def _verdict(verdict: Verdict, note: str) -> RunVerdict:
    return RunVerdict(verdict, EXIT_CODES[verdict], note)
