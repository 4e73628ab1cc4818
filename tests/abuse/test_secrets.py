"""A password given to a run is nowhere that somebody else could read, and nobody else gets what a run wrote."""

from __future__ import annotations

import ast
import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.processes.child import spawn
from creditstorm.adapters.processes.sampler import Sampler
from creditstorm.adapters.store_access import require_store_access
from creditstorm.credit import SERVICES
from creditstorm.errors import HarnessError, ScenarioError, UsageError
from creditstorm.language.store_url import PASSWORD_VARIABLE, PlainPasswordError, store_url
from creditstorm.messages import StartOrder
from creditstorm.record.folder import RunFolder, new_run_folder
from creditstorm.record.matrix import open_matrix
from creditstorm.runs.matrix import finished, plan_of
from creditstorm.scenario.text.dump import dump
from creditstorm.scenario.text.loader import load, loads, parse, recorded
from creditstorm.units import printable, quoted
from mock_services.processes.serving import app_of
from mock_services.settings import Settings
from tests.mock_services.asgi_calls import call
from tests.scenario.bad_scenarios import GOOD

ROOT = Path(__file__).parents[2]
SECRET = "hunter2"  # noqa: S105
NOW = datetime(2026, 11, 26, tzinfo=UTC)

WRITTEN_OUT = [
    f"redis://:{SECRET}@127.0.0.1:6379/0",
    f"redis://me:{SECRET}@r.example",
    f"redis://me:{SECRET}@r.example:99999/0",
    f"redis://me:{SECRET}@/0",
    f"redis://me:{SECRET}@127.0.0.1/cache",
    f"redis://{SECRET}@127.0.0.1:6379/0",
    f"redis://me:a@{SECRET}@127.0.0.1:6379/0",
    f"redis://me:a/{SECRET}@127.0.0.1:6379/0",
    f"redis://me:a {SECRET}@127.0.0.1:6379/0",
    f"redis://me:ä{SECRET}@127.0.0.1:6379/0",
    f"rediss://me:{SECRET}@127.0.0.1:6379/0",
    f"redis:/me:{SECRET}@127.0.0.1:6379/0",
    f"me:{SECRET}@127.0.0.1:6379",
    f"redis://me:{SECRET}{'x' * 300}@127.0.0.1:6379/0",
]
FORMS = [
    "system: {{policy: {{preset: last-known-good, missing: {{kind: last_known_good, store: {url}}}}}}}",
    "system: {{policy: {url}}}",
    "system: {{policy: {{preset: {url}}}}}",
    "system: {{policy: {{preset: last-known-good, missing: {{kind: {url}}}}}}}",
    "system: {{deadline: {url}}}",
    "client: {{timeout: {url}}}",
    "seed: {url}",
    "{url}: 1",
]


@pytest.mark.parametrize("url", WRITTEN_OUT)
def test_no_message_repeats_a_password(url: str) -> None:
    """Wherever in a scenario, or in an option, and however wrongly it is written: refused, and not shown."""
    base = GOOD.split("system:")[0] + "\n"
    for form in FORMS:
        with pytest.raises(ScenarioError) as in_file:
            loads(base + form.format(url=json.dumps(url)), name="x.yaml")
        option = f"system.policy.missing={{kind: last_known_good, store: {json.dumps(url)}}}"
        with pytest.raises(ScenarioError) as in_option:
            loads(GOOD, name="x.yaml", overrides=[option])
        with pytest.raises(ScenarioError) as in_key:
            loads(GOOD, name="x.yaml", overrides=[f"system.policy.missing.store={url}"])
        assert SECRET not in str(in_file.value) + str(in_option.value) + str(in_key.value)
    assert SECRET not in printable(url) + quoted(url) + printable(f"--set store={url}")


def test_three_stars_are_all_that_is_kept() -> None:
    """Written in full, the scenario says that there is a password, and is read as the same one again."""
    asked = loads(GOOD.replace("policy: fail-closed", with_store("redis://me:***@127.0.0.1:7/2")), name="x.yaml")
    assert "store: redis://me:***@127.0.0.1:7/2" in dump(asked)
    assert loads(dump(asked), name="y.yaml") == asked


def with_store(url: str) -> str:
    return f"policy: {{preset: last-known-good, missing: {{kind: last_known_good, store: '{url}'}}}}"


def test_a_record_of_before_is_still_read(tmp_path: Path) -> None:
    """An old folder may hold a password: reports need none, and a matrix that goes on there does not show it."""
    stars, plain = (GOOD.replace("policy: fail-closed", with_store(f"redis://me:{s}@h:7/2")) for s in ("***", SECRET))
    (tmp_path / "scenario.yaml").write_text(plain, encoding="utf-8")
    assert recorded(tmp_path / "scenario.yaml") == loads(stars, name="x.yaml")
    with pytest.raises(ScenarioError, match="written out"):
        load(tmp_path / "scenario.yaml")


def test_a_matrix_shows_no_password_of_a_cell_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the same scenario but for the stars; where it is another one, the difference is shown with stars."""
    monkeypatch.setattr("creditstorm.runs.matrix.is_finished", lambda _cell: True)
    for seed in (1, 2):
        draft = parse(GOOD.replace("policy: fail-closed", with_store("redis://me:***@h:7/2")), name="x.yaml")
        plan = plan_of(draft, "scenario", repeats=1, seed=1, overrides=())
        with open_matrix("x", now=NOW, wanted=tmp_path / str(seed)) as (folder, journal):
            run = journal.begin(plan.cells[0].name)
            was = dump(draft.scenario([f"seed={seed}"])).replace("***", SECRET)
            run.scenario.write_text(was + "# changed\n" * (seed - 1), encoding="utf-8")
            if seed == 1:
                assert finished(folder, plan) == {plan.cells[0].name}
                continue
            with pytest.raises(UsageError) as caught:
                finished(folder, plan)
            assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True), ("127.8.0.1", True), ("localhost", True), ("LOCALHOST", True), ("[::1]", True),
        ("10.0.0.1", False), ("10.1", False), ("127.0.0.1.example", False), ("localhost.example", False),
        ("2130706433", False), ("0x7f.1", False), ("[::]", False), ("redis", False),
    ],
)  # fmt: skip
def test_another_machine_has_to_be_agreed_to(host: str, loopback: bool) -> None:
    """Keys are written to this machine only, or to a host that was named by whoever started the run."""
    url = store_url(f"redis://{host}:7/0")
    assert url.on_this_machine is loopback
    require_store_access(None, ())
    require_store_access(url, [url.host.upper()], {})
    if not loopback:
        with pytest.raises(UsageError, match=f"--allow-host {url.host}"):
            require_store_access(url, ["other"], {})


def test_a_password_that_is_not_there() -> None:
    """Said before anything is started, with the name of the variable."""
    for environ in ({}, {PASSWORD_VARIABLE: ""}):
        with pytest.raises(HarnessError, match=f"wants a password, and {PASSWORD_VARIABLE} is not set"):
            require_store_access(store_url("redis://:***@127.0.0.1"), (), environ)
    require_store_access(store_url("redis://:***@127.0.0.1"), (), {PASSWORD_VARIABLE: SECRET})


def test_a_url_from_python_is_no_way_around() -> None:
    """The type itself takes none."""
    with pytest.raises(PlainPasswordError):
        store_url(f"redis://me:{SECRET}@h")


def test_no_child_has_the_password_in_its_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even as an empty variable."""
    monkeypatch.setenv(PASSWORD_VARIABLE, SECRET)
    child = spawn("env", ["/usr/bin/env"], log=tmp_path / "env.log")
    assert child.process.wait(30) == 0
    said = child.log.read_text()
    assert "PATH=" in said
    assert SECRET not in said
    assert PASSWORD_VARIABLE not in said


def starts(module: Path) -> list[ast.Call]:
    """The calls in a module that start a program."""
    calls = [node for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    names = {"Popen", "run", "call", "check_call", "check_output", "system", "posix_spawn", "execve", "execv"}
    return [
        call
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in names
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in {"subprocess", "os"}
    ]


def test_whatever_is_started_is_given_its_environment() -> None:
    """A program that is started with no word about its environment has all of ours."""
    packages = ("creditstorm", "mock_services", "locustfiles")
    modules = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    found = [(module, one) for module in modules for one in starts(module)]
    assert len(found) >= 5
    assert [str(module) for module, one in found if "env" not in {word.arg for word in one.keywords}] == []


def test_orders_and_settings_are_shown_without_what_is_secret() -> None:
    """In a traceback or a log."""
    settings = {"service": "decision", "store_password": SECRET}
    order = StartOrder("decision", settings, "x.log", control_token=SECRET)
    assert SECRET not in repr(order) + repr(Settings.model_validate(settings)) + str(Settings.model_validate(settings))
    with pytest.raises(ValidationError) as wrong:
        Settings.model_validate(settings | {"deadline_s": -1.0, "store_password": [SECRET]})
    assert SECRET not in str(wrong.value)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_looks_into_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders are 0700 and logs 0600 whatever the umask; one that was there keeps its mode."""
    monkeypatch.chdir(tmp_path)
    before = os.umask(0)
    try:
        made = [new_run_folder("x", "y", now=NOW).root for _ in range(2)]
        made.append(new_run_folder("x", "y", now=NOW, wanted=tmp_path / "a" / "b").root)
        with open_matrix("x", now=NOW, wanted=tmp_path / "m") as (folder, journal):
            made += [folder.root, journal.begin("cell").root]
        (tmp_path / "shared").mkdir(mode=0o755)
        shared = new_run_folder("x", "y", now=NOW, wanted=tmp_path / "shared").root
        child = spawn("env", ["/usr/bin/env"], log=shared / "logs" / "env.log")
        child.process.wait(30)
        sampler = Sampler(RunFolder(shared), RunClock())
        sampler.start()
        sampler.stop()
        made += [shared / "logs", shared / "live"]
    finally:
        os.umask(before)
    assert [oct(mode(path)) for path in made] == ["0o700"] * len(made)
    assert (oct(mode(shared)), oct(mode(child.log))) == ("0o755", "0o600")


@pytest.mark.parametrize("service", [*SERVICES, "decision"])
def test_no_page_loads_anything_from_elsewhere(service: str) -> None:
    """FastAPI's own pages do, so there are none; the description of the interface is there as JSON."""
    app = app_of(Settings.model_validate({"service": service}))
    paths = ("/docs", "/redoc", "/docs/oauth2-redirect", "/openapi.json")
    assert [call(app, "GET", path).status for path in paths] == [404, 404, 404, 200]
