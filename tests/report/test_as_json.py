"""`summary.json`, `matrix.json` and `marks.jsonl` are what their published schemas say."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from creditstorm.analysis.summary import Estimate, MorePeople, Summary
from creditstorm.record.folder import RunFolder
from creditstorm.record.manifest import Ending
from creditstorm.record.marks import ChildDied, FaultCleared, LoadStarted, RunEnded
from creditstorm.report.as_json import SCHEMAS, SUMMARY_SCHEMA, comparison_json, plain, summary_json
from creditstorm.runs.conclude import conclude
from tests.analysis.matrix.cells import everything
from tests.report import builders

EXAMPLE = RunFolder(Path(__file__).parents[2] / "results" / "example")
GOLDEN = Path(__file__).parent / "golden"
IDENTITY = ["schema", "run_id", "created", "overrides", "mode"]


def problems(of: str, document: object) -> list[str]:
    """Where a document differs from its schema; here a key that the schema does not name is a difference too."""
    schema = SCHEMAS[of]()
    Draft202012Validator.check_schema(schema)
    return [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(closed(schema)).iter_errors(document)
    ]


def closed(node: Any) -> Any:
    """The schema with no room for other keys."""
    if isinstance(node, list):
        return [closed(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    shut = {key: closed(inner) for key, inner in node.items()}
    return {**shut, "additionalProperties": False} if isinstance(node.get("properties"), dict) else shut


def content(summary: Summary) -> dict[str, Any]:
    """What stands in the file."""
    return json.loads(summary_json(summary, builders.manifest(overrides=("seed=3",))))


@pytest.mark.parametrize("run", builders.RUNS)
def test_every_kind_of_summary_fits_its_schema(run: str) -> None:
    """Also one without any answer, and one with a recovery that never came."""
    summary = replace(builders.RUNS[run][0](), more_people=MorePeople(600, 1.3, ("load.arrivals[0].for=13s",)))
    assert problems("summary", content(summary)) == []


def test_a_real_run_fits_its_schemas(tmp_path: Path) -> None:
    """The committed run, concluded anew: its summary and every line of its journal."""
    folder = RunFolder(tmp_path / "run")
    folder.root.mkdir()
    for path in (EXAMPLE.scenario, EXAMPLE.manifest, EXAMPLE.marks, EXAMPLE.answers, EXAMPLE.services):
        (folder.root / path.name).write_bytes(path.read_bytes())
    conclude(folder, pages=False)
    assert problems("summary", json.loads(folder.summary.read_text())) == []
    lines = [json.loads(line) for line in folder.marks.read_text().splitlines()]
    assert [problem for line in lines for problem in problems("marks", line)] == []
    assert len(lines) > 10


@pytest.mark.parametrize(
    "mark",
    [
        FaultCleared(t_s=1.0, fault="bureau", met=None),
        FaultCleared(t_s=1.0, fault="bureau", met=3),
        ChildDied(t_s=-1.0, child="locust", exit_code=-9, last_lines=("a", "b")),
        RunEnded(t_s=9.0, how=Ending.INTERRUPTED),
    ],
)
def test_a_mark_fits_its_schema(mark: FaultCleared) -> None:
    """Also one with a field that is left out of its line because there is nothing to say."""
    assert problems("marks", json.loads(json.dumps(mark.as_json()))) == []


def test_a_schema_finds_what_is_wrong() -> None:
    """A schema that takes everything would be none."""
    right = content(builders.bureau_outage())
    assert problems("summary", {**right, "verdict": "maybe"})
    assert problems("summary", {**right, "schema": SUMMARY_SCHEMA + 1})
    assert problems("summary", {key: value for key, value in right.items() if key != "thresholds"})
    line = LoadStarted(t_s=0.0, planned=1, ends_s=2.0).as_json()
    assert problems("marks", {**line, "event": "load_ended"})
    assert problems("marks", {**line, "planned": "many"})


def test_a_comparison_fits_its_schema() -> None:
    """`matrix.json` of a matrix of several policies."""
    assert problems("matrix", json.loads(comparison_json(everything()))) == []


@pytest.mark.parametrize("of", SCHEMAS)
def test_a_key_that_was_published_stays(of: str) -> None:
    """Within a major version keys may be added; one that goes needs a new version, and then this golden file anew."""
    golden = GOLDEN / f"keys_of_{of}.txt"
    keys = sorted(set(paths(SCHEMAS[of]())))
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text("\n".join(keys) + "\n", encoding="utf-8")
    assert set(golden.read_text(encoding="utf-8").split()) <= set(keys)


def paths(schema: dict[str, Any]) -> Iterator[str]:
    """Every key with the class that it stands in."""
    for node in (schema, *schema.get("oneOf", ())):
        yield from (f"{node.get('title', 'mark')}.{key}".replace(" ", "_") for key in node.get("properties", {}))
    for name, node in schema.get("$defs", {}).items():
        yield from (f"{name}.{key}" for key in node.get("properties", {}))


def test_keys_are_the_fields_in_their_order() -> None:
    """First which run it was, then what the code calls its figures."""
    shown = content(builders.bureau_outage())
    assert list(shown) == [*IDENTITY, *(f.name for f in fields(Summary) if f.name not in IDENTITY)]
    assert [shown[key] for key in IDENTITY] == [
        SUMMARY_SCHEMA,
        "20261111-000000-bureau",
        "2026-11-11T00:00:00Z",
        ["seed=3"],
        "live",
    ]


def test_a_number_that_is_none_is_null() -> None:
    """NaN and infinity, which are no JSON, become null."""
    shown = content(replace(builders.bureau_outage(), calm_floor=math.nan, retap_amplification=math.inf))
    assert (shown["calm_floor"], shown["retap_amplification"]) == (None, None)


def test_floats_carry_nine_significant_digits() -> None:
    """Noise of the last bits is not shown, what was measured is."""
    outage = builders.bureau_outage()
    noisy = replace(outage.thresholds[0], estimate=Estimate(0.1 + 0.2, 1e-12 / 3, 123456.7890123, 9, "wilson"))
    shown = content(replace(outage, thresholds=(noisy,)))["thresholds"][0]["estimate"]
    assert (shown["value"], shown["low"], shown["high"]) == (0.3, 3.33333333e-13, 123456.789)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


def leaves(value: object) -> Iterator[object]:
    """Every value that holds no other."""
    if isinstance(value, (dict, list)):
        yield from (leaf for inner in (value.values() if isinstance(value, dict) else value) for leaf in leaves(inner))
    else:
        yield value


def digits(number: float) -> int:
    """How many significant digits a reader of the file sees."""
    return len(repr(number).partition("e")[0].replace("-", "").replace(".", "").strip("0"))


@given(JSON)
def test_no_number_carries_dust(value: object) -> None:
    """At most nine digits, no negative zero, nothing that is no JSON; within half of the ninth digit of the value."""
    before, after = list(leaves(value)), list(leaves(plain(value)))
    for was, shown in zip(before, after, strict=True):
        if not isinstance(was, float):
            assert shown is was or shown == was
        elif math.isfinite(was):
            assert isinstance(shown, float)
            assert digits(shown) <= 9
            assert shown == pytest.approx(was, rel=5.01e-9, abs=0.0) or abs(was) < 1e-300
            assert math.copysign(1.0, shown) == 1.0 or shown != 0.0
        else:
            assert shown is None
    json.dumps(plain(value), allow_nan=False)
    assert plain(plain(value)) == plain(value)


def test_words_stay_words() -> None:
    """Enumerations are strings and Chinese stays readable."""
    text = summary_json(replace(builders.calm(), why="无信用贷款"), builders.manifest())
    assert '"verdict": "pass"' in text
    assert "无信用贷款" in text
