"""Whole runs in virtual time: the same bytes again, what is known of the live ones, and every kind of fault."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pyarrow.compute as pc
import pytest
from creditstorm.adapters.simulated.assembly import require_simulable
from creditstorm.analysis.analyse import figures_of, judged
from creditstorm.analysis.run_data import RunData
from creditstorm.analysis.summary import Summary
from creditstorm.errors import UsageError
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ending, Manifest, Mode
from creditstorm.record.marks import FaultCleared, FaultEffective, FaultUnverified, ServiceReady
from creditstorm.record.seal import load_answers
from creditstorm.runs.execute import RunRequest, execute
from creditstorm.runs.simulate import simulate, simulated_summary
from creditstorm.scenario import catalogue
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import read

SHORT = {
    "load": {"arrivals": [{"for": "12s", "rate": "25/s"}], "warm_up": "1s"},
    "faults": [{"kind": "blackhole", "target": "bureau", "at": "4s", "for": "4s"}],
    "thresholds": {},
}


def scenario_of(
    policy: str, *, given: dict[str, object] | None = None, name: str = "bureau-outage-at-peak"
) -> Scenario:
    """A scenario of the catalogue under a policy, with other keys."""
    draft = read(catalogue.find(name))
    changed = [f"{key}={json.dumps(value)}" for key, value in (given or {}).items()]
    return draft.scenario((*changed, draft.policy_override(policy, [])))


@cache
def data_of(policy: str, *faults: str) -> RunData:
    """A short storm with these faults."""
    given = SHORT | {"faults": [json.loads(fault) for fault in faults]} if faults else SHORT
    return simulate(scenario_of(policy, given=given))


def summary_of(policy: str, *faults: str) -> Summary:
    """Its figures."""
    return figures_of(data_of(policy, *faults))[0]


def test_only_monitors_that_a_rule_is_on_are_asked_when_there_are_thousands_of_runs() -> None:
    """Every other figure and every rule is what the whole summary says."""
    rules = {"time_to_detection{monitor: decline_rate}": ["< 5s"], "wrongful_no_credit_rate": ["< 1%"]}
    scenario = scenario_of("fail-closed", given=SHORT | {"thresholds": rules})
    whole, asked = simulated_summary(scenario), simulated_summary(scenario, asked_only=True)
    assert [watch.monitor for watch in asked.monitors] == ["decline_rate"]
    assert (asked.thresholds, asked.slices, asked.recovery) == (whole.thresholds, whole.slices, whole.recovery)
    assert asked.honesty == whole.honesty


def wrongful(summary: Summary, window: str) -> float:
    """The share of requests in a window that were wrongly told "no credit"."""
    part = summary.slice("window", window)
    assert part is not None
    assert part.rates.wrongful_no_credit_rate.value is not None
    return part.rates.wrongful_no_credit_rate.value


PROGRAM = """
import json, sys
from pathlib import Path
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Mode
from creditstorm.runs.execute import RunRequest, execute
from creditstorm.scenario.text.loader import load
scenario, folder = load(Path(sys.argv[1])), RunFolder(Path(sys.argv[2]))
execute(RunRequest(scenario, folder, mode=Mode.SIMULATED, pages=False), print)
"""


def test_the_same_seed_gives_the_same_bytes_in_two_processes(tmp_path: Path) -> None:
    """Whatever hash of words either of them has; and the very marks."""
    source = tmp_path / "scenario.yaml"
    from creditstorm.scenario.text.dump import dump  # noqa: PLC0415

    source.write_text(dump(scenario_of("tri-state-push", given=SHORT)))
    told = []
    for hash_seed in ("1", "2"):
        out = tmp_path / hash_seed
        out.mkdir()
        command = [sys.executable, "-c", PROGRAM, str(source), str(out)]
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": hash_seed}, check=True, capture_output=True)
        folder = RunFolder(out)
        raw = (folder.answers, folder.services, folder.notices, folder.marks)
        told.append([hashlib.sha256(path.read_bytes()).hexdigest() for path in raw])
    assert told[0] == told[1]
    assert load_answers(folder).num_rows > 250
    assert Manifest.read(folder).mode is Mode.SIMULATED
    assert json.loads(folder.summary.read_text())["mode"] == "simulated"
    assert " · simulated" in folder.summary_text.read_text().splitlines()[0]


def test_a_run_in_memory_is_the_run_of_a_folder(tmp_path: Path) -> None:
    """The same answers, marks and verdict."""
    scenario = scenario_of("tri-state", given=SHORT)
    request = RunRequest(scenario, RunFolder(tmp_path), pages=False, mode=Mode.SIMULATED)
    result = execute(request, lambda _event: None)
    data = simulate(scenario)
    kept = load_answers(request.folder, data.answers.column_names)
    assert kept.equals(data.answers)
    assert result.how is Ending.COMPLETED
    assert result.summary == simulated_summary(scenario)


def test_rules_judged_by_themselves_end_as_in_the_summary() -> None:
    """Whatever they are read from: people, a window, latency, recovery, a monitor."""
    rules = {
        "wrongful_no_credit_rate.people": ["< 15%"],
        "wrongful_no_credit_rate{window: bureau}": ["< 2%"],
        "undecided_rate.people": ["< 99%"],
        "answer_latency": ["p(99) < 1s"],
        "recovery_time": ["< 30s"],
        "time_to_detection{monitor: decline_rate}": ["< 5s"],
    }
    data = simulate(scenario_of("fail-closed", given=SHORT | {"thresholds": rules}))
    results = judged(data)
    assert results == figures_of(data)[0].thresholds
    assert len({one.verdict for one in results}) > 1


def test_no_machine_is_doubted() -> None:
    """CPU was not recorded and nobody was late, and that is no doubt here; it is told as what it is."""
    summary = summary_of("fail-closed")
    assert summary.honesty.doubts == ()
    assert (summary.honesty.unsent, summary.honesty.generator_lag_p99_s) == (0, pytest.approx(0.0, abs=1e-9))
    assert any("simulated" in note for note in summary.honesty.notes)


def test_a_fault_that_nobody_met_is_a_doubt_here_too() -> None:
    """Between two arrivals nobody asks."""
    faults = '{"kind": "blackhole", "target": "bureau", "at": "4s", "for": "10ms"}'
    assert [doubt.kind for doubt in summary_of("fail-closed", faults).honesty.doubts]


def test_policies_rank_as_they_do_live() -> None:
    """Fail-closed wrongs everybody, tri-state nobody; a guess, an old value and zeros lie between."""
    shares = [
        wrongful(summary_of(policy), "bureau")
        for policy in ("fail-closed", "zero-fill", "last-known-good", "partial-score", "tri-state")
    ]
    assert shares[0] == 1.0
    assert shares[0] > shares[1] > shares[3] > shares[4] == 0.0
    assert 0.0 < shares[2] < shares[1]


def test_the_demo_is_the_committed_live_one() -> None:
    """35.1 % of the people live (n = 2,496), 100 % in the window, 6.3 % in calm, 5.1 % after it, 6,650 answers."""
    summary = simulated_summary(scenario_of("fail-closed"))
    live = json.loads((Path(__file__).parents[2] / "results/example/summary.json").read_text())
    for part in live["slices"]:
        if part["kind"] in ("attempt", "phase", "window"):
            told = part["rates"]["wrongful_no_credit_rate"]["value"]
            ours = summary.slice(part["kind"], part["name"])
            assert ours is not None
            assert ours.rates.wrongful_no_credit_rate.value == pytest.approx(told, abs=0.01), part["name"]
    assert summary.answers == pytest.approx(live["answers"], rel=0.01)
    quantiles = {one["measured_from"]: one["quantiles_s"] for one in live["latency"]}
    for ours in summary.latency:
        for name, told in quantiles[ours.measured_from].items():
            assert ours.quantiles_s[name] == pytest.approx(told, rel=0.10, abs=0.015), name


LET_GO = (4.0 - 1.85) / 4.0
"""Who asks less than the sources' time before the end of these is let go in time."""
KINDS = {
    "down": ('{"kind": "down", "target": "income", "at": "4s", "for": "4s"}', 1.0),
    "latency": ('{"kind": "latency", "target": "income", "at": "4s", "for": "4s", "latency": "3s"}', LET_GO),
    "reset": ('{"kind": "reset", "target": "income", "at": "4s", "for": "4s"}', 1.0),
    "bandwidth": ('{"kind": "bandwidth", "target": "income", "at": "4s", "for": "4s", "rate": "1MB/s"}', 0.0),
    "limit_data": ('{"kind": "limit_data", "target": "income", "at": "4s", "for": "4s", "bytes": "100B"}', 1.0),
    "kill": ('{"kind": "kill", "target": "scoring", "at": "4s", "for": "4s"}', 1.0),
    "pause": ('{"kind": "pause", "target": "bureau", "at": "4s", "for": "4s"}', LET_GO),
    "errors": ('{"kind": "errors", "target": "identity", "at": "4s", "for": "4s"}', 1.0),
    "malformed": ('{"kind": "malformed", "target": "identity", "at": "4s", "for": "4s"}', 1.0),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_fault_wrongs_under_fail_closed_and_hardly_anybody_under_tri_state(kind: str) -> None:
    """It takes effect and is gone at its virtual instants, within control's time and that of a start."""
    fault, share = KINDS[kind]
    window = json.loads(fault)["target"]
    closed, told = data_of("fail-closed", fault), summary_of("fail-closed", fault)
    assert wrongful(told, window) == pytest.approx(share, abs=0.15)
    assert wrongful(summary_of("tri-state", fault), window) <= 0.03
    marks = [mark for mark in closed.marks if isinstance(mark, FaultEffective | FaultCleared | FaultUnverified)]
    assert [mark.t_s for mark in marks] == pytest.approx([4.0, 8.0], abs=0.4)


def test_what_a_service_counts_is_told_at_the_end_of_its_fault() -> None:
    """Errors on every call of a source are met by every request that asked it meanwhile."""
    data = data_of("fail-closed", KINDS["errors"][0])
    [cleared] = [mark for mark in data.marks if isinstance(mark, FaultCleared)]
    asked = pc.sum(
        pc.and_(pc.greater(data.answers["identity_began_s"], 4.0), pc.less(data.answers["identity_began_s"], 8.0))
    )
    assert cleared.met == pytest.approx(asked.as_py(), rel=0.15)


def test_a_process_comes_back_and_knows_what_it_was_told() -> None:
    """Killed while a fault was on inside of it, the source goes on failing when it is back."""
    sick = '{"kind": "errors", "target": "income", "at": "3s", "for": "8s"}'
    killed = '{"kind": "kill", "name": "death", "target": "income", "at": "4s", "for": "2s"}'
    data = data_of("fail-closed", sick, killed)
    assert [mark.service for mark in data.marks if isinstance(mark, ServiceReady) and mark.t_s > 0] == ["income"]
    late = data.answers.filter(pc.and_(pc.greater(data.answers["sent_s"], 7.0), pc.less(data.answers["sent_s"], 8.5)))
    statuses = set(pc.drop_null(late["income_status"]).to_pylist())
    assert statuses <= {"error", "late"}
    assert "error" in statuses


def test_the_lender_itself_may_die_or_stand_still() -> None:
    """People meet a closed connection, or silence until their time is over; afterwards they are answered."""
    dead = '{"kind": "kill", "target": "decision", "at": "4s", "for": "2s"}'
    answers = data_of("tri-state", dead).answers
    inside = answers.filter(pc.and_(pc.greater(answers["sent_s"], 4.1), pc.less(answers["sent_s"], 5.9)))
    assert set(inside["answer"].to_pylist()) == {"error"}
    after = answers.filter(pc.greater(answers["sent_s"], 6.5))
    assert "approved" in after["answer"].to_pylist()
    still = data_of("tri-state", '{"kind": "pause", "target": "decision", "at": "2s", "for": "8s"}').answers
    inside = still.filter(pc.and_(pc.greater(still["sent_s"], 2.1), pc.less(still["sent_s"], 4.5)))
    assert set(inside["answer"].to_pylist()) == {"timeout"}


def test_people_of_the_closed_model_come_too() -> None:
    """A fixed number of them at a time, each after the other."""
    given = SHORT | {"load": {"users": {"count": 20, "for": "12s", "think": "1s"}}}
    summary = simulated_summary(scenario_of("fail-closed", given=given))
    assert summary.answers > 100
    assert wrongful(summary, "bureau") == 1.0


def names(policies: Sequence[str]) -> list[tuple[str, str]]:
    """Scenarios of the catalogue that have a process, a cell and what is remembered in them."""
    picked = ("income-restarts", "one-cell-lost", "cold-cache")
    return [(name, policy) for name in picked for policy in policies]


@pytest.mark.parametrize(("name", "policy"), names(("tri-state-push",)))
def test_scenarios_of_the_catalogue_have_no_fault_that_was_not_verified(name: str, policy: str) -> None:
    """And every one of them is over at its end."""
    scenario = scenario_of(policy, name=name)
    data = simulate(scenario)
    verified = {mark.fault for mark in data.marks if isinstance(mark, FaultCleared)}
    assert verified == {fault.name for fault in scenario.faults}
    assert not [mark for mark in data.marks if isinstance(mark, FaultUnverified)]
    assert data.manifest.ended.how is Ending.COMPLETED


def test_what_is_not_ours_cannot_be_simulated() -> None:
    """It is said why, and what to do."""
    scenario = scenario_of("fail-closed")
    other = scenario.model_copy(update={"system": scenario.system.model_copy(update={"kind": "http"})})
    with pytest.raises(UsageError, match=r"system.kind.*http.*cannot be simulated(.|\n)*leave --simulate out"):
        require_simulable(other)
