"""The faults of one service that are on now: switched on and off by name, with receipts."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Generic, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

HandleT = TypeVar("HandleT")
EffectT_co = TypeVar("EffectT_co", covariant=True)

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Factor = Annotated[float, Field(gt=0.0)]


class Fault(BaseModel, Generic[HandleT]):
    """One fault: its fields are the parameters as they come over the control port.

    `HandleT` is what a service of this sort has that a fault may take hold of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    _name: str = PrivateAttr(default="")
    _handle: HandleT = PrivateAttr()
    _met: int = PrivateAttr(default=0)

    @classmethod
    def told(cls, parameters: Mapping[str, object]) -> Self:
        """The fault with these parameters; pydantic's ValidationError where they are none of its own."""
        return cls.model_validate(parameters)

    @property
    def met(self) -> int:
        """How many requests met the effect."""
        return self._met

    def begin(self, name: str, handle: HandleT) -> None:
        """The fault is switched on under this name."""
        self._name = name
        self._handle = handle

    def end(self) -> None:
        """The fault is switched off: what it did to the service is undone."""


class Kind(Protocol[EffectT_co]):
    """A kind of fault: its class, or whatever else can read its parameters."""

    def told(self, parameters: Mapping[str, object], /) -> EffectT_co:
        """The fault with these parameters; a ValueError of pydantic where they are none of its own."""


EffectT = TypeVar("EffectT", bound=Fault[Any])


class BadFaultError(ValueError):
    """What was asked for is no fault of this service; the message says what is allowed."""


class ActiveFaults(Generic[EffectT]):
    """`on` is a tuple in the order of `kinds`, which is the order of effect; faults of one kind go by name."""

    def __init__(self, kinds: Mapping[str, Kind[EffectT]], handle: object) -> None:
        self._kinds: Final = kinds
        self._rank: Final = {kind: rank for rank, kind in enumerate(kinds)}
        self._handle: Final = handle
        self._named: dict[str, tuple[str, EffectT]] = {}
        self.on: tuple[EffectT, ...] = ()

    def put(self, name: str, spec: object) -> dict[str, object]:
        """Switch a fault on and give its receipt; asking for what is on already changes nothing.

        Another fault of this name is switched off first. Raises BadFaultError.
        """
        kind, fault = self._parsed(spec)
        before = self._named.get(name)
        if before is None or before[0] != kind or before[1].model_dump() != fault.model_dump():
            self.remove(name)
            fault.begin(name, self._handle)
            self._named[name] = (kind, fault)
            self._arrange()
        return {"name": name, **self.receipts()[name]}

    def remove(self, name: str) -> int:
        """Switch a fault off; returns how many requests met it, 0 when there is none of this name."""
        kind_and_fault = self._named.pop(name, None)
        if kind_and_fault is None:
            return 0
        self._arrange()
        kind_and_fault[1].end()
        return kind_and_fault[1].met

    def receipts(self) -> dict[str, dict[str, object]]:
        """By name: the kind, and how many requests met the effect."""
        return {name: {"kind": kind, "met": fault.met} for name, (kind, fault) in self._named.items()}

    def _parsed(self, spec: object) -> tuple[str, EffectT]:
        if not isinstance(spec, dict):
            raise BadFaultError('expected a JSON object such as {"kind": "errors", "share": 0.5}')
        kind = spec.get("kind")
        if not isinstance(kind, str) or kind not in self._kinds:
            raise BadFaultError(f"kind: allowed here are {', '.join(self._kinds) or 'none'}, got {kind!r}")
        try:
            return kind, self._kinds[kind].told({k: v for k, v in spec.items() if k != "kind"})
        except ValidationError as error:
            raise BadFaultError(_in_words(error)) from None

    def _arrange(self) -> None:
        order = sorted(self._named, key=lambda name: (self._rank[self._named[name][0]], name))
        self.on = tuple(self._named[name][1] for name in order)


def _in_words(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'fault'}: {each['msg']}, got {each['input']!r}"
        for each in error.errors(include_url=False, include_context=False)
    )
