"""The scenario language as JSON Schema, for editors and for the list of keys in an error message."""

from collections.abc import Callable
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from creditstorm import units
from creditstorm.language.problems import Path
from creditstorm.scenario.model import Scenario

_AS_TEXT: Final[dict[str, Callable[[Any], str]]] = {
    "15s": units.duration_text,
    "80/s": units.rate_text,
    "64B": units.size_text,
    "10KB/s": units.speed_text,
}


class _Untitled(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002
        return False


def json_schema() -> JsonSchemaValue:
    """JSON Schema (draft 2020-12) of a scenario file."""
    schema = Scenario.model_json_schema(by_alias=True, schema_generator=_Untitled)
    _defaults_as_text(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "creditstorm scenario",
        **{word: value for word, value in schema.items() if word != "title"},
    }


def names_at(path: Path) -> tuple[str, ...]:
    """The keys of the mapping at this place, or the kinds if one of several mappings may stand there; () if neither.

    The path is pydantic's own: after a place where several kinds may stand, it names the kind.
    """
    schema = Scenario.model_json_schema(by_alias=True)
    nodes = [schema]
    for step in path:
        nodes = [child for node in _flat(nodes, schema) for child in _children(node, step)]
    for node in _flat(nodes, schema):
        if "discriminator" in node:
            return tuple(sorted(node["discriminator"]["mapping"]))
        if "properties" in node:
            return tuple(node["properties"])
    return ()


def _flat(nodes: list[Any], schema: dict[str, Any]) -> list[Any]:
    """The nodes with references followed and alternatives laid side by side."""
    flat: list[Any] = []
    for node in nodes:
        if "$ref" in node:
            flat += _flat([schema["$defs"][node["$ref"].rpartition("/")[2]]], schema)
        elif "anyOf" in node:
            flat += _flat(node["anyOf"], schema)
        else:
            flat.append(node)
    return flat


def _children(node: Any, step: str | int) -> list[Any]:  # noqa: ANN401
    if isinstance(step, int):
        return [node["items"]] if isinstance(node.get("items"), dict) else []
    if "discriminator" in node:
        return [{"$ref": ref} for tag, ref in node["discriminator"]["mapping"].items() if tag == step]
    if step in node.get("properties", {}):
        return [node["properties"][step]]
    return [node["additionalProperties"]] if isinstance(node.get("additionalProperties"), dict) else []


def _defaults_as_text(node: Any) -> None:  # noqa: ANN401
    """Defaults as one would write them: ``5s``, not 5.0; no default for a whole mapping."""
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _defaults_as_text(child)
    if isinstance(node, dict) and "default" in node and not isinstance(node.get("type"), dict):
        text = _AS_TEXT.get(str(node.get("examples", [""])[0]))
        if isinstance(node["default"], dict | list) or node["default"] in (None, ""):
            del node["default"]
        elif text is not None:
            node["default"] = text(node["default"])
