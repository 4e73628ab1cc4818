"""Drives the mock services: one fleet process that forks one child a service."""

import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from secrets import token_hex
from typing import Final

from creditstorm.adapters.clock import RunClock
from creditstorm.adapters.probing.loopback import LOOPBACK
from creditstorm.adapters.probing.probe import Ask
from creditstorm.adapters.processes.child import Child, last_lines, last_words, spawn_python
from creditstorm.adapters.processes.vitals import OpenFilesPart
from creditstorm.adapters.watchdog import Address, AnsweringPart, ProcessPart, RunPart
from creditstorm.engine.events import ChildDied, Event, ServiceReady
from creditstorm.errors import HarnessError
from creditstorm.interrupts import how_it_ended
from creditstorm.messages import Order, ReadyReport, Report, SignalOrder, StartOrder, as_line, parse_report
from creditstorm.record.folder import LiveFolder, RunFolder

READY_WITHIN_S: Final = 30.0
EXIT_WITHIN_S: Final = 5.0
ANSWER_WITHIN_S: Final = 5.0
"""To a question about its health. A service that is merely busy answers late; one that hangs never does."""
ASK_EVERY_S: Final = 2.0


@dataclass
class Fleet:
    """The mock services of one run, which answer below `path`; `control_token` opens the control port of each.

    Starting, stopping and signals may come from several threads.
    """

    folder: RunFolder
    clock: RunClock
    post: Callable[[Event], None]
    path: str = field(default="", repr=False)
    control_token: str = field(default_factory=lambda: token_hex(16), repr=False)
    _child: Child | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)
    _orders: dict[str, StartOrder] = field(default_factory=dict)
    _ready: dict[str, ServiceReady] = field(default_factory=dict)
    _control_ports: dict[str, int] = field(default_factory=dict)
    _died: dict[str, ChildDied] = field(default_factory=dict)
    _expected: set[str] = field(default_factory=set)
    _excused: set[str] = field(default_factory=set)
    _news: threading.Condition = field(default_factory=threading.Condition)

    def launch(self) -> None:
        """Start the fleet process; services are started one by one."""
        LiveFolder(self.folder.live).make()
        self._child = spawn_python("fleet", "mock_services", log=self.folder.log("fleet"), piped=True)
        threading.Thread(target=self._listen, args=(self._child,), daemon=True).start()

    def start(self, services: Mapping[str, Mapping[str, object]]) -> list[ServiceReady]:
        """Start these services with these settings; returns them in the order in which they answered.

        Raises HarnessError with the last log lines of a service that did not come up.
        """
        for service, told in services.items():
            log, lag = str(self.folder.log(service)), str(LiveFolder(self.folder.live).lag(service))
            order = StartOrder(service, dict(told), log, self.control_token, path=self.path, lag=lag)
            self._orders[service] = order
        self._write(*(self._orders[service] for service in services))
        return self._await_ready(tuple(services))

    def start_again(self, service: str) -> ServiceReady:
        """Start a service that has ended once more, with the same settings on the same ports."""
        before = self._ready.pop(service)
        self._died.pop(service, None)
        control_port = self._control_ports[service]
        self._write(replace(self._orders[service], port=before.port, control_port=control_port))
        [ready] = self._await_ready((service,))
        self._excused.discard(service)
        return ready

    def signal(self, service: str, number: int) -> None:
        """Send a signal to the process of this service; one that is stopped like this is not expected to run."""
        if number == signal.SIGSTOP:
            self._excused.add(service)
        elif number == signal.SIGCONT:
            self._excused.discard(service)
        self._write(SignalOrder(service, int(number)))

    def expect_exit(self, service: str) -> None:
        """The next end of this service is wanted: nobody is told that it died."""
        with self._news:
            self._expected.add(service)
            self._excused.add(service)

    def ended(self, service: str) -> bool:
        """Whether the service has ended and was not started again."""
        return service in self._died

    def await_exit(self, service: str) -> None:
        """Return once the service has ended; HarnessError when it does not."""
        with self._news:
            if not self._news.wait_for(lambda: self.ended(service), EXIT_WITHIN_S):
                raise HarnessError(f"{service} did not end within {EXIT_WITHIN_S:g} s")

    def pid(self, service: str) -> int:
        """The process of the service, the latest one."""
        return self._ready[service].pid

    def parts(self) -> list[RunPart]:
        """What has to go on: the fleet's own process, and each service, which also has to answer."""
        child = self._child
        assert child is not None  # noqa: S101 - launch() comes first
        found: list[RunPart] = [
            ProcessPart("the fleet of services", lambda: child.process.pid, self._words_of("fleet"))
        ]
        for service in self._ready:
            words = self._words_of(service)
            running = partial(self._running, service)
            found += [ProcessPart(service, running, words), OpenFilesPart(service, running)]
            found.append(AnsweringPart(service, partial(self._address, service), words))
        return found

    def _running(self, service: str) -> int | None:
        ready = self._ready.get(service)
        return None if ready is None or service in self._excused else ready.pid

    def _address(self, service: str) -> Address | None:
        ready = self._ready.get(service)
        if ready is None or service in self._excused:
            return None
        # "Not found" is an answer, too: the path of the run is not needed to see that its loop turns.
        return Address(LOOPBACK, ready.port, Ask(answer_within_s=ANSWER_WITHIN_S), ASK_EVERY_S)

    def _words_of(self, name: str) -> Callable[[], tuple[str, ...]]:
        return lambda: last_lines(self.folder.log(name))

    def control_port(self, service: str) -> int:
        """Where the service is told about faults."""
        return self._control_ports[service]

    def stop(self) -> None:
        """End every service; at once, because a service has nothing to put away."""
        self._stopping.set()
        if self._child is not None:
            self._child.kill()

    def _write(self, *orders: Order) -> None:
        assert self._child is not None  # noqa: S101 - launch() comes first
        try:
            with self._news:
                self._child.stdin.writelines(as_line(order) for order in orders)
                self._child.stdin.flush()
        except (OSError, ValueError) as error:
            raise HarnessError(f"the fleet of services takes no orders any more: {error}") from error

    def _await_ready(self, services: tuple[str, ...]) -> list[ServiceReady]:
        with self._news:
            self._news.wait_for(lambda: self._missing(services) == () or self._failed(services), READY_WITHIN_S)
        if failed := self._failed(services):
            how, words = how_it_ended(failed.exit_code), last_words(failed.last_lines)
            raise HarnessError(f"{failed.child} ended while starting ({how}){words}")
        if missing := self._missing(services):
            raise HarnessError(f"no answer from {', '.join(sorted(missing))} within {READY_WITHIN_S:g} s")
        return [ready for service, ready in self._ready.items() if service in services]

    def _missing(self, services: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(service for service in services if service not in self._ready)

    def _failed(self, services: tuple[str, ...]) -> ChildDied | None:
        return next((self._died[name] for name in (*services, "fleet") if name in self._died), None)

    def _listen(self, child: Child) -> None:
        for line in child.stdout:
            report = parse_report(line)
            with self._news:
                self._hear(report)
                self._news.notify_all()
        with self._news:
            self._ended("fleet", child.process.wait())
            self._news.notify_all()

    def _hear(self, report: Report) -> None:
        service = report.service
        if isinstance(report, ReadyReport):
            self._control_ports[service] = report.control_port or 0
            now_s = self.clock.now_s()
            self._ready[service] = ServiceReady(t_s=now_s, service=service, pid=report.pid, port=report.port)
        else:
            self._ended(service, report.exit_code)

    def _ended(self, name: str, exit_code: int) -> None:
        lines = last_lines(self.folder.log(name))
        died = ChildDied(t_s=self.clock.now_s(), child=name, exit_code=exit_code, last_lines=lines)
        self._died[name] = died
        if name in self._expected:
            self._expected.discard(name)
        elif not self._stopping.is_set():
            self.post(died)
