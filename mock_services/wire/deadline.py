"""The deadline that travels with a call: one absolute instant, in unix seconds, for everybody downstream."""

from __future__ import annotations

import math
from typing import Final

from fastapi import HTTPException, Request

DEADLINE_HEADER: Final = "X-Deadline"


def deadline_of(request: Request) -> float | None:
    """The caller's deadline, None where it has none; 422 when it is no number.

    Read by hand, because a declared header parameter costs as much as the rest of a small request.
    """
    text = request.headers.get(DEADLINE_HEADER)
    if text is None:
        return None
    try:
        deadline = float(text)
    except ValueError:
        deadline = math.nan
    if not math.isfinite(deadline):
        raise HTTPException(422, f"{DEADLINE_HEADER}: expected unix seconds such as 1790000000.25, got {text!r}")
    return deadline
