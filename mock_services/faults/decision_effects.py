"""Effects on the decision service: another strategy is rolled out, its cache is cold or poisoned."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from creditstorm.credit import PDO, Strategy
from mock_services.cache.layers import Layers, PoisonedValues
from mock_services.faults.active import BadFaultError, Factor, Fault, Share
from mock_services.papers import News, Papers, Withdrawal
from mock_services.policies.axes import Policy, Rollout
from mock_services.policies.missing import store_of
from mock_services.policies.rollout import Offer


@dataclass(frozen=True, slots=True)
class LenderHandle:
    """The handle of the decision's faults."""

    seed: int
    rollout: Rollout
    store: Layers | None
    papers: Papers | None = None

    @classmethod
    def of(cls, policy: Policy, seed: int, papers: Papers | None = None) -> "LenderHandle":
        """The lender under this policy; `papers` are those of its reviewers."""
        store = store_of(policy)
        return cls(seed, policy.rollout, store if isinstance(store, Layers) else None, papers)

    def desk(self) -> Papers:
        """What the reviewers have in hand; BadFaultError where there are none."""
        if self.papers is None:
            raise BadFaultError("the policy has no reviewers, so nobody here would see it")
        return self.papers

    def cache(self) -> Layers:
        """The store; BadFaultError where there is none."""
        if self.store is None:
            raise BadFaultError("the policy keeps no last known good values, so its cache cannot fail")
        return self.store


class StrategyChangeEffect(Fault[LenderHandle]):
    """Offers the strategy to the policy's roll-out, which decides who meets it; met by what is decided by it.

    It is meant for a share of people, or with `mixed` for a share of requests.
    """

    version: Annotated[str, Field(min_length=1, max_length=80)] = "v2"
    cut_off: float
    pdo: Factor = PDO
    share: Share = 1.0
    mixed: bool = False

    def begin(self, name: str, handle: LenderHandle) -> None:
        """From now on it is on offer."""
        super().begin(name, handle)
        strategy = Strategy(self.version, self.cut_off, self.pdo)
        handle.rollout.offer(Offer(name, strategy, self.share, self.mixed, self._meet))

    def end(self) -> None:
        """It is taken back."""
        self._handle.rollout.withdraw(self._name)

    def _meet(self) -> None:
        self._met += 1


class FlushEffect(Fault[LenderHandle]):
    """Forgets what was learnt and hides the snapshot while it is on; met by values that were wanted and gone."""

    def begin(self, name: str, handle: LenderHandle) -> None:
        """The cache is empty, and fills again from live answers."""
        handle.cache().flush(name, self._meet)
        super().begin(name, handle)

    def end(self) -> None:
        """The snapshot is back."""
        self._handle.cache().warm(self._name)

    def _meet(self) -> None:
        self._met += 1


class PoisonEffect(Fault[LenderHandle]):
    """Of a share of the values, by person and service, "no record" or 0 is recalled; met by each of those."""

    share: Share = 1.0

    def begin(self, name: str, handle: LenderHandle) -> None:
        """The cache is poisoned."""
        handle.cache().poison(PoisonedValues(handle.seed, name, self.share, self._meet))
        super().begin(name, handle)

    def end(self) -> None:
        """The values are what they were."""
        self._handle.cache().cure(self._name)

    def _meet(self) -> None:
        self._met += 1


class WithdrawnEffect(Fault[LenderHandle]):
    """While it is on a share of people tells the reviewers not to use this source; requests meet it at the source."""

    source: str
    share: Share = 0.1

    def begin(self, name: str, handle: LenderHandle) -> None:
        """From now on no case is decided on it."""
        handle.desk().withdrawals[name] = Withdrawal(self.source, self.share)
        super().begin(name, handle)

    def end(self) -> None:
        """It may be used again."""
        self._handle.desk().withdrawals.pop(self._name, None)


class NewsEffect(Fault[LenderHandle]):
    """From its beginning on a share of people shows the reviewers what the source has not heard yet."""

    source: str
    share: Share = 0.1
    factor: Factor

    def begin(self, name: str, handle: LenderHandle) -> None:
        """It is true from now on, and stays so when the source has learnt it."""
        handle.desk().news[name] = News(self.source, self.share, self.factor)
        super().begin(name, handle)
