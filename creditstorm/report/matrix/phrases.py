"""The figures of a matrix as a person reads them: money in short, ways back, comparisons, prices."""

import math
from collections.abc import Sequence

from creditstorm.analysis.matrix.comparison import Comparison, FirstNoticed, WorstRecovery
from creditstorm.analysis.measures.money import USUAL_CNY, EpisodeCost
from creditstorm.analysis.statistics.paired import Paired
from creditstorm.report import numbers


def short_money(cny: float | None) -> str:
    """Yuan in three figures: ¥7.5, ¥120, ¥38.1k, ¥2.40M."""
    if cny is None or math.isnan(cny):
        return numbers.NONE
    for least, size, unit in ((999.5e6, 1e9, "G"), (999.5e3, 1e6, "M"), (1e4, 1e3, "k")):
        if abs(cny) >= least:
            scaled = cny / size
            return f"¥{scaled:.{2 if abs(scaled) < 10 else 1 if abs(scaled) < 100 else 0}f}{unit}"
    return f"¥{cny:,.0f}" if abs(cny) >= 10 or float(cny).is_integer() else f"¥{cny:.1f}"


def tick(cny: float) -> str:
    """Yuan beside an axis, without needless decimals: ¥60k."""
    text = short_money(cny)
    number, unit = (text[:-1], text[-1]) if text[-1].isalpha() else (text, "")
    return f"{number.rstrip('0').rstrip('.') if '.' in number else number}{unit}"


def noticed(first: FirstNoticed | None) -> str:
    """Who noticed by what people were told, and after how long at the longest."""
    if first is None:
        return numbers.NONE
    if first.monitor is None or first.after_s is None:
        return "never" if first.faults == 1 or not first.noticed else f"{first.noticed} of {first.faults} faults"
    return f"{first.monitor} {numbers.seconds(first.after_s)}"


def per_person(value: float | None) -> str:
    """A number a person, one or two decimals."""
    return numbers.NONE if value is None else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def way_back(recovery: WorstRecovery) -> str:
    """The worst recovery in a word or two: a relapse counts more than how soon it was back."""
    if not recovery.episodes:
        return numbers.NONE
    if recovery.seconds is None:
        return "never" if recovery.metastable else "unclear"
    if recovery.relapsed:
        return "relapse"
    return numbers.seconds(recovery.seconds) if recovery.seconds else "at once"


def against(pair: Paired | None) -> str:
    """A comparison with the first policy: "−34.1 [−35.9 to −32.2], p < 0.001", in points."""
    if pair is None:
        return ""
    change = pair.difference
    if change.value is None:
        return "nobody met both"
    between = "" if change.low is None or change.high is None else f" [{points(change.low)} to {points(change.high)}]"
    return f"{points(change.value)}{between}, {p_value(pair.p_holm)}"


def points(share: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    shown = f"{abs(100.0 * share):.1f}"
    return shown if float(shown) == 0.0 else f"{'−' if share < 0 else '+'}{shown}"


def p_value(p: float | None) -> str:
    """A p-value, never rounded to 0."""
    return f"p {numbers.NONE}" if p is None else "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.995 else "p = 1"


def usual_cost(episode_cost: EpisodeCost) -> str:
    """The cost at the usual price of a wrongful answer."""
    return short_money(episode_cost.cost_cny(USUAL_CNY))


def cheapest_in_words(comparison: Comparison) -> str:
    """Who is cheapest at which price of a wrongful answer, as one sentence."""
    ranges = comparison.cheapest
    if not ranges:
        return "Who is cheapest cannot be told: an expected loss is missing"
    if len(ranges) == 1:
        return f"{ranges[0].policy} is cheapest whatever a wrongful “no credit” costs"
    first, *others = ranges
    parts = [f"{first.policy} is cheapest while a wrongful “no credit” costs less than {short_money(first.to_cny)}"]
    parts += [f"from {short_money(reign.from_cny)} on it is {reign.policy}" for reign in others]
    return "; ".join(parts)


def front_in_words(comparison: Comparison) -> str:
    """Who is on the front, and how many are beaten."""
    front = [figures.policy for figures in comparison.policies if figures.on_front]
    if not front:
        return "Nobody eligible asked: there is nothing to weigh"
    beaten = len(comparison.policies) - len(front)
    rest = f"; {beaten} {'other is' if beaten == 1 else 'others are'} beaten" if beaten else ""
    return f"On people wronged and money granted too much at once nobody beats {listed(front)}{rest}"


def listed(names: Sequence[str], most: int = 3) -> str:
    """Names as a sentence lists them: a, b and c; more than `most` are counted."""
    if len(names) > most:
        return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} others"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def policies(comparison: Comparison) -> str:
    """How many policies were compared: "1 policy", "3 policies"."""
    n = len(comparison.policies)
    return f"{n} {'policy' if n == 1 else 'policies'}"


def deferred(share: float | None) -> str:
    """How many were deferred, to stand behind a name; empty where nobody was."""
    return f"{numbers.percent(share)} deferred" if share else ""
