"""One run at one peak: whether it satisfies what was asked of it, and how the lender fared."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter
from creditstorm.analysis.analyse import summary_alone
from creditstorm.analysis.planning.in_use import ServiceUse, services_used
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.summary import Summary, ThresholdResult, Verdict
from creditstorm.analysis.validity.doubts import LABELS, OF_THE_MACHINE, touches
from creditstorm.scenario.model import Scenario, Threshold
from creditstorm.scenario.threshold import COMPARISONS, Phase, Unit


@dataclass(frozen=True, slots=True)
class Ruled:
    """One rule in one run: the figure in its unit, None where there was none, of how many, and why it is not kept."""

    rule: str
    unit: Unit
    value: float | None
    n: int
    counts: str
    holds: bool
    why: str = ""

    def in_words(self) -> str:
        """The rule and what was measured: ``wrongful_no_credit_rate.people < 0.5%, measured 5.6 %``."""
        if self.value is None or self.why:
            return f"{self.rule}: {self.why or 'nothing was measured'}"
        shown = f"{100 * self.value:.3g} %" if self.unit is Unit.SHARE else f"{self.value:.3g} {self.unit}".rstrip()
        return f"{self.rule}, measured {shown}"


@dataclass(frozen=True, slots=True)
class CalmShare:
    """The share of the `n` creditworthy requests in calm that were told "no credit", and what it surely is at least."""

    value: float
    low: float | None
    n: int

    def in_words(self) -> str:
        """With how many there were: ``1.2 % of 412 wrongly told “no credit” in calm``."""
        return f"{100 * self.value:.3g} % of {self.n:,} wrongly told “no credit” in calm"


@dataclass(frozen=True, slots=True)
class Probe:
    """What is to be known of a run: each rule, the commonest causes, each process of the lender.

    `calm` is None where nobody creditworthy asked in calm; `of_the_machine` is why the run speaks of this machine
    instead of the lender, which only a live one can.
    """

    rules: tuple[Ruled, ...]
    causes: dict[str, int]
    calm: CalmShare | None
    services: dict[str, ServiceUse]
    of_the_machine: str = ""

    @property
    def passed(self) -> bool:
        """Whether every rule was kept."""
        return all(rule.holds for rule in self.rules)

    @property
    def broken(self) -> Ruled | None:
        """The first rule that was not kept."""
        return next((rule for rule in self.rules if not rule.holds), None)

    def as_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)

    @classmethod
    def read(cls, plain: Mapping[str, object]) -> "Probe":
        """What `as_json` gave."""
        return _PROBE.validate_python(dict(plain))


def probe_of(run: RunData) -> Probe:
    """What a run says; a figure that is in doubt keeps no rule, because a lender that decides nothing wrongs nobody."""
    summary = summary_alone(run)
    pairs = zip(run.scenario.thresholds, summary.thresholds, strict=True)
    return Probe(
        rules=tuple(_ruled(threshold, result, summary) for threshold, result in pairs),
        causes=dict(sorted(summary.causes.items(), key=lambda cause: -cause[1])[:5]),
        calm=_calm_of(summary),
        services=services_used(run),
        of_the_machine="; ".join(doubt.text for doubt in summary.honesty.doubts if doubt.kind in OF_THE_MACHINE),
    )


def _calm_of(summary: Summary) -> CalmShare | None:
    calm = summary.slice("phase", Phase.CALM)
    share = None if calm is None else calm.rates.wrongful_no_credit_rate
    return None if share is None or share.value is None else CalmShare(share.value, share.low, share.n)


def _ruled(threshold: Threshold, result: ThresholdResult, summary: Summary) -> Ruled:
    value = result.estimate.value
    doubts = [doubt for doubt in summary.honesty.doubts if touches(doubt, threshold)]
    kept = value is not None and COMPARISONS[threshold.op](value, threshold.bound)
    holds = kept and result.verdict is not Verdict.FAIL and not doubts
    why = "" if holds else _why(result, [LABELS[doubt.kind] for doubt in doubts])
    return Ruled(rule_in_words(threshold), threshold.unit, value, result.estimate.n, threshold.counts, holds, why)


def _why(result: ThresholdResult, doubts: list[str]) -> str:
    if doubts:
        return ", ".join(dict.fromkeys(doubts))
    return result.note if result.estimate.value is None else ""


def rule_in_words(threshold: Threshold) -> str:
    """As it was asked for: ``wrongful_no_credit_rate.people < 0.5%``."""
    return f"{threshold.key} {threshold.text}"


def peak_of(scenario: Scenario) -> float:
    """The highest rate that the stages of the open model reach."""
    return max(stage.reaches_hz for stage in scenario.load.arrivals or ())


_PROBE: TypeAdapter[Probe] = TypeAdapter(Probe)
