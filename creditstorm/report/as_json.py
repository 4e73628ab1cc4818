"""`summary.json` and `matrix.json`, and the JSON Schema of both and of `marks.jsonl`, from the same classes."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from pydantic import TypeAdapter
from creditstorm.analysis.matrix.comparison import Comparison
from creditstorm.analysis.summary import Summary
from creditstorm.record.manifest import Manifest, Mode
from creditstorm.record.marks import EVERY, Mark

SUMMARY_SCHEMA: Final = 2
MATRIX_SCHEMA: Final = 1
"""The major version under the key `schema`: within it keys may be added, and none is removed or means another thing."""
_SIGNIFICANT: Final = 9
_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Identity:
    """Which run it was: `created` is RFC 3339, UTC; `overrides` are what ``--set`` and its like changed."""

    run_id: str
    created: str
    overrides: tuple[str, ...]
    mode: Mode


def summary_json(summary: Summary, manifest: Manifest) -> str:
    """The summary as JSON text; a number that is not finite is null, never NaN."""
    identity = Identity(manifest.run_id, manifest.created, manifest.overrides, manifest.mode)
    return document(SUMMARY_SCHEMA, {**asdict(identity), **asdict(summary)})


def comparison_json(comparison: Comparison) -> str:
    """The comparison of a matrix as JSON text."""
    return document(MATRIX_SCHEMA, asdict(comparison))


def document(schema: int, content: Mapping[str, object]) -> str:
    """The content as JSON text, under the major version of what its keys mean; what is not finite is null."""
    whole = plain({"schema": schema, **content})
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def plain(value: object) -> object:
    """The value as JSON has it: nine significant digits, never a negative zero, null for what is not finite."""
    if isinstance(value, float):
        return float(f"{value:.{_SIGNIFICANT}g}") + 0.0 if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def summary_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of `summary.json`."""
    return _document("creditstorm summary", SUMMARY_SCHEMA, Identity, Summary)


def matrix_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of `matrix.json`."""
    return _document("creditstorm matrix", MATRIX_SCHEMA, Comparison)


def marks_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one line of `marks.jsonl`."""
    marks = [_mark(mark) for mark in EVERY]
    shared = {name: of for mark in marks for name, of in mark.pop("$defs", {}).items()}
    return {"$schema": _DRAFT, "title": "creditstorm mark", "oneOf": marks, "$defs": shared}


SCHEMAS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "summary": summary_schema,
    "matrix": matrix_schema,
    "marks": marks_schema,
}
"""The published schema of each file that a program may read."""


def _document(title: str, major: int, *parts: type) -> dict[str, Any]:
    """The keys of all parts at the top of one object, after the version."""
    schemas = [_written(part) for part in parts]
    keys = {"schema": {"const": major}, **{key: of for schema in schemas for key, of in schema["properties"].items()}}
    return {
        "$schema": _DRAFT,
        "title": title,
        "description": schemas[-1].get("description", ""),
        "type": "object",
        "properties": keys,
        "required": list(keys),
        "$defs": {name: of for schema in schemas for name, of in schema.get("$defs", {}).items()},
    }


def _mark(mark: type[Mark]) -> dict[str, Any]:
    """Keys that may be None are left out of a line where they are."""
    schema = _written(mark)
    optional = {field.name for field in fields(mark) if "None" in str(field.type)}
    keys = {**schema["properties"], "event": {"const": mark.kind_of_mark}}
    return {**schema, "properties": keys, "required": [key for key in keys if key not in optional]}


def _written(part: type) -> dict[str, Any]:
    """The schema of a dataclass as it is written, where every field has its key, a default too."""
    schema = TypeAdapter(part).json_schema(mode="serialization")
    for node in (schema, *schema.get("$defs", {}).values()):
        node.pop("title", None)
        for key in node.get("properties", {}).values():
            key.pop("title", None)
            key.pop("default", None)
        if "properties" in node:
            node["required"] = list(node["properties"])
    return schema
