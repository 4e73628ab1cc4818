"""What the harness says to its children is what they understand."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from creditstorm.adapters.processes.settings import (
    StoreOrder,
    decision_settings,
    load_orders,
    people_of,
    service_settings,
)
from creditstorm.credit.applicants import Population
from creditstorm.credit.policies.missing import LastKnownGood
from creditstorm.credit.policies.presets import PRESETS
from creditstorm.credit.sources import CALM, SERVICES
from creditstorm.demand.load_plan import parse_plan
from creditstorm.scenario import catalogue
from creditstorm.scenario.model import Scenario
from creditstorm.scenario.text.loader import load
from mock_services.settings import Settings


def scenario(name: str = "bureau-outage-at-peak", *overrides: str) -> Scenario:
    """A scenario of the catalogue."""
    return load(catalogue.find(name), overrides=overrides)


@pytest.mark.parametrize("name", catalogue.names())
def test_the_load_understands_its_orders(name: str) -> None:
    """Every scenario's orders are a plan of the same length, people and re-taps."""
    asked = scenario(name)
    plan = parse_plan(json.dumps(load_orders(asked)), origin="orders")
    assert plan.duration_s == pytest.approx(asked.load.duration_s)
    assert plan.population.size == asked.population.size
    assert plan.retap.no_credit == asked.load.retap.no_credit
    assert plan.client.timeout_s == asked.client.timeout_s


def test_everybody_asks_about_the_same_people() -> None:
    """Harness, load and services compute one population."""
    asked = scenario("calm", "seed=7", "population={applicants: 1234, micro_business: 0.3, thin_file: 0.1}")
    people = Population(7, 1234, 0.3, 0.1)
    plan = parse_plan(json.dumps(load_orders(asked)), origin="orders")
    settings = Settings.model_validate_json(json.dumps(service_settings(asked, "bureau")))
    assert people_of(asked) == plan.people == settings.people() == people


def test_a_network_fault_changes_no_truth() -> None:
    """A dark bureau leaves people and rules as they are."""
    assert load_orders(scenario())["changes"] == []


def test_a_ramp_begins_where_the_stage_before_it_ended() -> None:
    """Stages become straight lines with both ends."""
    lines = load_orders(scenario())["arrivals"]
    assert [(line["from_hz"], line["to_hz"]) for line in lines] == [(20, 20), (20, 80), (80, 80), (20, 20)]  # type: ignore[attr-defined]


def test_the_last_answer_is_waited_for_longer_than_the_app_waits() -> None:
    """No answer is cut off that the person would still have seen."""
    asked = scenario("calm")
    plan = parse_plan(json.dumps(load_orders(asked)), origin="orders")
    assert plan.drain_s > asked.client.timeout_s


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_understands_its_settings(service: str) -> None:
    """The profile that a service gets is the scenario's, to the digit."""
    asked = scenario("calm")
    settings = Settings.model_validate_json(json.dumps(service_settings(asked, service)))
    assert settings.service_profile() == asked.system.profiles()[service]
    assert settings.people().seed == asked.seed


@pytest.mark.parametrize("policy", PRESETS)
def test_the_decision_understands_its_policy(policy: str) -> None:
    """Every preset survives the way to the decision service, with deadline and upstreams."""
    asked = scenario("bureau-outage-at-peak", f"system.policy={policy}")
    upstreams = dict.fromkeys(SERVICES, "http://127.0.0.1:1")
    settings = Settings.model_validate_json(json.dumps(decision_settings(asked, upstreams)))
    assert settings.policy == asked.system.policy
    assert settings.upstream_urls() == upstreams
    assert settings.deadline_s == asked.system.deadline_s


@pytest.mark.parametrize(("policy", "notices"), [("tri-state", False), ("tri-state-push", True)])
def test_the_load_reads_notifications_where_there_are_any(policy: str, notices: bool) -> None:
    """Only a policy that pushes has something to say later."""
    orders = load_orders(scenario("bureau-outage-at-peak", f"system.policy={policy}"))
    assert parse_plan(json.dumps(orders), origin="orders").notices is notices


def test_a_replica_is_its_service_with_a_name_of_its_own() -> None:
    """The second replica of a source has its profile; the decision service is told both places, cell a first."""
    asked = scenario("bureau-outage-at-peak", "system.redundancy=[bureau]")
    replica = service_settings(asked, "bureau-b")
    assert replica == {**service_settings(asked, "bureau"), "service": "bureau-b"}
    where = {name: f"http://{name}" for name in (*SERVICES, "bureau-b")}
    upstreams = decision_settings(asked, where)["upstreams"]
    assert upstreams == {
        **{name: f"http://{name}" for name in SERVICES},
        "bureau": ["http://bureau", "http://bureau-b"],
    }


def test_three_replicas_are_three_times_the_workers_and_the_queue() -> None:
    """Live and simulated are told the same, in each cell; how fast one of them is stays."""
    asked = scenario("bureau-outage-at-peak", "system.replicas.bureau=3", "system.redundancy=[bureau]")
    for process in ("bureau", "bureau-b"):
        told = Settings.model_validate_json(json.dumps(service_settings(asked, process))).service_profile()
        assert told == replace(CALM["bureau"], workers=240, queue=720)
    assert Settings.model_validate(service_settings(asked, "income")).service_profile() == CALM["income"]
    every = scenario("bureau-outage-at-peak", "system.replicas=2").system.profiles()
    assert {name: one.workers for name, one in every.items()} == {name: 2 * one.workers for name, one in CALM.items()}


FAR = 'system.policy={"preset": "last-known-good", "missing": {"kind": "last_known_good", "store": "redis://:***@r.example:7/2"}}'


def test_the_store_is_reached_through_its_proxy() -> None:
    """The decision service is told the proxy in place of the Redis, and what its keys begin with."""
    asked = scenario("calm", FAR)
    upstreams = dict.fromkeys(SERVICES, "http://127.0.0.1:1")
    told = decision_settings(asked, upstreams, StoreOrder("redis://:***@127.0.0.1:8/2", "creditstorm:run", "p"))
    settings = Settings.model_validate_json(json.dumps(told))
    missing = settings.policy.missing
    assert isinstance(missing, LastKnownGood)
    assert (missing.store, settings.store_prefix) == ("redis://:***@127.0.0.1:8/2", "creditstorm:run")
    assert settings.store_password is not None
    assert settings.store_password.get_secret_value() == "p"
    assert settings.policy.transport == asked.system.policy.transport
