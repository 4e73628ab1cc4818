"""Each episode of trouble in the three figures of a status page: who noticed when, until when, and whom it hit."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from creditstorm.analysis.detection import Detection, Harm, Incident
from creditstorm.analysis.drawn import Window
from creditstorm.analysis.measures.rates import RATES, Measured, share_of
from creditstorm.analysis.summary import Recovery


def incidents_of(measured: Measured) -> tuple[Incident, ...]:
    """Every episode of the run, in the order of time; none where no fault was verified to take effect.

    What is hit is counted from the first onset until people were shown to fare as in calm, or the arrivals end, or the
    next episode begins.
    """
    episodes = [_Episode.of(recovery, measured) for recovery in measured.recoveries]
    ends = [*(episode.start_s for episode in episodes[1:]), measured.phases.end_s]
    return tuple(episode.incident(end_s) for episode, end_s in zip(episodes, ends, strict=False))


@dataclass(frozen=True, slots=True)
class _Episode:
    """A recovery with the windows of its faults."""

    recovery: Recovery
    windows: tuple[Window, ...]
    measured: Measured

    @classmethod
    def of(cls, recovery: Recovery, measured: Measured) -> "_Episode":
        windows = tuple(window for window in measured.phases.windows if window.name in recovery.faults)
        return cls(recovery, windows, measured)

    @property
    def start_s(self) -> float:
        return min(window.start_s for window in self.windows)

    @property
    def back_s(self) -> float | None:
        """When people were shown to fare as in calm."""
        seconds = self.recovery.seconds
        return None if seconds is None else max(window.end_s for window in self.windows) + seconds

    def incident(self, end_s: float) -> Incident:
        detection, recovery = self._detection(), self.recovery
        lasted_s, low_s, resolved_s = None, None, None
        if self.back_s is not None and recovery.seconds is not None:
            lasted_s = self.back_s - self.start_s
            low_s = lasted_s - max(0.0, recovery.seconds - recovery.low_s)
            resolved_s = None if detection.after_s is None else max(0.0, lasted_s - detection.after_s)
        return Incident(
            name=recovery.name,
            detection=detection,
            resolved_after_s=resolved_s,
            lasted_s=lasted_s,
            lasted_low_s=low_s,
            note=recovery.note or ("not shown back" if lasted_s is None else ""),
            harm=self._harm(end_s if self.back_s is None else self.back_s),
        )

    def _detection(self) -> Detection:
        """The first alarm of a monitor that a lender could have, from the first onset on."""
        alarms = list(self._alarms())
        if alarms:
            first_s = min(after_s for after_s, _ in alarms)
            return Detection(first_s, tuple(title for after_s, title in alarms if after_s == first_s))
        watches = [watch for watch in self.measured.monitors if not watch.needs_truth]
        if not watches:
            return Detection(note="not known: nobody watched")
        known = [one for watch in watches for one in watch.noticed if one.fault in self.recovery.faults]
        if not known:
            return Detection(note=f"not known: {next((watch.note for watch in watches if watch.note), 'no calm')}")
        on_already = next((one.note for one in known if one.note), "")
        return Detection(note=f"not known: {on_already}" if on_already else "no monitor noticed")

    def _alarms(self) -> Iterator[tuple[float, str]]:
        starts = {window.name: window.start_s - self.start_s for window in self.windows}
        for watch in self.measured.monitors:
            for one in () if watch.needs_truth else watch.noticed:
                if one.after_s is not None and one.fault in starts:
                    yield round(starts[one.fault] + one.after_s, 6), watch.title

    def _harm(self, until_s: float) -> Harm:
        """Creditworthy people who asked meanwhile, each counted once."""
        meanwhile = pl.col("measured") & pl.col("intended_s").is_between(self.start_s, until_s, closed="left")
        part = self.measured.asked.part(meanwhile.fill_null(value=False), of_eligible=True)
        refused, undecided = (
            share_of(part, RATES[name], people=True).hits for name in ("wrongful_no_credit_rate", "undecided_rate")
        )
        return Harm(int(part.first.sum()), refused, undecided)
