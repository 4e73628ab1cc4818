"""A service can be told everything and needs to be told nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError
from pydantic_core import to_jsonable_python
from creditstorm.credit.policies.presets import PRESETS
from creditstorm.credit.sources import CALM, SERVICES
from creditstorm.credit.strategy import Strategy
from mock_services.settings import Settings


def test_calm_is_the_default() -> None:
    """Without a profile a service behaves as in calm."""
    assert Settings(service="bureau").service_profile() == CALM["bureau"]


def test_a_profile_may_be_partial() -> None:
    """What is left out of a profile is calm."""
    settings = Settings.model_validate({"service": "bureau", "profile": {"p50_s": 0.5}})
    assert (settings.service_profile().p50_s, settings.service_profile().p99_s) == (0.5, 1.5)


def test_upstreams_default_to_the_stand_alone_ports() -> None:
    """Upstreams that are not named listen at 8101 … 8107, in the order of SERVICES."""
    urls = Settings.model_validate({"service": "decision", "upstreams": {"bureau": "http://b"}}).upstream_urls()
    assert list(urls) == list(SERVICES)
    assert (urls["identity"], urls["bureau"], urls["scoring"]) == (
        "http://127.0.0.1:8101",
        "http://b",
        "http://127.0.0.1:8107",
    )


def test_an_upstream_may_have_replicas() -> None:
    """A list of places instead of one."""
    told = {"service": "decision", "upstreams": {"bureau": ["http://a", "http://b"]}}
    assert Settings.model_validate(told).upstream_urls()["bureau"] == ["http://a", "http://b"]


def test_a_strategy_with_a_scale() -> None:
    """Version, cut-off and points to double the odds are those that are told, and the scorecard's by default."""
    told = {"service": "decision", "strategy": {"version": "v9", "cut_off": 540.0, "pdo": 50.0}}
    assert Settings.model_validate(told).strategy == Strategy("v9", 540.0, 50.0)
    assert Settings(service="decision").strategy == Strategy()


@pytest.mark.parametrize("name", PRESETS)
def test_a_policy_by_name_or_by_axes(name: str) -> None:
    """A preset's name and its axes in full mean the same policy."""
    by_name = Settings(service="decision", policy=name).policy
    by_axes = Settings(service="decision", policy=to_jsonable_python(PRESETS[name], by_alias=False)).policy
    assert by_name == by_axes == PRESETS[name]


@pytest.mark.parametrize(
    "told",
    [
        {"service": "bureaux"},
        {"service": "bureau", "sed": 1},
        {"service": "bureau", "profile": {"workers": 0}},
        {"service": "bureau", "profile": {"missing_rate": 1.1}},
        {"service": "decision", "upstreams": {"bureaux": "http://b"}},
        {"service": "decision", "upstreams": {"bureau": []}},
        {"service": "decision", "strategy": {"pdo": 0}},
        {"service": "decision", "deadline_s": 0},
    ],
)
def test_nonsense_is_refused(told: dict[str, object]) -> None:
    """Unknown keys and values out of range do not start a service."""
    with pytest.raises(ValidationError):
        Settings.model_validate(told)


def test_an_unknown_policy_names_the_known_ones() -> None:
    """The error lists the presets."""
    with pytest.raises(ValueError, match=", ".join(PRESETS)):
        Settings.model_validate({"service": "decision", "policy": "yolo"})


def test_a_replica_is_its_source_under_another_name() -> None:
    """It has the profile of its source, says its own name for health, and knows the same kinds of things."""
    replica = Settings.model_validate({"service": "bureau-b", "profile": {"workers": 3}})
    assert (replica.service, replica.role) == ("bureau-b", "bureau")
    assert replica.service_profile() == replace(CALM["bureau"], workers=3)


@pytest.mark.parametrize("service", ["scoring-b", "decision-b", "bureau-c", "-b"])
def test_only_sources_have_replicas(service: str) -> None:
    """Nothing else is a service."""
    with pytest.raises(ValueError, match="service"):
        Settings.model_validate({"service": service})
