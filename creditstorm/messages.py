"""What our own processes say to one another, checked where it is read.

Orders go to the fleet of services and reports come back, a JSON line each; the workers of the load and the harness
leave small JSON files for one another in `live/`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, field
from typing import Any, Self

from pydantic.dataclasses import dataclass


class Message:
    """A frozen message whose JSON object has the names of its fields."""

    def as_json(self) -> dict[str, object]:
        """The JSON object."""
        return asdict(self)  # type: ignore[call-overload, no-any-return]

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Self:
        """The message in a JSON object; ValidationError, a ValueError, where it is another one."""
        return cls(**content)


@dataclass(frozen=True, slots=True)
class StartOrder(Message):
    """Start a service, with a control port where there is a token for it, on these ports unless they are 0.

    With a `path`, which only who belongs to the run knows, the service answers below that path and nowhere else.
    It notes how late it comes round in the file `lag`, unless that is empty.
    """

    service: str
    settings: dict[str, Any] = field(repr=False)
    log: str
    control_token: str | None = field(default=None, repr=False)
    port: int = 0
    control_port: int = 0
    path: str = field(default="", repr=False)
    lag: str = ""

    def as_json(self) -> dict[str, object]:
        """``{"start": "bureau", "settings": {…}, "log": "bureau.log"}`` and what is set of the rest."""
        rest = {"control_token": self.control_token, "port": self.port, "control_port": self.control_port}
        rest |= {"path": self.path, "lag": self.lag}
        given = {key: value for key, value in rest.items() if value}
        return {"start": self.service, "settings": self.settings, "log": self.log, **given}

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Self:
        """The order in such an object."""
        return cls(**{"service" if key == "start" else key: value for key, value in content.items()})


@dataclass(frozen=True, slots=True)
class SignalOrder(Message):
    """Send a signal to a service."""

    service: str
    number: int

    def as_json(self) -> dict[str, object]:
        """``{"signal": "bureau", "number": 19}``."""
        return {"signal": self.service, "number": self.number}

    @classmethod
    def parse(cls, content: Mapping[str, Any]) -> Self:
        """The order in such an object."""
        return cls(service=content["signal"], number=content["number"])


@dataclass(frozen=True, slots=True)
class ReadyReport(Message):
    """A service answers at `port`; `control_port` is None where it was given no token."""

    service: str
    pid: int
    port: int
    control_port: int | None = None

    def as_json(self) -> dict[str, object]:
        """``{"event": "ready", "service": "bureau", "pid": 1, "port": 2}`` and the control port if there is one."""
        control = {} if self.control_port is None else {"control_port": self.control_port}
        return {"event": "ready", "service": self.service, "pid": self.pid, "port": self.port, **control}


@dataclass(frozen=True, slots=True)
class ExitReport(Message):
    """A service has ended; a negative exit code is the signal, pid 0 one that could not be started."""

    service: str
    pid: int
    exit_code: int

    def as_json(self) -> dict[str, object]:
        """``{"event": "exited", "service": "bureau", "pid": 1, "exit_code": 0}``."""
        return {"event": "exited", "service": self.service, "pid": self.pid, "exit_code": self.exit_code}


Order = StartOrder | SignalOrder
Report = ReadyReport | ExitReport


def as_line(message: Message) -> str:
    """The line that says it."""
    return json.dumps(message.as_json()) + "\n"


def parse_order(line: str | bytes) -> Order:
    """The order in a line."""
    content = json.loads(line)
    return SignalOrder.parse(content) if "signal" in content else StartOrder.parse(content)


def parse_report(line: str | bytes) -> Report:
    """The report in a line."""
    content = json.loads(line)
    kind = ReadyReport if content.pop("event") == "ready" else ExitReport
    return kind.parse(content)


@dataclass(frozen=True, slots=True)
class WorkerReady(Message):
    """A worker of the load has worked out `planned` first attempts and waits for the start."""

    planned: int
    pid: int


@dataclass(frozen=True, slots=True)
class LoadStart(Message):
    """Instant 0 on the machine's monotonic clock, and whom to ask unless Locust was told."""

    t0_monotonic: float
    host: str | None = None


@dataclass(frozen=True, slots=True)
class WorkerProgress(Message):
    """What a worker has done by `t_s`; every answer from before `kept_s` is in its stream."""

    t_s: float
    intended: int
    answered: int
    wrongful: int
    in_flight: int
    kept_s: float = 0.0


@dataclass(frozen=True, slots=True)
class WorkerDone(Message):
    """A worker has kept all its rows; `failure` is what broke in it, `stopped` whether it ended before its time."""

    recorded: int
    peak_in_flight: int
    failure: str | None
    stopped: bool
