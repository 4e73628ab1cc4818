"""What one service is told at its start: by the fleet as JSON, or stand-alone by the environment."""

import json
import os
from dataclasses import replace
from secrets import token_hex
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from creditstorm.credit import CALM, SERVICES, Population, PopulationSpec, ServiceProfile, Strategy
from creditstorm.credit.policies.presets import PRESETS, PolicySpec
from creditstorm.language.store_url import PASSWORD_VARIABLE

DEFAULT_PORT: Final = {service: 8100 + number for number, service in enumerate(("decision", *SERVICES))}
"""Where each service listens when people start them one by one with uvicorn."""

ServiceName = Literal[
    "identity", "repayment", "consumption", "bureau", "income", "social", "scoring", "decision",
    "identity-b", "repayment-b", "consumption-b", "bureau-b", "income-b", "social-b",
]  # fmt: skip
"""A replica of a source knows the same people and has draws of its own."""

UpstreamName = Literal["identity", "repayment", "consumption", "bureau", "income", "social", "scoring"]

_Share = Annotated[float, Field(ge=0.0, le=1.0)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _preset(value: object) -> object:
    """A preset's name stands for its policy."""
    if isinstance(value, str) and value not in PRESETS:
        raise ValueError(f"allowed presets are {', '.join(PRESETS)}, got {value!r}")
    return PRESETS[value] if isinstance(value, str) else value


class ProfileSettings(_Strict):
    """A service profile; what is left out is the service's calm value."""

    p50_s: float | None = Field(default=None, gt=0.0)
    p99_s: float | None = Field(default=None, gt=0.0)
    workers: int | None = Field(default=None, ge=1)
    queue: int | None = Field(default=None, ge=0)
    missing_rate: _Share | None = None
    stall_share: _Share | None = None
    stall_factor: float | None = Field(default=None, ge=1.0)


class Settings(_Strict):
    """Everything a service is told; `{"service": "bureau"}` is enough. `policy` may be a preset's name.

    In the Redis of a policy that names one, every key begins with `store_prefix`: two runs never meet there.
    `store_password` is what stands in its URL as three stars.
    """

    # Deferred: a policy may be of another package, which is looked for at first use and not at import. What is wrong
    # with settings is logged, and must not take the password along.
    model_config = ConfigDict(defer_build=True, hide_input_in_errors=True)
    service: ServiceName
    seed: int = 20261111
    population: PopulationSpec = PopulationSpec()
    strategy: Strategy = Strategy()
    profile: ProfileSettings = ProfileSettings()
    upstreams: dict[UpstreamName, str | Annotated[list[str], Field(min_length=1)]] = Field(default_factory=dict)
    deadline_s: float = Field(default=2.0, gt=0.0)
    policy: Annotated[PolicySpec, BeforeValidator(_preset)] = PRESETS["fail-closed"]
    store_prefix: str = Field(default_factory=lambda: f"creditstorm:{token_hex(4)}", min_length=1)
    store_password: SecretStr | None = None

    @classmethod
    def from_environment(cls, service: str) -> Self:
        """Settings of a service that a person runs by itself; CREDITSTORM_SETTINGS overrides defaults, as JSON.

        A password of the store is a variable of its own.
        """
        password = {"store_password": os.environ.get(PASSWORD_VARIABLE)}
        given = json.loads(os.environ.get("CREDITSTORM_SETTINGS", "{}"))
        return cls.model_validate({"service": service} | password | given)

    @property
    def role(self) -> str:
        """What the service is: a replica is the same as its source."""
        return self.service.removesuffix("-b")

    def people(self) -> Population:
        """The population of the scenario."""
        return self.population.people(self.seed)

    def service_profile(self) -> ServiceProfile:
        """How this source, or scoring, behaves: its calm profile with what was told instead."""
        return replace(CALM[self.role], **self.profile.model_dump(exclude_none=True))

    def upstream_urls(self) -> dict[str, str | list[str]]:
        """Where each of SERVICES is asked, several places for replicas; by default where a person starts it by hand."""
        return {s: self.upstreams.get(s, f"http://127.0.0.1:{DEFAULT_PORT[s]}") for s in get_args(UpstreamName)}
