"""From the description of a policy to the policy: one line a value of an axis."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from creditstorm.credit import Keyed, Population, Strategy
from creditstorm.credit.policies import admission, answer, missing, quality, rollout, transport
from creditstorm.credit.policies.presets import PolicySpec
from mock_services.cache.layers import LayeredStore, Memory, Store
from mock_services.cache.redis_cache import RedisCache
from mock_services.cache.redis_client import RedisClient
from mock_services.cache.snapshot import NightlySnapshot
from mock_services.policies.admission import AdaptiveDoor, InflightCapDoor, OpenDoor, PriorityDoor
from mock_services.policies.answer import HonestVocabulary, PushVocabulary, TwoWordsVocabulary
from mock_services.policies.axes import Admission, Missing, Policy, Quality, Rollout, Transport, Vocabulary
from mock_services.policies.missing import (
    FailClosedRule,
    LastKnownGoodRule,
    PartialScoreRule,
    TriStateRule,
    WorstBinRule,
    ZeroFillRule,
)
from mock_services.policies.quality import Gate, TrustingQuality
from mock_services.policies.rollout import (
    CanaryRollout,
    DirectRollout,
    HysteresisRollout,
    MixedRollout,
    Offers,
    PinnedRollout,
)
from mock_services.policies.transport.breaker import BreakerTransport
from mock_services.policies.transport.hedge import HedgeTransport
from mock_services.policies.transport.retry import (
    Allowance,
    Backoff,
    RetryBudgets,
    RetryTransport,
    SingleTry,
    Unlimited,
)

BuiltT = TypeVar("BuiltT")


@dataclass(frozen=True, slots=True)
class PolicyContext:
    """What the lender has that a policy may build on; keys in a shared Redis begin with `store_prefix`."""

    people: Population
    strategy: Strategy
    now: Callable[[], float] = field(default=time.time)
    store_prefix: str = "creditstorm"

    def offers(self) -> Offers:
        """The strategy in force, and no change yet."""
        return Offers(self.people.seed, self.strategy)


def _last_known_good(told: missing.LastKnownGood, context: PolicyContext) -> LastKnownGoodRule:
    otherwise = TriStateRule(told.z) if told.otherwise == "tri_state" else FailClosedRule()
    return LastKnownGoodRule(told.ttl_s, _store(told.store, context), otherwise, context.now)


def _store(url: str | None, context: PolicyContext) -> Store:
    snapshot = NightlySnapshot(context.people, taken_at=context.now())
    if url is None:
        return LayeredStore(Memory(), snapshot)
    return RedisCache(RedisClient(url, context.store_prefix), snapshot, context.now)


def _retry(
    told: transport.Retry | transport.RetryBudget, allowance: Allowance, context: PolicyContext
) -> RetryTransport:
    backoff = Backoff(Keyed(context.people.seed, "backoff"), told.backoff_s, told.backoff_most_s)
    return RetryTransport(told.tries, told.per_try_s, backoff, allowance, context.now)


def _retry_budget(told: transport.RetryBudget, context: PolicyContext) -> RetryTransport:
    return _retry(told, RetryBudgets(told.ratio, told.min_hz, told.burst, context.now), context)


TRANSPORT: Final[dict[type[transport.Transport], Callable[..., Transport]]] = {
    transport.Single: lambda _told, _house: SingleTry(),
    transport.Retry: lambda told, context: _retry(told, Unlimited(), context),
    transport.RetryBudget: _retry_budget,
    transport.Hedge: lambda told, context: HedgeTransport(told, context.now),
    transport.Breaker: lambda told, _house: BreakerTransport(told.threshold, told.open_s),
}
MISSING: Final[dict[type[missing.Missing], Callable[..., Missing]]] = {
    missing.FailClosed: lambda _told, _house: FailClosedRule(),
    missing.ZeroFill: lambda told, _house: ZeroFillRule(told.clip_sd),
    missing.WorstBin: lambda _told, _house: WorstBinRule(),
    missing.LastKnownGood: _last_known_good,
    missing.PartialScore: lambda _told, _house: PartialScoreRule(),
    missing.TriState: lambda told, _house: TriStateRule(told.z),
}
ANSWER: Final[dict[type[answer.Vocabulary], Callable[..., Vocabulary]]] = {
    answer.TwoWords: lambda _told, _house: TwoWordsVocabulary(),
    answer.Honest: lambda _told, _house: HonestVocabulary(),
    answer.Push: lambda told, _house: PushVocabulary(told),
}
ADMISSION: Final[dict[type[admission.Admission], Callable[..., Admission]]] = {
    admission.NoAdmission: lambda _told, _house: OpenDoor(),
    admission.InflightCap: lambda told, _house: InflightCapDoor(told.limit),
    admission.Priority: lambda told, _house: PriorityDoor(told.limit, told.reserved),
    admission.Adaptive: lambda told, context: AdaptiveDoor(told, context.now),
}
ROLLOUT: Final[dict[type[rollout.Rollout], Callable[..., Rollout]]] = {
    rollout.Direct: lambda _told, context: DirectRollout(context.offers()),
    rollout.Pinned: lambda _told, context: PinnedRollout(context.offers()),
    rollout.Canary: lambda told, context: CanaryRollout(context.offers(), told.share, told.version),
    rollout.Hysteresis: lambda told, context: HysteresisRollout(context.offers(), told.h),
    rollout.Mixed: lambda told, context: MixedRollout(context.offers(), told.share),
}
QUALITY: Final[dict[type[quality.Quality], Callable[..., Quality]]] = {
    quality.Trusting: lambda _told, _house: TrustingQuality(),
    quality.QualityGate: lambda told, _house: Gate(told.max_age_s),
}


def build(told: PolicySpec, context: PolicyContext) -> Policy:
    """The policy that the description names."""
    return Policy(
        transport=_built(TRANSPORT, told.transport, context),
        missing=_built(MISSING, told.missing, context),
        answer=_built(ANSWER, told.answer, context),
        admission=_built(ADMISSION, told.admission, context),
        rollout=_built(ROLLOUT, told.rollout, context),
        quality=_built(QUALITY, told.quality, context),
    )


def _built(table: Mapping[Any, Callable[..., BuiltT]], told: Any, context: PolicyContext) -> BuiltT:  # noqa: ANN401
    """By the line of the table; a value that another package brings builds itself."""
    make = table.get(type(told))
    built: BuiltT = told.build(context) if make is None else make(told, context)
    return built
