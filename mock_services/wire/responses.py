"""Answers of a service as they go out: a refusal with a word about why, or a 200 of JSON."""

from __future__ import annotations

from typing import Final

from fastapi import Response
from pydantic_core import to_json

JSON: Final = "application/json"


def refusal(status: int, error: str, headers: dict[str, str] | None = None) -> Response:
    """A failure with a word about why."""
    return Response(to_json({"error": error}), status, headers, JSON)


def json_response(payload: object, headers: dict[str, str] | None = None) -> Response:
    """A 200 of JSON, written by pydantic's serialiser in one step."""
    return Response(to_json(payload), headers=headers, media_type=JSON)
