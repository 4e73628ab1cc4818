"""Every mistake has one message, word for word: `UPDATE_GOLDEN=1 pytest tests/scenario` writes them anew."""

import os
from pathlib import Path

import pytest
from creditstorm.errors import ScenarioError
from creditstorm.scenario.catalogue import find
from creditstorm.scenario.text.loader import load, loads
from creditstorm.scenario.text.raw_text import MAX_BYTES
from tests.scenario.bad_scenarios import BAD, GOOD

GOLDEN = Path(__file__).parent / "golden"
BAD_FILES: dict[str, bytes | None] = {
    "file_missing": None,
    "file_not_utf_8": GOOD.replace("A scenario", "Ein Schl\xfcssel").encode("latin-1"),
    "file_utf_16": GOOD.encode("utf-16"),
    "file_too_large": b"# " + b"x" * MAX_BYTES,
}


def _agrees_with_golden(name: str, error: ScenarioError) -> None:
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(f"{error}\n", encoding="utf-8")
    assert f"{error}\n" == golden.read_text(encoding="utf-8")


def test_the_scenario_that_is_spoilt_is_good() -> None:
    """What the mistakes are made in has none itself."""
    assert loads(GOOD, name="good.yaml").id == "good"


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_has_its_message(name: str) -> None:
    """A mistake in the text or an option gives exactly the message of its golden file."""
    text, options = BAD[name]
    with pytest.raises(ScenarioError) as caught:
        loads(text, name="scenarios/x.yaml", overrides=options)
    _agrees_with_golden(name, caught.value)


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_has_its_message(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be read gives exactly the message of its golden file."""
    monkeypatch.chdir(tmp_path)
    content = BAD_FILES[name]
    if content is not None:
        Path("x.yaml").write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        load(Path("x.yaml"))
    _agrees_with_golden(name, caught.value)


def test_a_directory_has_its_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory in place of a file is named as one."""
    monkeypatch.chdir(tmp_path)
    Path("x.yaml").mkdir()
    with pytest.raises(ScenarioError) as caught:
        load(Path("x.yaml"))
    _agrees_with_golden("file_a_directory", caught.value)


def test_an_unknown_name_has_its_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is no shipped scenario and no file gets the closest one."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError) as caught:
        find("burau-outage")
    _agrees_with_golden("name_unknown", caught.value)


def test_every_golden_file_is_of_a_mistake() -> None:
    """No golden file is left over from a mistake that no test makes any more."""
    known = {*BAD, *BAD_FILES, "file_a_directory", "name_unknown"}
    assert {path.stem for path in GOLDEN.iterdir()} == known


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """Of 100 GB (a sparse file) no more than the limit is read before it is refused."""
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(100_000_000_000)
    with pytest.raises(ScenarioError, match="larger than 1 MB"):
        load(huge)


def test_a_device_without_end_is_not_read_to_its_end() -> None:
    """A device that says its size is 0 and never ends is refused like a large file."""
    with pytest.raises(ScenarioError, match="larger than 1 MB"):
        load(Path("/dev/zero"))


@pytest.mark.parametrize("old", ["20/s", "p(99) < 2500ms", "wrongful_no_credit_rate.people", "good", "bureau"])
def test_a_text_of_nearly_a_megabyte_is_answered(old: str) -> None:
    """Long runs of blanks inside a value or a key cost no more than reading them."""
    with pytest.raises(ScenarioError):
        loads(GOOD.replace(old, f"{old}{' ' * 900_000}x", 1), name="x.yaml")
