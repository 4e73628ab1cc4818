"""A bare FastHttpUser: GETs at a constant rate, one greenlet an arrival, and nothing else."""

from __future__ import annotations

import os
import time

import gevent
from locust import FastHttpUser, task
from locust.exception import StopUser

RATE_HZ = float(os.environ["PEER_RATE"])
FOR_S = float(os.environ["PEER_FOR"])


class Bare(FastHttpUser):
    """Somebody who only asks."""

    concurrency = 1000

    @task
    def get(self) -> None:
        """GET at a constant rate until the time is over."""
        began = time.monotonic()
        sent = [gevent.spawn(self._at, began + n / RATE_HZ) for n in range(int(RATE_HZ * FOR_S))]
        gevent.joinall(sent)
        self.environment.runner.quit()
        raise StopUser

    def _at(self, due: float) -> None:
        gevent.sleep(max(0.0, due - time.monotonic()))
        self.client.get("/v1/credit-check")
