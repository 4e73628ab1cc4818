"""The one queue between everything that happens beside the engine and the engine."""

from __future__ import annotations

import queue

from creditstorm.engine.events import Event


class QueueInbox:
    """Threads and signal handlers post, the engine gets."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()

    def post(self, event: Event) -> None:
        """ProcessControl an event to the engine; safe from threads and signal handlers."""
        self._events.put(event)

    def get(self, timeout_s: float) -> Event | None:
        """The next event, None after `timeout_s` seconds without one."""
        try:
            return self._events.get(timeout=max(0.0, timeout_s))
        except queue.Empty:
            return None
