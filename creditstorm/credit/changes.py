"""What changes about people and about the rules while a run goes on, and for whom: pure and keyed like all of it.

Source and oracle ask the same functions, so they agree about whom a change befalls without telling each other.
"""

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray
from creditstorm.credit.keyed import Keyed
from creditstorm.credit.sources import SCORED
from creditstorm.credit.strategy import Strategy

# A change that is read from a plan may not hold a key that nobody knows; the domain itself does not ask this.
_STRICT: Final[dict[str, Any]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyChange:
    """Another strategy decides from `from_s` until `until_s`, for the share of people that it is rolled out to.

    `legitimate` is whether the lender wants it: then it is in force and a refusal by it is right. Otherwise it was
    set by mistake. `mixed` draws the version a request instead of a person: nodes that disagree.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    kind: Literal["strategy"] = "strategy"
    name: str
    from_s: float
    until_s: float
    strategy: Strategy
    legitimate: bool = False
    share: float = 1.0
    mixed: bool = False

    def __post_init__(self) -> None:
        _check_stretch(self.from_s, self.until_s)
        _check_share(self.share)

    @property
    def rules(self) -> bool:
        """Whether it is ever in force: wanted, and one version for a person, not a draw a request."""
        return self.legitimate and not self.mixed


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileUpdate:
    """From `from_s` on, what `source` measures of a share of people is `factor` times what it was."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    kind: Literal["profile_update"] = "profile_update"
    name: str
    from_s: float
    source: str
    share: float
    factor: float

    def __post_init__(self) -> None:
        _check_source(self.source)
        _check_share(self.share)
        if not (math.isfinite(self.factor) and self.factor >= 0):
            raise ValueError("factor must be 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRevoked:
    """From `from_s` until `until_s` a share of people does not let the lender ask `source`: legitimately missing."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    kind: Literal["consent_revoked"] = "consent_revoked"
    name: str
    from_s: float
    until_s: float
    source: str
    share: float

    def __post_init__(self) -> None:
        _check_stretch(self.from_s, self.until_s)
        _check_source(self.source)
        _check_share(self.share)


Change = StrategyChange | ProfileUpdate | ConsentRevoked


def befalls(seed: int, name: str, applicant: int, share: float) -> bool:
    """Whether the change of this name befalls this person; `share` of all people, the same ones every time."""
    return Keyed(seed, "change", name).uniform(applicant) < share


def befalls_many(seed: int, name: str, applicants: NDArray[np.uint64], share: float) -> NDArray[np.bool_]:
    """The same as `befalls`, for an array of people."""
    return Keyed(seed, "change", name).uniform_many(applicants) < share


def updated(reported: int | None, factor: float) -> int | None:
    """What a source reports after a profile update; "no record" stays "no record"."""
    return None if reported is None else max(0, round(reported * factor))


def updated_many(reported: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """The same as `updated`, for an array of records."""
    return np.maximum(0.0, np.rint(reported * factor))


def _check_stretch(from_s: float, until_s: float) -> None:
    if not from_s <= until_s:
        raise ValueError("until_s must not be before from_s")


def _check_source(source: str) -> None:
    if source not in SCORED:
        raise ValueError(f"source must be one of {', '.join(SCORED)}")


def _check_share(share: float) -> None:
    if not 0.0 <= share <= 1.0:
        raise ValueError("share must be from 0 to 1")
