"""What has to be done to a process, and known of it; the fleet does it, tests bring their own."""

from __future__ import annotations

from typing import Protocol


class ProcessControl(Protocol):
    """A control on the processes of the services, by name."""

    def signal(self, service: str, number: int) -> None:
        """Send a signal to the process of this service."""

    def expect_exit(self, service: str) -> None:
        """The next end of this process is wanted."""

    def ended(self, service: str) -> bool:
        """Whether the process of this service has ended and was not started again."""

    def await_exit(self, service: str) -> None:
        """Return once the process has ended; HarnessError when it does not."""

    def stopped(self, service: str) -> bool:
        """Whether the process stands still under SIGSTOP."""

    def start_again(self, service: str) -> None:
        """Start it again on the same port and tell it what it knew; returns when it answers.

        Raises HarnessError when it does not come up.
        """
