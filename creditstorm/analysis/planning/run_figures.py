"""The figures of one run that a sweep can be of, by the names that thresholds have for them."""

from collections.abc import Sequence
from typing import Final

from creditstorm.analysis.planning.swept import Rule
from creditstorm.analysis.summary import Summary
from creditstorm.scenario.threshold import METRICS, Operator, Quantile, ScopeKind, Threshold, Unit, Variant

HARM: Final = "wrongful_no_credit_rate.people"
"""What is swept unless somebody says otherwise."""
DEFERRED: Final = "deferral_rate.people"
SLOW: Final = "answer_latency p(99)"
USUAL: Final = "answer_latency p(50)"
BACK: Final = "recovery_time"
RATES: Final = (
    "wrongful_no_credit_rate",
    "wrongful_approval_rate",
    "deferral_rate",
    "unavailability_rate",
    "undecided_rate",
    "decided_rightly_rate",
)
_QUANTILES: Final = {f"answer_latency p({q})": f"p{q}" for q in (50, 90, 95, 99)}


def known_figures(faults: Sequence[str]) -> dict[str, Unit]:
    """Every name, where the scenario has faults of these names, with its unit."""
    people = [f"{rate}.people" for rate in RATES]
    requests = [f"{rate}.requests" for rate in RATES]
    windows = [f"{rate}.requests{{window: {fault}}}" for fault in faults for rate in RATES]
    names = [*people, *requests, *windows, *_QUANTILES, BACK, "retap_amplification"]
    return {name: METRICS[name.partition(" ")[0].partition(".")[0]].unit for name in names}


def full_name(name: str) -> str:
    """The name with the variant that it stands for where it says none: a rate counts people or requests."""
    metric, brace, scope = name.strip().partition("{")
    if metric not in RATES:
        return name.strip()
    variant = METRICS[metric].variant
    return f"{metric}.{variant}{brace}{scope}"


def run_figures(summary: Summary) -> dict[str, float | None]:
    """Each figure of a run, None where it has none; recovery is the worst one, None unless all were shown back."""
    figures: dict[str, float | None] = {}
    for part in summary.slices:
        if (part.kind, part.name) in (("attempt", "people"), ("attempt", "requests")):
            figures |= {f"{rate}.{part.name}": getattr(part.rates, rate).value for rate in RATES}
        elif part.kind == ScopeKind.WINDOW:
            scope = f"requests{{window: {part.name}}}"
            figures |= {f"{rate}.{scope}": getattr(part.rates, rate).value for rate in RATES}
    spent = next(part.quantiles_s for part in summary.latency if part.measured_from == "intended")
    figures |= {name: spent.get(quantile) for name, quantile in _QUANTILES.items()}
    back = [episode.seconds for episode in summary.recovery]
    known = [seconds for seconds in back if seconds is not None]
    figures[BACK] = max(known) if known and len(known) == len(back) else None
    figures["retap_amplification"] = summary.retap_amplification
    return figures


def rule_on(name: str, thresholds: Sequence[Threshold]) -> Rule | None:
    """The scenario's own rule on this figure, the first one that bounds the worse side of it."""
    for rule in thresholds:
        if _named(rule) == name:
            return Rule(f"{rule.key} {rule.text}", rule.bound, rule.op in (Operator.LESS, Operator.AT_MOST))
    return None


def _named(rule: Threshold) -> str:
    if rule.stable or (rule.scope is not None and rule.scope.kind is not ScopeKind.WINDOW):
        return ""
    if isinstance(rule.aggregation, Quantile):
        whole = rule.scope is None and rule.metric == "answer_latency"
        return f"{rule.metric} p({100 * rule.aggregation.q:g})" if whole else ""
    variant = f".{rule.variant.value}" if isinstance(rule.variant, Variant) else ""
    scope = f"{{window: {rule.scope.name}}}" if rule.scope else ""
    return f"{rule.metric}{variant}{scope}"
