"""The summary as Markdown: one screen, for the summary of a job or a pull request, and under 64 kB."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from creditstorm.analysis.summary import LatencyQuantiles, Recovery, Slice, Summary, ThresholdResult
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Manifest
from creditstorm.report import numbers
from creditstorm.report.as_json import summary_json
from creditstorm.report.words import (
    FIGURES,
    against_stable,
    back,
    complained,
    how_made,
    more_people,
    name,
    noticed,
    notified,
    options,
    three_figures,
    undecided_words,
    when,
    who,
)

LIMIT_BYTES: Final = 64_000
MOST_ROWS: Final = 40
MOST_LETTERS: Final = 400
BADGE: Final = {"pass": "✅ pass", "fail": "❌ fail", "inconclusive": "⚠️ inconclusive"}

# Only what changes the meaning inside a line or a table cell: markup, links, tags, mentions and cell borders.
_MARKUP: Final = re.compile(r"([\\`*_\[\]<>|~#@])")
_BETWEEN_LETTERS: Final = re.compile(r"(?<=\w)\\_(?=\w)")


def markdown(summary: Summary) -> str:
    """The summary as Markdown; long tables are cut, and say so."""
    parts = [
        "## " + " · ".join((BADGE[summary.verdict], *_which(summary))),
        f"**{safe(summary.headline)}**",
        safe(summary.why),
        safe(summary.verdict_note),
        safe(_capital(against_stable(summary))),
        _settled_by(summary),
        _when(summary),
        _thresholds(summary.thresholds),
        *(_who(heading, parts) for heading, parts in who(summary).items()),
        _causes(summary),
        _noticed(summary),
        _status(summary),
        _more(summary),
        _honesty(summary),
    ]
    text = "\n\n".join(part for part in parts if part) + "\n"
    return text.encode()[:LIMIT_BYTES].decode(errors="ignore")


def _which(summary: Summary) -> tuple[str, ...]:
    return safe(summary.scenario_id), safe(summary.policy), f"seed {summary.seed}", *how_made(summary)


def safe(text: str) -> str:
    """The text as one line that Markdown shows as it is."""
    line = " ".join(text.split())
    line = line if len(line) <= MOST_LETTERS else line[: MOST_LETTERS - 1] + "…"
    return _BETWEEN_LETTERS.sub("_", _MARKUP.sub(r"\\\1", line))


def _settled_by(summary: Summary) -> str:
    more = summary.more_people
    return "" if more is None else f"{_capital(more_people(more))}: run it with `{options(more.overrides)}`"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> str:
    """A table whose first `words` columns are text and whose others are figures; empty where there is no row."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    if not lines:
        return ""
    rule = "|" + "|".join([" --- "] * words + [" ---: "] * (len(heads) - words)) + "|"
    more = [f"\n…and {len(lines) - MOST_ROWS} more in summary.json"] if len(lines) > MOST_ROWS else []
    return "\n".join(["| " + " | ".join(heads) + " |", rule, *lines[:MOST_ROWS], *more])


def _figures(part: Slice) -> list[str]:
    rates = part.rates
    wrongful = rates.wrongful_no_credit_rate
    told = f"{numbers.percent(wrongful.value)} {numbers.interval(wrongful)}".strip()
    others = (rates.wrongful_approval_rate, rates.deferral_rate, rates.unavailability_rate)
    return [numbers.count(part.asked), told, *(numbers.percent(other.value) for other in others)]


def _when(summary: Summary) -> str:
    heads = ("When", "Seconds", "First cause", "Requests", "Wrongful", "Wrongful approval", "Deferred", "Unavailable")
    rows = (
        [safe(name(part.name)), _stretch(part), safe(numbers.cause(part.first_cause)), *_figures(part)]
        for part in when(summary)
    )
    return table(heads, rows, words=3)


def _stretch(part: Slice) -> str:
    return numbers.NONE if part.start_s is None or part.end_s is None else numbers.between(part.start_s, part.end_s)


def _thresholds(results: Sequence[ThresholdResult]) -> str:
    rows = (
        [
            BADGE[result.verdict],
            f"{safe(result.metric)} {safe(result.rule)}",
            safe(result.note) or numbers.NONE,
            numbers.measured(result),
        ]
        for result in results
    )
    said = numbers.said_of_intervals(results)
    whole = table(("Verdict", "Threshold", "Note", "Measured"), rows, words=3)
    return f"{whole}\n\nMeasured, {said}." if whole and said else whole


def _who(heading: str, parts: tuple[Slice, ...]) -> str:
    unit = "People" if "people" in heading.lower() else "Requests"
    heads = (heading, unit, "Wrongful", "Wrongful approval", "Deferred", "Unavailable")
    return table(heads, ([safe(name(part.name)), *_figures(part)] for part in parts))


def _noticed(summary: Summary) -> str:
    lines = noticed(summary)
    return "\n".join([f"Noticed after the onset, {safe(line)}" for line in lines])


def _status(summary: Summary) -> str:
    rows = ([safe(incident.name), *map(safe, three_figures(incident))] for incident in summary.incidents)
    return table(("Episode", *map(_capital, FIGURES)), rows, words=4)


def _causes(summary: Summary) -> str:
    total = sum(summary.causes.values())
    rows = (
        [safe(numbers.cause(key)), numbers.count(n), numbers.percent(n / total)]
        for key, n in summary.causes.items()
        if total
    )
    return table(("Cause of wrongful answers", "Answers", "Share"), rows)


def _more(summary: Summary) -> str:
    lines = [
        f"- Recovery from {safe(recovery.name)}: {safe(_recovery(recovery))}"
        for recovery in summary.recovery[:MOST_ROWS]
    ]
    if summary.complaints is not None:
        lines.append(f"- Complained: {complained(summary.complaints)}")
    if summary.deferrals is not None:
        lines.append(f"- Told {undecided_words(summary)}: {notified(summary.deferrals)}")
    lines += [_latency(way) for way in summary.latency]
    short, exposed = numbers.money(summary.limit_shortfall_cny), numbers.money(summary.exposure_cny)
    lines.append(f"- Synthetic money: limits {short} too low for eligible people, {exposed} granted beyond right")
    return "\n".join(lines)


def _recovery(recovery: Recovery) -> str:
    said = back(recovery)
    return said if said == recovery.note else "; ".join(text for text in (said, recovery.note) if text)


def _latency(way: LatencyQuantiles) -> str:
    quantiles = (
        ", ".join(f"{key} {numbers.seconds(value)}" for key, value in way.quantiles_s.items()) or "too few decisions"
    )
    aside = f"; {numbers.count(way.left_out)} requests without a decision left out" if way.left_out else ""
    n = f"n = {numbers.count(way.n)}{aside}"
    return f"- Latency from {safe(way.measured_from)} ({n}): {quantiles}"


def _honesty(summary: Summary) -> str:
    honesty = summary.honesty
    lag, achieved = numbers.seconds(honesty.generator_lag_p99_s), numbers.plain(honesty.achieved_over_intended)
    lag = f"{lag}{numbers.worst_lag(honesty)}"
    head = (
        f"**Honesty**: generator lag p99 {lag} · unsent {numbers.count(honesty.unsent)} · achieved/intended {achieved}"
    )
    doubts = [f"- doubt: {safe(doubt.text)}" for doubt in honesty.doubts[:MOST_ROWS]]
    return "\n".join([head, *([""] if doubts else []), *doubts])


def texts_of(folder: RunFolder, summary: Summary, manifest: Manifest) -> dict[Path, bytes]:
    """The files of a run folder that need no picture, and what stands in them."""
    as_json = summary_json(summary, manifest)
    return {folder.summary_text: markdown(summary).encode(), folder.summary: as_json.encode()}
