"""A clock, an app and a load plan for tests of the load: no time passes and nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from creditstorm.credit.decision import Answer
from creditstorm.demand.load_plan import LoadPlan, RateStage
from creditstorm.demand.sessions import Exchange, ParsedReply, Person, Tap

ELIGIBLE = Person(42, "consumer", "thick", "eligible", 20_000, 612.5, "eligible")
INELIGIBLE = Person(43, "micro_business", "thin", "ineligible", 0, 500.0, "ineligible")
PLAN = LoadPlan(seed=7, arrivals=(RateStage(10.0, 20.0, 20.0),))


def plan(**changed: object) -> LoadPlan:
    """PLAN with some fields changed."""
    return replace(PLAN, **changed)  # type: ignore[arg-type]


def exchange(reading: ParsedReply, *, person: Person = ELIGIBLE, session: int = 0, attempt: int = 1) -> Exchange:
    """An exchange that took a quarter of a second."""
    return Exchange(Tap(1.0, session, attempt, person), 1.0, 1.25, reading)


@dataclass
class FakeLife:
    """An app that gives the answers it was told to, half a second after each tap, and a clock that jumps."""

    answers: list[Answer]
    last_call_s: float = 1e9
    asked: list[Tap] = field(default_factory=list)

    def ask(self, tap: Tap) -> Exchange:
        """Answer at once, in fake time."""
        self.asked.append(tap)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        return Exchange(tap, tap.intended_s, tap.intended_s + 0.5, ParsedReply(answer))

    def until(self, t_s: float) -> bool:
        """Jump there."""
        return t_s <= self.last_call_s
