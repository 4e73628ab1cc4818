"""How an effect is verified: which probes count, when the server's word does, and which instant is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from creditstorm.adapters.faults.injector import Verification
from creditstorm.adapters.faults.network import EFFECTS, effect_of
from creditstorm.adapters.faults.network.effect import LARGEST
from creditstorm.adapters.faults.network.verify import MOST_CLEAN, Watch
from creditstorm.adapters.probing.probe import Ask, ProbeResult
from creditstorm.adapters.toxiproxy.client import ProxyState, Toxic
from creditstorm.scenario.faults import (
    Bandwidth,
    Blackhole,
    Down,
    Fault,
    Latency,
    LimitData,
    NetworkFault,
    Reset,
    Slicer,
    SlowClose,
)

COMMON: dict[str, Any] = {"name": "f", "target": "bureau", "at_s": 0.0, "for_s": 1.0}
SLOW = Latency(**COMMON, latency_s=0.2)
FAST, LATE = 0.001, 0.3


@dataclass
class Path:
    """A path whose probes meet what a script says; time passes only by probing and pausing."""

    script: list[tuple[str, float]] = field(default_factory=list)
    toxics: tuple[Toxic, ...] = ()
    now_s: float = 100.0

    def ask(self, ask: Ask) -> ProbeResult:
        """The next of the script, the last one for ever."""
        outcome, took_s = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        began_at, waited_s = self.now_s, min(took_s, ask.answer_within_s)
        self.now_s += waited_s
        if took_s > waited_s:
            outcome = "unfinished"
        return ProbeResult(began_at=began_at, outcome=outcome, answer_s=waited_s)  # type: ignore[arg-type]

    def pause(self, seconds: float) -> None:
        """Time passes."""
        self.now_s += seconds

    def read_back(self) -> ProxyState:
        """What the server says."""
        return ProxyState(name="p", listen="", upstream="", enabled=True, toxics=self.toxics)

    def watch(self, fault: Fault, alone: Callable[[], bool] = lambda: True) -> Watch:
        """The path under watch for the fault."""
        return Watch(
            effect=effect_of(fault),
            ask=self.ask,
            read_back=self.read_back,
            alone=alone,
            clock=lambda: self.now_s,
            pause=self.pause,
        )


def test_instant_is_the_start_of_the_probe_that_met_it() -> None:
    """Not the end of the probe, and not that of an earlier one that met nothing."""
    path = Path([("answered", FAST), ("answered", FAST), ("answered", LATE)])
    found = path.watch(SLOW).until_effective(3.0)
    assert found is not None
    assert found.at_monotonic == pytest.approx(100.012)
    assert found.verified_by == "probe: no answer in 160 ms"


def test_nothing_met_in_time() -> None:
    """Probes that meet nothing verify nothing, and stop at the time-out."""
    path = Path([("answered", FAST)])
    assert path.watch(SLOW).until_effective(1.0) is None
    assert path.now_s == pytest.approx(101.0, abs=0.2)


def test_silence_needs_the_word_of_the_server() -> None:
    """A silent probe is a black hole only if the server says so too."""
    dark = Blackhole(**COMMON)
    toxic = effect_of(dark).toxic
    assert toxic is not None
    assert Path([("answered", LATE)]).watch(dark).until_effective(1.0) is None
    assert Path([("answered", LATE)], (toxic,)).watch(dark).until_effective(1.0) == Verification(
        100.0, "probe: no answer in 150 ms; read-back: toxic timeout is on"
    )


def test_rare_effect_that_no_probe_met() -> None:
    """With a toxicity below 1 probes may all escape; then the server's word counts, and that is said."""
    rare = SLOW.model_copy(update={"toxicity": 0.01})
    toxic = effect_of(rare).toxic
    assert toxic is not None
    found = Path([("answered", FAST)], (toxic,)).watch(rare).until_effective(1.0)
    assert found is not None
    assert found.verified_by == "read-back: toxic latency is on (no probe met it)"


def test_half_is_clean_after_a_row_of_clean_probes() -> None:
    """With toxicity .5 it takes 7 clean probes in a row to leave 1 % doubt; one that meets it starts the row again."""
    script = [("answered", FAST)] * 3 + [("answered", LATE)] + [("answered", FAST)]
    path = Path(script)
    found = path.watch(SLOW.model_copy(update={"toxicity": 0.5})).until_cleared(3.0)
    assert found is not None
    assert found.at_monotonic == pytest.approx(100.0 + 3 * 0.006 + LATE + 0.005)
    assert path.now_s == pytest.approx(found.at_monotonic + 7 * 0.001 + 6 * 0.005)


def test_row_of_clean_probes_is_limited() -> None:
    """A toxicity near 0 does not ask for thousands of probes."""
    path = Path([("answered", FAST)])
    assert path.watch(SLOW.model_copy(update={"toxicity": 1e-6})).until_cleared(30.0) is not None
    assert path.now_s - 100.0 <= MOST_CLEAN * 0.006


def test_fault_that_begins_meanwhile_takes_the_probe_its_say() -> None:
    """When another fault begins while a probe looks, what the probe met does not count."""
    answers: Iterator[bool] = iter([True, False])
    toxic = effect_of(SLOW).toxic
    assert toxic is not None
    watch = Path([("answered", LATE)], (toxic,)).watch(SLOW, alone=lambda: next(answers))
    found = watch.until_effective(3.0)
    assert found is not None
    assert found.verified_by == "read-back: toxic latency is on"


def test_dead_service_is_not_clean() -> None:
    """A path that answers nobody is not free of a latency."""
    assert Path([("closed", FAST)]).watch(SLOW).until_cleared(1.0) is None


def drawn(kind: type[Fault], **parameters: st.SearchStrategy[Any]) -> st.SearchStrategy[Fault]:
    """Faults of a kind with any parameters that the language allows."""
    return st.fixed_dictionaries(parameters).map(lambda some: kind(**COMMON, **some))


SECONDS = st.floats(1e-3, 1e4)
SECONDS_OR_NONE = st.floats(0, 1e4)
BYTES = st.integers(1, 10**12)
FAULTS = st.one_of(
    drawn(Bandwidth, rate_kb_s=st.integers(1, 10**9)),
    drawn(Blackhole),
    drawn(Down),
    drawn(Latency, latency_s=SECONDS, jitter_s=SECONDS_OR_NONE),
    drawn(LimitData, bytes=BYTES),
    drawn(Reset, after_s=SECONDS_OR_NONE),
    drawn(Slicer, average_size_bytes=BYTES, size_variation_bytes=BYTES, delay_s=SECONDS_OR_NONE),
    drawn(SlowClose, delay_s=SECONDS),
)


@given(fault=FAULTS, direction=st.sampled_from(["downstream", "upstream"]))
def test_probes_stay_small_and_short(fault: Fault, direction: str) -> None:
    """Whatever the parameters, a probe carries 256 KiB and waits a second at most, and a toxic is whole numbers."""
    effect = effect_of(fault.model_copy(update={"direction": direction}))
    for ask in (effect.ask, effect.ask_clean):
        if ask is not None:
            assert max(ask.pad, ask.body) <= LARGEST
            assert 0 < ask.answer_within_s <= 1.0
            assert ask.close_within_s is None or 0 < ask.close_within_s <= 1.0
    if effect.toxic is not None:
        assert all(isinstance(value, int) and value >= 0 for value in effect.toxic.attributes.values())


@given(fault=FAULTS)
def test_one_probe_is_never_both_met_and_clean(fault: Fault) -> None:
    """No answer counts as the effect and as its absence."""
    effect = effect_of(fault)
    for outcome in ("answered", "refused", "reset", "closed", "unfinished"):
        for took_s in (0.0, 0.1, 10.0):
            seen = ProbeResult(began_at=0.0, outcome=outcome, answer_s=took_s)
            assert not (effect.met(seen) and effect.clean(seen))


def test_every_kind_has_its_effect() -> None:
    """A kind of fault in the language has its class here."""
    kinds = Fault.__args__[0].__args__  # type: ignore[attr-defined]
    assert set(EFFECTS) == {kind.model_fields["kind"].default for kind in kinds if issubclass(kind, NetworkFault)}
