"""Every request is let in."""

from __future__ import annotations

from mock_services.policies.case import Asked


class OpenDoor:
    """Lets everybody in, whatever the load."""

    def enter(self, asked: Asked) -> bool:  # noqa: ARG002 - everybody alike
        """Always true."""
        return True

    def leave(self, took_s: float) -> None:
        """Nothing to keep count of."""
