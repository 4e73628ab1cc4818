from __future__ import annotations

import json
from pathlib import Path

import pytest
from creditstorm.credit.changes import ConsentRevoked, ProfileUpdate, StrategyChange
from creditstorm.credit.strategy import Strategy
from creditstorm.demand.load_plan import LoadPlan, RateStage, Retap, Users, parse_plan, read_plan
from creditstorm.errors import UsageError
from tests.generator.lives import PLAN, plan

WHOLE = {
    "seed": 7,
    "population": {"size": 1000, "micro_business": 0.2, "thin_file": 0.25},
    "strategy": {"version": "v2", "cut_off": 570.0},
    "arrivals": [{"for_s": 10, "from_hz": 20, "to_hz": 80}],
    "changes": [
        {"kind": "strategy", "name": "v2", "from_s": 2, "until_s": 5, "strategy": {"version": "v2", "cut_off": 579.3}},
        {"kind": "profile_update", "name": "job", "from_s": 3, "source": "income", "share": 0.1, "factor": 0.5},
        {"kind": "consent_revoked", "name": "no", "from_s": 3, "until_s": 4, "source": "bureau", "share": 0.1},
    ],
    "retap": {"no_credit": 0.5, "max_attempts": 3},
    "client": {"timeout_s": 2.0, "paints_failure_as": "no_credit"},
    "live_dir": "run/live",
    "start_file": "run/live/start.json",
    "drain_s": 8.0,
}


def test_a_plan_is_read_with_its_types() -> None:
    """Every field of load.json arrives, and what is left out has its default."""
    read = parse_plan(json.dumps(WHOLE), origin="load.json")
    assert read.arrivals == (RateStage(10.0, 20.0, 80.0),)
    assert (read.strategy.version, read.population.size, read.client.paints_failure_as) == ("v2", 1000, "no_credit")
    assert read.retap == Retap(no_credit=0.5, max_attempts=3)
    assert read.live_dir == Path("run/live")
    assert read.changes == (
        StrategyChange(name="v2", from_s=2.0, until_s=5.0, strategy=Strategy("v2", 579.3)),
        ProfileUpdate(name="job", from_s=3.0, source="income", share=0.1, factor=0.5),
        ConsentRevoked(name="no", from_s=3.0, until_s=4.0, source="bureau", share=0.1),
    )


@pytest.mark.parametrize(
    "one", [PLAN, plan(arrivals=None, users=Users(5, 10.0)), parse_plan(json.dumps(WHOLE), origin="")]
)
def test_a_plan_travels_as_text(one: LoadPlan) -> None:
    """What the master hands out is what a worker reads."""
    assert parse_plan(one.as_json(), origin="master") == one


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"arrivals": None}, "give either arrivals (open model) or users (closed model)"),
        ({"users": {"count": 1, "for_s": 1}}, "give either arrivals (open model) or users (closed model)"),
        ({"arrivals": [{"for_s": 0, "from_hz": 1, "to_hz": 1}]}, "arrivals.0: Value error, for_s must be above 0"),
        ({"client": {"timeout_s": 0}}, "client: Value error, timeout_s must be above 0"),
        ({"client": {"paints_failure_as": "blue"}}, "client.paints_failure_as: Input should be 'error' or 'no_credit'"),
        ({"sede": 7}, "sede: Unexpected keyword argument"),
        ({"changes": [{"kind": "weather"}]}, "changes.0: Input tag 'weather' found using 'kind' does not match any of"),
        (
            {"changes": [{**WHOLE["changes"][1], "sahre": 0.5}]},  # type: ignore[index]
            "changes.0.profile_update.sahre: Unexpected keyword argument",
        ),
        (
            {"changes": [{**WHOLE["changes"][2], "share": 1.5}]},  # type: ignore[index]
            "changes.0.consent_revoked: Value error, share must be from 0 to 1",
        ),
        ({"population": {"size": 0}}, "population.size: Input should be greater than or equal to 1"),
    ],
)
def test_a_wrong_key_is_named(changed: dict[str, object], says: str) -> None:
    """The message says which file, which key and what is allowed."""
    text = json.dumps({key: value for key, value in {**WHOLE, **changed}.items() if value is not None})
    with pytest.raises(UsageError) as caught:
        parse_plan(text, origin="load.json")
    assert str(caught.value).startswith("load.json: not a plan of a load:\n")
    assert says in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The variable and the path are in the message."""
    with pytest.raises(UsageError) as caught:
        read_plan(tmp_path / "load.json")
    assert (
        str(caught.value) == f"CREDITSTORM_LOAD={tmp_path / 'load.json'}: cannot be read (No such file or directory)."
    )


def test_nothing_is_intended_after_the_arrivals() -> None:
    """Observation ends with the arrivals; the drain time is for answers, not for more taps."""
    assert plan(drain_s=10.0).last_call_s == 10.0
    assert plan(arrivals=None, users=Users(5, 30.0)).last_call_s == 30.0
