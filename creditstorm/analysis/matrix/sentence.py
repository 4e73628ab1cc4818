"""One sentence a policy, derived from its figures: words by thresholds, never by the policy's name."""

from collections.abc import Iterator
from typing import Final

from creditstorm.analysis.matrix.comparison import PolicyFigures, WorstRecovery
from creditstorm.units import percent_text

SHARES: Final = (
    (0.95, "nearly all creditworthy people who asked"),
    (0.60, "most creditworthy people who asked"),
    (0.40, "about half of the creditworthy people who asked"),
    (0.10, "many creditworthy people who asked"),
    (0.01, "some creditworthy people who asked"),
    (0.0, "hardly any creditworthy person who asked"),
)
"""From this share on, these words; 0 and 1 have words of their own."""
NONE: Final = "not one creditworthy person who asked"
ALL: Final = "every creditworthy person who asked"
ONE: Final = frozenset({NONE, ALL, SHARES[-1][1]})
WORTH_SAYING: Final = 0.01
MORE_CALLS: Final = 1.25
FEWER_CALLS: Final = 0.8


def sentence(figures: PolicyFigures, first: PolicyFigures) -> str:
    """What happened under this policy: in the windows, over the run, at what price, against the first policy."""
    parts = [_told(figures), *_prices(figures), *_calls(figures, first), *_back(figures.recovery), *_against(figures)]
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def in_words(share: float) -> str:
    """A share of people who were wronged, in words."""
    if share in {0.0, 1.0}:
        return ALL if share else NONE
    return next(words for least, words in SHARES if share >= least)


def _told(figures: PolicyFigures) -> str:
    share, people = figures.wrongful_in_windows.value, figures.wrongful_people.value
    if people is None:
        return "nobody creditworthy asked"
    over = f"{percent_text(people)} of creditworthy people were" if people else "nobody creditworthy was"
    if share is None:
        return f"{over} told “no credit”"
    words = in_words(share)
    exact = "" if share in {0.0, 1.0} else f" ({percent_text(share)})"
    verb = "was" if words in ONE else "were"
    over = f"{percent_text(people)} of people" if people else "nobody"
    return f"{words} in the fault windows{exact} {verb} told “no credit”, over the run {over}"


def _prices(figures: PolicyFigures) -> Iterator[str]:
    inside, over = figures.deferral_in_windows.value or 0.0, figures.deferral.value or 0.0
    if inside >= WORTH_SAYING:
        yield f"{percent_text(inside)} of those in the windows were deferred honestly"
    elif over >= WORTH_SAYING:
        yield f"{percent_text(over)} of people were deferred honestly"
    approved = figures.wrongful_approval.value or 0.0
    if approved >= WORTH_SAYING:
        yield f"{percent_text(approved)} of people who should get no credit were approved"
    lost = figures.unavailability.value or 0.0
    if lost >= WORTH_SAYING:
        yield f"{percent_text(lost)} of people got no decision when they asked"


def _calls(figures: PolicyFigures, first: PolicyFigures) -> Iterator[str]:
    if figures.calls_per_person is None or not first.calls_per_person or figures.policy == first.policy:
        return
    ratio = figures.calls_per_person / first.calls_per_person
    if not FEWER_CALLS <= ratio <= MORE_CALLS:
        yield f"it cost {ratio:.1f} times the source calls of {first.policy}"


def _back(recovery: WorstRecovery) -> Iterator[str]:
    if recovery.metastable:
        yield "it never came back to calm by itself (metastable)"
    elif recovery.episodes and recovery.seconds is None:
        yield "it was not shown back at calm"
    elif recovery.seconds or recovery.relapsed:
        after = f"after {recovery.seconds:.0f} s" if recovery.seconds else "at once"
        yield f"it was back at calm {after}{', and worse again later' if recovery.relapsed else ''}"


def _against(figures: PolicyFigures) -> Iterator[str]:
    pair = figures.against_first
    if pair is None or pair.difference.value is None:
        return
    if not pair.differs:
        yield f"people could not tell it from {pair.first}"
        return
    word = "fewer" if pair.only_this < pair.only_first else "more"
    yield f"{abs(pair.difference.value) * 100:.1f} points {word} people wronged than under {pair.first}"
