"""Every fault inside a service, as the scenario gives it, is one that the service takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from creditstorm.credit.sources import SCORED, SERVICES, SOURCES
from creditstorm.scenario.faults import (
    CapacityFault,
    ConsentRevokedFault,
    Empty,
    Errors,
    Fault,
    Flush,
    InsideFault,
    Malformed,
    NullFields,
    Poison,
    ProfileUpdateFault,
    Sick,
    Skew,
    Slow,
    Stale,
    StrategyChangeFault,
    UnitChange,
)
from mock_services.faults.registry import DECISION_KINDS, kinds_of

WORKERS = ((Errors, {}), (Slow, {"factor": 8.0}), (Malformed, {}), (CapacityFault, {"factor": 0.5}), (Sick, {}))
RECORDS = ((Empty, {}), (NullFields, {}), (Stale, {"age_s": 60.0}))
MEASURED = (
    (UnitChange, {"factor": 100.0}),
    (Skew, {}),
    (ConsentRevokedFault, {}),
    (ProfileUpdateFault, {"factor": 2.0}),
)
DECISION = ((StrategyChangeFault, {"cut_shift": 20.0}), (Flush, {}), (Poison, {}))
WHERE = [
    *((kind, settings, service) for kind, settings in WORKERS for service in SERVICES),
    *((kind, settings, service) for kind, settings in RECORDS for service in SOURCES),
    *((kind, settings, service) for kind, settings in MEASURED for service in SCORED),
    *((kind, settings, "decision") for kind, settings in DECISION),
]


@pytest.mark.parametrize(("kind", "settings", "service"), WHERE, ids=lambda part: getattr(part, "__name__", str(part)))
def test_a_service_takes_its_parameters(kind: type[InsideFault], settings: dict[str, Any], service: str) -> None:
    """Names, units and bounds are the same on both sides of the control port."""
    fault = kind.model_validate({"name": "x", "target": service, "at_s": 0.0, "for_s": 1.0, **settings})
    told = json.loads(json.dumps(fault.parameters()))
    known = DECISION_KINDS if service == "decision" else kinds_of(service)
    known[told.pop("kind")].model_validate(told)


def test_every_kind_is_tried() -> None:
    """No kind of fault inside a service is forgotten above."""
    kinds = Fault.__args__[0].__args__  # type: ignore[attr-defined]
    assert {kind for kind, *_ in WHERE} == {kind for kind in kinds if issubclass(kind, InsideFault)}
