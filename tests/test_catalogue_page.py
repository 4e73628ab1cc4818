"""`docs/catalogue.md` has a row for every shipped scenario, with the bounds that the scenario has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from benchmarks.catalogue import RIGHTLY, UNDECIDED, Judged, line
from creditstorm.scenario import catalogue
from creditstorm.scenario.text.loader import load

PAGE: Final = Path(__file__).parents[1] / "docs" / "catalogue.md"
ROW: Final = re.compile(r"^\| ([\w-]+) \| ([\w-]+) \| [^|]+ \| `([^`]+)` \| [^|]+ \| `([^`]+)` \|", re.MULTILINE)


def test_every_scenario_has_its_row_with_its_bounds() -> None:
    """A bound that was moved is measured again."""
    told = {name: rest for name, *rest in ROW.findall(PAGE.read_text(encoding="utf-8"))}
    assert told == {path.stem: _asked(path) for path in catalogue.paths()}


def _asked(path: Path) -> list[str]:
    scenario = load(path)
    assert scenario.intended is not None
    rules = {rule.key: rule.text for rule in scenario.thresholds}
    return [scenario.intended.name, rules[UNDECIDED], rules[RIGHTLY]]


def test_a_row_tells_the_range_the_worst_bound_and_what_did_not_pass() -> None:
    """Over the seeds: least and greatest figure, the bound that is furthest off, and each rule with how often."""
    rules = {UNDECIDED: "< 50%", RIGHTLY: "> 40%"}
    figures = [{UNDECIDED: (10.0, 8.0, 12.0 + more), RIGHTLY: (80.0 + more, 70.0, 90.0)} for more in (0.0, 3.0)]
    runs = [Judged("tri-state", figures[0], rules, ()), Judged("tri-state", figures[1], rules, ("a < 1: fail",))]
    wanted = "| x | tri-state | 10.0 to 10.0 (15.0) | `< 50%` | 80.0 to 83.0 (70.0) | `> 40%` | a < 1: fail (1 of 2) |"
    assert line("x", runs) == wanted
