"""What a report says without a picture: the summary for a machine (JSON) and for a reader (Markdown).

The Markdown is one screen, for a step summary or a pull request, and under 64 kB.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from creditstorm.analysis.matrix.comparison import Comparison
from creditstorm.analysis.summary import LatencyQuantiles, Slice, Summary, ThresholdResult
from creditstorm.record.folder import RunFolder
from creditstorm.report import numbers
from creditstorm.report.words import against_stable, name, notified, when, who

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
        f"## {BADGE[summary.verdict]} · {safe(summary.scenario_id)} · {safe(summary.policy)} · seed {summary.seed}",
        f"**{safe(summary.headline)}**",
        safe(summary.why),
        safe(summary.verdict_note),
        safe(_capital(against_stable(summary))),
        _when(summary),
        _thresholds(summary.thresholds),
        *(_who(heading, parts) for heading, parts in who(summary).items()),
        _causes(summary),
        _more(summary),
        _honesty(summary),
    ]
    text = "\n\n".join(part for part in parts if part) + "\n"
    return text.encode()[:LIMIT_BYTES].decode(errors="ignore")


def safe(text: str) -> str:
    """The text as one line that Markdown shows as it is."""
    line = " ".join(text.split())
    line = line if len(line) <= MOST_LETTERS else line[: MOST_LETTERS - 1] + "…"
    return _BETWEEN_LETTERS.sub("_", _MARKUP.sub(r"\\\1", line))


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
    heads = ("When", "Seconds", "First cause", "Asked", "Wrongful", "Wrongful approval", "Deferred", "Unavailable")
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
            " ".join(
                (numbers.in_unit(result.estimate, result.unit), numbers.interval_in(result.estimate, result.unit))
            ).strip(),
        ]
        for result in results
    )
    said = numbers.said_of_intervals(results)
    whole = table(("Verdict", "Threshold", "Note", "Measured"), rows, words=3)
    return f"{whole}\n\nMeasured, {said}." if whole and said else whole


def _who(heading: str, parts: tuple[Slice, ...]) -> str:
    heads = (heading, "Asked", "Wrongful", "Wrongful approval", "Deferred", "Unavailable")
    return table(heads, ([safe(name(part.name)), *_figures(part)] for part in parts))


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
        f"- Recovery from {safe(recovery.fault)}: {numbers.seconds(recovery.seconds)} {safe(recovery.note)}".rstrip()
        for recovery in summary.recovery[:MOST_ROWS]
    ]
    if summary.deferrals is not None:
        lines.append(f"- Told “undetermined”: {notified(summary.deferrals)}")
    lines += [_latency(way) for way in summary.latency]
    short, exposed = numbers.money(summary.limit_shortfall_cny), numbers.money(summary.exposure_cny)
    lines.append(f"- Synthetic money: limits {short} too low for eligible people, {exposed} granted beyond right")
    return "\n".join(lines)


def _latency(way: LatencyQuantiles) -> str:
    quantiles = (
        ", ".join(f"{key} {numbers.seconds(value)}" for key, value in way.quantiles_s.items()) or "too few answers"
    )
    return f"- Latency from {safe(way.measured_from)} (n = {numbers.count(way.n)}): {quantiles}"


def _honesty(summary: Summary) -> str:
    honesty = summary.honesty
    lag, achieved = numbers.seconds(honesty.generator_lag_p99_s), numbers.plain(honesty.achieved_over_intended)
    head = (
        f"**Honesty**: generator lag p99 {lag} · unsent {numbers.count(honesty.unsent)} · achieved/intended {achieved}"
    )
    doubts = [f"- doubt: {safe(doubt.text)}" for doubt in honesty.doubts[:MOST_ROWS]]
    return "\n".join([head, *([""] if doubts else []), *doubts])


SCHEMA: Final = 1
_SIGNIFICANT: Final = 9


def texts_of(folder: RunFolder, summary: Summary) -> dict[Path, bytes]:
    """The files of a run folder that need no picture, and what stands in them."""
    return {folder.summary_text: markdown(summary).encode(), folder.summary: summary_json(summary).encode()}


def summary_json(summary: Summary) -> str:
    """The summary as JSON text; a number that is not finite is null, never NaN."""
    return _json(asdict(summary))


def comparison_json(comparison: Comparison) -> str:
    """The comparison of a matrix as JSON text."""
    return _json(asdict(comparison))


def _json(fields: Mapping[str, object]) -> str:
    content = {"schema": SCHEMA, **{key: _plain(value) for key, value in fields.items()}}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.{_SIGNIFICANT}g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value
