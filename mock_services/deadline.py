"""The deadline that travels with a call: one absolute instant, in unix seconds, for everybody downstream."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Header

DEADLINE_HEADER: Final = "X-Deadline"

Deadline = Annotated[float | None, Header(alias=DEADLINE_HEADER, allow_inf_nan=False)]
"""A path's parameter: the caller's deadline, if it has one."""
