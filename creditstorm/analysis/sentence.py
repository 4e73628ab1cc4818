"""One sentence a policy, derived from its figures: words by thresholds, never by the policy's name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from creditstorm.analysis.comparison import PolicyFigures, WayBack

SHARES: Final = (
    (0.95, "nearly every creditworthy request was told “no credit”"),
    (0.60, "most creditworthy requests were told “no credit”"),
    (0.40, "about half of the creditworthy requests were told “no credit”"),
    (0.10, "many creditworthy requests were told “no credit”"),
    (0.01, "some creditworthy requests were told “no credit”"),
    (0.0, "hardly any creditworthy request was told “no credit”"),
)
"""From this share on, these words; 0 itself has words of its own."""
NOBODY: Final = "no creditworthy request was told “no credit”"
WORTH_SAYING: Final = 0.01
MORE_CALLS: Final = 1.25
FEWER_CALLS: Final = 0.8


def sentence(figures: PolicyFigures, first: PolicyFigures) -> str:
    """What happened under this policy: in the windows, over the run, at what price, against the first policy."""
    parts = [_windows(figures), *_prices(figures), *_calls(figures, first), *_back(figures.recovery)]
    return f"{_capital('; '.join(parts))}{_against(figures)}."


def in_words(share: float) -> str:
    """A share of requests that were wronged, in words."""
    return NOBODY if share == 0.0 else next(words for least, words in SHARES if share >= least)


def _windows(figures: PolicyFigures) -> str:
    windows, people = figures.wrongful_in_windows, figures.wrongful_people.value
    over = "" if people is None else f"{_percent(people)} of creditworthy people over the run"
    if windows.value is None:
        return f"{over} were told “no credit”" if over else "nobody creditworthy asked"
    said = f"in the fault windows {in_words(windows.value)} ({_percent(windows.value)}"
    return f"{said}; {over})" if over else f"{said})"


def _prices(figures: PolicyFigures) -> Iterator[str]:
    inside = figures.deferral_in_windows.value or figures.deferral.value or 0.0
    where = "there" if figures.deferral_in_windows.value else "of all"
    if inside >= WORTH_SAYING:
        yield f"{_percent(inside)} {where} were deferred honestly"
    approved = figures.wrongful_approval.value or 0.0
    if approved >= WORTH_SAYING:
        yield f"{_percent(approved)} of people who should get no credit were approved"
    lost = figures.unavailability.value or 0.0
    if lost >= WORTH_SAYING:
        yield f"{_percent(lost)} of requests got no decision"


def _calls(figures: PolicyFigures, first: PolicyFigures) -> Iterator[str]:
    if figures.calls_per_person is None or not first.calls_per_person or figures.policy == first.policy:
        return
    ratio = figures.calls_per_person / first.calls_per_person
    if not FEWER_CALLS <= ratio <= MORE_CALLS:
        yield f"it cost {ratio:.1f} times the source calls of {first.policy}"


def _back(recovery: WayBack) -> Iterator[str]:
    if recovery.metastable:
        yield "it never came back to calm (metastable)"
    elif recovery.faults and recovery.seconds is None:
        yield f"it was not seen back at calm within the run after {recovery.faults - recovery.back} of its faults"
    elif recovery.seconds:
        yield f"back at calm after {recovery.seconds:.0f} s"


def _against(figures: PolicyFigures) -> str:
    pair = figures.against_first
    if pair is None or pair.difference.value is None:
        return ""
    if not pair.differs:
        return f" – people cannot tell it from {pair.first}"
    word = "fewer" if pair.only_this < pair.only_first else "more"
    return f" – {_points(abs(pair.difference.value))} {word} people wronged than under {pair.first}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _percent(share: float) -> str:
    if share in {0.0, 1.0}:
        return f"{share * 100:.0f} %"
    return "<0.1 %" if share < 0.0005 else ">99.9 %" if share >= 0.9995 else f"{share * 100:.1f} %"


def _points(share: float) -> str:
    return f"{share * 100:.1f} percentage points"
