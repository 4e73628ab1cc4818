"""`summary.json` and `matrix.json`: every figure, in the order of its fields, floats to nine significant digits."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from creditstorm.analysis.matrix.comparison import Comparison
from creditstorm.analysis.summary import Summary

SCHEMA: Final = 1
_SIGNIFICANT: Final = 9


def summary_json(summary: Summary) -> str:
    """The summary as JSON text; a number that is not finite is null, never NaN."""
    return _json(asdict(summary))


def comparison_json(comparison: Comparison) -> str:
    """The comparison of a matrix as JSON text."""
    return _json(asdict(comparison))


def _json(fields: Mapping[str, object]) -> str:
    content = {"schema": SCHEMA, **{key: _plain(value) for key, value in fields.items()}}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plain(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.{_SIGNIFICANT}g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, (list, tuple)) else value
