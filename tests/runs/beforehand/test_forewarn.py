"""What a scenario is warned of before it runs, and what not: each figure is held against what a run would find."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from creditstorm.adapters.processes.settings import people_of
from creditstorm.analysis.statistics import intervals
from creditstorm.credit import SERVICES, Strategy
from creditstorm.credit.oracle import Oracle
from creditstorm.demand.load_plan import RateStage
from creditstorm.demand.taps import schedule
from creditstorm.language.problems import Problem, key_path
from creditstorm.language.quantities import AS_TEXT
from creditstorm.record.folder import RunFolder
from creditstorm.record.schema import GENERATOR
from creditstorm.record.seal import load_answers, load_services
from creditstorm.runs.beforehand import forewarn, samples
from creditstorm.runs.beforehand.planned import peak_hz
from creditstorm.scenario import catalogue
from creditstorm.scenario.model import Scenario, SystemSpec
from creditstorm.scenario.text.loader import load
from tests.analysis.statistics import exact

EXAMPLE = RunFolder(Path(__file__).parents[3] / "results" / "example")
ENOUGH = {"undecided_rate": ["< 50%"]}


def asked(thresholds: dict[str, object], faults: Sequence[dict[str, object]] = (), **load_: object) -> Scenario:
    """A scenario of 60 s at 20/s with a warm-up of 10 s, unless its load says otherwise."""
    plain = {"arrivals": [{"for": 20.0, "rate": 20.0}, {"for": 40.0, "rate": 20.0}], "warm_up": 10.0}
    return Scenario.model_validate(
        {
            "schema": 1,
            "id": "asked",
            "why": "A load that is known by hand.",
            "seed": 7,
            "population": {"applicants": 100_000},
            "load": load_ or plain,
            "faults": list(faults),
            "thresholds": thresholds,
        }
    )


def dark(at_s: float, for_s: float, name: str = "bureau") -> dict[str, object]:
    """A black hole."""
    return {"kind": "blackhole", "target": "bureau", "name": name, "at": at_s, "for": for_s}


def warned(scenario: Scenario, cores: int = 2) -> tuple[Problem, ...]:
    """The warnings on a machine of two cores."""
    return forewarn.forewarnings(scenario, cores=cores)


def planned(scenario: Scenario, from_s: float, to_s: float) -> tuple[int, int]:
    """Creditworthy people, and requests of theirs, that a schedule of 20/s brings between two instants."""
    people = people_of(scenario)
    whole = schedule((RateStage(60.0, 20.0, 20.0),), seed=scenario.seed, people=people.size)
    inside = (whole.intended_s >= from_s) & (whole.intended_s < to_s)
    ids = whole.applicant[inside]
    truths, _ = Oracle(people, Strategy()).truths_at(ids, whole.intended_s[inside])
    return len(np.unique(ids[truths.eligible])), int(truths.eligible.sum())


def test_a_run_that_is_asked_nothing() -> None:
    """Without a threshold every run passes."""
    [said] = warned(asked({}))
    assert key_path(said.path) == "thresholds"
    assert said.what == "nothing is asked of this run: it passes whatever people are told"


@pytest.mark.parametrize("share", [0.5, 0.2, 0.05, 0.02, 0.01, 0.005, 0.001])
def test_the_least_sample_is_exact(share: float) -> None:
    """So many answers with none against the rule have their bound under the share, and one less does not."""
    least = samples.least_sample(share)
    assert intervals.upper_bound(0, least) < share <= intervals.upper_bound(0, least - 1)


@pytest.mark.parametrize("q", [0.5, 0.9, 0.99, 0.999])
def test_the_least_sample_of_a_quantile_is_exact(q: float) -> None:
    """So many answers give a p(N) its upper bound, and one less does not."""
    least = samples.least_sample(1.0 - q)
    highs = [exact.quantile(np.arange(float(n)), q).high for n in (least, least - 1)]
    assert highs[0] is not None
    assert highs[1] is None


def test_people_are_counted_after_the_warm_up() -> None:
    """A bound of 0.4 % needs 748 creditworthy people; those of the warm-up do not count, and nobody counts twice."""
    scenario = asked({"wrongful_no_credit_rate": ["< 0.4%"]})
    people, _ = planned(scenario, 10.0, 60.0)
    [said] = warned(scenario)
    assert 500 < people < 748
    assert said.what == (
        f'"< 0.4%" needs at least 748 eligible people even with not one against it; you plan {people:,}'
    )
    assert key_path(said.path) == "thresholds.wrongful_no_credit_rate"
    assert said.remedy is not None
    assert said.remedy.startswith(f"let about {748 / people:.1f} times as many ask")


def test_a_window_counts_who_asks_inside_it() -> None:
    """20/s for 5 s bring about 65 creditworthy requests, of the 149 that "< 2%" needs."""
    scenario = asked({"undecided_rate{window: bureau}": ["< 2%"]}, [dark(15.0, 5.0)])
    _, requests = planned(scenario, 15.0, 20.0)
    [said] = warned(scenario)
    assert f"needs at least 149 requests of eligible people even with not one against it; you plan {requests}" in (
        said.what
    )
    assert said.what.endswith("while it is on")


def test_the_looser_rule_that_is_offered_can_be_passed() -> None:
    """What the remedy says instead is warned of no more, and a tenth of a percent less is."""
    rules = {
        "wrongful_no_credit_rate": ["< 0.1%"],
        "decided_rightly_rate": ["> 99.9%"],
        "answer_latency": ["p(99.99) < 2s"],
    }
    offered = {
        key_path(one.path): str(one.remedy).partition("or ask for ")[2].strip('"') for one in warned(asked(rules))
    }
    assert set(offered) == {f"thresholds.{metric}" for metric in rules}
    looser = {
        "wrongful_no_credit_rate": [offered["thresholds.wrongful_no_credit_rate"]],
        "decided_rightly_rate": [offered["thresholds.decided_rightly_rate"]],
        "answer_latency": [offered["thresholds.answer_latency"] + " < 2s"],
    }
    assert warned(asked(looser)) == ()


@pytest.mark.parametrize(
    ("rule", "share"),
    [
        ({"wrongful_approval_rate": ["< 1%"]}, 0.01),
        ({"decided_rightly_rate": [">= 98%"]}, 0.02),
        ({"answer_latency": ["p(95) < 2s"]}, 0.05),
        ({"answer_latency": ["max < 2s"]}, None),
        ({"recovery_time": ["< 20s"]}, None),
        ({"honest_reason_rate": ["> 90%"]}, None),
        ({"unsent_share": ["<= 0%"]}, None),
    ],
)
def test_what_a_rule_has_to_rule_out(rule: dict[str, object], share: float | None) -> None:
    """The share against it; rules that no number of answers settles are not warned of samples."""
    [threshold] = asked(rule).thresholds
    found = samples.hardest_share(threshold)
    assert found == (None if share is None else pytest.approx(share))


@pytest.mark.parametrize(("for_s", "said"), [(10.0, True), (20.0, False)])
def test_a_recovery_needs_thirty_seconds_of_load(for_s: float, said: bool) -> None:
    """A fault that ends 20 s before the load cannot be seen to be over; with the load that the remedy gives it can."""
    arrivals = [{"for": 60.0 + for_s, "rate": 20.0}]
    found = warned(asked({"recovery_time": ["< 20s"]}, [dark(30.0, 20.0)], arrivals=arrivals))
    assert bool(found) == said
    if said:
        assert found[0].what == "the load ends 20 s after the fault; it takes 30 s to see that it is over"
        assert str(found[0].remedy).endswith("--set load.arrivals[0].for=80s")


def test_faults_that_follow_each_other_are_over_together() -> None:
    """The first of two faults that lie 10 s apart is over when the second is, and that is too late to see."""
    faults = [dark(10.0, 10.0), dark(30.0, 10.0, "second"), dark(90.0, 5.0, "third")]
    rules = {"recovery_time{window: bureau}": ["< 20s"], "recovery_time{window: third}": ["< 20s"]}
    found = warned(asked(rules, faults, arrivals=[{"for": 120.0, "rate": 20.0}]))
    assert [key_path(one.path) for one in found] == ["thresholds.recovery_time{window: third}"]


def test_the_closed_model_is_warned_of_what_is_known_of_it() -> None:
    """Nobody knows who will ask when; that the load ends too soon is known all the same."""
    users = {"count": 5, "for": 40.0, "think": 1.0}
    found = warned(
        asked({"wrongful_no_credit_rate": ["< 0.01%"], "recovery_time": ["< 20s"]}, [dark(10.0, 10.0)], users=users)
    )
    assert [str(one.remedy) for one in found] == ["let people ask for longer: --set load.users.for=50s"]


def test_a_fault_while_nobody_asks() -> None:
    """It is named, and its window is not told a second time that it is too small."""
    arrivals = [{"for": 30.0, "rate": 20.0}, {"for": 10.0, "rate": 0.0}, {"for": 20.0, "rate": 20.0}]
    rules = {**ENOUGH, "undecided_rate{window: bureau}": ["< 20%"]}
    [said] = warned(asked(rules, [dark(32.0, 5.0)], arrivals=arrivals))
    assert key_path(said.path) == "faults[0]"
    assert said.what == "nobody is planned to ask from 32 to 37 s, so nobody can meet the fault"


def test_a_rate_that_the_machine_cannot_carry() -> None:
    """Twice the cores carry twice the rate, and the rate of the remedy is warned of no more."""

    def at(rate_hz: float, cores: int) -> tuple[Problem, ...]:
        return warned(asked(ENOUGH, arrivals=[{"for": 60.0, "rate": rate_hz}]), cores)

    [said] = at(200.0, 2)
    assert key_path(said.path) == "load.arrivals"
    assert said.what.startswith("200/s are about ")
    assert said.what.endswith("this machine has 2")
    assert at(200.0, 4) == ()
    bearable_hz = int(str(said.remedy).partition("load.arrivals[0].rate=")[2].partition("/s")[0])
    assert [len(at(float(rate_hz), 2)) for rate_hz in (bearable_hz, bearable_hz + 1)] == [0, 1]
    assert forewarn.forewarnings(asked(ENOUGH, arrivals=[{"for": 60.0, "rate": 2000.0}]), cores=None) == ()


@pytest.mark.parametrize(
    ("stages", "peak"),
    [
        ((RateStage(10.0, 20.0, 20.0),), 20.0),
        ((RateStage(10.0, 20.0, 20.0), RateStage(1.0, 120.0, 120.0), RateStage(10.0, 20.0, 20.0)), 40.0),
        ((RateStage(10.0, 0.0, 100.0), RateStage(10.0, 0.0, 0.0)), 75.0),
        ((RateStage(1.0, 30.0, 30.0),), 30.0),
    ],
)
def test_the_peak_is_that_of_five_seconds(stages: tuple[RateStage, ...], peak: float) -> None:
    """Steps, a burst of a second, a ramp, and a load that is shorter."""
    assert peak_hz(stages) == pytest.approx(peak, rel=0.01)


def test_the_cpu_of_an_answer_is_what_the_example_took() -> None:
    """The processes of that run, Toxiproxy and load included, over its answers."""
    services = load_services(EXAMPLE)
    assert services is not None
    rows = services.select(["t_s", "service", "cpu"]).to_pylist()
    ours = {*SERVICES, "decision", "toxiproxy", GENERATOR}
    seen = [row["cpu"] or 0.0 for row in rows if row["t_s"] > 0 and row["service"] in ours]
    assert sum(seen) / load_answers(EXAMPLE).num_rows == pytest.approx(forewarn.CPU_SEEN_S[0], rel=0.15)


@pytest.mark.parametrize("path", catalogue.paths(), ids=lambda path: path.stem)
def test_the_catalogue_is_not_warned(path: Path) -> None:
    """Every scenario that comes with creditstorm can show what it asks, on two cores."""
    assert warned(load(path)) == ()


def keys_of(scenario: Scenario) -> list[str]:
    """The keys that are warned of, rates and small samples left out."""
    return [key_path(one.path) for one in warned(scenario)]


@pytest.mark.parametrize(("for_s", "told"), [(0.001, ["faults[0]"]), (0.5, ["faults[0]"]), (0.6, [])])
def test_a_fault_that_is_shorter_than_its_edges(for_s: float, told: list[str]) -> None:
    """Between two guard bands of 0.25 s a fault of 0.5 s leaves no instant at which anybody meets it."""
    assert keys_of(asked(ENOUGH, [dark(30.0, for_s)])) == told


def test_a_recovery_from_nothing() -> None:
    """A rule on the way back, and nothing to come back from."""
    [said] = warned(asked({**ENOUGH, "recovery_time": ["< 20s"]}))
    assert (key_path(said.path), said.what) == (
        "thresholds.recovery_time",
        "there is no fault to recover from, so the rule stays open",
    )


@pytest.mark.parametrize(("deadline_s", "told"), [(5.0, []), (5.5, ["system.deadline"])])
def test_a_deadline_that_nobody_waits_for(deadline_s: float, told: list[str]) -> None:
    """The app gives up after 5 s."""
    patient = SystemSpec.model_validate({"deadline": deadline_s})
    assert keys_of(asked(ENOUGH).model_copy(update={"system": patient})) == told


@pytest.mark.parametrize(("least", "told"), [(100, []), (100_000, ["thresholds.undecided_rate"])])
def test_a_rule_that_waits_for_more_than_will_ask(least: int, told: list[str]) -> None:
    """`min_samples` beyond the plan: the rule stays open whatever is measured."""
    assert keys_of(asked({"undecided_rate": [{"threshold": "< 50%", "min_samples": least}]})) == told


@pytest.mark.parametrize(
    ("policy", "complains", "told"),
    [
        ("fail-closed", None, []),
        ("fail-closed-feedback", {"no_credit": "10%"}, []),
        ("fail-closed-feedback", None, ["system.policy"]),
        ({"preset": "tri-state", "feedback": {"kind": "redecide"}}, None, ["system.policy"]),
    ],
)
def test_a_second_look_that_nobody_asks_for(policy: object, complains: object, told: list[str]) -> None:
    """A policy that hears complaints, where nobody complains."""
    plain = asked(ENOUGH).model_dump(by_alias=True, context=AS_TEXT, exclude_unset=True)
    loaded = Scenario.model_validate({**plain, "system": {"policy": policy}, "client": {"complains": complains}})
    assert keys_of(loaded) == told


MONITOR = {"time_to_detection{monitor: decline_rate}": ["< 10s"], **ENOUGH}


def of_monitors(scenario: Scenario) -> list[str]:
    """The warnings that speak of a monitor."""
    found = forewarn.forewarnings(scenario, cores=None)
    return [f"{key_path(one.path)}: {one.what}" for one in found if "may notice nothing" in one.what]


@pytest.mark.parametrize(
    ("at_s", "rate", "said"),
    [
        (40.0, 20.0, None),
        (12.0, 20.0, "answers in calm: 100 are needed to know what is usual"),
        (100.0, 2.0, "a rise from"),
    ],
)
def test_a_monitor_that_will_hear_too_little(at_s: float, rate: float, said: str | None) -> None:
    """Too few answers before the first fault, or too few a second: at two no rise is noticed within a minute."""
    arrivals = [{"for": 200.0, "rate": rate}]
    scenario = asked(MONITOR, [dark(at_s, 10.0)], arrivals=arrivals, warm_up=10.0)
    told = of_monitors(scenario)
    assert len(told) == (said is not None)
    assert all(said in one and "time_to_detection" in one for one in told if said)


def test_monitors_that_nobody_asked_for_are_no_warning() -> None:
    """All watch where a scenario does not say; those that it names are spoken of where they stand."""
    scenario = asked(dict(ENOUGH), [dark(12.0, 10.0)])
    assert of_monitors(scenario) == []
    named = scenario.model_copy(update={"monitors": ("http_errors",)})
    [told] = of_monitors(named)
    assert told.startswith("monitors[0]: http_errors may notice nothing")
