"""A forecast: what many people will be told in a storm, from what cells of three sizes and every mask showed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from creditstorm.analysis.planning.doubling import SIZES, Doubling, Range, Sameness, doubling, new_run
from creditstorm.analysis.planning.everybody import Everybody, Key
from creditstorm.analysis.planning.masks import lost_in
from creditstorm.analysis.planning.tally import ALL, BY_MASK, KINDS
from creditstorm.credit import File
from creditstorm.exit_code import ExitCode
from creditstorm.scenario.model import Scenario

ALIKE_Z: Final = 4.0
"""So many standard errors between what a mask says and what was seen, and people are not alike under it."""

Tally = Mapping[str, Any]
"""What `tally` gave of one run."""


class Basis(StrEnum):
    """Where a figure is from."""

    COUNTED = "counted"
    SEEN = "simulated"
    SIMULATED = "simulated and checked"
    EXTRAPOLATED = "extrapolated"


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked for: how many people there are, how many ask a second at the peak, and how many cells that is."""

    people: int
    peak_hz: float
    k: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind of answer in one part: the share of people with its interval, and how many that are.

    `of` is how many people of that kind (eligible or ineligible) ask in the part, `by_mask` which share of the answer
    rests on masks. `alike` is None where no mask says anything, else whether what masks say is what was seen; where it
    is not, the shares are those that were seen.
    """

    kind: str
    share: Range
    people: Range
    of: float
    by_mask: float
    alike: bool | None
    sizes: Mapping[int, float]
    doublings: tuple[Doubling, ...]


@dataclass(frozen=True, slots=True)
class ForecastPart:
    """A part of the run with its figures by kind; `start_s` and `end_s` where it is a fault window."""

    name: str
    figures: Mapping[str, Figure]
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class MaskRow:
    """A mask: what was missing, of which share of first answers in the run, and what it would tell all the people."""

    lost: tuple[str, ...]
    share: float
    wronged: int
    deferred: int
    approved: int


@dataclass(frozen=True, slots=True)
class Moment:
    """A second of the storm in the largest cell: means over the seeds; `low` and `high` are the extreme seeds."""

    t_s: int
    wronged: float
    low: float
    high: float
    lost: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Outlook:
    """The forecast of one policy; its counts stand only where `refused` is empty."""

    policy: str
    parts: tuple[ForecastPart, ...]
    masks: tuple[MaskRow, ...]
    moments: tuple[Moment, ...]
    everybody: Everybody
    p99_s: Mapping[int, float]
    refused: tuple[str, ...]
    notes: tuple[str, ...]
    seeds: int
    answers: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a scenario will do to many people, policy by policy."""

    scenario: Scenario
    target: Target
    seeds: int
    outlooks: tuple[Outlook, ...]
    scaled: tuple[str, ...]

    @property
    def exit_code(self) -> ExitCode:
        """0, or 3 where a share depends on the size of the cell, so that nothing can be extrapolated."""
        return ExitCode.INCONCLUSIVE if any(one.refused for one in self.outlooks) else ExitCode.PASS


def keys_of(tallies: Mapping[int, Sequence[Tally]]) -> list[Key]:
    """Every file and mask that was met, so that what it does to everybody can be counted."""
    return sorted({key for _, part in _parts_of(tallies) for side in part.values() for key, _ in _masks(side)})


def outlook(policy: str, target: Target, tallies: Mapping[int, Sequence[Tally]], everybody: Everybody) -> Outlook:
    """The forecast from the tallies of each size, one a seed, and the count of everybody under each mask."""
    first = tallies[SIZES[0]][0]
    parts = tuple(
        ForecastPart(name, _figures(name, target, tallies, everybody), *first["windows"].get(name, (None, None)))
        for name in first["parts"]
        if all(name in one["parts"] for runs in tallies.values() for one in runs)
    )
    return Outlook(
        policy=policy,
        parts=parts,
        masks=_mask_rows(tallies[SIZES[-1]], everybody),
        moments=_moments(tallies[SIZES[-1]]),
        everybody=everybody,
        p99_s={size: float(np.mean([one["p99_s"] or 0.0 for one in runs])) for size, runs in tallies.items()},
        refused=tuple(_refusals(parts)),
        notes=tuple(_notes(parts, tallies, everybody, target)),
        seeds=len(tallies[SIZES[-1]]),
        answers=sum(one["answers"] for runs in tallies.values() for one in runs),
    )


def _figures(
    part: str, target: Target, tallies: Mapping[int, Sequence[Tally]], everybody: Everybody
) -> dict[str, Figure]:
    figures = {}
    for kind, (_, of_eligible) in KINDS.items():
        side = "eligible" if of_eligible else "ineligible"
        groups = {size: [one["parts"][part][side] for one in runs] for size, runs in tallies.items()}
        if all(group["n"] for runs in groups.values() for group in runs):
            figures[kind] = _figure(kind, target, groups, everybody)
    return figures


def _figure(kind: str, target: Target, groups: Mapping[int, Sequence[Tally]], everybody: Everybody) -> Figure:
    alike = _alike(kind, [group for runs in groups.values() for group in runs], everybody)
    shares = {
        size: [_share(kind, group, everybody) if alike else group["seen"][kind] / group["n"] for group in runs]
        for size, runs in groups.items()
    }
    largest = groups[max(groups)]
    share = new_run(shares, sum(group["n"] for group in largest), target.k)
    of = float(np.mean([group["n"] for group in largest])) / max(groups) * target.k
    masked = sum(n for group in largest for _, (n, *_) in _masks(group))
    return Figure(
        kind=kind,
        share=share,
        people=share.times(of),
        of=of,
        by_mask=masked / sum(group["n"] for group in largest) if alike else 0.0,
        alike=alike,
        sizes={size: float(np.mean(one)) for size, one in shares.items()},
        doublings=tuple(doubling(size, shares[size], shares[max(shares)]) for size in SIZES[:-1]),
    )


def _masks(group: Tally) -> list[tuple[Key, list[int]]]:
    return [((File.THIN if thin else File.THICK, mask), told) for thin, mask, *told in group["masks"]]


def _place(kind: str) -> int:
    """Where a kind stands among what a mask's row says was told, the number of people being first."""
    return 1 + [other for other in BY_MASK if KINDS[other][1] is KINDS[kind][1]].index(kind)


def _share(kind: str, group: Tally, everybody: Everybody) -> float:
    """The share of one run: what each mask says of everybody instead of those few who met it, and what came beside."""
    by_mask = sum(told[0] * everybody.share(key, kind) for key, told in _masks(group)) if kind in BY_MASK else 0.0
    return float(min(1.0, (by_mask + group["beside"][kind]) / group["n"]))


def _alike(kind: str, groups: Sequence[Tally], everybody: Everybody) -> bool | None:
    """Whether those who met each mask were told what it would tell anybody: else who meets it is no accident."""
    if kind not in BY_MASK:
        return None
    seen = expected = variance = 0.0
    for group in groups:
        for key, told in _masks(group):
            share = everybody.share(key, kind)
            seen += told[_place(kind)]
            expected += told[0] * share
            variance += told[0] * share * (1.0 - share)
    return abs(seen - expected) <= ALIKE_Z * math.sqrt(variance) + 1.0


def _mask_rows(runs: Sequence[Tally], everybody: Everybody) -> tuple[MaskRow, ...]:
    met: dict[int, int] = {}
    n = 0
    for one in runs:
        for side in one["parts"][ALL].values():
            n += side["n"]
            for (_, mask), told in _masks(side):
                met[mask] = met.get(mask, 0) + told[0]
    rows = []
    for mask, people in sorted(met.items(), key=lambda item: (-item[1], item[0])):
        said = [everybody.told[file, mask] for file in File if (file, mask) in everybody.told]
        if len(said) == len(File):
            wronged, deferred, approved = (sum(getattr(one, kind) for one in said) for kind in BY_MASK)
            rows.append(MaskRow(lost_in(mask), people / n, wronged, deferred, approved))
    return tuple(rows)


def _moments(runs: Sequence[Tally]) -> tuple[Moment, ...]:
    seconds = [one["seconds"] for one in runs]
    moments = []
    for t_s in range(max(len(one["eligible"]) for one in seconds)):
        at = [one for one in seconds if t_s < len(one["eligible"])]
        told = [one["wronged"][t_s] / one["eligible"][t_s] for one in at if one["eligible"][t_s]]
        decided = sum(one["decided"][t_s] for one in at)
        lost = {s: sum(one["lost"][s][t_s] for one in at) / decided if decided else 0.0 for s in at[0]["lost"]}
        if told:
            moments.append(Moment(t_s, float(np.mean(told)), min(told), max(told), lost))
    return tuple(moments)


def _parts_of(tallies: Mapping[int, Sequence[Tally]]) -> list[tuple[str, Tally]]:
    return [item for runs in tallies.values() for one in runs for item in one["parts"].items()]


def _refusals(parts: Sequence[ForecastPart]) -> list[str]:
    """Which shares depend on size, or are not shown not to."""
    said = []
    for part in parts:
        for kind, figure in part.figures.items():
            bad = [one for one in figure.doublings if one.sameness is not Sameness.SAME]
            for one in bad[:1]:
                small, large = 100 * figure.sizes[one.size], 100 * figure.sizes[max(figure.sizes)]
                off = f"differs by {100 * one.difference:+.1f} points [{100 * one.low:+.1f} to {100 * one.high:+.1f}]"
                said.append(
                    f"{kind} in {part.name}: {small:.1f} % at {one.size} ×, {large:.1f} % at {max(SIZES)} × {off}, "
                    f"margin {100 * one.margin:.1f}: {one.sameness}"
                )
    return said


def _notes(
    parts: Sequence[ForecastPart], tallies: Mapping[int, Sequence[Tally]], everybody: Everybody, target: Target
) -> list[str]:
    notes = [_bias(parts)]
    apart = [f"{kind} in {part.name}" for part in parts for kind, f in part.figures.items() if f.alike is False]
    if apart:
        notes.append(f"who meets a mask is no accident, so these are as seen and not by mask: {', '.join(apart)}")
    if everybody.people < target.people:
        notes.append(f"masks are counted over {everybody.people:,} of the people, a fair sample")
    if everybody.ties:
        notes.append(
            f"{everybody.ties} people stand within 1e-9 points of the cut-off and may be counted on either side"
        )
    if mistaken := sum(one["other_than_the_rule"] for runs in tallies.values() for one in runs):
        notes.append(f"{mistaken} answers are other than the rule says: report this as a defect")
    return notes


def _bias(parts: Sequence[ForecastPart]) -> str:
    """Which way the cell errs, by what was seen of the share of wronged people."""
    figure = parts[0].figures.get("wronged") if parts else None
    if figure is None:
        return "nobody eligible asked"
    usual = "a small cell waits longer at the same utilisation, so that it shows rather too much harm than too little"
    small, large = 100 * figure.sizes[min(SIZES)], 100 * figure.sizes[max(SIZES)]
    seen = f"from {min(SIZES)} × to {max(SIZES)} × the wronged share went from {small:.2f} to {large:.2f} %"
    step = next(one for one in figure.doublings if one.size == min(SIZES))
    if step.low <= 0.0 <= step.high:
        return f"{usual}; {seen}, which may be chance"
    return (
        f"{usual}; {seen}, {'as that says' if step.difference > 0.0 else 'the other way: more harm is to be expected'}"
    )
