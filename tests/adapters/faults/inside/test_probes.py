"""The calls that probes make are calls that the fault meets, as the services themselves see it."""

from __future__ import annotations

import json

import pytest
from creditstorm.adapters.faults.inside.probes import FIRST_SESSION, calls_that_meet, request
from creditstorm.credit.applicants import Population
from creditstorm.credit.changes import befalls
from creditstorm.credit.sources import CALM, SERVICES
from creditstorm.scenario.faults import ConsentRevokedFault, Empty, Errors, InsideFault, Sick, Skew
from mock_services.faults.hooks import ServiceHandle, SharedEffect
from mock_services.wire.payloads import EvidenceRequest, ScoreRequest
from mock_services.work import CallDraws
from mock_services.workers.capacity import Capacity

PEOPLE = Population(11, 100_000, 0.2, 0.25)
WINDOW = {"name": "x", "at_s": 0.0, "for_s": 1.0}


def asked(call: bytes) -> dict[str, object]:
    """The body of a request."""
    return json.loads(call.partition(b"\r\n\r\n")[2])


@pytest.mark.parametrize("share", [0.01, 0.1, 1.0])
def test_the_service_strikes_the_calls_that_were_chosen(share: float) -> None:
    """What the harness foretells is what a service would do, for every share."""
    fault = SharedEffect(share=share)
    fault.begin("x", ServiceHandle(PEOPLE.seed, "bureau", Capacity(1, 1), lambda: 0.0))
    chosen = calls_that_meet(Empty(target="bureau", share=share, **WINDOW), PEOPLE)
    assert chosen
    assert all(fault.struck(EvidenceRequest(**asked(request("bureau", call)))) for call in chosen)


@pytest.mark.parametrize(
    "fault",
    [Skew(target="bureau", share=0.05, **WINDOW), ConsentRevokedFault(target="bureau", share=0.05, **WINDOW)],
    ids=lambda fault: fault.kind,
)
def test_people_are_chosen_whom_the_change_befalls(fault: InsideFault) -> None:
    """A fault of people is met by one of those people, who has a record to be spoiled."""
    chosen = calls_that_meet(fault, PEOPLE)
    assert chosen
    assert all(befalls(PEOPLE.seed, "x", call.applicant, 0.05) for call in chosen)
    assert all(PEOPLE.applicant(call.applicant).values["bureau"] is not None for call in chosen)


def test_the_chosen_are_served_soon() -> None:
    """Of the struck calls those with a short service time are taken: even income then answers in a moment."""
    luck = CallDraws(PEOPLE.seed, "income", CALM["income"])
    chosen = calls_that_meet(Errors(target="income", share=0.5, **WINDOW), PEOPLE)
    assert luck.of(*chosen[0].ids).service_s < CALM["income"].p50_s / 3


def test_no_probe_is_anybody_else() -> None:
    """Sessions of probes lie outside of what a load numbers its own with."""
    assert all(call.session >= FIRST_SESSION for call in calls_that_meet(Sick(target="social", **WINDOW), PEOPLE))


def test_a_share_of_nearly_nobody_finds_nobody_and_ends() -> None:
    """Where no struck call is found in reasonable time there is none, and the load has to meet the fault."""
    assert calls_that_meet(Empty(target="bureau", share=1e-9, **WINDOW), PEOPLE) == ()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_understands_a_probe(service: str) -> None:
    """The bytes of a probe are a call as the decision service would make it."""
    [call, *_] = calls_that_meet(Errors(target=service, **WINDOW), PEOPLE)
    kind = ScoreRequest if service == "scoring" else EvidenceRequest
    understood = kind.model_validate(asked(request(service, call)))
    assert (understood.applicant, understood.session, understood.attempt, understood.nth_try) == call.ids
