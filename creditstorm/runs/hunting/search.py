"""The hunt itself: hypothesis draws storms, each is simulated, and what breaks a threshold is shrunk."""

import json
import random
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Final

from hypothesis import HealthCheck, Phase, Verbosity, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from creditstorm.adapters.pool import Errand
from creditstorm.analysis.planning.clearly import ClearlyBroken, clearly_broken
from creditstorm.analysis.summary import ThresholdResult, Verdict
from creditstorm.runs.hunting.templates import Plain, Template, fault_of, scenario_with
from creditstorm.runs.simulate import simulated_results
from creditstorm.scenario.model import Scenario

LEAST_AT_S: Final = 4
FOUND: Final = "found-"
"""How the news of a search are named, its seed behind."""
SEEDS: Final = 4
"""A storm is drawn with one of so many seeds, from the scenario's own on, and has to break a rule under all of them."""


@dataclass(frozen=True, slots=True)
class Hunt:
    """One search: the scenario as YAML has it, what may be drawn, and until when and to whom finds are told."""

    plain: Plain
    templates: tuple[Template, ...]
    most_faults: int
    last_s: int
    errand: Errand
    seed: int


@dataclass(frozen=True, slots=True)
class Find:
    """A storm that breaks rules: its faults in the words of a scenario, its seed, and which rules how clearly."""

    faults: tuple[dict[str, Any], ...]
    seed: int
    broken: tuple[ClearlyBroken, ...]
    size: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search came to: the smallest find, storms simulated, and kinds on targets among them.

    `unclear` storms broke a rule under their own seed, and not so that another run could be trusted to.
    """

    smallest: Find | None
    storms: int
    met: tuple[str, ...]
    unclear: int = 0


class _OverError(SystemExit):
    """The time is over and nothing was found; hypothesis lets it through."""


def search(hunt: Hunt) -> Searched:
    """Hunt until nothing smaller is found, the time is over or nobody waits; pure but for the clock."""
    trail = Trail(hunt)
    with suppress(NoSuchExample, _OverError):
        find(_storms(hunt), trail.breaks, settings=_SETTINGS, random=random.Random(hunt.seed))
    return Searched(trail.smallest, trail.storms, tuple(sorted(trail.met)), trail.unclear)


def ready(number: int) -> int:
    """The number, from a process that has loaded what a search needs."""
    return number


_SETTINGS: Final = settings(
    max_examples=10**9,
    database=None,
    deadline=None,
    derandomize=False,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
)


def _storms(hunt: Hunt) -> st.SearchStrategy[tuple[int, list[dict[str, object]]]]:
    one = st.sampled_from(hunt.templates).flatmap(lambda template: _fault(template, hunt))
    return st.tuples(st.integers(0, SEEDS - 1), st.lists(one, min_size=1, max_size=hunt.most_faults))


def _fault(template: Template, hunt: Hunt) -> st.SearchStrategy[dict[str, object]]:
    """Its window within the load; hypothesis shrinks to the early, the short and the weak."""
    return st.builds(
        lambda at_s, for_s, texts: fault_of(template, at_s, for_s, texts),
        st.integers(LEAST_AT_S, hunt.last_s - 1),
        st.integers(1, hunt.last_s - LEAST_AT_S),
        st.fixed_dictionaries({key: st.sampled_from(texts) for key, texts in template.choices}),
    )


class Trail:
    """What was simulated so far, no storm twice, and the smallest that broke something."""

    def __init__(self, hunt: Hunt, known: Mapping[str, bool] | None = None) -> None:
        self._hunt = hunt
        self._ends_at = hunt.errand.ends_at()
        self.known: dict[str, bool] = dict(known or {})
        self._runs: dict[str, tuple[ThresholdResult, ...]] = {}
        self.smallest: Find | None = None
        self.storms = 0
        self.unclear = 0
        self.met: set[str] = set()

    def breaks(self, drawn: tuple[int, list[dict[str, object]]]) -> bool:
        """Whether the storm clearly breaks a threshold; once the time is over only what is known by then does."""
        key = json.dumps(drawn, sort_keys=True)
        if key not in self.known:
            if time.monotonic() >= self._ends_at or not self._hunt.errand.wanted():
                if self.smallest is None:
                    raise _OverError
                return False  # not an error: hypothesis, which replays what it shrinks, would call that flaky
            self.known[key] = self._simulated(*drawn)
        return self.known[key]

    def _simulated(self, more: int, faults: Sequence[Mapping[str, object]]) -> bool:
        seed = int(self._hunt.plain["seed"]) + more
        scenario = scenario_with(self._hunt.plain, faults, seed)
        if scenario is None:
            return False
        self.storms += 1
        self.met |= {f"{fault['kind']} on {fault['target']}" for fault in faults}
        broken = self._broken(scenario)
        if broken:
            self._keep(Find(tuple(dict(fault) for fault in faults), seed, broken, _size(faults, more)))
        return bool(broken)

    def _broken(self, scenario: Scenario) -> tuple[ClearlyBroken, ...]:
        """The rules that break clearly: under the storm's own seed first, and then under the other ones as well."""
        first = int(self._hunt.plain["seed"])
        seeds = sorted(range(first, first + SEEDS), key=lambda seed: seed != scenario.seed)
        runs: list[tuple[ThresholdResult, ...]] = []
        for seed in seeds:
            runs.append(self._results(scenario.model_copy(update={"seed": seed})))
            if not clearly_broken(runs[-1:], scenario.thresholds):
                break
        broken = clearly_broken(runs, scenario.thresholds) if len(runs) == SEEDS else ()
        self.unclear += not broken and any(result.verdict is Verdict.FAIL for result in runs[0])
        return broken

    def _results(self, scenario: Scenario) -> tuple[ThresholdResult, ...]:
        key = f"{scenario.seed} {scenario.faults!r}"
        if key not in self._runs:
            self._runs[key] = simulated_results(scenario)
        return self._runs[key]

    def _keep(self, found: Find) -> None:
        if self.smallest is not None and self.smallest.size <= found.size:
            return
        self.smallest = found
        self._hunt.errand.tell(f"{FOUND}{self._hunt.seed}", asdict(found))  # whoever interrupts has the smallest so far


def _size(faults: Sequence[Mapping[str, object]], more: int) -> tuple[float, ...]:
    """Fewer faults, then a shorter storm, then an earlier one, then the scenario's own seed."""
    lengths = [float(str(fault["for"]).removesuffix("s")) for fault in faults]
    begins = [float(str(fault["at"]).removesuffix("s")) for fault in faults]
    return (float(len(faults)), sum(lengths), sum(begins), float(more))


def broken_rules(results: Sequence[ThresholdResult]) -> tuple[str, ...]:
    """The rules that fail, each with its figure's rule as it was written."""
    return tuple(f"{one.metric} {one.rule}" for one in results if one.verdict is Verdict.FAIL)
