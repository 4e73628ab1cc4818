"""The words that a reader meets: faults, phases, sections and the glossary (DESIGN section 2)."""

import shlex
from collections.abc import Sequence
from typing import Final

from creditstorm.analysis.detection import Harm, Incident, MonitorResult
from creditstorm.analysis.drawn import Window
from creditstorm.analysis.measures.recovery import kinds_in_words
from creditstorm.analysis.summary import BadRequests, Complaints, Deferrals, MorePeople, Recovery, Slice, Summary
from creditstorm.record.manifest import Mode
from creditstorm.report import numbers

GLOSSARY: Final = {
    "applicant": "A synthetic person or small business asking for credit. No real person's data is used.",
    "eligible": "Creditworthy: the lender's own strategy would approve this person on complete, fresh, true evidence.",
    "wrongful no credit": "An eligible person is told “no credit”. The rate counts eligible people, or their requests.",
    "wrongful approval": "A person who is not eligible is approved. The rate counts requests of people not eligible.",
    "deferred": "The answer is “undetermined”: an honest “we do not know yet”, with the cause and what to do next; or "
    "“referred”.",
    "referred": "A person at the lender is going to decide. It counts as undecided until then.",
    "unavailable": "No decision came back: an error, a time-out, a shed request or one that could not be sent.",
    "limit cut, limit inflated": "Approved, but more than 5 % below or above the limit that is right for this person.",
    "wrong reason": "A person who is not eligible is shown a credit reason although a technical cause decided.",
    "source": "A credit-data service: identity, repayment, consumption, bureau, income, social.",
    "evidence": "What the decision saw of each source: ok, late, error, empty, stale, malformed, refused or skipped.",
    "strategy": "The lender's cut-offs, rules and limits, with a version.",
    "stable strategy": "The strategy before any change in the run. Where the lender wants a new version it is in force "
    "and refuses rightly; judged by the stable strategy one sees what the change did to people.",
    "policy": "How the decision service behaves under trouble: transport, missing data, answer, admission, roll-out.",
    "fault, mark, window": "What is injected; the verified instant it took effect or ended; the time between.",
    "phase": "Warm-up, calm, a fault window, or recovery.",
    "recovery": "From the last clear of an episode until requests are shown to be decided as rightly as in calm, "
    "within a margin. Faults less than 30 s apart are one episode. It may be shown back, not back, or neither.",
    "calm floor": "The wrongful rate with no fault at all: the price of deadlines and rare stalls.",
    "intended instant": "When a person wanted to ask. Latency counted from it includes waiting that others cause.",
    "re-tap": "A person who is told “no credit” or gets an error asks again: wrong answers feed the overload.",
    "95 % interval": "The range that the run's numbers support. One run is one episode of trouble; another may differ.",
    "monitor": "Watches a share of the answers, and raises an alarm when it has risen from its calm level. "
    "Set so that such a calm, drawn by chance, raises one alarm in 100,000 s at most.",
    "verdict": "Of a threshold or of the run: pass, fail, or inconclusive where the evidence is too thin to say.",
}
"""Words and their meanings, as the page shows them."""


def how_made(summary: Summary) -> tuple[str, ...]:
    """What has to stand at the top of whatever tells of a run that was not live, or is judged by other rules."""
    mode = (summary.mode.value,) if summary.mode is not Mode.LIVE else ()
    return (*mode, f"thresholds of {summary.rules_of}") if summary.rules_of else mode


KINDS: Final = {
    "phase": "When",
    "window": "When",
    "segment": "Segment",
    "file": "Credit file",
    "near": "Distance from the cut-off",
    "attempt": "Attempt",
    "people": "People",
    "stable": "Against the strategy before the change",
}
"""Headings of the kinds of slices."""

NAMES: Final = {"warm_up": "warm-up", "between": "between faults"}
"""Names that a person reads otherwise than with spaces for underscores."""

PEOPLE: Final = "People, each counted once"
WHEN: Final = frozenset({"phase", "window"})


def name(text: str) -> str:
    """A name of the record as a person reads it: ``micro_business`` is "micro business"."""
    return NAMES.get(text, text.replace("_", " "))


def when(summary: Summary) -> tuple[Slice, ...]:
    """Phases and fault windows in the order of time."""
    parts = (part for part in summary.slices if part.kind in WHEN)
    return tuple(sorted(parts, key=lambda part: part.start_s if part.start_s is not None else float("inf")))


def who(summary: Summary) -> dict[str, tuple[Slice, ...]]:
    """The other slices by heading, in the order of the summary; what counts people never stands among requests."""
    parts = [part for part in summary.slices if part.kind not in WHEN]
    headings = dict.fromkeys(_heading(part) for part in parts)
    return {heading: tuple(part for part in parts if _heading(part) == heading) for heading in headings}


def _heading(part: Slice) -> str:
    if part.name == "people":
        return PEOPLE if part.kind == "attempt" else f"{KINDS[part.kind]}: people"
    return KINDS.get(part.kind, name(part.kind).capitalize())


def against_stable(summary: Summary) -> str:
    """What people were told, judged by the strategy before any change; empty where that says the same as now."""
    people = summary.slice("stable", "people")
    if people is None:
        return ""
    told, granted = (
        numbers.percent(people.rates.wrongful_no_credit_rate.value),
        numbers.percent(people.rates.wrongful_approval_rate.value),
    )
    return (
        f'against the strategy before the change: {told} of its creditworthy people told "no credit", '
        f"{granted} of the others approved"
    )


def more_people(more: MorePeople) -> str:
    """How many more people would settle what is open."""
    return f"about {numbers.count(more.people)} more people would settle what is open, if they fare like these"


def options(overrides: Sequence[str]) -> str:
    """Each for ``--set``, as a shell takes them."""
    return " ".join(f"--set {shlex.quote(one)}" for one in overrides)


def complained(complaints: Complaints) -> str:
    """How many complained, of what, and who of them had been wronged."""
    if complaints.made == 0:
        return "nobody"
    people = "1 person" if complaints.people == 1 else f"{numbers.count(complaints.people)} people"
    of_no = f"{numbers.count(complaints.of_no_credit)} of {numbers.count(complaints.made)} complaints of “no credit”"
    first = "" if complaints.first_s is None else f" · the first at {numbers.seconds(complaints.first_s)}"
    wronged = f"{numbers.count(complaints.wronged_people)} had been wronged"
    if complaints.put_right is not None and complaints.wronged_people:
        wronged += f", {numbers.count(complaints.put_right)} of them were put right"
    return f"{people} · {of_no} · {wronged}{_referred(complaints)}{first}"


def _referred(complaints: Complaints) -> str:
    """What became of those whom a reviewer is to decide about; empty where nobody was referred."""
    if not complaints.referred:
        return ""
    after = "" if complaints.review_s is None else f" (median {numbers.seconds(complaints.review_s)})"
    undecided = complaints.referred - complaints.reviewed
    left = f", {numbers.count(undecided)} still undecided" if undecided else ""
    return (
        f" · {numbers.count(complaints.referred)} referred, {numbers.count(complaints.reviewed)} decided{after}{left}"
    )


def undecided_words(summary: Summary) -> str:
    """The answers by which people were left undecided."""
    referred = summary.complaints is not None and summary.complaints.referred
    return "“undetermined” or “referred”" if referred else "“undetermined”"


def notified(deferrals: Deferrals) -> str:
    """What became of those who were told "undetermined" or "referred", on one line."""
    if deferrals.deferred == 0:
        return "no creditworthy person had to wait for a decision"
    right, wrong = deferrals.resolved_correctly.value, deferrals.resolved_wrongly.value
    more = [
        f"{numbers.count(n)} {what}"
        for n, what in ((deferrals.by_themselves, "asked again"), (deferrals.waiting, "still wait"))
        if n
    ]
    median = "" if deferrals.median_s is None else f", median {numbers.seconds(deferrals.median_s)}"
    parts = [
        f"{numbers.count(deferrals.deferred)} creditworthy sessions",
        f"{numbers.count(deferrals.notified)} notified{median}",
        *more,
        f"right {numbers.percent(right)}",
        f"wrong {numbers.percent(wrong)}",
    ]
    return " · ".join(parts)


IDEAL: Final = " (ideal)"
"""Behind a monitor that knows the truth, which no lender does."""


def noticed(summary: Summary) -> list[str]:
    """Which monitor noticed each fault first, and which never did; a line a fault."""
    known = [watch for watch in summary.monitors if watch.calm is not None]
    faults = list(dict.fromkeys(one.fault for watch in known for one in watch.noticed))
    lines = [f"{f'{fault}: ' if len(faults) > 1 else ''}{_noticed(known, fault)}" for fault in faults]
    false = [f"{_watcher(watch)} {watch.false_alarms}" for watch in known if watch.false_alarms]
    return [*lines, f"false alarms: {' · '.join(false)}"] if false else lines


def noticed_worst(summary: Summary, windows: Sequence[Window]) -> Window:
    """The window of which is told who noticed it: the worst, or the first where nobody can say."""
    worst = worst_window(summary)
    return next((window for window in windows if worst and window.name == worst.name), windows[0])


def _noticed(watches: Sequence[MonitorResult], fault: str) -> str:
    seen = [(watch, one) for watch in watches for one in watch.noticed if one.fault == fault]
    timed = sorted(((one.after_s, watch) for watch, one in seen if one.after_s is not None), key=lambda pair: pair[0])
    parts = [f"{_watcher(watch)} {numbers.seconds(after_s)}" for after_s, watch in timed]
    never = [_watcher(watch) for watch, one in seen if one.after_s is None]
    return " · ".join([*parts, *([f"never: {', '.join(never)}"] if never else [])])


def _watcher(watch: MonitorResult) -> str:
    return f"{watch.title}{IDEAL if watch.needs_truth else ''}"


def three_figures(incident: Incident) -> tuple[str, str, str]:
    """Time to detection and by whom, time to resolution, total impact, as a status page tells them."""
    detection, detected = incident.detection, incident.detection.note
    if detection.after_s is not None:
        detected = f"{numbers.seconds(detection.after_s)}, by {' and '.join(detection.by)}"
    if incident.lasted_s is None:
        return detected, f"not known: {incident.note}", f"{_harmed(incident.harm)}; for how long is not known"
    resolved = "not known: nobody is known to have noticed"
    if incident.resolved_after_s is not None:
        resolved = f"{numbers.seconds(incident.resolved_after_s)} from then on"
    lasted = numbers.seconds(incident.lasted_s)
    if incident.lasted_low_s is not None and incident.lasted_low_s < incident.lasted_s - 1.0:
        lasted = f"{numbers.seconds(incident.lasted_low_s)} to {lasted}"
    return detected, resolved, "; ".join([f"{lasted}, {_harmed(incident.harm)}", *filter(None, [incident.note])])


def _harmed(harm: Harm) -> str:
    kinds = ((harm.refused, 'told "no credit"'), (harm.undecided, "left undecided"))
    told = " and ".join(f"{numbers.count(n)} {what}" for n, what in kinds if n)
    return f"of {numbers.count(harm.asked)} creditworthy people {told or NOBODY}"


NOBODY: Final = 'none told "no credit" or left undecided'
FIGURES: Final = ("time to detection", "time to resolution", "total impact")
"""What `three_figures` are called."""


def status(summary: Summary) -> list[str]:
    """The three figures of each episode of trouble, a line a figure; named where there are several."""
    several = len(summary.incidents) > 1
    return [
        f"{f'{incident.name}: ' if several else ''}{what} {figure}"
        for incident in summary.incidents
        for what, figure in zip(FIGURES, three_figures(incident), strict=True)
    ]


def back(recovery: Recovery) -> str:
    """How a recovery ended, in a few words; from when to when it may have been where that is not one second."""
    if recovery.seconds is None:
        metastable = f"metastable: not back after {numbers.seconds(recovery.observed_s)}"
        return metastable if recovery.metastable else recovery.note or "not shown back"
    again = ", worse again later" if recovery.relapses else ""
    return f"back to calm {_after(recovery.low_s, recovery.seconds)}{again}"


def _after(low_s: float, seconds: float) -> str:
    if not seconds:
        return "at once"
    until = numbers.seconds(seconds)
    if low_s >= seconds - 1.0:
        return f"after {until}"
    return f"after {low_s:.0f}–{until}" if low_s else f"within {until}"


def bad(told: BadRequests | None) -> str:
    """What came instead of right decisions, by kind; a dash where nobody asked."""
    return kinds_in_words(told) if told and told.asked else numbers.NONE


def worst_window(summary: Summary) -> Slice | None:
    """The fault window with the highest wrongful rate, None where no window has one."""
    windows = [part for part in summary.slices if part.kind == "window" and wrongful(part) is not None]
    return max(windows, key=lambda part: wrongful(part) or 0.0, default=None)


def wrongful(part: Slice | None) -> float | None:
    """The wrongful rate of a slice, None where there is none."""
    return part.rates.wrongful_no_credit_rate.value if part else None
