"""Faults of what a source says about people: nothing, null, yesterday, a few points off; and of what is true."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field
from creditstorm.credit.changes import ConsentRevoked, ProfileUpdate
from creditstorm.language.quantities import Age, Number, key, one_of
from creditstorm.scenario.faults.base import (
    InsideFault,
    MeasuringTarget,
    PeopleTarget,
    SomeShare,
    SourceTarget,
    replicas_of,
)


class Empty(InsideFault):
    """A share of calls is answered at once with 200 and no record: a plausible lie."""

    in_words: ClassVar[str] = "said it knew nobody"
    kind: Literal["empty"] = "empty"
    target: SourceTarget
    share: SomeShare = 1.0


class NullFields(InsideFault):
    """A share of records carries null, or 0, in place of the value."""

    in_words: ClassVar[str] = "sent empty fields"
    kind: Literal["null_fields"] = "null_fields"
    target: SourceTarget
    share: SomeShare = 1.0
    reads: Annotated[str, *one_of("what a lost field reads", ("null", "zero"))] = "null"


class Stale(InsideFault):
    """A share of records is `age_s` old: it says so, and holds the value of that time."""

    in_words: ClassVar[str] = "served old records"
    kind: Literal["stale"] = "stale"
    target: SourceTarget
    share: SomeShare = 1.0
    age_s: Annotated[Age, Field(gt=0.0), key("age")]


class UnitChange(InsideFault):
    """A share of records carries `factor` times the value."""

    in_words: ClassVar[str] = "reported in another unit"
    kind: Literal["unit_change"] = "unit_change"
    target: MeasuringTarget
    share: SomeShare = 1.0
    factor: Annotated[Number, Field(gt=0.0, le=1e6)]


class Skew(InsideFault):
    """A share of people is reported so that their score moves by `points` on average, up or down (Laplace)."""

    in_words: ClassVar[str] = "reported some people wrongly"
    kind: Literal["skew"] = "skew"
    target: MeasuringTarget
    share: SomeShare = 0.18
    points: Annotated[Number, Field(gt=0.0, le=1000.0)] = 8.0

    @property
    def met_by(self) -> str:
        """People, by the name of the fault."""
        return "people"


class PeopleFault(InsideFault):
    """Befalls a share of people, the same ones at every replica of the source."""

    target: PeopleTarget
    share: SomeShare = 0.1

    def places(self, redundancy: tuple[str, ...]) -> tuple[str, ...]:
        """Every replica."""
        return replicas_of(self.target, redundancy)

    def at_desk(self) -> dict[str, object]:
        """The same, and of which source it is."""
        return {**self.parameters(), "source": self.target}

    @property
    def met_by(self) -> str:
        """People, by the name of the fault."""
        return "people"


class ConsentRevokedFault(PeopleFault):
    """A share of people is refused to the lender by the source, legitimately."""

    in_words: ClassVar[str] = "was not allowed to answer"
    kind: Literal["consent_revoked"] = "consent_revoked"

    def change(self) -> ConsentRevoked:
        """Consent comes back at the end."""
        return ConsentRevoked(
            name=self.name, from_s=self.at_s, until_s=self.end_s, source=self.target, share=self.share
        )


class ProfileUpdateFault(PeopleFault):
    """From its beginning a share of people truly has `factor` times the value; the source says so from its end on."""

    in_words: ClassVar[str] = "did not know the news yet"
    told_after_end: ClassVar[bool] = True
    kind: Literal["profile_update"] = "profile_update"
    factor: Annotated[Number, Field(gt=0.0, le=1e6)]

    def change(self) -> ProfileUpdate:
        """It has no end: what is true of a person stays true when the source has learnt it."""
        return ProfileUpdate(name=self.name, from_s=self.at_s, source=self.target, share=self.share, factor=self.factor)
