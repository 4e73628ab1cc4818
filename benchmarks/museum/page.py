"""The page of the museum: a table of all incidents, and a room for each of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from benchmarks.museum.exhibits import WITHIN, Exhibit
from benchmarks.museum.words import NOT_SAID, clock, monitors, off, per_cent
from creditstorm.scenario.published import HITS

COLUMNS: Final = (
    "incident",
    "share hit",
    "here",
    "lasted",
    "here",
    "holds",
    "they noticed",
    "here, by what people were told",
    "here, by whom",
)


def row(one: Exhibit) -> str:
    """The line of an incident in the table; a share that nobody published is in brackets."""
    published, stretch = one.published, one.stretch
    share = per_cent(stretch.share)
    lasted = NOT_SAID if published.lasted_s is None else clock(published.lasted_s)
    here = f"{clock(stretch.lasted_s * published.second_s)}{off(one.length_off)}"
    outcome_s = one.noticed_by_outcome
    cells = (
        f"[{one.scenario.id.removeprefix('incident-')}](#{one.scenario.id})",
        per_cent(published.share),
        f"({share})" if published.share is None else f"{share}{off(one.share_off)}",
        lasted,
        here,
        "yes" if one.holds else "**no**",
        _detected(one),
        "never" if outcome_s is None else f"{outcome_s:.0f} s",
        monitors(one.noticed),
    )
    return f"| {' | '.join(cells)} |"


def room(one: Exhibit) -> str:
    """The section of an incident."""
    scenario, published = one.scenario, one.published
    story = " ".join(scenario.why.removeprefix("Replica: ").split())
    lines = [
        f"## {scenario.id}",
        "",
        story[:1].upper() + story[1:],
        "",
        f"![{scenario.id}: requests hit, second by second](images/museum/{scenario.id}.png)",
        "",
        f"- **Published**: {_published(one)}.",
        _here(one),
        f"- **Scale**: {' '.join(published.scale.split())}",
        f"- **Where it comes from**: {' '.join(published.inputs.split())}",
        *([f"- **Why it differs**: {' '.join(published.differs.split())}"] if published.differs else []),
        *(f"- Source: {source}" for source in scenario.sources),
        "",
        f"`creditstorm run {scenario.id}`, and with the remedy: `creditstorm run {scenario.id} --policy intended`",
        "",
    ]
    return "\n".join(lines)


def _here(one: Exhibit) -> str:
    stretch = one.stretch
    of = HITS.get(one.published.hit or "", "creditworthy people’s requests that were not decided rightly")
    said = f"{per_cent(stretch.share)} (n = {stretch.n:,}) for {stretch.lasted_s} s; it is the share of {of}"
    return f"- **Here**, under `{one.scenario.system.policy.name}`: {said}."


def _detected(one: Exhibit) -> str:
    published = one.published
    when = NOT_SAID if published.detected_s is None else clock(published.detected_s)
    return f"{when}, {published.by}" if published.by else when


def _published(one: Exhibit) -> str:
    published = one.published
    known = {
        "share hit": per_cent(published.share) if published.share is not None else None,
        "lasted": clock(published.lasted_s) if published.lasted_s is not None else None,
        "time to detection": clock(published.detected_s) if published.detected_s is not None else None,
        "by whom": published.by,
        "time to resolution": clock(published.resolved_s) if published.resolved_s is not None else None,
    }
    said = ", ".join(f"{what} {figure}" for what, figure in known.items() if figure)
    unsaid = ", ".join(what for what, figure in known.items() if not figure)
    return f"{said}; not said: {unsaid}" if unsaid else said


def page(exhibits: Sequence[Exhibit]) -> str:
    """The whole page."""
    held, seen = sum(one.holds for one in exhibits), [one.noticed_by_outcome for one in exhibits]
    noticed = sum(after_s is not None and after_s <= 60.0 for after_s in seen)
    table = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}", *map(row, exhibits)]
    met = f"**{held} of {len(exhibits)}** replicas meet every figure that was published within {100 * WITHIN:.0f} %"
    seen_in_time = f"**{noticed} of {len(exhibits)}** were noticed by what people were told within a minute"
    said = f"{met}; {seen_in_time} (declines, undecided)."
    return "\n".join([HEAD, said, "", *table, "", FOOT, *_joined(map(room, exhibits))])


def _joined(rooms: Iterable[str]) -> list[str]:
    return ["", *rooms]


HEAD: Final = """# A museum of twelve incidents

Every one of these happened to somebody who decides about people: at a fraud desk, an identity check, a bureau, a card
network. In most of them the wrong answer was a fast, well-formed reply, and whoever watched error rates saw nothing.

Each is a storm of 40 seconds in [scenarios](../scenarios), with its sources, what they say, and which of its settings
are theirs. It was simulated under the policy that its post-mortem describes; share and length are then counted in the
answers, not read off the plan. Written by `make museum`, never by hand; `tests/museum/` makes each storm anew and holds
that its line says the same.
"""
FOOT: Final = """*Share hit* and *lasted* stand as published, beside them what came out *here*, with how far off it
is. A share in brackets was not published, and is of creditworthy people's requests that were not decided rightly. The
last columns are seconds of the storm from the first onset, at about 40 people a second: the first monitor of what
people were told, and every monitor that noticed (wrongful “no credit” knows the truth, which no lender does).

What a figure that holds shows is not the same everywhere. Where only the length was published, the storm had it from
the plan, and its answers show that harm begins and ends with the fault and leaves no wake. Where a share was
published, the line *Where it comes from* says whether it follows from a mechanism or from a setting. What no monitor
noticed moved what people are told by too little to be seen in 24 seconds: a wrong score for one in six changes few
decisions, and one payment in ten hides among the third that is declined rightly.
"""
