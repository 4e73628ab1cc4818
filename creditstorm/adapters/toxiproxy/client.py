"""Toxiproxy's API over toxiproxy-python, with what that package leaves out.

The package keeps host and port on a class that all its objects share, sends without a time-out, cannot update, and
lets a 5xx pass. So each client here has a subclass of `APIConsumer` of its own (no state is shared between two
clients), gives every request a time-out, and turns every failure into one of:

ToxiproxyError                  the server refused, with its own words
├── ToxiproxyUnreachableError   nothing answers at that address
└── ToxiproxyHangsError         no answer in time: its locks may be held, killing the server is the last resort
"""

from collections.abc import Callable, Mapping
from json import dumps, loads
from typing import Annotated, Any, Final, Literal, Protocol
from urllib.parse import quote, urlsplit

import requests
from pydantic import BaseModel, ConfigDict, Field
from toxiproxy.api import APIConsumer, validate_response
from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists
from creditstorm.errors import HarnessError

TIMEOUT_S: Final = 2.0
DIRECT: Final = {"http": "", "https": "", "all": ""}
"""A web proxy in the environment must not get between us and a server on this machine."""

ABSENT: Final = 404
STATUS: Final = {InvalidToxic: 400, NotFound: ABSENT, ProxyExists: 409}
"""The package raises these three instead of showing the answer, whatever the server meant by the status."""


Stream = Literal["downstream", "upstream"]


class Toxic(BaseModel):
    """One toxic; attributes are in Toxiproxy's units (ms, but µs for the slicer, KB/s, bytes)."""

    model_config = ConfigDict(frozen=True)

    name: str
    type: str
    stream: Stream
    toxicity: float = 1.0
    attributes: Mapping[str, Any] = {}


class ProxyState(BaseModel):
    """A proxy as the server sees it."""

    model_config = ConfigDict(frozen=True)

    name: str
    listen: str
    upstream: str
    enabled: bool
    toxics: Annotated[tuple[Toxic, ...], Field(default=())]

    def toxic(self, name: str) -> Toxic | None:
        """The toxic of that name, None if it is not on."""
        return next((toxic for toxic in self.toxics if toxic.name == name), None)


class ToxiproxyError(HarnessError):
    """Toxiproxy refused; `status` is its HTTP status (0 when there was no answer)."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class ToxiproxyUnreachableError(ToxiproxyError):
    """Nothing answers at the server's address."""


class ToxiproxyHangsError(ToxiproxyError):
    """The server took the request and did not answer in time."""


class Response(Protocol):
    """What is used of an answer."""

    status_code: int
    text: str

    def json(self) -> object:
        """The body, parsed."""


class ToxiproxyClient:
    """One server's API. Every call may take `patience_s` more than the time-out, for faults that hold up a change."""

    def __init__(self, url: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self.url = url
        self._timeout_s = timeout_s
        parts = urlsplit(url)
        host = parts.netloc.rpartition(":")[0]
        self._consumer: type[APIConsumer] = type("OwnConsumer", (APIConsumer,), {"host": host, "port": parts.port})

    def version(self) -> str:
        """The server's version, such as 2.12.0."""
        body = self._get("/version")
        return str(body["version"]) if isinstance(body, dict) else ""

    def proxies(self) -> dict[str, ProxyState]:
        """All proxies of the server by name, also those of others."""
        body = self._get("/proxies")
        return (
            {name: ProxyState.model_validate(proxy) for name, proxy in body.items()} if isinstance(body, dict) else {}
        )

    def proxy(self, name: str) -> ProxyState:
        """One proxy with its toxics, as the server sees it now."""
        return ProxyState.model_validate(self._get(f"/proxies/{quote(name, safe='')}"))

    def create_proxy(self, name: str, *, listen: str, upstream: str) -> ProxyState:
        """A new proxy that listens at once; raises ToxiproxyError if its address is busy or its name is taken."""
        body = {"name": name, "listen": listen, "upstream": upstream, "enabled": True}
        return ProxyState.model_validate(self._send(self._consumer.post, "/proxies", body).json())

    def set_enabled(self, name: str, *, enabled: bool) -> None:
        """Let the proxy listen, or stop listening and drop every connection."""
        self._send(self._patch, f"/proxies/{quote(name, safe='')}", {"enabled": enabled})

    def add_toxic(self, proxy: str, toxic: Toxic, *, patience_s: float = 0.0) -> None:
        """Put a toxic at the end of the proxy's chain."""
        path = f"/proxies/{quote(proxy, safe='')}/toxics"
        self._send(self._consumer.post, path, toxic.model_dump(mode="json"), patience_s=patience_s)

    def delete_toxic(self, proxy: str, name: str, *, patience_s: float = 0.0) -> bool:
        """Take a toxic off; whether it was there. ToxiproxyHangsError when the server does not come back."""
        path = f"/proxies/{quote(proxy, safe='')}/toxics/{quote(name, safe='')}"
        try:
            self._send(self._consumer.delete, path, patience_s=patience_s)
        except ToxiproxyError as error:
            if error.status != ABSENT:
                raise
            return False
        return True

    def _get(self, path: str) -> object:
        return self._send(self._consumer.get, path).json()

    def _patch(self, path: str, *, json: object, timeout: float, proxies: dict[str, str]) -> Response:
        sent = requests.patch(self.url + path, data=dumps(json), timeout=timeout, proxies=proxies)
        answer: Response = validate_response(sent)
        return answer

    def _send(
        self, verb: Callable[..., Response], path: str, body: object = None, *, patience_s: float = 0.0
    ) -> Response:
        options = {} if body is None else {"json": body}
        try:
            answer = verb(path, timeout=self._timeout_s + patience_s, proxies=DIRECT, **options)
        except requests.ConnectionError as error:
            raise ToxiproxyUnreachableError(f"Toxiproxy does not answer at {self.url}") from error
        except requests.Timeout as error:
            waited_s = self._timeout_s + patience_s
            raise ToxiproxyHangsError(f"Toxiproxy at {self.url} did not answer {path} in {waited_s:g} s") from error
        except (ProxyExists, NotFound, InvalidToxic) as error:
            raise self._refused(path, STATUS[type(error)], words=error.args[0].decode(errors="replace")) from error
        if answer.status_code >= 400:
            raise self._refused(path, answer.status_code, words=answer.text)
        return answer

    def _refused(self, path: str, status: int, *, words: str) -> ToxiproxyError:
        return ToxiproxyError(f"Toxiproxy at {self.url} refused {path}: {_message(words)}", status)


def _message(words: str) -> str:
    try:
        reply = loads(words)
    except ValueError:
        reply = words
    return str(reply["error"]) if isinstance(reply, dict) and "error" in reply else words.strip()
