"""Every run that the laws are read from: short storms at a small rate, each with its own system."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.storm.harness import Done, Meeting, measured, order_of, scenario, sound, while_in_doubt

Plain = dict[str, Any]

GATE: Final = "wrongful_approval_rate{window: bureau}"

WHILE: Final = {"at": "1500ms", "for": "5s"}
BEFORE_S, SPIKE_S, AFTER_S = 4, 6, 10
DARK_S, DRAINED_S = (7.0, 17.0), 28
DRIVEN_S: Final = 12
LOOKED_AT: Final = {"heard": 0.8, "abused": 0.2}
"""Complaints that are decided again, of what is decided at all."""


@dataclass(frozen=True)
class Storms:
    """The storms that the laws speak of, at this many times their size: people and workers alike."""

    size: float = 1.0

    def blackout(self, policy: object, **changes: object) -> Plain:
        """The bureau is dark for five seconds."""
        return {
            "load": {"arrivals": [self._stage(7, 30)], "warm_up": "1s", "retap": "off"},
            "system": {"policy": policy},
            "faults": [{"kind": "blackhole", "target": "bureau", **WHILE}],
            "thresholds": {GATE: ["< 5%"]},
            **changes,
        }

    def overload(self, policy: object, retap: object) -> Plain:
        """A spike.

        16 workers at 0.49 s a call give 33 calls/s: enough for 20 people a second, not for 2.3 taps of each refused.
        """
        spike = [self._stage(BEFORE_S, 20), self._stage(SPIKE_S, 70), self._stage(AFTER_S, 20)]
        return {
            "load": {"arrivals": spike, "warm_up": "2s", "retap": retap},
            "system": {"services": {"income": self._workers(16, 60)}, "policy": policy},
            "faults": [],
        }

    def hurried(self, policy: object) -> Plain:
        """No fault; the income service has a third more workers than one call a person needs."""
        return {
            "load": {"arrivals": [self._stage(10, 20)], "warm_up": "4s", "retap": "off"},
            "system": {"services": {"income": self._workers(14, 100)}, "policy": policy},
            "faults": [],
        }

    def mis_set(self, rollout: Plain) -> Plain:
        """Every cut-off 20 points too high for a while, by mistake."""
        wrong = {"kind": "strategy_change", "target": "decision", **WHILE, "cut_shift": 20}
        return self.blackout({"preset": "fail-closed", "rollout": rollout}, faults=[wrong], thresholds={})

    def empty(self, policy: object) -> Plain:
        """The bureau says at once that it knows nobody; the words of the app are honest, or policy's own."""
        return self.blackout(policy, faults=[{"kind": "empty", "target": "bureau", **WHILE}], thresholds={})

    def drain(self, share: float) -> Plain:
        """The bureau is dark for ten seconds, and the people it left undecided are decided again at this share.

        9 workers at 0.27 s a call give 33 calls/s: enough for 20 people a second and a fifth more, not for twice 20.
        """
        at_s, until_s = DARK_S
        return {
            "load": {"arrivals": [self._stage(DRAINED_S, 20)], "warm_up": "1s", "retap": "off"},
            "system": {
                "services": {"bureau": self._workers(8, 100)},
                "policy": {"preset": "fail-closed", "answer": {"kind": "push", "share": share}},
            },
            "faults": [{"kind": "blackhole", "target": "bureau", "at": f"{at_s:g}s", "for": f"{until_s - at_s:g}s"}],
            "thresholds": {},
        }

    def feedback(self, name: str, complain: str, rate_hz: float, **services: Plain) -> Plain:
        """The bureau is dark for five seconds; so many of those told no complain a second or two later."""
        redecide = {"kind": "redecide", "share": LOOKED_AT[name], "each": 100}
        return {
            "load": {"arrivals": [self._stage(19, rate_hz)], "warm_up": "1s", "retap": "off"},
            "system": {"services": services, "policy": {"preset": "fail-closed", "feedback": redecide}},
            "client": {"complains": {"no_credit": complain, "after": "1s", "spread": "1s"}},
            "faults": [{"kind": "blackhole", "target": "bureau", "at": "7s", "for": "5s"}],
            "monitors": ["http_errors", "complaint_rate"],
            "thresholds": {},
        }

    def complained(self, share: float) -> Plain:
        """The bureau is dark for five seconds; whoever is told no complains each time, and is decided again.

        7 workers at .26 s a call give 27 calls/s: enough for 20 people a second and a fifth more, not for twice 20.
        """
        redecide = {"kind": "redecide", "share": share, "each": 100}
        return {
            "load": {"arrivals": [self._stage(DRIVEN_S, 20)], "warm_up": "1s", "retap": "off"},
            "system": {
                "services": {"bureau": self._workers(7, 100)},
                "policy": {"preset": "fail-closed", "feedback": redecide},
            },
            "client": {"complains": {"no_credit": "100%", "after": "1s", "spread": "1s"}},
            "faults": [{"kind": "blackhole", "target": "bureau", "at": "2s", "for": "5s"}],
            "thresholds": {},
        }

    def door(self, limit: int) -> Plain:
        """A cap at the door with honest words."""
        capped = {"kind": "inflight_cap", "limit": round(limit * self.size)}
        return {"preset": "tri-state-shed", "admission": capped}

    def _stage(self, for_s: int, rate_hz: float) -> Plain:
        return {"for": f"{for_s}s", "rate": f"{rate_hz * self.size:g}/s"}

    def _workers(self, workers: int, queue: int) -> Plain:
        return {"workers": round(workers * self.size), "queue": round(queue * self.size)}


HASTY: Final = {"preset": "retry", "transport": {"kind": "retry", "tries": 3, "per_try": "300ms"}}

BLACKOUT_POLICIES: Final = (
    *("fail-closed", "retry", "retry-budget", "hedge", "breaker"),
    *("last-known-good", "partial-score", "tri-state"),
)


def storms(of: Storms) -> dict[str, Plain]:
    """Every run that a law speaks of."""
    gate = {"preset": "tri-state", "quality": {"kind": "gate"}}
    return {
        **{f"blackout/{policy}": of.blackout(policy) for policy in BLACKOUT_POLICIES},
        # To a scorecard on standardised numbers a 0 is the mean.
        "blackout/generous": of.blackout({"missing": {"kind": "zero_fill", "clip_sd": 0}}),
        "overload/retaps": of.overload("fail-closed", "default"),
        "overload/no-retaps": of.overload("fail-closed", "off"),
        "overload/shed": of.overload(of.door(24), "default"),
        "mis-set/direct": of.mis_set({"kind": "direct"}),
        "mis-set/hysteresis": of.mis_set({"kind": "hysteresis", "h": 25}),
        "empty/fail-closed": of.empty("fail-closed"),
        "empty/gate": of.empty(gate),
        "hurried/one-try": of.hurried("fail-closed"),
        "hurried/hasty": of.hurried(HASTY),
        "drain/all": of.drain(1.0),
        "drain/fifth": of.drain(0.2),
        "feedback/heard": of.feedback("heard", "45%", 40),
        "feedback/abused": of.feedback("abused", "100%", 20),
        "complained/all": of.complained(1.0),
        "complained/fifth": of.complained(0.2),
    }


TOGETHER: Final = (
    ("blackout/fail-closed", "blackout/hedge", "blackout/tri-state"),
    ("blackout/partial-score", "blackout/generous", "mis-set/hysteresis"),
    ("empty/gate", "hurried/hasty", "complained/fifth"),
    ("feedback/heard", "feedback/abused", "complained/all"),
    ("overload/shed",),
)
"""What is carried out live, which is what one test a law needs: those side by side that take as long as each other.

They ask for 90 answers a second at most. What stands at the edge of its capacity has the machine for itself.
"""
LANES: Final = max(len(group) for group in TOGETHER)
RUNS: Final = {name: storms(Storms())[name] for group in TOGETHER for name in group}


@dataclass
class Runs:
    """Carries out each run when a law first reads it, with those of its group beside it, each in a harness of its own.

    A run that doubts the machine that it had a part of goes again by itself, twice at most.
    """

    folder: Path
    harnesses: Sequence[subprocess.Popen[str]]
    """As many as `LANES`."""
    _done: dict[str, Done] = field(default_factory=dict)

    def done(self, name: str) -> Done:
        """The run of this name, to its end; the law is skipped where the run, tried again, doubts its machine."""
        sound(done := self.recorded(name))
        return done

    def recorded(self, name: str) -> Done:
        """The same for a law that holds on a late machine, too."""
        if name not in self._done:
            group = next(names for names in TOGETHER if name in names)
            meeting = Meeting.beside(self._out(name), len(group))
            lanes = list(zip(group, self.harnesses, strict=False))
            for each, harness in lanes:
                self._begin(each, harness, meeting)
            found = [self._end(each, harness) for each, harness in lanes]
            self._done |= {each: self._trusted(each, done) for each, done in zip(group, found, strict=True)}
        return self._done[name]

    def _trusted(self, name: str, done: Done) -> Done:
        if not done.machine_doubts:
            return done
        shutil.rmtree(done.folder.root, ignore_errors=True)
        return while_in_doubt(lambda: self._by_itself(name), done.folder.root)

    def _by_itself(self, name: str) -> Done:
        self._begin(name, self.harnesses[0], Meeting.beside(self._out(name)))
        return self._end(name, self.harnesses[0])

    def _begin(self, name: str, harness: subprocess.Popen[str], meeting: Meeting) -> None:
        path = scenario(self.folder, name.replace("/", "-"), **RUNS[name])
        assert harness.stdin is not None
        harness.stdin.write(order_of(path, self._out(name), meeting))
        harness.stdin.flush()

    def _end(self, name: str, harness: subprocess.Popen[str]) -> Done:
        assert harness.stdout is not None
        return measured(harness.stdout.readline(), self._out(name))

    def _out(self, name: str) -> Path:
        return self.folder / name.replace("/", "-")
