"""The one sentence of a run that a manager understands."""

from typing import Final

from creditstorm.analysis.statistics.intervals import upper_bound
from creditstorm.analysis.summary import Estimate

EPISODE: Final = "one episode"
FRACTIONS: Final = (*((1, of) for of in range(2, 11)), *((hits, of) for of in (3, 4, 5, 10) for hits in range(2, of)))
"""Shares that people say: 1 in n, thirds, quarters, fifths and tenths."""


def headline(people: Estimate, wronged: int) -> str:
    """What happened to creditworthy people, as a share in words, with its interval.

    Where nobody was wronged the interval is the one-sided 95 % bound (the rule of three).
    """
    n = people.n
    if n == 0 or people.value is None:
        return 'No creditworthy person asked, so nothing can be said about wrongful "no credit"'
    if wronged == 0:
        bound = _percent(upper_bound(0, n), rounded_up=True)
        return f'Nobody was wrongly told "no credit": 0 of {_people(n)} (95 % under {bound} %, {EPISODE})'
    said = f'{_share_in_words(wronged, n)} told "no credit" ({_percent(people.value)} %'
    if people.low is None or people.high is None:
        return f"{said}; {people.reason or 'no interval'})"
    return f"{said}, 95 % {_percent(people.low)}–{_percent(people.high)} %, {EPISODE})"


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


def _percent(share: float, *, rounded_up: bool = False) -> str:
    digits = 1 if share >= 0.01 or share == 0 else 2 if share >= 0.0001 else 4
    shown = share * 100 + (0.4999 * 10**-digits if rounded_up else 0.0)
    return f"{shown:.{digits}f}"
