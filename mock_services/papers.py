"""What a reviewer has in hand: all that there is to know of a person, as they are today and as far as they allow it.

Reviewers have telephone and paper, so what a source is asked for is never late; and they hear from the person what a
source does not know yet, and what it must not be asked.
"""

from dataclasses import dataclass, replace
from typing import Final

from creditstorm.credit import (
    SOURCES,
    Applicant,
    Evidence,
    EvidenceStatus,
    Population,
    befalls,
    estimate_score,
    updated,
)
from creditstorm.credit.case import CreditRequest, values_for_scoring

ON_PAPER: Final = "paper"
"""The version of evidence that no machine sent."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A share of people, keyed as everywhere by the name of the change, does not let the lender use this source."""

    source: str
    share: float


@dataclass(frozen=True, slots=True)
class News:
    """What this source measures of a share of people is `factor` times what it was."""

    source: str
    share: float
    factor: float


class Papers:
    """The people of a lender, with what changed about them since: withdrawals and news, each by its name."""

    def __init__(self, people: Population) -> None:
        self._people = people
        self.withdrawals: dict[str, Withdrawal] = {}
        self.news: dict[str, News] = {}

    def complete(self, request: CreditRequest) -> dict[str, Evidence]:
        """As if every source had just answered and knew the news, without those withheld, and the score on that."""
        person = self._as_of_now(self._people.applicant(request.applicant))
        withheld = {c.source for name, c in self.withdrawals.items() if self._befalls(name, request.applicant, c.share)}
        values: dict[str, float | None] = {**person.values, "identity": float(person.verified)}
        evidence = {
            source: Evidence(EvidenceStatus.REFUSED) if source in withheld else _on_paper(values[source])
            for source in SOURCES
        }
        score = estimate_score(request.file, values_for_scoring(evidence))
        return evidence | {"scoring": replace(_on_paper(score.mean), sd=score.sd)}

    def _as_of_now(self, person: Applicant) -> Applicant:
        values = dict(person.values)
        for name, news in self.news.items():
            if self._befalls(name, person.id, news.share):
                values[news.source] = updated(values[news.source], news.factor)
        return replace(person, values=values)

    def _befalls(self, name: str, applicant: int, share: float) -> bool:
        return befalls(self._people.seed, name, applicant, share)


def _on_paper(value: float | None) -> Evidence:
    status = EvidenceStatus.EMPTY if value is None else EvidenceStatus.OK
    return Evidence(status, value, 0.0, 0.0, ON_PAPER)
