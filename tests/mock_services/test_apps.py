"""Each service answers as agreed, and its health never waits for a worker."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from creditstorm.credit.sources import SCALES, SERVICES, SOURCES
from creditstorm.credit.truth import truth_of
from mock_services import decision, scoring, source
from mock_services.processes.serving import app_of
from mock_services.settings import Settings
from tests.mock_services.asgi_calls import Reply, acall, call
from tests.mock_services.policies.cases import PEOPLE

QUICK = {"p50_s": 1e-6, "p99_s": 2e-6, "stall_share": 0.0, "missing_rate": 0.0}
EVIDENCE = "/v1/evidence"
KEY = {"applicant": 7, "session": 1, "attempt": 0}


def settings_of(service: str, **told: object) -> Settings:
    return Settings.model_validate({"service": service, "profile": QUICK} | told)


def quick(service: str, **profile: float) -> FastAPI:
    return app_of(settings_of(service, profile=QUICK | profile))


def test_a_source_reports_what_the_person_has() -> None:
    """Service, version, an instant within the last hour and the record."""
    reply = call(quick("bureau"), "POST", EVIDENCE, KEY).json
    assert reply["record"] == {"bureau_score": PEOPLE.applicant(7).values["bureau"]}
    assert (reply["service"], reply["version"]) == ("bureau", "1")


@pytest.mark.parametrize(
    ("service", "path"),
    [
        ("bureau", "/healthz"),
        ("bureau", EVIDENCE),
        ("scoring", "/healthz"),
        ("scoring", "/v1/score"),
        ("decision", "/healthz"),
        ("decision", "/v1/credit-check"),
    ],
)
def test_a_caller_that_hangs_up_is_no_failure_of_the_service(service: str, path: str) -> None:
    """Half a request ends without an exception, which the server would write into the log, and without a decision."""
    reply = asyncio.run(acall(app_of(settings_of(service)), "POST", path, b'{"applicant"', hangs_up=True))
    assert reply.status == 400


def test_a_replica_knows_the_same_people_and_has_its_own_luck() -> None:
    """It reports the same record in the name of its source, of another age than its source does."""
    first, second = (call(quick(service), "POST", EVIDENCE, KEY).json for service in ("bureau", "bureau-b"))
    assert (first["service"], first["record"]) == (second["service"], second["record"])
    assert abs(first["as_of"] - second["as_of"]) > 1.0


def test_identity_says_verified() -> None:
    """Identity's record is a yes or a no."""
    assert call(quick("identity"), "POST", EVIDENCE, KEY).json["record"] == {"verified": True}


def test_no_record_is_a_true_answer() -> None:
    """The bureau answers 200 with a null record about a thin file."""
    thin = next(person for person in map(PEOPLE.applicant, range(100)) if person.values["bureau"] is None)
    reply = call(quick("bureau"), "POST", EVIDENCE, KEY | {"applicant": thin.id})
    assert (reply.status, reply.json["record"]) == (200, None)


def test_scoring_is_exact_when_nothing_is_missing() -> None:
    """With all values the mean is truth's score, to the bit, and sd is 0."""
    person = PEOPLE.applicant(7)
    told = KEY | {"file": person.file, "values": person.values}
    reply = call(quick("scoring"), "POST", "/v1/score", told).json
    assert (reply["mean"], reply["sd"]) == (truth_of(person, settings_of("decision").strategy).score, 0.0)


def test_scoring_says_how_unsure_it_is() -> None:
    """With the bureau not retrieved sd is above 0."""
    person = PEOPLE.applicant(7)
    values = {s: v for s, v in person.values.items() if s != "bureau"}
    assert call(quick("scoring"), "POST", "/v1/score", KEY | {"file": "thick", "values": values}).json["sd"] > 0.0


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (KEY, {}, 200),
        (KEY, {"x_deadline": "1.5"}, 504),
        (KEY, {"x_deadline": "99999999999"}, 200),
        (KEY, {"x_deadline": "soon"}, 422),
        (KEY, {"x_deadline": "nan"}, 422),
        (KEY | {"applicant": -1}, {}, 422),
        (KEY | {"applicant": 2**63}, {}, 422),
        ({"applicant": 7}, {}, 422),
    ],
)
def test_what_a_source_accepts(body: dict[str, int], headers: dict[str, str], status: int) -> None:
    """Ids are whole numbers from 0, the deadline is a number; an expired one is not worked on."""
    assert call(quick("bureau"), "POST", EVIDENCE, body, **headers).status == status


def test_overflow_is_shed_and_counted() -> None:
    """Of three calls at once one worker with a queue of one serves two."""
    app = quick("bureau", workers=1, queue=1, p50_s=0.01, p99_s=0.011)

    async def story() -> list[Reply]:
        body = b'{"applicant":7,"session":1,"attempt":0}'
        return await asyncio.gather(*(acall(app, "POST", EVIDENCE, body) for _ in range(3)))

    assert sorted(reply.status for reply in asyncio.run(story())) == [200, 200, 503]
    assert counts_of(app, "bureau") == {"in_flight": 0, "queue": 0, "served": 2, "shed": 1}


@pytest.mark.parametrize(
    ("answer", "said", "header"), [("honest", "undetermined", True), ("two_words", "no_credit", False)]
)
def test_a_shed_credit_check_is_an_answer(answer: str, said: str, header: bool) -> None:
    """Of two at once with room for one, the other gets a 200: undetermined and Retry-After, or the bug of two words."""
    admission = {"kind": "inflight_cap", "limit": 1}
    nowhere = dict.fromkeys(SERVICES, "http://127.0.0.1:1")
    policy = {"answer": {"kind": answer}, "admission": admission}
    app = app_of(Settings.model_validate({"service": "decision", "policy": policy, "upstreams": nowhere}))
    body = b'{"applicant":7,"session":1,"attempt":0,"segment":"consumer","file":"thick"}'

    async def story() -> list[Reply]:
        async with app.router.lifespan_context(app):
            return await asyncio.gather(*(acall(app, "POST", "/v1/credit-check", body) for _ in range(2)))

    replies = asyncio.run(story())
    shed = next(reply for reply in replies if reply.json["cause"] == "shed:decision")
    assert (shed.status, shed.json["answer"], shed.json["limit_cny"]) == (200, said, 0)
    assert ("retry-after" in shed.headers) == header
    assert sum("retry-after" in reply.headers for reply in replies) == header


def test_health_does_not_wait_for_workers() -> None:
    """While the only worker is busy for an hour, /healthz and /metrics answer."""
    app = quick("bureau", workers=1, queue=1, p50_s=3600.0, p99_s=3601.0)

    async def story() -> tuple[bytes, bytes]:
        body = b'{"applicant":7,"session":1,"attempt":0}'
        busy = [asyncio.create_task(acall(app, "POST", EVIDENCE, body)) for _ in range(2)]
        await asyncio.sleep(0)
        health = (await acall(app, "GET", "/healthz?pad=3")).body
        metrics = (await acall(app, "GET", "/metrics")).body
        for call_ in busy:
            call_.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        return health, metrics

    health, metrics = asyncio.run(story())
    assert health == b'{"status":"ok","service":"bureau","pad":"xxx"}'
    assert b'creditstorm_in_flight{service="bureau"} 1.0' in metrics
    assert b'creditstorm_queue{service="bureau"} 1.0' in metrics
    assert b'creditstorm_held_seconds_total{service="bureau"}' in metrics


def counts_of(app: FastAPI, service: str) -> dict[str, float]:
    text = call(app, "GET", "/metrics").body.decode()
    families = {family.name.removeprefix("creditstorm_"): family for family in text_string_to_metric_families(text)}
    families = {name: families[name] for name in ("in_flight", "queue", "served", "shed")}
    assert all(sample.labels == {"service": service} for family in families.values() for sample in family.samples)
    return {name: family.samples[0].value for name, family in families.items()}


@pytest.mark.parametrize("service", [*SERVICES, "decision"])
def test_every_service_has_health_and_metrics(service: str) -> None:
    """A service at rest reports four zeros, and what is uploaded to /healthz is counted."""
    app = app_of(Settings.model_validate({"service": service}))
    assert counts_of(app, service) == {"in_flight": 0, "queue": 0, "served": 0, "shed": 0}
    assert call(app, "POST", "/healthz", "x" * 998).json == {"received": 1000}


@pytest.mark.parametrize("pad", ["-1", "1048577", "many"])
def test_padding_is_bounded(pad: str) -> None:
    """Nobody can ask /healthz for a gigabyte."""
    assert call(quick("bureau"), "GET", f"/healthz?pad={pad}").status == 422


def test_each_app_has_its_own_metrics() -> None:
    """Two apps in one process do not count into each other's registry."""
    one, other = quick("bureau"), quick("bureau")
    call(one, "POST", EVIDENCE, KEY)
    assert (counts_of(one, "bureau")["served"], counts_of(other, "bureau")["served"]) == (1, 0)


def test_stand_alone_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Started by uvicorn without settings, a module serves its own service; the environment overrides."""
    assert decision.create_app().title == "creditstorm decision"
    assert scoring.create_app().title == "creditstorm scoring"
    monkeypatch.setenv("CREDITSTORM_SERVICE", "income")
    monkeypatch.setenv("CREDITSTORM_SETTINGS", '{"seed": 3}')
    assert source.create_app().title == "creditstorm income"


def test_a_source_must_be_a_source() -> None:
    """The source app names the services it can be."""
    with pytest.raises(ValueError, match=f"allowed: {', '.join(SOURCES)}"):
        source.create_app(Settings(service="scoring"))


@pytest.mark.parametrize("service", SCALES)
def test_record_fields_are_those_of_the_scales(service: str) -> None:
    """Every scored source reports its number under the name of its scale."""
    assert source.record_of(PEOPLE.applicant(2), service) is None or set(
        source.record_of(PEOPLE.applicant(2), service) or {}
    ) == {SCALES[service].field}
