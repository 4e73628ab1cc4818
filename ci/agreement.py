"""Writes the committed table of agreement from what `creditstorm agree` found, finished or not.

    python ci/agreement.py FOLDER

It says how many of how many pairs it holds; `make agree` calls it. `docs/agreement.md` is for people, and
`creditstorm/report/agreement.json` is what a simulated report reads its measured error from.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "agreement.md"
DATA: Final = ROOT / "creditstorm" / "report" / "agreement.json"
RATES: Final = {
    "wrongful": "wrongful_no_credit_rate",
    "deferred": "deferral_rate",
    "unavailable": "unavailability_rate",
}
COLUMNS: Final = (*((figure, "people") for figure in RATES.values()), ("latency_p50", ""), ("latency_p99", ""))
HEADS: Final = (
    *("scenario", "policy", "pairs", "wrongful", "deferred", "unavailable"),
    *("p50", "p99", "recovery", "figures"),
)
WORDS: Final = {
    "agrees": "agree",
    "differs": "differ",
    "cannot tell": "open",
    "in neither run": "in neither run",
    "too few": "of too few",
}


def storms(found: dict[str, Any]) -> dict[str, Any]:
    """The measured errors by storm; one whose live runs were all in doubt was not compared."""
    return {
        one["storm"]: {"pairs": sound(one), "errors": errors(one), "differs": times(one, "differs")}
        for one in found["compared"]
        if sound(one)
    }


def sound(one: dict[str, Any]) -> int:
    """How many pairs of a comparison have a live run that can be believed."""
    return len(one["seeds"]) - len(one["doubted"])


def errors(one: dict[str, Any]) -> dict[str, float]:
    """How far each rate of people may be off, over the run or in a window: the farthest end of its intervals."""
    known = {
        name: [
            max(abs(each["low"]), abs(each["high"]))
            for each in one["figures"]
            if _is(each, figure) and each["low"] is not None
        ]
        for name, figure in RATES.items()
    }
    return {name: max(values) for name, values in known.items() if values}


def _is(figure: dict[str, Any], name: str) -> bool:
    return bool(figure["figure"] == name and figure["of"] == "people")


def times(one: dict[str, Any], alike: str) -> int:
    """How many figures of a comparison are told so."""
    return sum(figure["alike"] == alike for figure in one["figures"])


def page(found: dict[str, Any]) -> str:
    """The table for people."""
    figures = [figure for one in found["compared"] if sound(one) for figure in one["figures"]]
    counts = ", ".join(f"{sum(f['alike'] == a for f in figures):,} {word}" for a, word in WORDS.items())
    lines = [
        "# Live and simulated runs of the same seeds",
        "",
        "Written by `ci/agreement.py` from what `make agree` found; do not edit.",
        "",
        f"**{found['measured']} of {found['wanted']} pairs measured**, {len(figures):,} figures: {counts}.",
        "",
        f"Margins: {found['margins']}.",
        f"A figure agrees where its whole {100 * found['level']:.3g} % interval lies within the margin, differs where",
        "all of it lies outside, and is open otherwise. What neither run gives (no recovery within the time that was",
        "seen, too few for a quantile) is nothing to compare, nor is a rate of people too few to show anything.",
        f"Looks at what is open: {found['looks']} at most, which share the 5 % of each test.",
        "Simulated minus live; [simulation.md](simulation.md) says what is modelled, and what is not.",
        "",
        f"| {' | '.join(HEADS)} |",
        f"|{'---|' * len(HEADS)}",
        *(f"| {' | '.join(_row(one))} |" for one in found["compared"]),
        "",
        *_not_agreeing(found),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _row(one: dict[str, Any]) -> list[str]:
    by_name = {(f["figure"], f["of"]): f for f in one["figures"] if f["where"] == "run"}
    counted = ", ".join(f"{times(one, a)} {word}" for a, word in WORDS.items() if times(one, a))
    recoveries = [f for f in one["figures"] if f["figure"] == "recovery"]
    worst = max(recoveries, key=lambda f: abs(f["value"] or 0.0), default=None)
    doubted = f" ({len(one['doubted'])} in doubt)" if one["doubted"] else ""
    cells = [apart(by_name.get(column)) for column in COLUMNS]
    return [one["scenario"], one["policy"], f"{len(one['seeds'])}{doubted}", *cells, apart(worst), counted]


def apart(figure: dict[str, Any] | None) -> str:
    """A difference in its unit."""
    if figure is None or figure["value"] is None:
        return "–"
    value = figure["value"]
    if figure["unit"] == "share":
        return f"{100.0 * value:+.1f} pp"
    if figure["unit"] == "seconds":
        return f"{1000.0 * value:+.0f} ms" if abs(value) < 1.0 else f"{value:+.1f} s"
    return f"{value:+.3f}"


def _not_agreeing(found: dict[str, Any]) -> list[str]:
    doubts = [f"* {_name(one)}: in doubt: {doubt}" for one in found["compared"] for doubt in one["doubts"]]
    told = [
        f"* {_name(one)}: {figure['figure']} {figure['of']} ({figure['where']}) {alike}: {_why(figure)}"
        for alike in ("differs", "cannot tell", "too few")
        for one in found["compared"]
        if sound(one)
        for figure in one["figures"]
        if figure["alike"] == alike
    ]
    lacking = [f"* not measured yet: {name}" for name in found["lacking"]]
    return ["## What does not agree", "", *(doubts + told + lacking or ["Nothing."])]


def _why(figure: dict[str, Any]) -> str:
    if figure["low"] is None:
        return str(figure["note"])
    ends = " to ".join(apart({**figure, "value": figure[end]}) for end in ("low", "high"))
    note = f"; {figure['note']}" if figure["note"] else ""
    return f"{apart(figure)} [{ends}], margin {apart({**figure, 'value': figure['margin']}).replace('+', '±')}{note}"


def _name(one: dict[str, Any]) -> str:
    return f"{one['scenario']} · {one['policy']}"


def main() -> int:
    """Write both files; 2 where the folder holds no agreement."""
    table = Path(sys.argv[1]) / "agree.json" if len(sys.argv) == 2 else None
    if table is None or not table.is_file():
        print("usage: ci/agreement.py FOLDER, a folder that `creditstorm agree --out FOLDER` made", file=sys.stderr)
        return 2
    found = json.loads(table.read_text(encoding="utf-8"))
    PAGE.write_text(page(found), encoding="utf-8")
    data = {"schema": 1, "measured": found["measured"], "wanted": found["wanted"], "storms": storms(found)}
    DATA.write_text(json.dumps(data, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{found['measured']} of {found['wanted']} pairs: {PAGE.relative_to(ROOT)}, {DATA.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
