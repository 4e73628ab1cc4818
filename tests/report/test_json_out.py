"""`summary.json`: finite numbers, the order of the fields, the same text every time."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace

from creditstorm.analysis.summary import Estimate, Summary
from creditstorm.report.json_out import SCHEMA, summary_json
from tests.report import builders


def test_keys_are_the_fields_in_their_order() -> None:
    """A reader of the file finds what the code calls it."""
    assert list(json.loads(summary_json(builders.bureau_outage()))) == ["schema", *(f.name for f in fields(Summary))]
    assert json.loads(summary_json(builders.empty()))["schema"] == SCHEMA


def test_a_number_that_is_none_is_null() -> None:
    """NaN and infinity, which are no JSON, become null."""
    summary = replace(builders.bureau_outage(), calm_floor=math.nan, retap_amplification=math.inf)
    content = json.loads(summary_json(summary))
    assert (content["calm_floor"], content["retap_amplification"]) == (None, None)


def test_floats_carry_nine_significant_digits() -> None:
    """Noise of the last bits is not shown, what was measured is."""
    outage = builders.bureau_outage()
    noisy = replace(outage.thresholds[0], estimate=Estimate(0.1 + 0.2, 1e-12 / 3, 123456.7890123, 9, "wilson"))
    shown = json.loads(summary_json(replace(outage, thresholds=(noisy,))))["thresholds"][0]["estimate"]
    assert (shown["value"], shown["low"], shown["high"]) == (0.3, 3.33333333e-13, 123456.789)


def test_words_stay_words() -> None:
    """Enumerations are strings and Chinese stays readable."""
    text = summary_json(replace(builders.calm(), why="无信用贷款"))
    assert '"verdict": "pass"' in text
    assert "无信用贷款" in text
