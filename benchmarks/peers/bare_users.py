"""Bare closed-model users: GET, again and again; the count of answers is left in a file."""

from __future__ import annotations

import os
import time
from pathlib import Path

from locust import FastHttpUser, task
from locust.exception import StopUser

FOR_S = float(os.environ["PEER_FOR"])
COUNT = Path(os.environ["PEER_COUNT"])


class Bare(FastHttpUser):
    """Somebody who never stops asking."""

    answers = 0
    began = 0.0

    @task
    def get(self) -> None:
        """GET until the time is over."""
        Bare.began = Bare.began or time.monotonic()
        if time.monotonic() - Bare.began > FOR_S:
            COUNT.write_text(str(Bare.answers))
            self.environment.runner.quit()
            raise StopUser
        if self.client.get("/v1/credit-check").status_code == 200:
            Bare.answers += 1
