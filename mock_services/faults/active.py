"""The faults of one service that are on now: switched on and off by name, with receipts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar

from pydantic import ValidationError

from mock_services.faults.effect import Fault, Kind

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

    def put(self, name: str, asked: object) -> dict[str, object]:
        """Switch a fault on and give its receipt; asking for what is on already changes nothing.

        Another fault of this name is switched off first. Raises BadFaultError.
        """
        kind, fault = self._parsed(asked)
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

    def _parsed(self, asked: object) -> tuple[str, EffectT]:
        if not isinstance(asked, dict):
            raise BadFaultError('expected a JSON object such as {"kind": "errors", "share": 0.5}')
        kind = asked.get("kind")
        if not isinstance(kind, str) or kind not in self._kinds:
            raise BadFaultError(f"kind: allowed here are {', '.join(self._kinds) or 'none'}, got {kind!r}")
        try:
            return kind, self._kinds[kind].told({k: v for k, v in asked.items() if k != "kind"})
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
