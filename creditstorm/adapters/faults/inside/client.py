"""The control port of one service: faults on, off, and how many requests met them.

ControlError                  the service refused, with its own words
└── ControlUnreachableError   nobody answers there, or not in time
"""

import json
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

import requests
from creditstorm.adapters.probing.loopback import LOOPBACK, web_session
from creditstorm.errors import HarnessError

TIMEOUT_S: Final = 2.0


class ControlError(HarnessError):
    """The service refused."""


class ControlUnreachableError(ControlError):
    """The service does not answer at its control port."""


@dataclass(frozen=True, slots=True)
class ControlClient:
    """Who has the token of the run may switch faults inside a service."""

    service: str
    port: int
    token: str = field(repr=False)
    timeout_s: float = TIMEOUT_S

    def put(self, name: str, parameters: dict[str, object]) -> None:
        """Switch a fault on; returns once the service has confirmed it."""
        self._ask("PUT", _path(name), parameters)

    def receipts(self) -> dict[str, int]:
        """How many requests met each fault that is on, by name."""
        faults = self._ask("GET", "/v1/faults").get("faults")
        listed = faults if isinstance(faults, dict) else {}
        return {name: int(fault["met"]) for name, fault in listed.items()}

    def delete(self, name: str) -> int:
        """Switch a fault off; how many requests met it, 0 if it was not on."""
        return int(str(self._ask("DELETE", _path(name)).get("met", 0)))

    def _ask(self, verb: str, path: str, body: dict[str, object] | None = None) -> dict[str, object]:
        reply = self._exchange(verb, path, body)
        answer = json.loads(reply.text) if reply.text else None
        if reply.status_code != requests.codes.ok or not isinstance(answer, dict):
            words = answer.get("error", "") if isinstance(answer, dict) else reply.text
            status = reply.status_code
            raise ControlError(f"the control port of {self.service} refused {verb} {path} ({status}): {words}")
        return answer

    def _exchange(self, verb: str, path: str, body: dict[str, object] | None) -> requests.Response:
        url, head = f"http://{LOOPBACK}:{self.port}{path}", {"Authorization": f"Bearer {self.token}"}
        data = None if body is None else json.dumps(body)
        try:
            with web_session() as web:
                return web.request(verb, url, data=data, headers=head, timeout=self.timeout_s, allow_redirects=False)
        except requests.RequestException as error:
            raise ControlUnreachableError(f"{self.service} does not answer at its control port: {error!r}") from error


def _path(name: str) -> str:
    return f"/v1/faults/{quote(name, safe='')}"
