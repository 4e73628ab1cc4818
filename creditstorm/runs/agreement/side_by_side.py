"""Live and simulated runs of the same scenarios and seeds, in one folder, held against each other."""

import importlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from creditstorm.adapters.provenance import code
from creditstorm.adapters.simulated.costs import Costs
from creditstorm.adapters.store_access import require_store_access
from creditstorm.engine.events import Event
from creditstorm.errors import UsageError
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ending, Mode
from creditstorm.record.matrix import MatrixJournal, PairsFolder, is_finished, open_matrix, read_journal
from creditstorm.runs.matrix import OWN, PlannedCell, must_be_the_same, plan_of
from creditstorm.runs.warm_up import WarmUp
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.dump import storm_digest
from creditstorm.scenario.text.loader import Draft

if TYPE_CHECKING:
    from creditstorm.analysis.agreement.margins import ComparedPair
    from creditstorm.analysis.agreement.seeds import Agreement
    from creditstorm.runs.execute import RunResult

SIMULATED_SPEED: Final = 10.0
"""How much faster than real time a simulated run is, roughly."""
_SIMULATED: Final = "simulated"
_ALL: Final = 1_000
"""More seeds than anybody may ask for."""


@dataclass(frozen=True, slots=True)
class PlannedPair:
    """One live run that shall be, and the simulated one beside it."""

    cell: PlannedCell

    @property
    def scenario(self) -> Scenario:
        """What both of them run."""
        return self.cell.scenario

    @property
    def name(self) -> str:
        """Scenario, policy, and the number that is added to the seed."""
        return f"{self.scenario.id}-{self.cell.name}"

    @property
    def live(self) -> str:
        """The name of the live run's folder."""
        return f"{self.name}-live"

    @property
    def simulated(self) -> str:
        """The name of the simulated run's folder."""
        return f"{self.name}-simulated"

    @property
    def compared(self) -> tuple[str, str]:
        """Scenario and policy, whose seeds are one comparison."""
        return self.scenario.id, self.scenario.system.policy.name

    @property
    def about_s(self) -> float:
        """How long both runs will take, roughly."""
        return self.cell.about_s + self.scenario.load.duration_s / SIMULATED_SPEED


@dataclass(frozen=True, slots=True)
class PairsRequest:
    """What is asked for of every scenario; without policies it is the scenario's own.

    Where a figure is still open after `repeats` seeds, more are taken, up to `most`.
    """

    policies: str = OWN
    repeats: int = 1
    most: int = 1
    seed: int | None = None
    overrides: tuple[str, ...] = ()

    @property
    def looks(self) -> tuple[int, ...]:
        """After how many seeds it is looked what is open: twice as many each time, so that looks are few."""
        found = [self.repeats]
        while found[-1] < self.most:
            found.append(min(2 * found[-1], self.most))
        return tuple(found)


def pairs_of(drafts: Sequence[Draft], asked: PairsRequest) -> tuple[PlannedPair, ...]:
    """Every pair that may be, scenario by scenario; UsageError where one cannot be simulated or two have one name."""
    from creditstorm.adapters.simulated.assembly import require_simulable  # noqa: PLC0415 - brings the lender's code

    plans = [
        plan_of(draft, asked.policies, repeats=asked.looks[-1], seed=asked.seed, overrides=asked.overrides)
        for draft in drafts
    ]
    twice = [name for name, times in Counter(plan.scenario.id for plan in plans).items() if times > 1]
    if twice:
        raise UsageError(f"{twice[0]}: two scenarios have this id, so their runs cannot be told apart; name it once")
    for plan in plans:
        require_simulable(plan.scenario)
    return tuple(PlannedPair(cell) for plan in plans for cell in plan.cells)


def kept(folder: PairsFolder, pairs: Sequence[PlannedPair]) -> frozenset[str]:
    """The pairs whose live run need not be run again; UsageError where one was run from another scenario."""
    done = [pair for pair in pairs if is_finished(folder.cell(pair.live))]
    for pair in done:
        must_be_the_same(folder.cell(pair.live), pair.scenario)
    return frozenset(pair.name for pair in done)


class PairsObserver(Protocol):
    """Whoever wants to know how far it is."""

    def begin(self, cell: PlannedCell, to_come: Sequence[PlannedCell], *, done: int) -> None:
        """A live run begins; `to_come` are those still to run, this one included, `done` is how many are."""

    def take(self, event: Event) -> None:
        """Something happened in that run."""

    def end(self, cell: PlannedCell, folder: RunFolder, result: "RunResult") -> None:
        """The live run is over."""


@dataclass(frozen=True, slots=True)
class HowToCompare:
    """What holds for all runs: whose store may be used, what a simulated hop and call cost, and when it is looked."""

    allow_hosts: tuple[str, ...] = ()
    costs: Costs = field(default_factory=Costs)
    looks: tuple[int, ...] = (_ALL,)
    """After so many seeds of each; only what is open then is gone on with."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where everything is, what was found, and whether a person stopped it."""

    folder: PairsFolder
    agreement: "Agreement"
    interrupted: bool


def compare_all(pairs: Sequence[PlannedPair], *, out: Path | None, how: HowToCompare, observer: PairsObserver) -> Found:
    """Carry out what is not finished in `out` (a new folder where it is None) and compare what is.

    A simulated run is made anew where the code or the costs are others than those that made it. What was asked for once
    is asked for in full at the first look; each further one takes more seeds of what is open then.
    """
    for pair in pairs:
        require_store_access(pair.scenario.system.store, how.allow_hosts)
    with _opened(pairs, out) as (folder, journal):
        runs, agreed = _Runs(folder, journal, how, observer), _Agreed(folder, how)
        wanted: Sequence[PlannedPair] = ()
        for look in how.looks:
            wanted = agreed.wanted(pairs, wanted, look)
            failed, interrupted = runs.all_of(wanted)
            agreement = agreed.of(wanted, failed=failed)
            if failed or interrupted or not agreed.open:
                break
        agreed.write(agreement)
        journal.write("concluded", exit_code=agreement.exit_code)
    return Found(folder, agreement, interrupted)


@contextmanager
def _opened(pairs: Sequence[PlannedPair], out: Path | None) -> Iterator[tuple[PairsFolder, MatrixJournal]]:
    ids = tuple(dict.fromkeys(pair.scenario.id for pair in pairs))
    name = ids[0] if len(ids) == 1 else f"{len(ids)}-scenarios"
    with open_matrix(name, now=datetime.now(UTC), wanted=out, of=PairsFolder) as (folder, journal):
        yield PairsFolder(folder.root), journal


class _Runs:
    """Carries out the runs of a folder, one after the other: live ones need the machine for themselves."""

    def __init__(self, folder: PairsFolder, journal: MatrixJournal, how: HowToCompare, observer: PairsObserver) -> None:
        self._folder = folder
        self._journal = journal
        self._how = how
        self._observer = observer
        self._of_today: dict[str, object] = {"code": code()["code"], "costs": asdict(how.costs)}

    def all_of(self, pairs: Sequence[PlannedPair]) -> tuple[bool, bool]:
        """Whether a run failed, and whether a person stopped it; what is done is kept."""
        done = kept(self._folder, pairs)
        self._journal.write("asked", pairs=[pair.name for pair in pairs], kept=sorted(done))
        with WarmUp() as warm_up:
            try:
                ways = list(self._all_live([pair for pair in pairs if pair.name not in done], len(done), warm_up))
                if {Ending.COMPLETED, Ending.FAILED}.issuperset(ways):
                    alive = [pair for pair in pairs if is_finished(self._folder.cell(pair.live))]
                    ways += self._all_simulated(alive, warm_up)
            except KeyboardInterrupt:
                return False, True
        return Ending.FAILED in ways, Ending.INTERRUPTED in ways

    def _all_live(self, to_come: Sequence[PlannedPair], done: int, warm_up: WarmUp) -> Iterator[Ending]:
        """How each live run ended. One that failed is left out; after two in a row it is not the storm that fails."""
        before = Ending.COMPLETED
        for index, pair in enumerate(to_come):
            self._observer.begin(pair.cell, [one.cell for one in to_come[index:]], done=done + index)
            yield (how := self._live(pair, warm_up))
            if how not in (Ending.COMPLETED, Ending.FAILED) or how is before is Ending.FAILED:
                return
            before = how

    def _all_simulated(self, pairs: Sequence[PlannedPair], warm_up: WarmUp) -> Iterator[Ending]:
        """How each simulated run ended; the first that is not whole is the last: another would fare no better."""
        for pair in pairs:
            yield (how := self._simulated(pair, warm_up))
            if how is not Ending.COMPLETED:
                return

    def _live(self, pair: PlannedPair, warm_up: WarmUp) -> Ending:
        run = self._journal.begin(pair.live)
        result = self._execute(pair, run, Mode.LIVE, warm_up)
        self._observer.end(pair.cell, run, result)
        self._journal.write("cell_ended", cell=pair.live, how=result.how, exit_code=result.exit_code)
        return result.how if result.summary is not None or result.how is Ending.INTERRUPTED else Ending.FAILED

    def _simulated(self, pair: PlannedPair, warm_up: WarmUp) -> Ending:
        if is_simulated(self._folder, pair, self._of_today):
            return Ending.COMPLETED
        run = self._journal.begin(pair.simulated)
        result = self._execute(pair, run, Mode.SIMULATED, warm_up)
        self._journal.write(_SIMULATED, cell=pair.simulated, how=result.how, by=self._of_today)
        return result.how

    def _execute(self, pair: PlannedPair, run: RunFolder, mode: Mode, warm_up: WarmUp) -> "RunResult":
        # Here, because a plan needs nothing of what carries out a run.
        from creditstorm.runs.execute import RunRequest, execute  # noqa: PLC0415

        request = RunRequest(
            pair.scenario,
            run,
            pair.cell.overrides,
            pages=False,
            mode=mode,
            allow_hosts=self._how.allow_hosts,
            costs=self._how.costs,
        )
        return execute(request, self._observer.take if mode is Mode.LIVE else _unheard, warm_up)


def _unheard(_event: Event) -> None:
    """Seconds of a simulated run need no progress."""


def is_simulated(folder: PairsFolder, pair: PlannedPair, by: dict[str, object]) -> bool:
    """Whether the simulated run is finished, is of this scenario, and was made by this code at these costs."""
    run = folder.cell(pair.simulated)
    if not is_finished(run):
        return False
    must_be_the_same(run, pair.scenario)
    made = [e.line.get("by") for e in read_journal(folder) if e.event == _SIMULATED and e.cell == pair.simulated]
    return bool(made) and made[-1] == by


class _Agreed:
    """What the runs of a folder say, look by look; each pair is read once."""

    def __init__(self, folder: PairsFolder, how: HowToCompare) -> None:
        self._folder = folder
        self._how = how
        self._known: dict[str, ComparedPair] = {}
        self.open: frozenset[tuple[str, str]] = frozenset()
        """Scenario and policy of each comparison of which a figure is open, and none differs."""

    def wanted(self, pairs: Sequence[PlannedPair], before: Sequence[PlannedPair], look: int) -> tuple[PlannedPair, ...]:
        """The pairs of this look: all at the first, then those from before and more seeds of what is open."""
        had = {pair.name for pair in before}
        return tuple(
            pair
            for pair in pairs
            if pair.name in had or (pair.cell.repeat < look and (not before or pair.compared in self.open))
        )

    def of(self, pairs: Sequence[PlannedPair], *, failed: bool) -> "Agreement":
        """What these pairs say."""
        # Imported late: analysis and figures load a second of libraries that a plan does not need.
        seeds = importlib.import_module("creditstorm.analysis.agreement.seeds")
        looks = len(self._how.looks)
        for pair in pairs:
            found = None if pair.name in self._known else _compared(self._folder, pair, looks)
            self._known |= {} if found is None else {pair.name: found}
        lacking = [pair.name for pair in pairs if pair.name not in self._known]
        there = [self._known[pair.name] for pair in pairs if pair.name in self._known]
        agreement: Agreement = seeds.agreement_of(there, lacking, asdict(self._how.costs), failed=failed, looks=looks)
        self.open = frozenset((one.scenario, one.policy) for one in agreement.compared if one.alike == "cannot tell")
        return agreement

    def write(self, agreement: "Agreement") -> None:
        """Page, picture and JSON."""
        importlib.import_module("creditstorm.report.agreement.told").render_agreement(self._folder, agreement)


def _compared(folder: PairsFolder, pair: PlannedPair, looks: int) -> "ComparedPair | None":
    from creditstorm.analysis.agreement.margins import ALPHA  # noqa: PLC0415
    from creditstorm.analysis.agreement.pairs import pair_of  # noqa: PLC0415
    from creditstorm.runs.conclude import read_run  # noqa: PLC0415

    live, simulated = folder.cell(pair.live), folder.cell(pair.simulated)
    if not (is_finished(live) and is_finished(simulated)):
        return None
    storm = storm_digest(pair.scenario)
    return pair_of(read_run(live), read_run(simulated), policy=pair.compared[1], storm=storm, alpha=ALPHA / looks)
