"""From the measured runs of a matrix to its comparison, and whether they really met the same people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from creditstorm.analysis.matrix.cell import Cell
from creditstorm.analysis.matrix.comparison import (
    CellEnding,
    CellState,
    Comparison,
    FirstNoticed,
    PolicyFigures,
    WorstRecovery,
)
from creditstorm.analysis.matrix.sentence import sentence
from creditstorm.analysis.measures.money import PRICES_CNY, cheapest, mean_episode_cost
from creditstorm.analysis.statistics.intervals import over_runs
from creditstorm.analysis.statistics.paired import Paired, front, holm, paired
from creditstorm.analysis.summary import Recovery, Slice, Summary, Verdict
from creditstorm.exit_code import ExitCode
from creditstorm.record.manifest import Mode
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.monitors import OF_TRAFFIC


def sameness(cells: Sequence[Cell], *, closed: bool) -> tuple[bool, tuple[str, ...]]:
    """Whether every policy was asked by the same people at the same instants, and what to say about it."""
    by_repeat = {repeat: [c for c in cells if c.repeat == repeat] for repeat in sorted({c.repeat for c in cells})}
    differing = [said for group in by_repeat.values() if (said := _differing(group))]
    if differing:
        why = " (a closed load: who asks when depends on the answers)" if closed else ""
        return False, tuple(f"{said}: they cannot be compared person by person{why}" for said in differing)
    if len({cell.policy for cell in cells}) < 2:
        return True, ()
    counts = [group[0].asked.first_attempts for group in by_repeat.values()]
    if len(counts) == 1:
        return True, (f"the same {counts[0]:,} first attempts were intended under every policy, to the instant",)
    some = f"{min(counts):,} to {max(counts):,} a run"
    return True, (f"run by run the same first attempts were intended under every policy, to the instant ({some})",)


def _differing(group: Sequence[Cell]) -> str:
    first = group[0]
    others = [cell.policy for cell in group if cell.asked != first.asked]
    if not others:
        return ""
    under = f"{', '.join(others)} than under {first.policy}"
    return f"in run {first.repeat} other first attempts were intended under {under}"


ONE_EPISODE: Final = "one run a policy is one episode: the intervals say nothing about how another one would differ"


@dataclass(frozen=True, slots=True)
class MatrixRequest:
    """What the matrix was asked for; every cell there should be, measured or not."""

    scenario: Scenario
    repeats: int
    states: tuple[CellState, ...]


def compare(request: MatrixRequest, cells: Sequence[Cell]) -> Comparison:
    """The comparison of the measured cells, in the order of the plan; the first policy is the yardstick."""
    groups = {name: [c for c in cells if c.policy == name] for name in dict.fromkeys(s.policy for s in request.states)}
    groups = {name: group for name, group in groups.items() if group}
    against = _against_first(groups)
    figures = [_figures(name, group) for name, group in groups.items()]
    fronts = front([(f.wrongful_people.value, f.exposure_cny) for f in figures])
    figures = [replace(f, on_front=on) for f, on in zip(figures, fronts, strict=True)]
    figures = [replace(f, against_first=against.get(f.policy)) for f in figures]
    same, said = sameness(cells, closed=request.scenario.load.users is not None)
    doubts = (*_doubts(request.states), *(() if same else said))
    return Comparison(
        scenario_id=request.scenario.id,
        why=request.scenario.why,
        seed=request.scenario.seed,
        repeats=request.repeats,
        duration_s=request.scenario.load.duration_s,
        policies=tuple(replace(f, sentence=sentence(f, figures[0])) for f in figures),
        cells=request.states,
        same_people=same,
        prices_cny=PRICES_CNY,
        cheapest=cheapest({f.policy: f.episode_cost for f in figures}),
        doubts=doubts,
        notes=((*said, *_notes(request, figures)) if same else _notes(request, figures)),
        exit_code=_exit_code(request.states, doubts),
        mode=Mode.SIMULATED if any(cell.summary.mode is Mode.SIMULATED for cell in cells) else Mode.LIVE,
    )


def _figures(policy: str, cells: Sequence[Cell]) -> PolicyFigures:
    summaries = [cell.summary for cell in cells]
    people = [_part(cell, "people").rates for cell in cells]
    episode_cost = mean_episode_cost([cell.episode_cost for cell in cells])
    failed, unsettled = (_rules(cells, verdict) for verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE))
    thousands = sum(summary.people for summary in summaries) / 1000.0 or 1.0
    return PolicyFigures(
        policy=policy,
        runs_as=summaries[0].policy,
        runs=len(cells),
        people=sum(summary.people for summary in summaries),
        wrongful_people=over_runs([rates.wrongful_no_credit_rate for rates in people]),
        wrongful_in_windows=over_runs([cell.wrongful_in_windows for cell in cells]),
        wrongful_answers=sum(cell.wrongful_answers for cell in cells),
        wrongful_approval=over_runs([rates.wrongful_approval_rate for rates in people]),
        deferral=over_runs([rates.deferral_rate for rates in people]),
        deferral_in_windows=over_runs([cell.deferral_in_windows for cell in cells]),
        unavailability=over_runs([rates.unavailability_rate for rates in people]),
        recovery=_worst_recovery([recovery for summary in summaries for recovery in summary.recovery]),
        calls_per_person=_mean([cell.calls_per_person for cell in cells]),
        retaps_per_person=_mean([cell.retaps_per_person for cell in cells]),
        exposure_cny=sum(summary.exposure_cny for summary in summaries) / thousands,
        shortfall_cny=sum(summary.limit_shortfall_cny for summary in summaries) / thousands,
        episode_cost=episode_cost,
        costs_cny=tuple(episode_cost.cost_cny(price) for price in PRICES_CNY),
        on_front=False,
        verdict=_worst([summary.verdict for summary in summaries]),
        failed=failed,
        unsettled=unsettled,
        noticed=first_noticed(summaries),
    )


def _against_first(groups: Mapping[str, Sequence[Cell]]) -> dict[str, Paired]:
    names = list(groups)
    if not names:
        return {}
    first = {cell.repeat: cell.people for cell in groups[names[0]]}
    found = {}
    for name in names[1:]:
        runs = [(first[cell.repeat], cell.people) for cell in groups[name] if cell.repeat in first]
        if runs:
            found[name] = paired(names[0], runs)
    return dict(zip(found, holm(list(found.values())), strict=True))


def _part(cell: Cell, name: str) -> Slice:
    return next(part for part in cell.summary.slices if (part.kind, part.name) == ("attempt", name))


def _worst_recovery(recoveries: Sequence[Recovery]) -> WorstRecovery:
    back = [recovery.seconds for recovery in recoveries if recovery.seconds is not None]
    return WorstRecovery(
        episodes=len(recoveries),
        back=len(back),
        seconds=max(back) if back and len(back) == len(recoveries) else None,
        low_s=max((recovery.low_s for recovery in recoveries), default=0.0),
        metastable=any(recovery.metastable for recovery in recoveries),
        relapsed=any(recovery.relapses for recovery in recoveries),
    )


def first_noticed(summaries: Sequence[Summary]) -> FirstNoticed | None:
    """Who noticed by what people were told, and could; None where there was nothing to notice, or nobody to."""
    firsts: list[tuple[float, str]] = []
    faults = 0
    for summary in summaries:
        watches = [watch for watch in summary.monitors if watch.calm is not None and not watch.needs_truth]
        told = [watch for watch in watches if watch.monitor not in OF_TRAFFIC]
        for fault in dict.fromkeys(one.fault for watch in told for one in watch.noticed):
            faults += 1
            seen = [(one.after_s, watch.title) for watch in told for one in watch.noticed if one.fault == fault]
            firsts += sorted((after_s, title) for after_s, title in seen if after_s is not None)[:1]
    if not faults:
        return None
    after_s, title = max(firsts) if len(firsts) == faults else (None, None)
    return FirstNoticed(faults, len(firsts), title, after_s)


def _rules(cells: Sequence[Cell], verdict: Verdict) -> tuple[str, ...]:
    results = (result for cell in cells for result in cell.summary.thresholds if result.verdict is verdict)
    return tuple(dict.fromkeys(f"{result.metric} {result.rule}" for result in results))


def _worst(verdicts: Sequence[Verdict]) -> Verdict:
    order = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS)
    return min(verdicts, key=order.index)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known and len(known) == len(values) else None


def _doubts(states: Sequence[CellState]) -> tuple[str, ...]:
    return tuple(f"{state.folder}: {doubt}" for state in states if state.measured for doubt in state.doubts)


def _notes(request: MatrixRequest, figures: Sequence[PolicyFigures]) -> tuple[str, ...]:
    lacking = [state.folder for state in request.states if not state.measured]
    notes = [ONE_EPISODE] if any(f.runs == 1 for f in figures) else []
    return (*notes, *([f"not measured: {', '.join(lacking)}"] if lacking else []))


def _exit_code(states: Sequence[CellState], doubts: Sequence[str]) -> ExitCode:
    """HARNESS where a run failed, else INTERRUPTED where one was stopped or never came, else what the doubts say."""
    if any(state.how is CellEnding.FAILED for state in states):
        return ExitCode.HARNESS
    if not all(state.measured for state in states):
        return ExitCode.INTERRUPTED
    return ExitCode.INCONCLUSIVE if doubts else ExitCode.PASS
