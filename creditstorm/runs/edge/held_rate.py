"""Which peak a lender holds: the same storm at one rate after another, until the edge is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from creditstorm.analysis.gate.more_people import stretched
from creditstorm.analysis.planning.held import AskedRule, Held, Shortened, held_of
from creditstorm.analysis.planning.one_peak import Probe, peak_of, probe_of
from creditstorm.analysis.planning.passing import Belief, Tried
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.trust import DoubtKind
from creditstorm.analysis.validity.doubts import LABELS
from creditstorm.errors import UsageError
from creditstorm.record.job_folder import Result
from creditstorm.runs.live_points import OfThisMachineError
from creditstorm.runs.matrix import BESIDE_S
from creditstorm.runs.points import Point
from creditstorm.runs.simulate import simulate
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import Draft
from creditstorm.scenario.text.overrides import Given
from creditstorm.scenario.threshold import COMPARISONS
from creditstorm.units import duration_text, rate_text

MOST_PEOPLE: Final = 12_000
"""First taps of one run: a storm at a high rate is made shorter, its parts keep their shares."""
SHORTEST_S: Final = 12.0
MOST_WHOLE: Final = 60_000
"""First taps up to which the whole storm is run at the held rate of a shortened one."""
ENDS: Final = 2
"""So many runs decide whether the ends of the range pass or fail."""
_TOLD: Final = "wrongful_no_credit_rate"


@dataclass(frozen=True, slots=True)
class Patience:
    """When the search ends: the ends of the interval so near to each other, as a share of the lower one; or runs spent.

    After each `at_once` runs it is thought about where to look next: the fewer, the more each of them tells.
    """

    width: float
    most_runs: int
    at_once: int


def simulated_patience(side_by_side: int) -> Patience:
    """Runs cost seconds, and come side by side."""
    return Patience(0.1, 60, max(ENDS, side_by_side))


LIVE_PATIENCE: Final = Patience(0.3, 24, 1)
"""A run costs minutes: by 24 of them, one at a time, the held rate is known to a third or so."""


@dataclass(frozen=True, slots=True)
class Question:
    """The draft of the storm, what is changed in it, and the rates between which its edge is sought."""

    draft: Draft
    overrides: tuple[str | Given, ...]
    low_hz: float
    high_hz: float

    def at(self, rate_hz: float, seed: int, *, whole: bool = False) -> Scenario:
        """The storm with this peak and seed, of so many applicants that each asks as often as in the scenario.

        Made shorter where too many would ask, unless the `whole` of it is wanted.
        """
        scenario = self.draft.scenario(self.overrides)
        given: tuple[str | Given, ...] = (*self.overrides, *self._rates(scenario, rate_hz), f"seed={seed}")
        scaled = self.draft.scenario(given)
        factor = 1.0 if whole else _factor(scaled)
        if factor < 1.0:
            given += _shorter(scaled, factor)
        times = scaled.load.planned * factor / scenario.load.planned
        return self.draft.scenario((*given, f"population.applicants={max(1, round(scenario.population.size * times))}"))

    def _rates(self, scenario: Scenario, rate_hz: float) -> tuple[str, ...]:
        factor = rate_hz / peak_of(scenario)
        found = []
        for index, stage in enumerate(scenario.load.arrivals or ()):
            key, hz = ("rate", stage.rate_hz) if stage.rate_hz is not None else ("ramp_to", stage.ramp_to_hz or 0.0)
            found.append(f"load.arrivals[{index}].{key}={rate_text(round(hz * factor, 6))}")
        return tuple(found)

    def shortened_from_hz(self) -> float | None:
        """From which rate on the storm is made shorter, None where it never is."""
        scenario = self.draft.scenario(self.overrides)
        rate_hz = peak_of(scenario) * MOST_PEOPLE / scenario.load.planned
        return rate_hz if rate_hz < self.high_hz and scenario.load.duration_s > SHORTEST_S else None


def _rounded(rate_hz: float) -> float:
    """Three figures, as the answer says it."""
    return float(f"{rate_hz:.3g}")


Runner = Callable[[Sequence[Point]], dict[str, Result]]
"""Carries out points, wherever."""


def simulated_probe(scenario: Scenario) -> Result:
    """What is to be known of a simulated run, as plain JSON."""
    return probe_of(simulate(scenario, asked_only=True)).as_json()


def live_probe(run: RunData) -> Result:
    """The same of a live one; OfThisMachineError where it speaks of this machine instead of the lender."""
    probe = probe_of(run)
    if probe.of_the_machine:
        what = f"a run at {rate_text(peak_of(run.scenario))} speaks of this machine, not of the lender"
        raise OfThisMachineError(f"{what}: {probe.of_the_machine}\n  Ask for a lower range, or use a larger machine.")
    return probe.as_json()


def at_most_s(question: Question) -> float:
    """How long a live search may take at most, roughly: every run at the rate that makes it longest, and the whole."""
    scenario = question.draft.scenario(question.overrides)
    whole = ENDS if question.shortened_from_hz() is not None else 0
    return (LIVE_PATIENCE.most_runs + whole) * (scenario.load.duration_s + BESIDE_S)


def held_rate(question: Question, run: Runner, patience: Patience) -> Held:
    """The largest peak that passes with 95 % confidence, and between which rates it lies after as many runs as allowed.

    UsageError where even the lowest rate fails, or the highest passes, each with what to do.
    """
    search = _Search(question, run, patience)
    search.try_all([question.low_hz] * ENDS)
    if not any(one.passed for one in search.tried):
        raise UsageError(_even_the_lowest(question, search.probes[0]))
    while (left := patience.most_runs - len(search.tried)) > 0 and not search.over:
        search.try_all(search.belief.next_rates(min(left, patience.at_once)))
    if search.all_pass:
        high = rate_text(question.high_hz)
        raise UsageError(f"--rate: {high} still passes, so no rate here is too high\n  Ask for a higher range.")
    if search.belief.held_hz > question.high_hz:
        raise UsageError(_even_the_highest(question, search.belief))
    if search.belief.held_hz < question.low_hz:
        raise UsageError(_not_surely_the_lowest(question, search.belief))
    rules = tuple(AskedRule(rule.key, rule.text) for rule in question.draft.scenario(question.overrides).thresholds)
    found = held_of(search.belief, list(zip(search.tried, search.probes, strict=True)), rules)
    return replace(found, shortened=search.shortened(found.held_hz))


class _Search:
    """The runs so far; each has the next seed, so that the order of the runs alone decides what each of them is."""

    def __init__(self, question: Question, run: Runner, patience: Patience) -> None:
        self._question = question
        self._width = patience.width
        self._run = run
        self._seed = question.draft.scenario(question.overrides).seed
        self.tried: list[Tried] = []
        self.probes: list[Probe] = []

    @property
    def belief(self) -> Belief:
        """What the runs say."""
        return Belief(tuple(self.tried), self._question.low_hz, self._question.high_hz)

    @property
    def all_pass(self) -> bool:
        """Whether the highest rate was tried often enough, and nothing failed."""
        highest = sum(1 for one in self.tried if one.rate_hz >= self._question.high_hz)
        return highest >= ENDS and all(one.passed for one in self.tried)

    @property
    def over(self) -> bool:
        """Whether nothing is left to be learnt."""
        if all(one.passed for one in self.tried):
            return self.all_pass
        low_hz, high_hz = self.belief.interval_hz
        return self.belief.width <= self._width or high_hz < self._question.low_hz or low_hz > self._question.high_hz

    def try_all(self, rates_hz: Sequence[float]) -> None:
        """Run the storm once at each of these rates."""
        begun = len(self.tried)
        points = [self._point(begun + number, rate_hz) for number, rate_hz in enumerate(rates_hz)]
        results = self._run(points)
        for point, rate_hz in zip(points, rates_hz, strict=True):
            probe = Probe.read(results[point.name])
            self.probes.append(probe)
            self.tried.append(Tried(rate_hz, probe.passed))

    def shortened(self, held_hz: float) -> Shortened | None:
        """By how much the storm was shortened at the held rate, and how the whole one fares there; None where it is."""
        whole = self._question.at(_rounded(held_hz), self._seed + len(self.tried), whole=True)
        factor = _factor(whole)
        if factor >= 1.0:
            return None
        found = Shortened(self._question.shortened_from_hz() or 0.0, 1.0 / factor, whole.load.duration_s)
        if whole.load.planned > MOST_WHOLE:
            return found
        seeds = (whole.seed + more for more in range(ENDS))
        points = [Point(f"whole-{s}", whole.model_copy(update={"seed": s})) for s in seeds]
        results = self._run(points)
        passed = sum(Probe.read(results[point.name]).passed for point in points)
        return replace(found, whole_runs=len(points), whole_passed=passed)

    def _point(self, number: int, rate_hz: float) -> Point:
        return Point(f"run-{number + 1:03d}", self._question.at(rate_hz, self._seed + number))


def _factor(scenario: Scenario) -> float:
    """By how much the storm is made shorter; 1 where it stays."""
    people = scenario.load.planned
    return min(1.0, max(MOST_PEOPLE / people, SHORTEST_S / scenario.load.duration_s)) if people > MOST_PEOPLE else 1.0


def _shorter(scenario: Scenario, factor: float) -> tuple[str, ...]:
    warm_up = duration_text(round(scenario.load.warm_up_s * factor, 6))
    return (*stretched(scenario, factor), f"load.warm_up={warm_up}")


def _even_the_lowest(question: Question, probe: Probe) -> str:
    low = rate_text(question.low_hz)
    broken = probe.broken
    why = "" if broken is None else f": {broken.in_words()}"
    calm = "" if probe.calm is None else f" ({probe.calm.in_words()})"
    return f"--rate: even {low} fails{why}{calm}\n  {_remedy(question, probe)}"


def _remedy(question: Question, probe: Probe) -> str:
    """What to change: calm, the storm itself and people who are left undecided each want something else."""
    if probe.broken is not None and LABELS[DoubtKind.UNDECIDED] in probe.broken.why:
        rule = "--below 'undecided_rate < 90%'"
        return f"Say how many may be left undecided, such as {rule}, or take a policy that decides more."
    if probe.broken is not None and LABELS[DoubtKind.FAULT] in probe.broken.why:
        return "Ask for a higher range: so few ask at this rate that a fault meets nobody, so nothing is known of it."
    if _calm_breaks(question, probe):
        return "Loosen the rule: no rate can satisfy what calm alone breaks. Or ask for a lower range."
    hopeless = "one that breaks the rule at any rate has no edge"
    return f"Ask for a lower range, loosen the rule, or soften the storm: {hopeless}."


def _calm_breaks(question: Question, probe: Probe) -> bool:
    """Whether the rule on what people are told is surely beyond its bound in calm already; of nine, one is no proof."""
    surely = None if probe.calm is None else probe.calm.low
    return surely is not None and any(
        not COMPARISONS[rule.op](surely, rule.bound)
        for rule in question.draft.scenario(question.overrides).thresholds
        if rule.metric == _TOLD and rule.aggregation is None and rule.scope is None
    )


def _even_the_highest(question: Question, belief: Belief) -> str:
    """A rate above the range was never tried either."""
    passed = sum(1 for one in belief.tried if one.passed)
    what = f"another run at {rate_text(question.high_hz)} still passes with 95 % confidence"
    return f"--rate: {what} ({passed} of {len(belief.tried)} runs passed)\n  Ask for a higher range."


def _not_surely_the_lowest(question: Question, belief: Belief) -> str:
    """A rate below the range was never tried, so none is named as held."""
    at_low = [one for one in belief.tried if one.rate_hz == question.low_hz]
    failed = sum(1 for one in at_low if not one.passed)
    others = len(belief.tried) - len(at_low)
    above = sum(1 for one in belief.tried if not one.passed) - failed
    seen = f"{failed} of {len(at_low)} runs there failed, and {above} of {others} above it"
    what = f"not even {rate_text(question.low_hz)} passes with 95 % confidence: {seen}"
    _, high_hz = belief.interval_hz
    below = f"95 of 100 pass below {rate_text(_rounded(high_hz))} only"
    known = (
        below if high_hz >= question.low_hz else "What lies below was not tried: it may be no rate that breaks the rule"
    )
    remedy = "Ask for a lower range, or let people ask for longer: in a small sample one person is much."
    return f"--rate: {what}\n  {known}. {remedy}"
