"""The one sentence of a run that a manager understands."""

from dataclasses import dataclass
from typing import Final

from creditstorm.analysis.drawn import Window
from creditstorm.analysis.statistics.intervals import upper_bound
from creditstorm.analysis.summary import Estimate
from creditstorm.scenario.faults import fault_kinds

EPISODE: Final = "within this episode"
FRACTIONS: Final = (*((1, of) for of in range(2, 11)), *((hits, of) for of in (3, 4, 5, 10) for hits in range(2, of)))
"""Shares that people say: 1 in n, thirds, quarters, fifths and tenths."""
SILENCE: Final = 0.1
"""From this share of requests without a decision on, the sentence says it."""
TARGETS: Final = {
    "bureau": "the bureau",
    "scoring": "scoring",
    "decision": "the decision service",
    "store": "the store of last known good values",
    "cell-a": "one of two cells",
    "cell-b": "one of two cells",
}
"""Targets as a sentence names them; every other one is a source."""


@dataclass(frozen=True, slots=True)
class Told:
    """How many creditworthy people were told "no credit"; `window` is the fault window they asked in."""

    people: Estimate
    wronged: int
    window: Window | None = None


def headline(whole: Told, worst: Told | None = None, *, undecided: float | None = None) -> str:
    """What happened to creditworthy people: in the worst fault window, then over the whole run, with its interval.

    The share of a run depends on how long its quiet tail is, that of a window does not. Where nobody was wronged the
    interval is the one-sided 95 % bound (the rule of three). `undecided` is the share of requests without a decision.
    """
    n = whole.people.n
    if n == 0 or whole.people.value is None:
        return 'No creditworthy person asked, so nothing can be said about wrongful "no credit"'
    return f"{_wronged(whole, worst)}{_silence(undecided)}"


def _wronged(whole: Told, worst: Told | None) -> str:
    n = whole.people.n
    if whole.wronged == 0:
        bound = _percent(upper_bound(0, n), rounded_up=True)
        return f'Nobody was wrongly told "no credit": 0 of {_people(n)} (95 % under {bound} %, {EPISODE})'
    if worst is None or worst.window is None or not worst.wronged:
        return f'{_share_in_words(whole.wronged, n)} told "no credit" ({_interval(whole.people)})'
    share = _percent(worst.people.value or 0.0)
    asked = f"Of {_the(worst.people.n)} who asked while {trouble(worst.window)}, {share} % were"
    if worst.people.n == 1:
        asked = f"The only creditworthy person who asked while {trouble(worst.window)} was"
    return f'{asked} told "no credit"; over the whole run {whole.wronged:,} of {n:,} ({_interval(whole.people)})'


def _interval(people: Estimate) -> str:
    """The share with its interval, or why there is none."""
    if people.low is None or people.high is None:
        return f"{_percent(people.value or 0.0)} %; {people.reason or 'no interval'}"
    return f"{_percent(people.value or 0.0)} %, 95 % {_percent(people.low)}–{_percent(people.high)} %, {EPISODE}"


def _silence(undecided: float | None) -> str:
    silent = undecided is not None and undecided >= SILENCE
    return f"; {_percent(undecided or 0.0)} % of their requests got no decision" if silent else ""


def trouble(window: Window) -> str:
    """What happened, as the end of a sentence: "the bureau was dark"."""
    kind = fault_kinds().get(window.kind)
    did = (kind.in_words if kind else "") or f"had {_plain(window.kind)}"
    return f"{target(window.target)} {did}"


def target(service: str) -> str:
    """A service as a sentence names it: "the repayment source"."""
    return TARGETS.get(service, f"the {_plain(service)} source")


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _share_in_words(wronged: int, n: int) -> str:
    if n == 1:
        return "The only creditworthy person was"
    if wronged == n:
        return f"All {_people(n)} were"
    hits, of = share_in_parts(wronged / n)
    return f"{hits} in {of:,} creditworthy people {'was' if hits == 1 else 'were'}"


def share_in_parts(share: float) -> tuple[int, int]:
    """A share strictly between 0 and 1 as "1 in 4": 1 in n up to a tenth, else the nearest that people say."""
    if share <= 0.1:
        return 1, round(1.0 / share)
    if share > 0.95:
        return min(99, round(share * 100)), 100
    return min(FRACTIONS, key=lambda f: (round(abs(f[0] / f[1] - share), 9), f[1]))


def _people(n: int) -> str:
    return f"{n:,} creditworthy {'person' if n == 1 else 'people'}"


def _the(n: int) -> str:
    return f"the {_people(n)}"


def _percent(share: float, *, rounded_up: bool = False) -> str:
    digits = 1 if share >= 0.01 or share == 0 else 2 if share >= 0.0001 else 4
    shown = share * 100 + (0.4999 * 10**-digits if rounded_up else 0.0)
    return f"{shown:.{digits}f}"
