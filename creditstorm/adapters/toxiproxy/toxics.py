"""Toxiproxy's own nouns as frozen values: a toxic, and a proxy with the toxics on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Stream = Literal["downstream", "upstream"]


class Toxic(BaseModel):
    """One toxic; attributes are in Toxiproxy's units (ms, but µs for the slicer, KB/s, bytes)."""

    model_config = ConfigDict(frozen=True)

    name: str
    type: str
    stream: Stream
    toxicity: float = 1.0
    attributes: Mapping[str, int] = {}


class ProxyState(BaseModel):
    """A proxy as the server sees it."""

    model_config = ConfigDict(frozen=True)

    name: str
    listen: str
    upstream: str
    enabled: bool
    toxics: Annotated[tuple[Toxic, ...], Field(default=())]

    def toxic(self, name: str) -> Toxic | None:
        """The toxic of that name, None if it is not on."""
        return next((toxic for toxic in self.toxics if toxic.name == name), None)
