"""A package that somebody else wrote: a fault, a value of the missing-data axis, a monitor, and their entry points."""

from __future__ import annotations

from pathlib import Path

FAULT = '''
from typing import Annotated, Literal

from pydantic import Field

from creditstorm.language.quantities import Number
from creditstorm.scenario.faults import InsideFault
from creditstorm.scenario.faults.base import MeasuringTarget, SomeShare
from mock_services.faults.hooks import Call, Hooks, Reported


class Divided(InsideFault, Hooks):
    """A share of the values is divided by a number."""

    kind: Literal["divided"] = "divided"
    target: MeasuringTarget = "income"
    share: SomeShare = 1.0
    by: Annotated[Number, Field(gt=1.0)]

    def changed(self, call: Call, said: Reported) -> Reported:
        return said if said.value is None else said.saying(int(said.value / self.by))
'''

VALUE = '''
from typing import ClassVar, Literal

from creditstorm.credit.decision import Decision
from creditstorm.credit.evidence import Evidence
from creditstorm.language.quantities import Number
from creditstorm.credit.policies.presets import PolicyValue
from creditstorm.credit.case import Case, approved, by_hard_rule, denied, undetermined
from creditstorm.credit.case import CreditRequest


class Lenient(PolicyValue):
    """Whoever is not far below the cut-off is approved."""

    axis: ClassVar[str] = "missing"
    kind: Literal["lenient"] = "lenient"
    points: Number = 40.0

    def fill(self, request: CreditRequest, service: str, evidence: Evidence) -> Evidence:
        return evidence

    def decide(self, case: Case) -> Decision:
        if (ruled := by_hard_rule(case)) is not None:
            return ruled
        if not case.evidence["scoring"].usable:
            return undetermined(case.cause_of("scoring"))
        score = case.value("scoring") + self.points
        return approved(case.limit(score, case.value("income"))) if case.clears(score) else denied()
'''

MONITOR = """
import polars as pl

from creditstorm.analysis.monitors.kinds import Monitor

NO_INCOME = Monitor("no income", pl.col("income_status") != "ok", pl.col("income_status").is_not_null())
"""

ENTRY_POINTS = {
    "creditstorm.faults": {"divided": "somebody_else.divided:Divided"},
    "creditstorm.policies": {"lenient": "somebody_else.lenient:Lenient"},
    "creditstorm.monitors": {"no_income": "somebody_else.no_income:NO_INCOME"},
}
"""What the package declares."""


def install(site: Path, entry_points: dict[str, dict[str, str]] = ENTRY_POINTS) -> dict[str, str]:
    """Lay the package out as an installer does; the environment in which Python finds it."""
    package, info = site / "somebody_else", site / "somebody_else-1.5.dist-info"
    for folder in (package, info):
        folder.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "divided.py").write_text(FAULT)
    (package / "lenient.py").write_text(VALUE)
    (package / "no_income.py").write_text(MONITOR)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: somebody-else\nVersion: 1.5\n")
    lines = [
        f"[{group}]\n" + "".join(f"{n} = {v}\n" for n, v in named.items()) for group, named in entry_points.items()
    ]
    (info / "entry_points.txt").write_text("\n".join(lines))
    return {"PYTHONPATH": str(site)}
