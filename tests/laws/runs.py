"""Every run that the laws are read from: short storms at a small rate, three at a time, each with its own system."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.storm.harness import Done, run, scenario, sound

Plain = dict[str, Any]

SIDE_BY_SIDE: Final = 3

GATE: Final = "wrongful_approval_rate{window: bureau}"

BLACKOUT: Final[Plain] = {
    "load": {"arrivals": [{"for": "18s", "rate": "24/s"}], "warm_up": "2s", "retap": "off"},
    "faults": [{"kind": "blackhole", "target": "bureau", "at": "6s", "for": "10s"}],
    "thresholds": {GATE: ["< 5%"]},
}

# 16 workers at 0.49 s a call give 33 calls/s: enough for 20 people a second, not for 2.3 taps of each who is refused.
NARROW: Final[Plain] = {"services": {"income": {"workers": 16, "queue": 60}}}
SPIKE: Final = [
    {"for": "8s", "rate": "20/s"},
    {"for": "6s", "rate": "70/s"},
    {"for": "26s", "rate": "20/s"},
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
        "load": {"arrivals": [{"for": "20s", "rate": "20/s"}], "warm_up": "4s", "retap": "off"},
        "system": {"services": {"income": {"workers": 14, "queue": 100}}, "policy": policy},
        "faults": [],
    }


def _mis_set(rollout: Plain) -> Plain:
    """Every cut-off 20 points too high for a while, by mistake."""
    return {
        **BLACKOUT,
        "system": {"policy": {"preset": "fail-closed", "rollout": rollout}},
        "faults": [{"kind": "strategy_change", "target": "decision", "at": "6s", "for": "10s", "cut_shift": 20}],
        "thresholds": {},
    }


def _empty(quality: Plain) -> Plain:
    """The bureau says at once that it knows nobody; the words of the app are honest."""
    return {
        **BLACKOUT,
        "system": {"policy": {"preset": "tri-state", "quality": quality}},
        "faults": [{"kind": "empty", "target": "bureau", "at": "6s", "for": "10s"}],
        "thresholds": {},
    }


HASTY: Final = {"preset": "retry", "transport": {"kind": "retry", "tries": 3, "per_try": "300ms"}}

BLACKOUT_POLICIES: Final = (
    *("fail-closed", "zero-fill", "retry", "retry-budget", "hedge", "breaker"),
    *("last-known-good", "partial-score", "tri-state"),
)

RUNS: Final[dict[str, Plain]] = {
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


@dataclass
class Runs:
    """Carries out each run once, when it is first asked for, a few of them side by side."""

    folder: Path
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(SIDE_BY_SIDE))
    _begun: dict[str, Future[Done]] = field(default_factory=dict)

    def begin(self, prefix: str) -> None:
        """Begin every run of this family that has not begun."""
        for name in RUNS:
            if name.startswith(prefix):
                self._begin(name)

    def done(self, name: str) -> Done:
        """The run of this name, to its end; the law is skipped where the run, tried again, doubts its machine."""
        done = self._begin(name).result()
        sound(done)
        return done

    def close(self) -> None:
        """Wait for what is running."""
        self._pool.shutdown(cancel_futures=True)

    def _begin(self, name: str) -> Future[Done]:
        if name not in self._begun:
            self._begun[name] = self._pool.submit(self._run, name)
        return self._begun[name]

    def _run(self, name: str) -> Done:
        slug = name.replace("/", "-")
        return run(str(scenario(self.folder, slug, **RUNS[name])), out=self.folder / slug)
