"""Bare closed-model users: GET, again and again; the count of answers is left in a file at the end of the run time."""

from __future__ import annotations

import os
from pathlib import Path

from locust import FastHttpUser, events, task

COUNT = Path(os.environ["PEER_COUNT"])


class Bare(FastHttpUser):
    """Somebody who never stops asking."""

    answers = 0

    @task
    def get(self) -> None:
        """GET once more."""
        if self.client.get("/v1/credit-check").status_code == 200:
            Bare.answers += 1


@events.test_stop.add_listener
def leave_the_count(**_: object) -> None:
    """Write how many answers there were."""
    COUNT.write_text(str(Bare.answers))
