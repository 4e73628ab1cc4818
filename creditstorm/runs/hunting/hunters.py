"""A hunt on every core: independent searches, of which the smallest find counts."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import TypeAdapter, ValidationError
from creditstorm.adapters.pool import Pool, pool_on
from creditstorm.adapters.pool.local import likely_death
from creditstorm.adapters.provenance import code
from creditstorm.analysis.planning.clearly import ClearlyBroken
from creditstorm.analysis.planning.one_peak import peak_of
from creditstorm.errors import HarnessError, UsageError
from creditstorm.record.files import read_json_object, replace_bytes
from creditstorm.record.job_folder import JobIdentity, PointsJournal, open_folder
from creditstorm.runs.hunting.search import FOUND, SEEDS, Find, Hunt, Searched, broken_rules, ready, search
from creditstorm.runs.hunting.templates import Plain, Template, scenario_with, templates_of
from creditstorm.runs.points import Point
from creditstorm.runs.simulate import simulated_results
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.dump import dump
from creditstorm.scenario.text.loader import parse

LASTS_S: Final = 24
"""The load of a hunted storm: short, so that thousands can be tried."""
MOST_HZ: Final = 40.0
_OF_THE_FAULTS: Final = ("intended", "published")
"""Parts of a scenario that may need its own faults, and say nothing of others."""
_HEARS_WITHIN_S: Final = 0.2
_LETS_END_S: Final = 10.0
"""How long after the end a search may still be within its last storm."""


@dataclass(frozen=True, slots=True)
class Quarry:
    """What a hunt brought: the smallest storm that clearly breaks a rule, None where none did, and what was tried.

    `unclear` storms broke a rule under their own seed, but not by enough for another run. Of so many searches some
    `died`, and some were `late`, still within a storm long after the time was over: what they had found counts, how
    many storms they tried is not known.
    """

    scenario: Scenario | None
    broken: tuple[ClearlyBroken, ...]
    storms: int
    unclear: int
    met: tuple[str, ...]
    templates: int
    folder: Path
    searches: int
    died: int = 0
    interrupted: bool = False
    late: int = 0

    @property
    def file(self) -> Path:
        """The storm, as a scenario."""
        return self.folder / "hunt.yaml"


@dataclass(frozen=True, slots=True)
class HuntOrder:
    """What to hunt in: the scenario with its rules, for how long, with how many faults at once, in which folder, where.

    `on` is the address of a Dask scheduler; without it every core of this machine hunts.
    """

    scenario: Scenario
    for_s: float
    most_faults: int
    kinds: frozenset[str] = frozenset()
    out: Path | None = None
    on: str | None = None


class HuntObserver(Protocol):
    """Whoever wants to know how far a hunt is."""

    def passed(self, seconds: float, smallest: Find | None) -> None:
        """So much of its time is over, and what is the smallest storm so far."""


def hunted(order: HuntOrder, observer: HuntObserver, *, now: datetime) -> Quarry:
    """The smallest storm that was found; it is written as a scenario. A person may interrupt: what is known is kept.

    In a folder of the same hunt it is gone on with: other storms are drawn, and what was found before counts.
    UsageError where the scenario has no rules, or breaks them without any fault; HarnessError where every search died.
    """
    plain = _prepared(order.scenario)
    _calm(plain, 0)
    templates = templates_of(plain, order.kinds)
    if not templates:
        raise UsageError(f"--kinds: none of {', '.join(sorted(order.kinds))} can be drawn for this scenario")
    with pool_on(order.on) as pool:  # before anything is simulated: nobody may answer there
        _require_calm(plain, order.scenario)
        return _carried_out(pool, plain, templates, order, observer, now)


def _carried_out(  # noqa: PLR0913, PLR0917 - all that a hunt knows
    pool: Pool,
    plain: Plain,
    templates: tuple[Template, ...],
    order: HuntOrder,
    observer: HuntObserver,
    now: datetime,
) -> Quarry:
    point, asks = Point("", order.scenario), {"faults": order.most_faults, "kinds": sorted(order.kinds)}
    job = JobIdentity("hunt", point.digest, asks, code())
    with open_folder(job, order.scenario.id, now=now, wanted=order.out) as (folder, journal):
        rounds = list(_rounds(journal, point.digest))
        _await(pool)
        hunts = list(_hunts(plain, templates, order, pool, folder.root, len(rounds)))
        together = _searched(pool, hunts, lambda seconds: observer.passed(seconds, _best(rounds, folder.root)), order)
        pool.close()  # what was not waited for writes nothing any more
        together.finds += _left(folder.root)
        if not together.storms and not together.finds and not together.interrupted:
            raise _nothing_done(together, order)
        journal.keep(_round_name(len(rounds)), point.digest, together.as_json())
        for left in folder.root.glob(f"{FOUND}*.json"):
            left.unlink()
        return _concluded(order, plain, templates, folder.root, (*rounds, together), pool.count)


def _round_name(number: int) -> str:
    return f"round-{number + 1}"


def _rounds(journal: PointsJournal, digest: str) -> "Iterator[_Together]":
    """What was found in this folder before."""
    for number in count():
        known = journal.result(_round_name(number), digest)
        if known is None:
            return
        yield _TOGETHER.validate_python(dict(known))


def _best(rounds: "Sequence[_Together]", folder: Path) -> Find | None:
    finds = (find for one in rounds for find in one.finds)
    return min((*finds, *_left(folder)), key=lambda find: find.size, default=None)


def _concluded(  # noqa: PLR0913, PLR0917 - all that a hunt knows
    order: HuntOrder,
    plain: Plain,
    templates: tuple[Template, ...],
    folder: Path,
    rounds: "Sequence[_Together]",
    searches: int,
) -> Quarry:
    best = _best(rounds, folder)
    quarry = Quarry(
        scenario=None if best is None else _named(plain, best, order.scenario),
        broken=() if best is None else best.broken,
        storms=sum(one.storms for one in rounds),
        unclear=sum(one.unclear for one in rounds),
        met=tuple(sorted(set().union(*(one.met for one in rounds)))),
        templates=len(templates),
        folder=folder,
        searches=searches,
        died=rounds[-1].died,
        interrupted=rounds[-1].interrupted,
        late=rounds[-1].late,
    )
    if quarry.scenario is not None:
        replace_bytes(quarry.file, dump(quarry.scenario).encode())
    return quarry


def _nothing_done(together: "_Together", order: HuntOrder) -> UsageError | HarnessError:
    logs = f"--on {order.on}: look at the logs of its scheduler and workers"
    if together.died:
        why = logs if order.on else likely_death()
        searches = f"a search died before anything was found ({together.died} did, {together.late} were too slow)"
        return HarnessError(f"hunt: {searches}\n  Most likely: {why}.")
    slow = f"\n  {logs}, if it ought to be enough." if order.on else ""
    return UsageError(f"--for: no storm could be simulated within {order.for_s:g} s; hunt for longer{slow}")


def _prepared(scenario: Scenario) -> Plain:
    """The scenario with a short, even load and no faults; rules on a window go with the faults."""
    loaded = parse(dump(scenario), name=scenario.id).plain
    if not isinstance(loaded, dict):
        raise TypeError("a scenario is a mapping")
    plain: dict[str, Any] = loaded
    if scenario.load.arrivals is None:
        raise UsageError("hunt: the scenario has users, a closed model; give it arrivals")
    rate_hz = min(MOST_HZ, peak_of(scenario))
    rules = {key: rule for key, rule in plain.get("thresholds", {}).items() if "window" not in key}
    if not rules:
        raise UsageError(
            "hunt: no rule that a storm could break (rules on the window of a fault go with the fault)\n"
            '  Add one, such as --set \'thresholds={"wrongful_no_credit_rate.people": ["< 2%"]}\'.'
        )
    load = {**plain["load"], "arrivals": [{"for": f"{LASTS_S}s", "rate": f"{rate_hz:g}/s"}], "warm_up": "3s"}
    without = {key: part for key, part in plain.items() if key not in _OF_THE_FAULTS}
    return {**without, "system": _of_any_version(plain["system"]), "load": load, "faults": [], "thresholds": rules}


def _of_any_version(system: Mapping[str, Any]) -> dict[str, Any]:
    """A canary tries whatever version a drawn change rolls out: the one that it was meant for goes with its fault."""
    policy = system["policy"]
    if not isinstance(policy, dict):  # the name of a preset, none of which is a canary
        return dict(system)
    rollout = {key: value for key, value in policy["rollout"].items() if key != "version"}
    return {**system, "policy": {**policy, "rollout": rollout}}


def _require_calm(plain: Plain, original: Scenario) -> None:
    for more in range(SEEDS):
        broken = broken_rules(simulated_results(_calm(plain, more)))
        if broken:
            said = f"hunt: {broken[0]} fails without any fault, at {LASTS_S} s of calm"
            intended = original.intended
            written = intended is not None and intended != original.system.policy
            other = ", or hunt under the policy that the rules are written for: --policy intended" if written else ""
            raise UsageError(f"{said}\n  No storm is needed for that: loosen the rule{other}.")


def _calm(plain: Plain, more: int) -> Scenario:
    scenario = scenario_with(plain, (), int(plain["seed"]) + more)
    if scenario is None:
        raise UsageError("hunt: the scenario cannot be made shorter: a part of it needs its faults")
    return scenario


def _await(pool: Pool) -> None:
    """Let everybody load what a search needs, so that the time that was given is for hunting."""
    pending = {pool.submit(ready, number) for number in range(pool.count)}
    while pending:
        pending = wait(pending, timeout=_HEARS_WITHIN_S).not_done


def _hunts(  # noqa: PLR0913, PLR0917 - who hunts what, and where
    plain: Plain, templates: tuple[Template, ...], order: HuntOrder, pool: Pool, folder: Path, rounds: int
) -> Iterator[Hunt]:
    errand = pool.errand(order.for_s, folder)
    for number in range(pool.count):
        seed = int(plain["seed"]) + 1000 * number + 1_000_003 * rounds
        yield Hunt(plain, templates, order.most_faults, LASTS_S - 4, errand, seed)


@dataclass
class _Together:
    """What all searches came to."""

    finds: list[Find]
    storms: int
    met: set[str]
    unclear: int = 0
    died: int = 0
    interrupted: bool = False
    late: int = 0

    def as_json(self) -> dict[str, object]:
        """As plain JSON."""
        return {**asdict(self), "met": sorted(self.met)}

    def take(self, searched: Searched) -> None:
        """One more came to its end."""
        self.finds += [searched.smallest] if searched.smallest is not None else []
        self.storms += searched.storms
        self.unclear += searched.unclear
        self.met |= set(searched.met)


def _searched(pool: Pool, hunts: Sequence[Hunt], passed: Callable[[float], None], order: HuntOrder) -> _Together:
    """What the searches bring; one that dies takes only itself along, and none is waited for beyond its time."""
    together = _Together([], 0, set())
    began_s = time.monotonic()
    pending: set[Future[Searched]] = {pool.submit(search, hunt) for hunt in hunts}
    try:
        while pending and (seconds := time.monotonic() - began_s) < order.for_s + _LETS_END_S:
            passed(seconds)
            done, pending = wait(pending, timeout=_HEARS_WITHIN_S, return_when=FIRST_COMPLETED)
            for future in done:
                try:
                    together.take(future.result())
                except pool.deaths:
                    together.died += 1
    except KeyboardInterrupt:
        together.interrupted = True
    else:
        together.late += len(pending)
    return together


def _left(folder: Path) -> Iterator[Find]:
    """What searches wrote down that were not waited for."""
    for path in sorted(folder.glob(f"{FOUND}*.json")):
        with suppress(ValidationError):
            yield _FIND.validate_python(read_json_object(path))


_FIND: Final[TypeAdapter[Find]] = TypeAdapter(Find)
_TOGETHER: Final[TypeAdapter[_Together]] = TypeAdapter(_Together)


def _named(plain: Plain, find: Find, original: Scenario) -> Scenario:
    faults = " and ".join(f"{fault['kind']} on {fault['target']} for {fault['for']}" for fault in find.faults)
    why = f"Found by a hunt in {original.id}: {faults} breaks {find.broken[0].rule}."
    scenario = scenario_with({**plain, "why": why}, find.faults, find.seed)
    if scenario is None:
        raise TypeError("a storm that was simulated is a scenario")
    return scenario
