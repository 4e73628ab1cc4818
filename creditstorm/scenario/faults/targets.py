"""What a fault can sit on: services, their replicas, the decision, and cells of all of them."""

from typing import Annotated, Final

from creditstorm.credit.sources import SCORED, SERVICES, SOURCES
from creditstorm.language.quantities import one_of

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
