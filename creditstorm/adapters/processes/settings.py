"""What the child processes are told, as plain values: the lender's settings and the load's orders."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Final

from pydantic_core import to_jsonable_python
from creditstorm.credit import SERVICES, Population, Strategy
from creditstorm.credit.policies.missing import LastKnownGood
from creditstorm.credit.policies.presets import PolicySpec
from creditstorm.demand.load_plan import LoadPlan, plan_of
from creditstorm.scenario.faults import changes_of
from creditstorm.scenario.faults.base import replicas_of, service_of
from creditstorm.scenario.load import Stage
from creditstorm.scenario.model import Scenario

DRAIN_S: Final = 1.0
"""How much longer than the app waits for an answer the last answers are waited for."""


def people_of(scenario: Scenario) -> Population:
    """The people of the run, as every process computes them."""
    return scenario.population.people(scenario.seed)


def service_settings(scenario: Scenario, service: str) -> dict[str, object]:
    """What a source, one of its replicas, or scoring is told."""
    return {**_world(scenario), "service": service, "profile": asdict(scenario.system.profiles()[service_of(service)])}


@dataclass(frozen=True, slots=True)
class StoreOrder:
    """Where the decision service finds the Redis of its policy, which is a proxy, and what its keys begin with."""

    url: str
    prefix: str
    password: str | None = field(default=None, repr=False)


def decision_settings(
    scenario: Scenario, upstreams: Mapping[str, str], store: StoreOrder | None = None
) -> dict[str, object]:
    """What the decision service is told: `upstreams` are the proxies' URLs by process."""
    system = scenario.system
    rules: dict[str, object] = {"deadline_s": system.deadline_s, "policy": _policy(system.policy, store)}
    if store is not None:
        rules |= {"store_prefix": store.prefix, "store_password": store.password}
    by_service = {service: _where(service, system.redundancy, upstreams) for service in SERVICES}
    return {**_world(scenario), "service": "decision", "upstreams": by_service, **rules}


def load_orders(scenario: Scenario) -> dict[str, object]:
    """What the load generator is told, without the paths of this run."""
    load = scenario.load
    return {
        **_world(scenario),
        **({"users": load.users.model_dump()} if load.users else {"arrivals": _straight(load.arrivals or ())}),
        "retap": load.retap.model_dump(),
        "client": scenario.client.model_dump(),
        "drain_s": scenario.client.timeout_s + DRAIN_S,
        "changes": [asdict(change) for change in changes_of(scenario.faults)],
        "notices": scenario.system.policy.notifies,
        "feedback": scenario.system.policy.takes_complaints,
    }


def planned_load(scenario: Scenario) -> LoadPlan:
    """The same as the generator reads it."""
    return plan_of(load_orders(scenario))


def _policy(policy: PolicySpec, store: StoreOrder | None) -> dict[str, object]:
    if store is not None and isinstance(policy.missing, LastKnownGood):
        policy = replace(policy, missing=policy.missing.model_copy(update={"store": store.url}))
    plain: dict[str, object] = to_jsonable_python(policy, by_alias=False)
    return plain


def _where(service: str, redundancy: tuple[str, ...], upstreams: Mapping[str, str]) -> str | list[str]:
    """The URL of a service, or the list of them where it runs twice."""
    urls = [upstreams[process] for process in replicas_of(service, redundancy)]
    return urls if len(urls) > 1 else urls[0]


def _world(scenario: Scenario) -> dict[str, object]:
    return {"seed": scenario.seed, "population": scenario.population.model_dump(), "strategy": asdict(Strategy())}


def _straight(stages: tuple[Stage, ...]) -> list[dict[str, float]]:
    """Each stage with both of its ends: a ramp begins where the stage before it ended."""
    lines = []
    before_hz = 0.0
    for stage in stages:
        from_hz = before_hz if stage.rate_hz is None else stage.rate_hz
        lines.append({"for_s": stage.for_s, "from_hz": from_hz, "to_hz": stage.reaches_hz})
        before_hz = stage.reaches_hz
    return lines
