"""From planned faults to what they change about people and rules: all that truth has to know of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Protocol, cast

from creditstorm.credit.changes import Change, ConsentRevoked, ProfileUpdate, StrategyChange
from creditstorm.credit.strategy import Strategy


class Planned(Protocol):
    """What every fault has."""

    @property
    def kind(self) -> str:
        """Which fault it is."""

    @property
    def name(self) -> str:
        """Its own name, which draws the people whom it befalls."""

    @property
    def target(self) -> str:
        """The service it is about."""

    @property
    def at_s(self) -> float:
        """The planned instant."""

    @property
    def end_s(self) -> float:
        """The planned end."""


class ShareFault(Planned, Protocol):
    """A fault that befalls a share of people."""

    @property
    def share(self) -> float:
        """The share of people, from 0 to 1."""


class ProfileFault(ShareFault, Protocol):
    """A change of what people earn or spend."""

    @property
    def factor(self) -> float:
        """The new value over the old one."""


class StrategyFault(ShareFault, Protocol):
    """A change of the strategy."""

    @property
    def version(self) -> str:
        """The version that the new rules carry."""

    @property
    def cut_shift(self) -> float:
        """By how many points the cut-off moves."""

    @property
    def pdo(self) -> float:
        """Points to double the odds on the new scale."""

    @property
    def mixed(self) -> bool:
        """Whether nodes disagree."""

    @property
    def legitimate(self) -> bool:
        """Whether the lender wants it."""


BASE: Final = Strategy()
"""The strategy before any change."""


def changes_of(faults: Iterable[Planned]) -> tuple[Change, ...]:
    """The changes that truth follows, in the order of the faults; faults that change no truth are left out."""
    return tuple(_CHANGES[fault.kind](fault) for fault in faults if fault.kind in _CHANGES)


def strategy_of(fault: StrategyFault) -> Strategy:
    """The strategy that a change brings."""
    return Strategy(version=fault.version, cut_off=BASE.cut_off + fault.cut_shift, pdo=fault.pdo)


def _strategy(fault: Planned) -> StrategyChange:
    new = cast("StrategyFault", fault)
    return StrategyChange(
        name=new.name,
        from_s=new.at_s,
        until_s=new.end_s,
        strategy=strategy_of(new),
        legitimate=new.legitimate,
        share=new.share,
        mixed=new.mixed,
    )


def _profile(fault: Planned) -> ProfileUpdate:
    new = cast("ProfileFault", fault)
    return ProfileUpdate(name=new.name, from_s=new.at_s, source=new.target, share=new.share, factor=new.factor)


def _consent(fault: Planned) -> ConsentRevoked:
    new = cast("ShareFault", fault)
    return ConsentRevoked(name=new.name, from_s=new.at_s, until_s=new.end_s, source=new.target, share=new.share)


_CHANGES: Final[dict[str, Callable[[Planned], Change]]] = {
    "strategy_change": _strategy,
    "profile_update": _profile,
    "consent_revoked": _consent,
}
