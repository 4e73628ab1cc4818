"""Whatever comes in, the loader answers with a scenario or with its own error."""

import contextlib
import json
import tempfile
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from creditstorm.errors import ScenarioError
from creditstorm.scenario.text.dump import _Dumper
from creditstorm.scenario.text.loader import load, loads
from creditstorm.scenario.text.tree import BrokenError, Tree, _build, _built, _events
from tests.scenario.arbitrary_scenarios import FEWER, UNTIMED, anything, plain_scenarios, words
from tests.scenario.bad_scenarios import GOOD

PIECES = st.sampled_from(
    [
        *"{}[]:,&*!|>%@`'\"#-?\t\n ",
        "\n  ",
        ": ",
        "- ",
        "{{",
        "<<: ",
        "%YAML 9.9",
        "---\n",
        "\\U",
        "\0",
        "\ud800",
        "~",
        "0x",
        "é",
    ]
)
"""What YAML takes for more than text."""


def _only_its_own_error(text: str, *options: str) -> None:
    try:
        loads(text, name="x.yaml", overrides=options)
    except ScenarioError as error:
        told = str(error).encode().decode()
    else:
        return
    assert told.startswith(("x.yaml", "--set"))


@UNTIMED
@given(st.text() | st.lists(PIECES | words, max_size=30).map("".join))
def test_any_text(text: str) -> None:
    """Arbitrary text, also such as is nearly YAML."""
    _only_its_own_error(text)


@UNTIMED
@given(raw=st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    """Arbitrary bytes in a file."""
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(raw)
        file.flush()
        with contextlib.suppress(ScenarioError):
            load(Path(file.name))


@UNTIMED
@given(anything)
def test_any_data(plain: Any) -> None:
    """Arbitrary nested data, written by the library that most people write YAML with."""
    _only_its_own_error(yaml.safe_dump(plain))


@UNTIMED
@given(st.data())
def test_good_text_with_a_piece_replaced(data: st.DataObject) -> None:
    """A good scenario with an arbitrary stretch replaced by something arbitrary."""
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 30)))
    _only_its_own_error(GOOD[:start] + data.draw(PIECES | words) + GOOD[end:])


def _told(tree: Callable[[], Tree]) -> Tree | str:
    try:
        return tree()
    except BrokenError as broken:
        return f"{broken.line}: {broken.problem}"


@FEWER
@example("a: b\t")
@example("- {a?b: 1}")
@example("a: >#")
@example("\n\ufeffa: 1")
@given(st.lists(PIECES | words | st.sampled_from(GOOD.splitlines(keepends=True)), max_size=12).map("".join))
def test_both_readers_of_yaml_read_alike(text: str) -> None:
    """The fast one gives what the other one gives, or leaves it to that one; the examples are where they differ."""
    assert _told(lambda: _build(text)) == _told(lambda: _built(_events(text)))


def _places(plain: Any) -> list[tuple[Any, Any]]:
    found = [(plain, key) for key in (plain if isinstance(plain, dict) else range(len(plain)))]
    inner = [
        value for value in (plain.values() if isinstance(plain, dict) else plain) if isinstance(value, dict | list)
    ]
    return found + [place for value in inner for place in _places(value)]


@UNTIMED
@given(plain_scenarios, anything, st.data())
def test_good_data_with_a_value_replaced(plain: Any, value: Any, data: st.DataObject) -> None:
    """A good scenario with the value of any one key, however deep, replaced by something arbitrary."""
    plain = deepcopy(plain)  # strategies hand out the same list again and again
    container, key = data.draw(st.sampled_from(_places(plain)))
    container[key] = value
    _only_its_own_error(yaml.safe_dump(plain))


@UNTIMED
@given(
    st.text(max_size=40)
    | st.lists(PIECES | words | st.sampled_from(["faults", "[0]", "load", ".", "="]), max_size=8).map("".join)
)
def test_any_option(option: str) -> None:
    """An arbitrary `--set`."""
    _only_its_own_error(GOOD, option)


@UNTIMED
@given(st.sampled_from(["seed", "faults[0].for", "load", "thresholds", "system.policy", "faults[1]", "id"]), anything)
def test_any_value_of_an_option(path: str, value: Any) -> None:
    """A `--set` of a real key to an arbitrary value."""
    _only_its_own_error(GOOD, f"{path}={json.dumps(value)}")


@FEWER
@given(plain_scenarios)
def test_good_data_is_a_scenario(plain: Any) -> None:
    """What the language allows is accepted, in whichever style of YAML it is written."""
    # Not with PyYAML's own dumper: it writes YAML 1.1, where 0E0 is a word and needs no quotes.
    written = yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False)
    assert loads(written, name="x.yaml") == loads(json.dumps(plain), name="x.yaml")
