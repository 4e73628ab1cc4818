"""Effects on what a source says about people: no record, an old or a wrong one, no consent."""

import math
from dataclasses import replace
from typing import Annotated, Final, Literal

from fastapi import Response
from pydantic import Field, PrivateAttr
from creditstorm.credit import FACTOR, SCALES, SCORED, SOURCES, WEIGHTS, Keyed, befalls, draw
from mock_services.cache.snapshot import bits_of_the_past, value_then
from mock_services.faults.active import Factor, Share
from mock_services.faults.hooks import Call, CallEffect, Reported, ServiceHandle, SharedEffect, Update
from mock_services.wire.handling import refusal


class EmptyEffect(SharedEffect):
    """A plausible lie: nothing in the answer tells it from a true "no record", which it leaves and does not count."""

    services = SOURCES  # scoring has no records of its own

    def changed(self, call: Call, reported: Reported) -> Reported:
        """No record."""
        return replace(reported, record=None) if reported.record is not None and self.strikes(call) else reported


class NullFieldsEffect(SharedEffect):
    """There is a record and nothing in it; people without a record are not met."""

    services = SOURCES  # scoring has no records of its own

    reads: Literal["null", "zero"] = "null"

    def changed(self, call: Call, reported: Reported) -> Reported:
        """The field without its value."""
        if reported.record is None or not self.strikes(call):
            return reported
        return reported.saying(None if self.reads == "null" else 0)


class StaleEffect(SharedEffect):
    """The value as it was then, under the persistence of the nightly snapshot; an identity does not age."""

    services = SOURCES  # scoring has no records of its own

    age_s: Annotated[float, Field(ge=0.0)]

    def changed(self, call: Call, reported: Reported) -> Reported:
        """What the source would have said `age_s` ago."""
        if not self.strikes(call):
            return reported
        aged = replace(reported, as_of=self._handle.now() - self.age_s)
        if reported.value is None or self._handle.service not in SCALES:
            return aged
        bits = bits_of_the_past(self._handle.seed, call.applicant)
        return aged.saying(value_then(self._handle.service, reported.value, bits, self.age_s))


class UnitChangeEffect(SharedEffect):
    """Value × factor, a whole number where it is one; people without a record are not met."""

    services = SCORED  # identity is a yes or a no: it has no unit, no weight and no factor

    factor: Factor

    def changed(self, call: Call, reported: Reported) -> Reported:
        """The number in the other unit."""
        if reported.value is None or not self.strikes(call):
            return reported
        value = reported.value * self.factor
        return reported.saying(int(value) if value.is_integer() else value)


_DRAW_SIZE: Final = 0
_DRAW_SIGN: Final = 1


class SkewEffect(CallEffect):
    """A share of people, the same ones every time, whose score moves by a two-sided exponential (Laplace) draw.

    `points` is the mean size of the move. It is made in the characteristic, so whole numbers round it a little.
    """

    services = SCORED  # identity is a yes or a no: it has no unit, no weight and no factor

    share: Share = 0.18
    points: Annotated[float, Field(gt=0.0)] = 8.0

    _stream: Keyed = PrivateAttr()

    def begin(self, name: str, handle: ServiceHandle) -> None:
        """The draws belong to the name of the fault."""
        super().begin(name, handle)
        self._stream = Keyed(handle.seed, "skew", name)

    def changed(self, call: Call, reported: Reported) -> Reported:
        """The number that moves the person's score by their draw."""
        weight = WEIGHTS[reported.person.file][self._handle.service]
        met = befalls(self._handle.seed, self._name, call.applicant, self.share)
        if reported.value is None or not weight or not met:
            return reported
        self._met += 1
        move = SCALES[self._handle.service].spread * self.move(call.applicant) / (FACTOR * weight)
        return reported.saying(max(0, round(reported.value + move)))

    def move(self, applicant: int) -> float:
        """By how many points the score of this person moves."""
        bits = self._stream.bits(applicant)
        size = -self.points * math.log(draw(bits, _DRAW_SIZE))
        return size if draw(bits, _DRAW_SIGN) < 0.5 else -size


class ConsentRevokedEffect(CallEffect):
    """A 403 at the gate: the source looks for consent before it looks for anything else."""

    services = SCORED  # who one is does not depend on consent

    share: Share = 0.1

    def refuses(self, call: Call) -> Response | None:
        """The person's will."""
        if not befalls(self._handle.seed, self._name, call.applicant, self.share):
            return None
        self._met += 1
        return refusal(403, "the person has withdrawn consent")


class ProfileUpdateEffect(CallEffect):
    """While it is on the source reports the old value of these people; when it ends, the new one from then on."""

    services = SCORED  # identity is a yes or a no: it has no unit, no weight and no factor

    share: Share = 0.1
    factor: Factor

    def begin(self, name: str, handle: ServiceHandle) -> None:
        """An update that the source had heard of is unheard again."""
        super().begin(name, handle)
        handle.updates.pop(name, None)

    def changed(self, call: Call, reported: Reported) -> Reported:
        """The old value goes out unchanged, and is counted."""
        self._met += befalls(self._handle.seed, self._name, call.applicant, self.share)
        return reported

    def end(self) -> None:
        """The source hears of it."""
        self._handle.updates[self._name] = Update(self.share, self.factor)
