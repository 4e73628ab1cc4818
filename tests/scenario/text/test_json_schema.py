"""The JSON Schema and the loader speak of one language."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from jsonschema import Draft202012Validator
from creditstorm.scenario.catalogue import paths
from creditstorm.scenario.text.json_schema import json_schema
from tests.scenario.arbitrary_scenarios import FEWER, plain_scenarios
from tests.scenario.bad_scenarios import BAD, GOOD

VALIDATOR = Draft202012Validator(json_schema())


def test_the_schema_is_a_schema() -> None:
    """What is printed is valid JSON Schema itself."""
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_the_catalogue_is_valid(path: Any) -> None:
    """An editor finds nothing to mark in the shipped scenarios."""
    VALIDATOR.validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@FEWER
@given(plain_scenarios)
def test_what_loads_is_valid(plain: Any) -> None:
    """Every scenario that the loader accepts is valid for an editor."""
    VALIDATOR.validate(plain)


@pytest.mark.parametrize(
    "name", ["unknown_key", "unknown_kind", "unknown_target", "no_unit", "wrong_unit", "unknown_policy", "missing_key"]
)
def test_a_mistake_is_marked(name: str) -> None:
    """An editor marks the common mistakes before the loader sees them."""
    assert not VALIDATOR.is_valid(yaml.safe_load(BAD[name][0]))
    assert VALIDATOR.is_valid(yaml.safe_load(GOOD))


def _defaults(node: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(node, dict):
        if "default" in node:
            yield node, node["default"]
        for child in node.values():
            yield from _defaults(child)


def test_a_default_is_what_one_would_write() -> None:
    """Every default in the schema satisfies the schema it stands in: 5s, not 5.0."""
    schema = json_schema()
    wrong = [
        (node, default)
        for node, default in _defaults(schema)
        if not Draft202012Validator({**node, "$defs": schema["$defs"]}).is_valid(default)
    ]
    assert wrong == []
