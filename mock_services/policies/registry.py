"""From the description of a policy to the policy: one line a value of an axis."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from creditstorm.credit import axes as spec
from creditstorm.credit import quality, rollouts
from creditstorm.credit.applicants import Population
from creditstorm.credit.keyed import Keyed
from creditstorm.credit.policy import PolicySpec
from creditstorm.credit.strategy import Strategy
from mock_services.far.shelf import RedisShelf
from mock_services.far.store import FarStore
from mock_services.memory import Memory
from mock_services.policies.admission.adaptive import AdaptiveDoor
from mock_services.policies.admission.inflight_cap import InflightCap
from mock_services.policies.admission.none import OpenDoor
from mock_services.policies.admission.priority import PriorityDoor
from mock_services.policies.answer.honest import HonestVocabulary
from mock_services.policies.answer.push import PushVocabulary
from mock_services.policies.answer.two_words import TwoWordsVocabulary
from mock_services.policies.axes import Admission, Missing, Policy, Quality, Rollout, Transport, Vocabulary
from mock_services.policies.missing.fail_closed import FailClosedRule
from mock_services.policies.missing.last_known_good import LastKnownGoodRule
from mock_services.policies.missing.partial_score import PartialScoreRule
from mock_services.policies.missing.tri_state import TriStateRule
from mock_services.policies.missing.worst_bin import WorstBinRule
from mock_services.policies.missing.zero_fill import ZeroFillRule
from mock_services.policies.quality.gate import Gate
from mock_services.policies.quality.trusting import TrustingQuality
from mock_services.policies.rollout.canary import CanaryRollout
from mock_services.policies.rollout.direct import DirectRollout
from mock_services.policies.rollout.hysteresis import HysteresisRollout
from mock_services.policies.rollout.mixed import MixedRollout
from mock_services.policies.rollout.offers import Offers
from mock_services.policies.rollout.pinned import PinnedRollout
from mock_services.policies.transport.breaker import BreakerTransport
from mock_services.policies.transport.hedge import HedgeTransport
from mock_services.policies.transport.retry import Allowance, Backoff, RetryTransport, Unlimited
from mock_services.policies.transport.retry_budget import RetryBudgets
from mock_services.policies.transport.single import SingleTry
from mock_services.snapshot import NightlySnapshot
from mock_services.store import LayeredStore, Store

BuiltT = TypeVar("BuiltT")


@dataclass(frozen=True, slots=True)
class House:
    """What the lender has that a policy may build on; keys in a shared Redis begin with `store_prefix`."""

    people: Population
    strategy: Strategy
    now: Callable[[], float] = field(default=time.time)
    store_prefix: str = "creditstorm"

    def offers(self) -> Offers:
        """The strategy in force, and no change yet."""
        return Offers(self.people.seed, self.strategy)


def _last_known_good(told: spec.LastKnownGood, house: House) -> LastKnownGoodRule:
    otherwise = TriStateRule(told.z) if told.otherwise == "tri_state" else FailClosedRule()
    return LastKnownGoodRule(told.ttl_s, _store(told.store, house), otherwise, house.now)


def _store(url: str | None, house: House) -> Store:
    snapshot = NightlySnapshot(house.people, taken_at=house.now())
    if url is None:
        return LayeredStore(Memory(), snapshot)
    return FarStore(RedisShelf(url, house.store_prefix), snapshot, house.now)


def _retry(told: spec.Retry | spec.RetryBudget, allowance: Allowance, house: House) -> RetryTransport:
    backoff = Backoff(Keyed(house.people.seed, "backoff"), told.backoff_s, told.backoff_most_s)
    return RetryTransport(told.tries, told.per_try_s, backoff, allowance, house.now)


def _retry_budget(told: spec.RetryBudget, house: House) -> RetryTransport:
    return _retry(told, RetryBudgets(told.ratio, told.min_hz, told.burst, house.now), house)


TRANSPORT: Final[dict[type[spec.Transport], Callable[..., Transport]]] = {
    spec.Single: lambda _told, _house: SingleTry(),
    spec.Retry: lambda told, house: _retry(told, Unlimited(), house),
    spec.RetryBudget: _retry_budget,
    spec.Hedge: lambda told, house: HedgeTransport(told, house.now),
    spec.Breaker: lambda told, _house: BreakerTransport(told.threshold, told.open_s),
}
MISSING: Final[dict[type[spec.Missing], Callable[..., Missing]]] = {
    spec.FailClosed: lambda _told, _house: FailClosedRule(),
    spec.ZeroFill: lambda told, _house: ZeroFillRule(told.clip_sd),
    spec.WorstBin: lambda _told, _house: WorstBinRule(),
    spec.LastKnownGood: _last_known_good,
    spec.PartialScore: lambda _told, _house: PartialScoreRule(),
    spec.TriState: lambda told, _house: TriStateRule(told.z),
}
ANSWER: Final[dict[type[spec.Vocabulary], Callable[..., Vocabulary]]] = {
    spec.TwoWords: lambda _told, _house: TwoWordsVocabulary(),
    spec.Honest: lambda _told, _house: HonestVocabulary(),
    spec.Push: lambda told, _house: PushVocabulary(told),
}
ADMISSION: Final[dict[type[spec.Admission], Callable[..., Admission]]] = {
    spec.NoAdmission: lambda _told, _house: OpenDoor(),
    spec.InflightCap: lambda told, _house: InflightCap(told.limit),
    spec.Priority: lambda told, _house: PriorityDoor(told.limit, told.reserved),
    spec.Adaptive: lambda told, house: AdaptiveDoor(told, house.now),
}
ROLLOUT: Final[dict[type[rollouts.Rollout], Callable[..., Rollout]]] = {
    rollouts.Direct: lambda _told, house: DirectRollout(house.offers()),
    rollouts.Pinned: lambda _told, house: PinnedRollout(house.offers()),
    rollouts.Canary: lambda told, house: CanaryRollout(house.offers(), told.share, told.version),
    rollouts.Hysteresis: lambda told, house: HysteresisRollout(house.offers(), told.h),
    rollouts.Mixed: lambda told, house: MixedRollout(house.offers(), told.share),
}
QUALITY: Final[dict[type[quality.Quality], Callable[..., Quality]]] = {
    quality.Trusting: lambda _told, _house: TrustingQuality(),
    quality.QualityGate: lambda told, _house: Gate(told.max_age_s),
}


def build(told: PolicySpec, house: House) -> Policy:
    """The policy that the description names."""
    return Policy(
        transport=_built(TRANSPORT, told.transport, house),
        missing=_built(MISSING, told.missing, house),
        answer=_built(ANSWER, told.answer, house),
        admission=_built(ADMISSION, told.admission, house),
        rollout=_built(ROLLOUT, told.rollout, house),
        quality=_built(QUALITY, told.quality, house),
    )


def _built(table: Mapping[Any, Callable[..., BuiltT]], told: Any, house: House) -> BuiltT:  # noqa: ANN401
    """By the line of the table; a value that another package brings builds itself."""
    make = table.get(type(told))
    built: BuiltT = told.build(house) if make is None else make(told, house)
    return built
