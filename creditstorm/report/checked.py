"""How far simulated runs of this very storm were from live ones, from the committed table of agreement.

The table is written by `ci/agreement.py`; a storm is told by its digest, so one with another load, fault or policy than
the one that was compared is not compared, whatever its name.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from creditstorm.analysis.summary import Summary
from creditstorm.record.manifest import Mode
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.dump import storm_digest

DATA: Final = "agreement.json"
WHERE: Final = "docs/agreement.md"


@dataclass(frozen=True, slots=True)
class MeasuredError:
    """What a storm was compared by: `pairs` live runs beside simulated ones, and the largest error of each rate.

    An error is a share: the farthest end of any interval of the difference, of people over the run or in a window.
    `differs`
    counts the figures of any kind that were shown to differ by more than their margin.
    """

    pairs: int
    errors: dict[str, float]
    differs: int = 0


@cache
def table() -> dict[str, MeasuredError]:
    """Every storm that was compared, by its digest."""
    content: dict[str, Any] = json.loads(files("creditstorm.report").joinpath(DATA).read_text(encoding="utf-8"))
    return {str(storm): MeasuredError(**known) for storm, known in content["storms"].items()}


def sentence(summary: Summary, scenario: Scenario, known: dict[str, MeasuredError] | None = None) -> str:
    """What stands beside the figures of a simulated run; empty for a live one, which needs no check."""
    if summary.mode is Mode.LIVE:
        return ""
    found = (table() if known is None else known).get(storm_digest(scenario))
    if found is None:
        return f"not compared with a live run (`creditstorm agree` does that; what was compared is in {WHERE})"
    errors = ", ".join(f"{name} ± {100.0 * error:.1f} pp" for name, error in found.errors.items())
    pairs = f"{found.pairs} {'pair' if found.pairs == 1 else 'pairs'}"
    beyond = f"; {found.differs} figures differ by more than their margin" if found.differs else ""
    return f"checked against live: {errors} over {pairs}{beyond} (see {WHERE})"
