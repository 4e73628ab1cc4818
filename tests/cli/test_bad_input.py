"""What a person reads when a command cannot do what was asked: word for word, with the right exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from creditstorm.cli import main

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[2]
NOBODY = {"CREDITSTORM_TOXIPROXY": "http://127.0.0.1:1"}


def store_at(url: str) -> str:
    """A policy with its last known good values in this Redis."""
    return f'{{"preset": "last-known-good", "missing": {{"kind": "last_known_good", "store": "{url}"}}}}'


CASES: dict[str, tuple[int, list[str], dict[str, str]]] = {
    "unknown_scenario": (2, ["run", "burea-outage-at-peak"], {}),
    "unknown_policy": (2, ["run", "calm", "--policy", "tristate"], {}),
    "unknown_policy_of_up": (2, ["up", "--policy", "tristate"], {}),
    "policy_without_time": (2, ["run", "calm", "--policy", "hedge", "--set", "system.deadline=10ms"], {}),
    "policy_not_intended": (2, ["run", "calm", "--policy", "intendet"], {}),
    "seed_below_0": (2, ["run", "calm", "--seed", "-1"], {}),
    "unknown_set_key": (2, ["run", "calm", "--set", "load.warmup=5s"], {}),
    "out_is_not_empty": (2, ["run", "calm", "--out", "full"], {}),
    "out_is_a_file": (2, ["run", "calm", "--out", "full/file"], {}),
    "store_elsewhere": (2, ["run", "calm", "--policy", store_at("redis://r.example:7/0"), "--out", "new"], {}),
    "store_without_its_password": (
        4,
        ["run", "calm", "--policy", store_at("redis://:***@127.0.0.1:7/0"), "--out", "new"],
        {},
    ),
    "store_with_its_password": (2, ["run", "calm", "--policy", store_at("redis://me:hunter2@127.0.0.1/0")], {}),
    "matrix_with_a_store_elsewhere": (
        2,
        [
            "matrix",
            "calm",
            "--policies",
            "scenario",
            "--set",
            f"system.policy={store_at('redis://r.example')}",
            "--out",
            "new",
        ],
        {},
    ),
    "up_with_a_store_elsewhere": (2, ["up", "calm", "--policy", store_at("redis://r.example:7/0")], {}),
    "out_cannot_be_made": (4, ["run", "calm", "--out", "full/file/run"], {}),
    "no_toxiproxy_at_the_path": (4, ["run", "calm", "--out", "new"], {"CREDITSTORM_TOXIPROXY": "nowhere"}),
    "toxiproxy_does_not_answer": (4, ["run", "calm", "--out", "new"], NOBODY),
    "simulated_with_workers": (2, ["run", "calm", "--simulate", "--processes", "2"], {}),
    "metrics_of_a_simulated_run": (2, ["run", "calm", "--simulate", "--metrics", "9464"], {}),
    "metrics_of_a_matrix": (2, ["matrix", "calm", "--policies", "tri-state", "--metrics", "9464"], {}),
    "metrics_at_no_port": (2, ["run", "calm", "--metrics", "70000"], {}),
    "abort_on_an_unknown_monitor": (2, ["run", "calm", "--abort-on-alarm", "decline_rates"], {}),
    "report_of_nothing": (2, ["report", "full"], {}),
    "report_of_no_folder": (2, ["report", "nowhere"], {}),
    "matrix_of_an_unknown_policy": (2, ["matrix", "calm", "--policies", "retry,tristate"], {}),
    "matrix_of_one_policy_twice": (2, ["matrix", "calm", "--policies", "retry,retry"], {}),
    "matrix_where_something_else_is": (2, ["matrix", "calm", "--policies", "retry", "--out", "full"], {}),
    "matrix_without_toxiproxy": (4, ["matrix", "calm", "--policies", "retry", "--out", "new"], NOBODY),
    "check_finds_a_mistake": (2, ["scenarios", "check", "bad.yaml"], {}),
}
WHOLE = ("unknown_policy_of_up", "toxiproxy_does_not_answer", "matrix_of_an_unknown_policy", "check_finds_a_mistake")
"""Of four verbs, of both kinds of error."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with something in it, and a scenario with a mistake."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("kept")
    (tmp_path / "bad.yaml").write_text("schema: 1\nid: bad\nwhy: A mistake.\nsed: 1\n")
    return tmp_path


@pytest.mark.parametrize("case", CASES)
def test_the_message_and_the_exit_code(
    case: str, place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing on standard output, one message on standard error, nothing made and nothing lost."""
    exit_code, words, env = CASES[case]
    monkeypatch.chdir(place)
    monkeypatch.setattr(sys, "argv", ["creditstorm", *words])
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as left:
        main()
    said = capsys.readouterr()
    assert (left.value.code, said.out) == (exit_code, "")
    golden = GOLDEN / f"{case}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(said.err, encoding="utf-8")
    assert said.err == golden.read_text(encoding="utf-8")
    assert sorted(path.name for path in place.iterdir()) == ["bad.yaml", "full"]
    assert (place / "full" / "file").read_text() == "kept"


@pytest.mark.parametrize("case", WHOLE)
def test_a_process_of_its_own_says_the_same(case: str, place: Path) -> None:
    """Nothing that this process has imported or set is needed for it: no traceback, no warning, no word more."""
    exit_code, words, env = CASES[case]
    done = subprocess.run(
        [sys.executable, "-m", "creditstorm", *words],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (exit_code, "", (GOLDEN / f"{case}.txt").read_text())


def test_every_message_has_its_golden_file() -> None:
    """Every case has its golden file, and no golden file is left over."""
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)
