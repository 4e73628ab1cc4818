"""Several policies under the same people, arrivals, luck and faults: what `matrix.json` holds."""

from dataclasses import dataclass
from enum import StrEnum

from creditstorm.analysis.measures.money import CheapestRange, EpisodeCost
from creditstorm.analysis.statistics.paired import Paired
from creditstorm.analysis.summary import Estimate, Verdict
from creditstorm.exit_code import ExitCode
from creditstorm.record.manifest import Ending, Mode


class CellEnding(StrEnum):
    """How the run of a cell ended (`record.manifest.Ending`), or that there is none that could be measured."""

    COMPLETED = Ending.COMPLETED.value
    INTERRUPTED = Ending.INTERRUPTED.value
    STOPPED = Ending.STOPPED.value
    FAILED = Ending.FAILED.value
    RUNNING = Ending.RUNNING.value
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class CellState:
    """One run of the matrix: `how` it ended, if it came; `folder` is its run folder inside the matrix folder."""

    policy: str
    repeat: int
    seed: int
    folder: str
    how: CellEnding
    verdict: Verdict | None = None
    headline: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def measured(self) -> bool:
        """Whether its figures are in the comparison."""
        return self.how is CellEnding.COMPLETED


@dataclass(frozen=True, slots=True)
class WorstRecovery:
    """The recovery of all episodes of all runs of a policy; `seconds` is the worst, None unless all were shown back.

    `low_s` is how long the worst was shown not back in any case; `metastable` says that one was seen long enough to
    know that it does not come back by itself, `relapsed` that one was worse than calm again later.
    """

    episodes: int
    back: int
    seconds: float | None
    low_s: float
    metastable: bool
    relapsed: bool


@dataclass(frozen=True, slots=True)
class FirstNoticed:
    """Who noticed the faults of all runs of a policy by what people were told; of each fault the first counts.

    `after_s` and `monitor` are of the fault that took longest, None where one of the `faults` was never `noticed`.
    """

    faults: int
    noticed: int
    monitor: str | None
    after_s: float | None


@dataclass(frozen=True, slots=True)
class PolicyFigures:
    """What one policy did. Rates of requests but for `wrongful_people` and `wrongful_approval`, which count people.

    With several runs a rate is their mean with a t interval over runs; with one run its interval is of one episode.
    Money is in synthetic yuan per 1,000 people who asked. `episode_cost` turns a price of a wrongful
    answer into a cost.
    """

    policy: str
    runs_as: str
    runs: int
    people: int
    wrongful_people: Estimate
    wrongful_in_windows: Estimate
    wrongful_answers: int
    wrongful_approval: Estimate
    deferral: Estimate
    deferral_in_windows: Estimate
    unavailability: Estimate
    recovery: WorstRecovery
    calls_per_person: float | None
    retaps_per_person: float | None
    exposure_cny: float
    shortfall_cny: float
    episode_cost: EpisodeCost
    costs_cny: tuple[float | None, ...]
    on_front: bool
    verdict: Verdict
    failed: tuple[str, ...]
    unsettled: tuple[str, ...]
    against_first: Paired | None = None
    sentence: str = ""
    noticed: FirstNoticed | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole matrix. `policies` are those with at least one measured run, in the order they were asked for.

    `prices_cny` are the prices of a wrongful answer at which every `costs_cny` is given; `cheapest` says who is
    cheapest where. `doubts` make the comparison inconclusive, `notes` only inform.
    """

    scenario_id: str
    why: str
    seed: int
    repeats: int
    duration_s: float
    policies: tuple[PolicyFigures, ...]
    cells: tuple[CellState, ...]
    same_people: bool
    prices_cny: tuple[float, ...]
    cheapest: tuple[CheapestRange, ...]
    doubts: tuple[str, ...]
    notes: tuple[str, ...]
    exit_code: ExitCode
    mode: Mode = Mode.LIVE
