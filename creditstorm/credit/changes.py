"""What changes about people and about the rules while a run goes on, and for whom: pure and keyed like all of it.

Source and oracle ask the same functions, so they agree about whom a change befalls without telling each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from creditstorm.credit.keyed import Keyed
from creditstorm.credit.strategy import Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyChange:
    """Another strategy decides from `from_s` until `until_s`, for the share of people that it is rolled out to.

    `legitimate` is whether the lender wants it: then it is in force and a refusal by it is right. Otherwise it was
    set by mistake. `mixed` draws the version a request instead of a person: nodes that disagree.
    """

    name: str
    from_s: float
    until_s: float
    strategy: Strategy
    legitimate: bool = False
    share: float = 1.0
    mixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileUpdate:
    """From `from_s` on, what `source` measures of a share of people is `factor` times what it was."""

    name: str
    from_s: float
    source: str
    share: float
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRevoked:
    """From `from_s` until `until_s` a share of people does not let the lender ask `source`: legitimately missing."""

    name: str
    from_s: float
    until_s: float
    source: str
    share: float


Change = StrategyChange | ProfileUpdate | ConsentRevoked


def befalls(seed: int, name: str, applicant: int, share: float) -> bool:
    """Whether the change of this name befalls this person; `share` of all people, the same ones every time."""
    return Keyed(seed, "change", name).uniform(applicant) < share


def updated(reported: int | None, factor: float) -> int | None:
    """What a source reports after a profile update; "no record" stays "no record"."""
    return None if reported is None else max(0, round(reported * factor))
