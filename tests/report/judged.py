"""Judgements for the tests of what a pipeline reads."""

from __future__ import annotations

from dataclasses import replace

from creditstorm.analysis.summary import Estimate, MorePeople, Summary, ThresholdResult, Verdict
from creditstorm.analysis.trust import Doubt
from creditstorm.report.judgement import Asked, Judgement
from creditstorm.scenario.text.loader import parse
from tests.report import builders
from tests.scenario.bad_scenarios import GOOD

FILE = "storms/good.yaml"
LINES = {text.split(":")[0].strip(): number for number, text in enumerate(GOOD.splitlines(), start=1) if ":" in text}
MORE = MorePeople(600, 1.3, ("load.arrivals[0].for=13s", "faults[0].at=13s"))


def judgement(
    *verdicts: Verdict,
    doubts: tuple[Doubt, ...] = (),
    name: str = FILE,
    overrides: tuple[str, ...] = (),
    why: str = "",
) -> Judgement:
    """A run of the good scenario, whose two rules had these verdicts."""
    draft = parse(GOOD, name=name)
    thresholds = draft.scenario(overrides).thresholds
    results = tuple(
        ThresholdResult(rule.key, rule.text, Estimate(0.02, 0.004, 0.03, 280, "made up"), rule.unit, verdict, why, more)
        for rule, verdict, more in zip(thresholds, verdicts, (112, None, None), strict=False)
    )
    asked = Asked(thresholds, draft.threshold_places(overrides), ("creditstorm", "run", "a b.yaml"))
    return Judgement(_summary(results, doubts), builders.manifest(), asked)


def _summary(results: tuple[ThresholdResult, ...], doubts: tuple[Doubt, ...]) -> Summary:
    verdicts = [result.verdict for result in results]
    order = [Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS]
    worst = min([*verdicts, *([Verdict.INCONCLUSIVE] if doubts else [])], key=order.index, default=Verdict.PASS)
    outage, more = builders.bureau_outage(), MORE if Verdict.INCONCLUSIVE in verdicts else None
    return replace(outage, thresholds=results, verdict=worst, honesty=builders.honesty(doubts=doubts), more_people=more)
