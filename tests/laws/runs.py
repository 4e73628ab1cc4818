"""Every run that the laws are read from: short storms at a small rate, each with its own system."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.storm.harness import Done, measured, scenario, sound, while_in_doubt

Plain = dict[str, Any]

GATE: Final = "wrongful_approval_rate{window: bureau}"

WHILE: Final = {"at": "1500ms", "for": "5s"}
BLACKOUT: Final[Plain] = {
    "load": {"arrivals": [{"for": "7s", "rate": "40/s"}], "warm_up": "1s", "retap": "off"},
    "faults": [{"kind": "blackhole", "target": "bureau", **WHILE}],
    "thresholds": {GATE: ["< 5%"]},
}

# 16 workers at 0.49 s a call give 33 calls/s: enough for 20 people a second, not for 2.3 taps of each who is refused.
NARROW: Final[Plain] = {"services": {"income": {"workers": 16, "queue": 60}}}
BEFORE_S, SPIKE_S, AFTER_S = 4, 6, 10
SPIKE: Final = [
    {"for": f"{BEFORE_S}s", "rate": "20/s"},
    {"for": f"{SPIKE_S}s", "rate": "70/s"},
    {"for": f"{AFTER_S}s", "rate": "20/s"},
]


def _overload(policy: object, retap: object) -> Plain:
    return {
        "load": {"arrivals": SPIKE, "warm_up": "2s", "retap": retap},
        "system": {**NARROW, "policy": policy},
        "faults": [],
    }


def _hurried(policy: object) -> Plain:
    """No fault; the income service has a third more workers than one call a person needs."""
    return {
        "load": {"arrivals": [{"for": "10s", "rate": "20/s"}], "warm_up": "4s", "retap": "off"},
        "system": {"services": {"income": {"workers": 14, "queue": 100}}, "policy": policy},
        "faults": [],
    }


def _mis_set(rollout: Plain) -> Plain:
    """Every cut-off 20 points too high for a while, by mistake."""
    return {
        **BLACKOUT,
        "system": {"policy": {"preset": "fail-closed", "rollout": rollout}},
        "faults": [{"kind": "strategy_change", "target": "decision", **WHILE, "cut_shift": 20}],
        "thresholds": {},
    }


def _empty(quality: Plain) -> Plain:
    """The bureau says at once that it knows nobody; the words of the app are honest."""
    return {
        **BLACKOUT,
        "system": {"policy": {"preset": "tri-state", "quality": quality}},
        "faults": [{"kind": "empty", "target": "bureau", **WHILE}],
        "thresholds": {},
    }


HASTY: Final = {"preset": "retry", "transport": {"kind": "retry", "tries": 3, "per_try": "300ms"}}

BLACKOUT_POLICIES: Final = (
    *("fail-closed", "retry", "retry-budget", "hedge", "breaker"),
    *("last-known-good", "partial-score", "tri-state"),
)

SIMULATED: Final[dict[str, Plain]] = {
    **{f"blackout/{policy}": {**BLACKOUT, "system": {"policy": policy}} for policy in BLACKOUT_POLICIES},
    # To a scorecard on standardised numbers a 0 is the mean.
    "blackout/generous": {**BLACKOUT, "system": {"policy": {"missing": {"kind": "zero_fill", "clip_sd": 0}}}},
    "overload/retaps": _overload("fail-closed", "default"),
    "overload/no-retaps": _overload("fail-closed", "off"),
    "overload/shed": _overload(
        {"preset": "tri-state-shed", "admission": {"kind": "inflight_cap", "limit": 24}}, "default"
    ),
    "mis-set/direct": _mis_set({"kind": "direct"}),
    "mis-set/hysteresis": _mis_set({"kind": "hysteresis", "h": 25}),
    "empty/fail-closed": {**_empty({"kind": "none"}), "system": {"policy": "fail-closed"}},
    "empty/gate": _empty({"kind": "gate"}),
    "hurried/one-try": _hurried("fail-closed"),
    "hurried/hasty": _hurried(HASTY),
}
"""Every run that a law speaks of, in virtual time."""

LIVE: Final = (
    *("blackout/fail-closed", "blackout/tri-state", "blackout/hedge", "hurried/hasty"),
    *("mis-set/hysteresis", "empty/gate", "overload/shed"),
)
RUNS: Final = {name: SIMULATED[name] for name in LIVE}
"""Those that are carried out live: one of each kind."""


ALONE: Final = "overload/"
"""What stands at the edge of its capacity has the machine for itself."""


@dataclass
class Runs:
    """Carries out each run when a law first reads it, the small ones two at a time, each in a harness of its own.

    A run that doubts the machine that it had half of goes again by itself, twice at most.
    """

    folder: Path
    harnesses: tuple[subprocess.Popen[str], subprocess.Popen[str]]
    _done: dict[str, Done] = field(default_factory=dict)

    def done(self, name: str) -> Done:
        """The run of this name, to its end; the law is skipped where the run, tried again, doubts its machine."""
        sound(done := self.recorded(name))
        return done

    def recorded(self, name: str) -> Done:
        """The same for a law that holds on a late machine, too."""
        if name not in self._done:
            together = [name, *self._beside(name)]
            for each in together:
                self._begin(each, self.harnesses[together.index(each)])
            found = {each: self._end(each, harness) for each, harness in zip(together, self.harnesses, strict=False)}
            self._done |= {each: self._trusted(each, done) for each, done in found.items()}
        return self._done[name]

    def _beside(self, name: str) -> list[str]:
        """One that runs beside it; none where either wants the machine for itself."""
        if name.startswith(ALONE):
            return []
        waiting = [each for each in RUNS if each != name and each not in self._done and not each.startswith(ALONE)]
        return waiting[:1]

    def _trusted(self, name: str, done: Done) -> Done:
        if not done.machine_doubts:
            return done
        shutil.rmtree(done.folder.root, ignore_errors=True)
        return while_in_doubt(lambda: self._by_itself(name), done.folder.root)

    def _by_itself(self, name: str) -> Done:
        self._begin(name, self.harnesses[0])
        return self._end(name, self.harnesses[0])

    def _begin(self, name: str, harness: subprocess.Popen[str]) -> None:
        path = scenario(self.folder, name.replace("/", "-"), **RUNS[name])
        assert harness.stdin is not None
        harness.stdin.write(f"{path},{self._out(name)},live\n")
        harness.stdin.flush()

    def _end(self, name: str, harness: subprocess.Popen[str]) -> Done:
        assert harness.stdout is not None
        return measured(harness.stdout.readline(), self._out(name))

    def _out(self, name: str) -> Path:
        return self.folder / name.replace("/", "-")
