"""The alert rules in `ci/`, read and tried by promtool on what simulated runs would have exposed."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from creditstorm.analysis.analyse import summary_of
from creditstorm.analysis.frame import frame_of
from creditstorm.runs.simulate import simulate
from mock_services.wire.exposed import DURATIONS_S
from tests.runs.small import small_scenario

RULES = Path(__file__).parents[2] / "ci" / "alerts.yml"
SECONDS = 45
MONITORS = {"SlowDecisions": "p99_latency", "Declines": "decline_rate", "Undecided": "undecided_rate"}
ALERTS = (*MONITORS, "NoDecisions")
RUNS = {
    "dark and fail-closed": ("fail-closed", "{kind: blackhole, target: bureau, at: 20s, for: 12s}"),
    "dark and honest": ("tri-state", "{kind: blackhole, target: bureau, at: 20s, for: 12s}"),
    "failing fast and fail-closed": ("fail-closed", "{kind: errors, target: bureau, at: 20s, for: 12s}"),
}


def promtool(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """It, or a skipped test, which `.ci/run` does not allow."""
    if shutil.which("promtool") is None:
        if os.environ.get("CREDITSTORM_PROMTOOL") == "required":
            pytest.fail("no promtool on the PATH, and it is required here")
        pytest.skip("no promtool on the PATH (apt-get install prometheus)")
    return subprocess.run(["promtool", *words], cwd=cwd, capture_output=True, text=True, check=False, timeout=60)


def test_promtool_reads_the_rules(tmp_path: Path) -> None:
    """Every rule is one that Prometheus would load."""
    done = promtool("check", "rules", str(RULES), cwd=tmp_path)
    assert (done.returncode, "4 rules found" in done.stdout) == (0, True), done.stdout + done.stderr


def series(name: str, counts: np.ndarray, dead: range = range(0)) -> dict[str, str]:
    """A counter as a scrape a second sees it: of a dead process nothing, and one that is started again begins at 0."""
    seen = [str(int(value)) for value in np.cumsum(counts)]
    if dead:
        seen[dead.start : dead.stop] = ["stale", *["_"] * (len(dead) - 1)]
        seen[dead.stop :] = [str(int(value)) for value in np.cumsum(counts[dead.stop :])]
    return {"series": name, "values": " ".join(seen)}


def exposed(frame: pl.DataFrame, dead: range = range(0)) -> list[dict[str, str]]:
    """What the decision service counts, by the second of each answer."""
    told = frame.filter(pl.col("answer").is_in(["approved", "no_credit", "undetermined", "action_needed"]))
    second = told["done_s"].floor().clip(0, SECONDS - 1).cast(pl.Int64).to_numpy()
    spent_s, answer = (told["done_s"] - told["sent_s"]).to_numpy(), told["answer"].cast(pl.String).to_numpy()

    def per_second(which: np.ndarray) -> np.ndarray:
        return np.bincount(second[which], minlength=SECONDS)

    words = sorted({"approved", "no_credit", *answer})
    decided = [
        series(f'creditstorm_decisions_total{{outcome="{word}"}}', per_second(answer == word), dead) for word in words
    ]
    name = "creditstorm_decision_duration_seconds"
    bounds = [(str(bound), spent_s <= bound) for bound in DURATIONS_S] + [("+Inf", spent_s >= 0.0)]
    spent = [series(f'{name}_bucket{{le="{bound}"}}', per_second(which), dead) for bound, which in bounds]
    return [*decided, *spent, series(f"{name}_count", per_second(spent_s >= 0.0), dead)]


def fired_at(found: list[dict[str, str]], place: Path) -> dict[str, int]:
    """The first second in which each alert fires: promtool expects none, and says where there was one."""
    none = [{"eval_time": f"{t}s", "alertname": name, "exp_alerts": []} for t in range(1, SECONDS) for name in ALERTS]
    tests = {"interval": "1s", "input_series": found, "alert_rule_test": none}
    shutil.copy(RULES, place / "alerts.yml")
    whole = {"rule_files": ["alerts.yml"], "evaluation_interval": "1s", "tests": [tests]}
    (place / "tests.yml").write_text(json.dumps(whole))
    done = promtool("test", "rules", "tests.yml", cwd=place)
    fired: dict[str, int] = {}
    for name, seconds in re.findall(r"alertname: (\w+), time: (\d+)s", done.stdout + done.stderr):
        fired[name] = min(fired.get(name, SECONDS), int(seconds))
    assert (done.returncode != 0) is bool(fired), done.stdout + done.stderr
    return fired


@pytest.mark.parametrize("run", RUNS)
def test_alerts_fire_in_the_order_of_our_monitors(run: str, tmp_path: Path) -> None:
    """None before the fault; the same ones, and none before another that our monitors saw a second or more earlier."""
    policy, fault = RUNS[run]
    load = (
        "load.arrivals=[{for: 40s, rate: 25/s}]",
        "load.warm_up=2s",
        "system.deadline=2s",
        f"system.policy={policy}",
    )
    data = simulate(small_scenario(*load, f"faults=[{fault}]"))
    frame, phases = frame_of(data)
    ours = {one.monitor: one.alarms[0].raised_s for one in summary_of(data, frame, phases).monitors if one.alarms}
    fired = fired_at(exposed(frame), tmp_path)
    assert min(fired.values()) > 20
    assert {MONITORS[name] for name in fired} == set(ours) & set(MONITORS.values())
    for one in fired:
        for other in fired:
            if ours[MONITORS[one]] < ours[MONITORS[other]]:
                assert fired[one] <= fired[other]


def test_silence_is_noticed(tmp_path: Path) -> None:
    """Where a lender says nothing any more no share of its answers rises."""
    quiet = np.concatenate([np.full(15, 20), np.zeros(SECONDS - 15, dtype=int)])
    fired = fired_at([series('creditstorm_decisions_total{outcome="approved"}', quiet)], tmp_path)
    assert set(fired) == {"NoDecisions"}
    assert 25 <= fired["NoDecisions"] <= 31


def test_a_lender_that_is_gone_is_noticed(tmp_path: Path) -> None:
    """A recorded run whose decision service is dead for 12 s: nobody decides, which no share of decisions shows."""
    load = (
        "load.arrivals=[{for: 40s, rate: 25/s}]",
        "load.warm_up=2s",
        "client.timeout=900ms",
        "thresholds.answer_latency=[{threshold: 'p(99) < 500ms'}]",
        "system.deadline=800ms",
    )
    killed = "faults=[{kind: kill, target: decision, at: 20s, for: 12s}]"
    data = simulate(small_scenario(*load, killed))
    frame, phases = frame_of(data)
    [window] = phases.windows
    dead = range(math.ceil(window.start_s), math.floor(window.end_s))
    fired = fired_at(exposed(frame, dead), tmp_path)
    assert next(iter(fired)) == "NoDecisions"
    assert dead.start + 5 <= fired["NoDecisions"] < dead.stop
    [errors] = [one for one in summary_of(data, frame, phases).monitors if one.monitor == "http_errors"]
    assert errors.noticed[0].after_s is not None
