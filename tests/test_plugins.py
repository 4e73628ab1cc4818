"""The scenario language takes in what other packages bring, and says what is wrong with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.plugin_package import ENTRY_POINTS, FAULT, MONITOR, VALUE, install

SCENARIO = """\
schema: 1
id: divided
why: A fault and a rule of another package.
seed: 7
population: {applicants: 1000}
load: {arrivals: [{for: 10s, rate: 20/s}]}
system: {policy: {missing: {kind: lenient, points: 20}}}
monitors: [no_income, decline_rate]
faults:
  - {kind: divided, target: income, at: 2s, for: 5s, by: 4}
"""


def ask(*words: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "creditstorm", *words]
    return subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False, timeout=60)


def checked(folder: Path, text: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    path = folder / "x.yaml"
    path.write_text(text)
    return ask("scenarios", "check", str(path), env=env)


def faults_told(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What it says against the scenario, warnings about its thresholds and monitors aside."""
    aside = (": warning: thresholds", ": warning: monitors")
    return [line for line in done.stderr.splitlines() if not any(word in line for word in aside)]


def test_a_scenario_may_use_all(tmp_path: Path) -> None:
    """A fault, a rule and a monitor: one class and one YAML are enough."""
    done = checked(tmp_path, SCENARIO, install(tmp_path / "site"))
    assert (done.returncode, faults_told(done)) == (0, [])


def test_its_usual_target_need_not_be_said(tmp_path: Path) -> None:
    """The window is called after it, as it would be if it had been said."""
    text = (
        SCENARIO.replace("target: income, ", "") + 'thresholds: {"wrongful_approval_rate{window: income}": ["< 3%"]}\n'
    )
    done = checked(tmp_path, text, install(tmp_path / "site"))
    assert (done.returncode, faults_told(done)) == (0, [])


def test_without_the_package_its_words_are_unknown(tmp_path: Path) -> None:
    """As any other word would be."""
    done = checked(tmp_path, SCENARIO, {})
    assert done.returncode == 2
    assert '"divided" is not a kind' in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("by: 4", "by: 0.5", "expected more than 1, got 0.5"),
        ("target: income", "target: incom", 'did you mean "income"?'),
        ("points: 20", "pionts: 20", 'did you mean "points"?'),
        ("kind: divided", "kind: devided", 'did you mean "divided"?'),
        ("kind: lenient", "kind: lenien", 'did you mean "lenient"?'),
        ("[no_income", "[no_incom", 'did you mean "no_income"?'),
    ],
)
def test_a_mistake_in_it_is_told_like_any_other(tmp_path: Path, good: str, bad: str, said: str) -> None:
    """With its place, and the closest match."""
    done = checked(tmp_path, SCENARIO.replace(good, bad), install(tmp_path / "site"))
    assert done.returncode == 2
    assert f"{tmp_path / 'x.yaml'}:" in done.stdout + done.stderr
    assert said in done.stdout + done.stderr


def test_editors_know_it(tmp_path: Path) -> None:
    """The JSON Schema has the kind and its parameters."""
    done = ask("schema", env=install(tmp_path / "site"))
    assert '"divided"' in done.stdout
    assert '"points"' in done.stdout
    assert '"no_income"' in done.stdout


@pytest.mark.parametrize(
    ("group", "name", "value", "said"),
    [
        ("creditstorm.faults", "divided", "somebody_else.nowhere:Divided", "ModuleNotFoundError"),
        ("creditstorm.faults", "halved", "somebody_else.divided:Divided", "says that its kind is 'divided'"),
        ("creditstorm.faults", "lenient", "somebody_else.lenient:Lenient", "no subclass of"),
        ("creditstorm.policies", "divided", "somebody_else.divided:Divided", "no subclass of"),
    ],
)
def test_a_broken_package_is_named(tmp_path: Path, group: str, name: str, value: str, said: str) -> None:
    """With the remedy, and exit code 4, because the environment is at fault and not the scenario."""
    entry_points = {**ENTRY_POINTS, group: {name: value}}
    done = checked(tmp_path, SCENARIO, install(tmp_path / "site", entry_points))
    assert done.returncode == 4
    assert f"{name}, which somebody-else brings, cannot be used: " in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_word_of_our_own_cannot_be_taken(tmp_path: Path) -> None:
    """A package that calls its fault `slow` is named, and nothing starts."""
    env = install(tmp_path / "site", {"creditstorm.faults": {"slow": "somebody_else.slow:Divided"}})
    (tmp_path / "site" / "somebody_else" / "slow.py").write_text(FAULT.replace('"divided"', '"slow"'))
    done = checked(tmp_path, SCENARIO, env)
    assert done.returncode == 4
    assert "slow, which somebody-else brings, cannot be used: slow is a word of creditstorm's own" in done.stderr


def test_a_monitor_of_it_watches_a_run(tmp_path: Path) -> None:
    """Live and in the report alike, beside ours."""
    env = install(tmp_path / "site")
    fault = "{kind: errors, target: income, at: 9s, for: 4s}"
    text = SCENARIO.replace("{kind: divided, target: income, at: 2s, for: 5s, by: 4}", fault).replace(
        "for: 10s", "for: 15s"
    )
    (tmp_path / "x.yaml").write_text(text)
    done = ask("run", str(tmp_path / "x.yaml"), "--simulate", "--json", "--out", str(tmp_path / "run"), env=env)
    first, second = json.loads(done.stdout)["monitors"]
    assert (first["title"], second["title"]) == ("no income", "declines")
    [alarm] = first["alarms"]
    assert 9.0 < alarm["raised_s"] <= 13.0
    assert f"{alarm['raised_s']:6.1f} s  no_income: ALARM" in done.stderr


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('Monitor("no income", ', "(", "it is no creditstorm.analysis.monitors.kinds.Monitor"),
        ('"income_status").is', '"income_state").is', "it looks at income_state; allowed are answer, "),
    ],
)
def test_a_broken_monitor_is_named(tmp_path: Path, good: str, bad: str, said: str) -> None:
    """With what it may look at, before anything starts."""
    env = install(tmp_path / "site")
    (tmp_path / "site" / "somebody_else" / "no_income.py").write_text(MONITOR.replace(good, bad))
    done = checked(tmp_path, SCENARIO, env)
    assert done.returncode == 4
    assert "no_income, which somebody-else brings, cannot be used: " in done.stderr
    assert said in done.stderr


def test_an_axis_that_there_is_not_is_named(tmp_path: Path) -> None:
    """With the axes that there are."""
    env = install(tmp_path / "site")
    (tmp_path / "site" / "somebody_else" / "lenient.py").write_text(VALUE.replace('"missing"', '"missin"'))
    done = checked(tmp_path, SCENARIO, env)
    assert done.returncode == 4
    assert "its axis is 'missin'; allowed are transport, missing, answer, admission, rollout, quality" in done.stderr
