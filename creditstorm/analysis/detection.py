"""Who noticed an incident, when, and whom it hit until it was over, as frozen values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Noticed:
    """One fault as a monitor saw it: seconds from the mark of its onset to the alarm, None where none came.

    `cleared_after_s` is from the fault's end to the end of the alarm, None where it never ended.
    """

    fault: str
    after_s: float | None = None
    cleared_after_s: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AlarmTimes:
    """One alarm, from the second at whose end it was raised; `ended_s` is None where it went on to the end."""

    raised_s: float
    ended_s: float | None


@dataclass(frozen=True, slots=True)
class MonitorResult:
    """What one monitor noticed: it tells a `risen` share from the `calm` one, both None where calm is not known.

    `false_alarms_expected` is a number in 100,000 s of calm, worked out; `false_alarms` are those of this run.
    """

    monitor: str
    title: str
    needs_truth: bool = False
    calm: float | None = None
    risen: float | None = None
    false_alarms_expected: float | None = None
    noticed: tuple[Noticed, ...] = ()
    false_alarms: int = 0
    note: str = ""
    alarms: tuple[AlarmTimes, ...] = ()


@dataclass(frozen=True, slots=True)
class Detection:
    """The first alarm of a monitor that needs no truth: seconds from the onset, and every one that raised it then.

    `after_s` is None where none did, or where that is not known; `note` says which.
    """

    after_s: float | None = None
    by: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Harm:
    """Creditworthy people who asked meanwhile; who of them was told "no credit", or left undecided, at least once."""

    asked: int
    refused: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Incident:
    """An episode of trouble as a status page tells it: time to detection, time to resolution, total impact.

    `lasted_s` is from the first onset until people were shown to fare as in calm, as they may have from `lasted_low_s`
    on; `resolved_after_s` is from the detection until then. All are None where that was not shown, and `note` says why;
    it tells of relapses, too. Where nobody noticed there is no `resolved_after_s`.
    """

    name: str
    detection: Detection
    resolved_after_s: float | None
    lasted_s: float | None
    lasted_low_s: float | None
    note: str
    harm: Harm
