"""The system under test: the reference lender, its policy, its deadline and its services."""

from dataclasses import asdict, replace
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, GetPydanticSchema, create_model, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema, to_jsonable_python
from creditstorm.credit.policies.answer import Push
from creditstorm.credit.policies.missing import LastKnownGood, WorstBin, ZeroFill
from creditstorm.credit.policies.presets import AXES, PRESETS, UNIONS, PolicySpec
from creditstorm.credit.policies.transport import Hedge, Retry, RetryBudget
from creditstorm.credit.sources import CALM, SERVICES, SOURCES, ServiceProfile
from creditstorm.language.problems import Problem, as_custom, as_validation_error
from creditstorm.language.quantities import AS_TEXT, Count, Id, Number, PositiveDuration, Share, Spec, key, one_of
from creditstorm.language.store_url import StoreUrl, store_url
from creditstorm.units import quoted

MOST_REPLICAS: Final = 100
ASKED_FOR: Final = ("intended", "scenario")
"""Words by which the command line asks for a policy that stands in the scenario."""


class _Changes(Spec):
    preset: Annotated[str, *one_of("a policy", tuple(PRESETS))] = "fail-closed"
    name: Id | None = None

    def resolved(self) -> PolicySpec:
        """The policy with every axis filled; with a changed axis it is called custom unless it is named."""
        changed = {axis: value for axis in AXES if (value := getattr(self, axis)) is not None}
        name = self.name or (f"{self.preset}-custom" if changed else self.preset)
        policy = replace(PRESETS[self.preset], name=name, **changed)
        if name in ASKED_FOR or PRESETS.get(name, policy) != policy:
            what = f'"{name}" is the name of another policy: every table would speak of that one'
            remedy = "give it a name of its own, or leave the name out"
            raise as_validation_error([Problem(what=what, path=("name",), remedy=remedy)])
        return policy


_OPTIONAL: dict[str, Any] = {axis: (union | None, None) for axis, union in UNIONS.items()}
PolicyAsked = create_model("PolicyAsked", __base__=_Changes, __doc__="A preset and what differs from it.", **_OPTIONAL)


def _read_policy(value: object, handler: core_schema.ValidatorFunctionWrapHandler) -> PolicySpec:
    if isinstance(value, PolicySpec):
        return value
    changes: _Changes = handler({"preset": value} if isinstance(value, str) else value)
    return changes.resolved()


def _write_policy(policy: PolicySpec, info: core_schema.SerializationInfo) -> object:
    return as_text(policy) if info.context == AS_TEXT else to_jsonable_python(policy, by_alias=False)


def as_text(policy: PolicySpec) -> object:
    """The policy in the scenario's own words: its preset's name, or every axis written out."""
    if PRESETS.get(policy.name) == policy:
        return policy.name
    axes = {axis: getattr(policy, axis).model_dump(by_alias=True, exclude_none=True, context=AS_TEXT) for axis in AXES}
    return {"preset": "fail-closed", "name": policy.name, **axes}


def _core(_source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    written = core_schema.plain_serializer_function_ser_schema(_write_policy, info_arg=True)
    return core_schema.no_info_wrap_validator_function(_read_policy, handler(PolicyAsked), serialization=written)


def _json(core: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    return {"anyOf": [{"enum": list(PRESETS)}, handler(core)]}


Policy = Annotated[PolicySpec, GetPydanticSchema(_core, _json)]
"""A field that reads any of the forms and holds a `PolicySpec`."""


_Service = Annotated[str, *one_of("a service", SERVICES)]
_Source = Annotated[str, *one_of("a source", SOURCES)]


class ServiceOverride(Spec):
    """What differs from the reference profile of one service; every key is optional."""

    p50_s: Annotated[PositiveDuration | None, key("p50")] = None
    p99_s: Annotated[PositiveDuration | None, key("p99")] = None
    workers: Annotated[Count, Field(ge=1, le=10_000)] | None = None
    queue: Annotated[Count, Field(ge=0, le=1_000_000)] | None = None
    missing_rate: Share | None = None
    stall_share: Share | None = None
    stall_factor: Annotated[Number, Field(ge=1.0, le=1000.0)] | None = None


def _read(value: object, handler: core_schema.ValidatorFunctionWrapHandler) -> dict[str, ServiceProfile]:
    if isinstance(value, dict) and value and all(isinstance(part, ServiceProfile) for part in value.values()):
        return {service: value.get(service, CALM[service]) for service in SERVICES}
    overrides: dict[str, ServiceOverride] = handler(value)
    changed = {service: override.model_dump(exclude_none=True) for service, override in overrides.items()}
    profiles = {service: replace(CALM[service], **changed.get(service, {})) for service in SERVICES}
    if problems := [_flat(service) for service, profile in profiles.items() if profile.p99_s <= profile.p50_s]:
        raise as_validation_error(problems)
    return profiles


def _flat(service: str) -> Problem:
    return Problem(what="p99 is not longer than p50", path=(service,), remedy="give both, with p99 the longer one")


def _write(profiles: dict[str, ServiceProfile], info: core_schema.SerializationInfo) -> dict[str, dict[str, object]]:
    if info.context != AS_TEXT:
        return {service: asdict(profile) for service, profile in profiles.items()}
    return {
        service: ServiceOverride.model_validate(asdict(profile)).model_dump(by_alias=True, context=AS_TEXT)
        for service, profile in profiles.items()
    }


_Services = Annotated[
    dict[str, ServiceProfile],
    GetPydanticSchema(
        lambda _source, handler: core_schema.no_info_wrap_validator_function(
            _read,
            handler(dict[_Service, ServiceOverride]),
            serialization=core_schema.plain_serializer_function_ser_schema(_write, info_arg=True),
        )
    ),
]

_CALM: Final = dict(CALM)
_ONE_OF_EACH: Final[dict[str, int]] = {}


def _read_replicas(value: object, handler: core_schema.ValidatorFunctionWrapHandler) -> dict[str, int]:
    if isinstance(value, dict):
        counts: dict[str, int] = handler(value)
    elif isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_REPLICAS:
        counts = dict.fromkeys(SERVICES, value)
    else:
        what = f"expected a whole number from 1 to {MOST_REPLICAS}, or one a service, got {quoted(value)}"
        raise as_custom(Problem(what=what, remedy="write for example replicas: {bureau: 3}"))
    return {service: counts[service] for service in SERVICES if counts.get(service, 1) > 1}


def _replicas_schema(core: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
    return {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST_REPLICAS}, handler(core)]}


_Replicas = Annotated[
    dict[str, int],
    GetPydanticSchema(
        lambda _source, handler: core_schema.no_info_wrap_validator_function(
            _read_replicas, handler(dict[_Service, Annotated[Count, Field(ge=1, le=MOST_REPLICAS)]])
        ),
        _replicas_schema,
    ),
]


class SystemSpec(Spec):
    """The reference lender; `services` holds the profile of every service, for one replica of it.

    `replicas` says how many of each service there are, where there is more than one: so many times the workers and the
    queue behind the service's one proxy. They share one queue, as behind a balancer that never errs; a fault on the
    service is one of all of them, and `capacity` takes some away. Live too they are one process, not several.
    The sources under `redundancy` run twice, in two cells, each behind a proxy of its own and with all its replicas.
    """

    kind: Literal["reference"] = "reference"
    policy: Policy = PRESETS["fail-closed"]
    deadline_s: Annotated[PositiveDuration, key("deadline")] = 2.0
    services: _Services = _CALM
    replicas: _Replicas = _ONE_OF_EACH
    redundancy: tuple[_Source, ...] = ()

    @model_validator(mode="after")
    def _runs_twice_at_most(self) -> Self:
        seen = self.redundancy
        again = [index for index, source in enumerate(seen) if source in seen[:index]]
        if again:
            problems = [Problem(what=f'"{seen[i]}" stands there already', path=("redundancy", i)) for i in again]
            raise as_validation_error(problems)
        return self

    @model_validator(mode="after")
    def _has_time_for_the_policy(self) -> Self:
        transport = self.policy.transport
        if isinstance(transport, Retry | RetryBudget) and (transport.per_try_s or 0.0) >= self.deadline_s:
            raise as_validation_error([self._too_long("per_try", transport.per_try_s or 0.0, "tried again")])
        if isinstance(transport, Hedge) and transport.floor_s >= self.deadline_s:
            raise as_validation_error([self._too_long("floor", transport.floor_s, "hedged")])
        return self

    @model_validator(mode="after")
    def _has_something_to_push(self) -> Self:
        missing = self.policy.missing
        if isinstance(self.policy.answer, Push) and isinstance(missing, ZeroFill | WorstBin):
            what = f"{missing.kind} decides at once on a number of its own, so no answer would wait for a source"
            remedy = "push needs a missing-data rule that says when it does not know, such as tri_state"
            raise as_validation_error([Problem(what=what, path=("policy", "missing"), remedy=remedy)])
        return self

    @model_validator(mode="after")
    def _decides_again_for_one_reason(self) -> Self:
        policy = self.policy
        if isinstance(policy.answer, Push) and policy.takes_complaints:
            what = f"feedback: {policy.feedback.kind} beside push, which decides again whether people complain or not"
            remedy = "keep one of them: feedback with answer: honest or two_words, or push without feedback"
            raise as_validation_error([Problem(what=what, path=("policy", "feedback"), remedy=remedy)])
        return self

    def _too_long(self, word: str, seconds: float, done: str) -> Problem:
        what = f"{word} of {seconds:g} s is not shorter than the deadline of {self.deadline_s:g} s"
        remedy = f"no slow call would ever be {done}: shorten it or lengthen the deadline"
        return Problem(what=what, path=("policy", "transport", word), remedy=remedy)

    @property
    def store(self) -> StoreUrl | None:
        """The Redis that keeps the last known good values; None where the policy has none."""
        missing = self.policy.missing
        return store_url(missing.store) if isinstance(missing, LastKnownGood) and missing.store else None

    def profiles(self) -> dict[str, ServiceProfile]:
        """How each service behaves in one cell: the profile of a replica, with workers and queue of all replicas."""
        return {service: _times(profile, self.replicas.get(service, 1)) for service, profile in self.services.items()}


def _times(profile: ServiceProfile, count: int) -> ServiceProfile:
    return replace(profile, workers=profile.workers * count, queue=profile.queue * count)
