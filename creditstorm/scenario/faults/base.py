"""What every fault has: a name, a target, a planned window, and what is to be known of its kind."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Final, Self

from pydantic import Field
from creditstorm.credit.changes import Change
from creditstorm.credit.sources import SCORED, SERVICES, SOURCES
from creditstorm.language.problems import Problem
from creditstorm.language.quantities import Duration, Id, PositiveDuration, Share, Spec, key, one_of

DECISION: Final = "decision"
REPLICA: Final = "-b"
"""What follows the name of a source in the name of its second replica."""
REPLICAS: Final = tuple(f"{source}{REPLICA}" for source in SOURCES)
STORE: Final = "store"
"""The Redis of last known good values, where the policy names one: not our process, but behind a proxy of ours."""
PROCESSES: Final = tuple(sorted((*SERVICES, *REPLICAS, DECISION)))
"""Everything that is a process of the system, where a scenario asks for it."""
TARGETS: Final = tuple(sorted((*PROCESSES, STORE)))
"""Everything that has a proxy where a scenario asks for it."""

AnyTarget = Annotated[str, *one_of("a target", TARGETS)]
ProcessTarget = Annotated[str, *one_of("a process", PROCESSES)]
WorkerTarget = Annotated[str, *one_of("a source or scoring", tuple(sorted((*SERVICES, *REPLICAS))))]
SourceTarget = Annotated[str, *one_of("a source", tuple(sorted((*SOURCES, *REPLICAS))))]
MeasuringTarget = Annotated[
    str, *one_of("a scored source", tuple(sorted((*SCORED, *(f"{source}{REPLICA}" for source in SCORED)))))
]
PeopleTarget = Annotated[str, *one_of("a scored source", tuple(sorted(SCORED)))]
"""What is true of people is true of them at every replica, so replicas are no targets of their own here."""
DecisionTarget = Annotated[str, *one_of("the decision service", (DECISION,))]


def service_of(target: str) -> str:
    """The service that a replica is one of: ``bureau`` of ``bureau-b``; any other target is itself."""
    return target.removesuffix(REPLICA) if target in REPLICAS else target


def replicas_of(service: str, redundancy: tuple[str, ...]) -> tuple[str, ...]:
    """The processes of a service, the first of them in cell a: ``bureau``, and ``bureau-b`` where it runs twice."""
    return (service, f"{service}{REPLICA}") if service in redundancy else (service,)


SomeShare = Annotated[Share, Field(gt=0.0)]
"""A share that befalls somebody: more than 0, at most 1."""


class FaultBase(Spec):
    """The common part; `name` defaults to the target (target-2 … when it is taken) and names the fault's window."""

    in_words: ClassVar[str] = ""
    """What a target did under it, to follow its name: "the bureau `was dark`"."""
    begins_within_s: ClassVar[float] = 1.0
    """How late it may take effect and still be what was asked for; 210 of 213 were at most 0.4 s late, one 1.6 s."""
    ends_itself: ClassVar[bool] = False
    """Whether it is over as soon as it can be, so that `for` is only the time it may take."""
    needs_store: ClassVar[bool] = False
    """Whether it means nothing where the policy remembers no values."""
    needs_redundancy: ClassVar[bool] = False
    """Whether it means nothing where every source runs once."""

    kind: str
    name: Id = ""
    target: str
    at_s: Annotated[Duration, key("at")]
    for_s: Annotated[PositiveDuration, key("for")]

    @classmethod
    def word(cls) -> str:
        """The scenario's word for the kind."""
        return str(cls.model_fields["kind"].default)

    @classmethod
    def target_in(cls, plain: Mapping[str, object]) -> str:
        """What a fault of this kind sits on, before it is validated; its usual target where it does not say."""
        usual = cls.model_fields["target"].get_default()
        return str(plain.get("target") or usual)

    @property
    def end_s(self) -> float:
        """The planned end, in seconds since the start of the load."""
        return self.at_s + self.for_s

    @property
    def ends_within_s(self) -> float:
        """How late its end may be seen and still be what was asked for."""
        return 1.0

    @property
    def way(self) -> tuple[str, str]:
        """What of a target it changes: two faults that change the same may not overlap."""
        return self.kind, ""

    def parts(self, redundancy: tuple[str, ...]) -> tuple["FaultBase", ...]:  # noqa: ARG002 - a cell looks at it
        """The faults that it is made of, where these sources run twice: itself, unless it is a loss of many things."""
        return (self,)

    def change(self) -> Change | None:
        """What it changes about people and rules, for all that truth has to know of it; None where truth stays."""
        return None

    def problems(self) -> Iterator[Problem]:
        """What is wrong with its own settings beside what their types say."""
        yield from ()


class InsideFault(FaultBase):
    """Something that a service does by itself; every field of a kind is a parameter that the service is told.

    A kind from another package is such a class and says as well what a call meets, by the methods of
    `mock_services.faults.hooks.Hooks`.
    """

    told_after_end: ClassVar[bool] = False
    """Whether its end is an event too, so that a service that is started again has to hear of both."""

    def parameters(self) -> dict[str, object]:
        """What the service is told, under the names of the fields: SI units, shares from 0 to 1."""
        return self.model_dump(exclude=set(_COMMON))

    @classmethod
    def told(cls, service: str, parameters: Mapping[str, object]) -> Self:
        """The fault as a service knows it by what `parameters` gave; its window is the harness's business."""
        return cls.model_validate({"target": service, "at_s": 0.0, "for_s": 1.0, **parameters})

    def places(self, redundancy: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG002 - a kind looks at it
        """The processes that are told, where these sources run twice."""
        return (self.target,)

    def at_desk(self) -> dict[str, object] | None:
        """What a lender's reviewers are told of it, who see people; None where it changes nothing about people."""
        return None

    @property
    def met_by(self) -> str:
        """Whom it befalls: a share of `calls`, of `people`, or `nobody` that could be named beforehand."""
        return "calls"


_COMMON: Final = frozenset(FaultBase.model_fields) - {"kind"}
