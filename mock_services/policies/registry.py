"""From the description of a policy to the policy: one line a value of an axis."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from creditstorm import steady
from creditstorm.credit import Keyed, Population, Strategy
from creditstorm.credit.policies import admission, answer, feedback, missing, quality, rollout, transport
from creditstorm.credit.policies.presets import PolicySpec
from creditstorm.language.store_url import StoreUrl, store_url
from mock_services.cache.layers import LayeredStore, Memory, Store
from mock_services.cache.redis_cache import RedisCache
from mock_services.cache.redis_client import RedisClient, StoreClient
from mock_services.cache.snapshot import NightlySnapshot
from mock_services.policies import admission as doors
from mock_services.policies import answer as words
from mock_services.policies import complaints
from mock_services.policies import missing as rules
from mock_services.policies import quality as gates
from mock_services.policies import rollout as rollouts
from mock_services.policies.axes import Admission, Feedback, Missing, Policy, Quality, Rollout, Transport, Vocabulary
from mock_services.policies.transport import breaker, hedge, retry

BuiltT = TypeVar("BuiltT")


StoreClients = Callable[[StoreUrl, str, str | None], StoreClient]
"""Makes the client of a Redis, from where it is, what its keys begin with, and its password."""


@dataclass(frozen=True, slots=True)
class PolicyContext:
    """What the lender has that a policy may build on; keys in a shared Redis begin with `store_prefix`.

    `store_client` makes the client of a Redis from its URL and that prefix.
    """

    people: Population
    strategy: Strategy
    now: Callable[[], float] = field(default=steady.unix_s)
    store_prefix: str = "creditstorm"
    store_password: str | None = field(default=None, repr=False)
    store_client: StoreClients = RedisClient

    def offers(self) -> rollouts.Offers:
        """The strategy in force, and no change yet."""
        return rollouts.Offers(self.people.seed, self.strategy)


def _last_known_good(spec: missing.LastKnownGood, context: PolicyContext) -> rules.LastKnownGoodRule:
    otherwise = rules.TriStateRule(spec.z) if spec.otherwise == "tri_state" else rules.FailClosedRule()
    return rules.LastKnownGoodRule(spec.ttl_s, _store(spec.store, context), otherwise, context.now)


def _store(url: str | None, context: PolicyContext) -> Store:
    snapshot = NightlySnapshot(context.people, taken_at=context.now())
    if url is None:
        return LayeredStore(Memory(), snapshot)
    client = context.store_client(store_url(url), context.store_prefix, context.store_password)
    return RedisCache(client, snapshot, context.now)


def _retry(
    spec: transport.Retry | transport.RetryBudget, allowance: retry.Allowance, context: PolicyContext
) -> retry.RetryTransport:
    backoff = retry.Backoff(Keyed(context.people.seed, "backoff"), spec.backoff_s, spec.backoff_most_s)
    return retry.RetryTransport(spec.tries, spec.per_try_s, backoff, allowance, context.now)


def _retry_budget(spec: transport.RetryBudget, context: PolicyContext) -> retry.RetryTransport:
    return _retry(spec, retry.RetryBudgets(spec.ratio, spec.min_hz, spec.burst, context.now), context)


TRANSPORT: Final[dict[type[transport.Transport], Callable[..., Transport]]] = {
    transport.Single: lambda _spec, _context: retry.SingleTry(),
    transport.Retry: lambda spec, context: _retry(spec, retry.Unlimited(), context),
    transport.RetryBudget: _retry_budget,
    transport.Hedge: lambda spec, context: hedge.HedgeTransport(spec, context.now),
    transport.Breaker: lambda spec, context: breaker.BreakerTransport(spec.threshold, spec.open_s, context.now),
}
MISSING: Final[dict[type[missing.Missing], Callable[..., Missing]]] = {
    missing.FailClosed: lambda _spec, _context: rules.FailClosedRule(),
    missing.ZeroFill: lambda spec, _context: rules.ZeroFillRule(spec.clip_sd),
    missing.WorstBin: lambda _spec, _context: rules.WorstBinRule(),
    missing.LastKnownGood: _last_known_good,
    missing.PartialScore: lambda _spec, _context: rules.PartialScoreRule(),
    missing.TriState: lambda spec, _context: rules.TriStateRule(spec.z),
}
ANSWER: Final[dict[type[answer.Vocabulary], Callable[..., Vocabulary]]] = {
    answer.TwoWords: lambda _spec, _context: words.TwoWordsVocabulary(),
    answer.Honest: lambda _spec, _context: words.HonestVocabulary(),
    answer.Push: lambda spec, _context: words.PushVocabulary(spec),
}
ADMISSION: Final[dict[type[admission.Admission], Callable[..., Admission]]] = {
    admission.NoAdmission: lambda _spec, _context: doors.OpenDoor(),
    admission.InflightCap: lambda spec, _context: doors.InflightCapDoor(spec.limit),
    admission.Priority: lambda spec, _context: doors.PriorityDoor(spec.limit, spec.reserved),
    admission.Adaptive: lambda spec, context: doors.AdaptiveDoor(spec, context.now),
}
ROLLOUT: Final[dict[type[rollout.Rollout], Callable[..., Rollout]]] = {
    rollout.Direct: lambda _spec, context: rollouts.DirectRollout(context.offers()),
    rollout.Pinned: lambda _spec, context: rollouts.PinnedRollout(context.offers()),
    rollout.Canary: lambda spec, context: rollouts.CanaryRollout(context.offers(), spec.share, spec.version),
    rollout.Hysteresis: lambda spec, context: rollouts.HysteresisRollout(context.offers(), spec.h),
    rollout.Mixed: lambda spec, context: rollouts.MixedRollout(context.offers(), spec.share),
}
QUALITY: Final[dict[type[quality.Quality], Callable[..., Quality]]] = {
    quality.Trusting: lambda _spec, _context: gates.TrustingQuality(),
    quality.QualityGate: lambda spec, _context: gates.Gate(spec.max_age_s),
}

FEEDBACK: Final[dict[type[feedback.Feedback], Callable[..., Feedback]]] = {
    feedback.NoFeedback: lambda _spec, _context: complaints.DeafEar(),
    feedback.Redecide: lambda spec, _context: complaints.RedecideFeedback(spec),
    feedback.Review: lambda spec, _context: complaints.ReviewFeedback(spec),
}


def build(spec: PolicySpec, context: PolicyContext) -> Policy:
    """The policy that the description names."""
    return Policy(
        transport=_built(TRANSPORT, spec.transport, context),
        missing=_built(MISSING, spec.missing, context),
        answer=_built(ANSWER, spec.answer, context),
        admission=_built(ADMISSION, spec.admission, context),
        rollout=_built(ROLLOUT, spec.rollout, context),
        quality=_built(QUALITY, spec.quality, context),
        feedback=_built(FEEDBACK, spec.feedback, context),
        fills_as=spec.missing.kind,
    )


def _built(table: Mapping[Any, Callable[..., BuiltT]], spec: Any, context: PolicyContext) -> BuiltT:  # noqa: ANN401
    """By the line of the table; a value that another package brings builds itself."""
    make = table.get(type(spec))
    built: BuiltT = spec.build(context) if make is None else make(spec, context)
    return built
