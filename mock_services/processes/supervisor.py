"""Forks children, says when they are ready and when they end, and ends them all at last."""

import contextlib
import os
import selectors
import signal
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from creditstorm.messages import ExitReport, Order, ReadyReport, Report, SignalOrder, StartOrder, as_line, parse_order
from creditstorm.record.files import open_private
from mock_services.processes.kept_ports import Ports

STOP_WITHIN_S: Final = 2.0


@dataclass(frozen=True)
class ControlDoor:
    """Where, and with which token, faults of a service are switched on and off."""

    listener: socket.socket
    token: str = field(repr=False)


@dataclass(frozen=True)
class Assignment:
    """What a forked child has to become: `ready_pipe` takes one byte when it answers."""

    order: StartOrder
    parent_pid: int
    listener: socket.socket
    ready_pipe: int
    control: ControlDoor | None = None


@dataclass(frozen=True)
class _Child:
    service: str
    port: int
    control_port: int | None
    ready_pipe: int


@dataclass
class Supervisor:
    """The parent's loop: one thread, woken by stdin, by a child that is ready, and by signals."""

    stdin: int
    stdout: int
    stop_within_s: float = STOP_WITHIN_S
    _children: dict[int, _Child] = field(default_factory=dict)
    _ports: Ports = field(default_factory=Ports)
    _events: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _unread: bytes = b""
    _over: bool = False
    _wake_up: tuple[socket.socket, socket.socket] = field(default_factory=socket.socketpair)

    def run(self) -> Assignment | None:
        """Until stdin ends or SIGTERM comes; returns an assignment in a forked child and None in the parent."""
        self._listen()
        while not self._over:
            for key, _mask in self._events.select():
                assignment = self._handle(key.fd)
                if assignment is not None:
                    return assignment
        self._end_all()
        return None

    def _listen(self) -> None:
        for end in self._wake_up:
            end.setblocking(False)  # noqa: FBT003 - the standard library takes it by position
        signal.set_wakeup_fd(self._wake_up[1].fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: None)
        self._events.register(self.stdin, selectors.EVENT_READ)
        self._events.register(self._wake_up[0], selectors.EVENT_READ)

    def _handle(self, fd: int) -> Assignment | None:
        if fd == self._wake_up[0].fileno():
            self._over = self._over or signal.SIGTERM in self._wake_up[0].recv(4096)
            self._reap()
        elif fd == self.stdin:
            return self._read_orders()
        else:
            self._say_ready(fd)
        return None

    def _read_orders(self) -> Assignment | None:
        arrived = os.read(self.stdin, 65536)
        self._over = self._over or not arrived
        *lines, self._unread = (self._unread + arrived).split(b"\n")
        for line in filter(None, lines):
            assignment = self._obey(parse_order(line))
            if assignment is not None:
                return assignment
        return None

    def _obey(self, order: Order) -> Assignment | None:
        if isinstance(order, SignalOrder):
            self._signal(order)
            return None
        try:
            listener, control = self._listeners(order)
        except OSError as error:
            self._say_stillborn(order, error)
            return None
        return self._fork(order, listener, control)

    def _listeners(self, order: StartOrder) -> tuple[socket.socket, ControlDoor | None]:
        with contextlib.ExitStack() as on_error:
            listener = on_error.enter_context(self._ports.listener(order.port))
            token = order.control_token
            control = ControlDoor(self._ports.listener(order.control_port), token) if token else None
            on_error.pop_all()
        return listener, control

    def _fork(self, order: StartOrder, listener: socket.socket, control: ControlDoor | None) -> Assignment | None:
        listening_pipe, ready_pipe = os.pipe()
        parent_pid = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._leave_to_parent()
            return Assignment(order, parent_pid, listener, ready_pipe, control)
        child = _Child(
            order.service, _port_of(listener), _port_of(control.listener) if control else None, listening_pipe
        )
        # The parent keeps neither listeners nor this end of the pipe: a service stops listening when it ends.
        for kept in (listener, *([control.listener] if control else [])):
            kept.close()
        os.close(ready_pipe)
        self._children[pid] = child
        self._events.register(listening_pipe, selectors.EVENT_READ, pid)
        return None

    def _leave_to_parent(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._events.close()
        self._ports.close()
        for end in self._wake_up:
            end.close()
        for sibling in self._children.values():
            os.close(sibling.ready_pipe)

    def _say_ready(self, fd: int) -> None:
        pid = self._events.get_key(fd).data
        self._events.unregister(fd)
        child = self._children[pid]
        if os.read(fd, 1):
            self._say(ReadyReport(child.service, pid, child.port, child.control_port))

    def _reap(self) -> None:
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._say_exited(pid, os.waitstatus_to_exitcode(status))

    def _say_exited(self, pid: int, exit_code: int) -> None:
        child = self._children.pop(pid)
        with contextlib.suppress(KeyError):
            self._events.unregister(child.ready_pipe)
        os.close(child.ready_pipe)
        self._say(ExitReport(child.service, pid, exit_code))

    def _say(self, report: Report) -> None:
        # Whoever listened may be gone; the children are ended all the same.
        with contextlib.suppress(BrokenPipeError):
            os.write(self.stdout, as_line(report).encode())

    def _say_stillborn(self, order: StartOrder, error: OSError) -> None:
        with open_private(Path(order.log)) as log:
            log.write(f"port {order.port or None}, control port {order.control_port or None}: {error}\n".encode())
        self._say(ExitReport(order.service, 0, 1))

    def _signal(self, order: SignalOrder) -> None:
        # A service that has just ended needs no signal: its end is an event of its own.
        for pid, child in self._children.items():
            if child.service == order.service:
                os.kill(pid, order.number)

    def _end_all(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + self.stop_within_s
        while self._children and time.monotonic() < deadline:
            for pid in filter(_is_stopped, self._children):
                os.kill(pid, signal.SIGKILL)
            self._wait_for_a_signal(deadline)
            self._reap()
        for pid in list(self._children):
            os.kill(pid, signal.SIGKILL)
            self._say_exited(pid, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

    def _wait_for_a_signal(self, deadline: float) -> None:
        self._wake_up[0].settimeout(max(0.001, deadline - time.monotonic()))
        with contextlib.suppress(TimeoutError):
            self._wake_up[0].recv(4096)


def _port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def _is_stopped(pid: int) -> bool:
    """Whether a child does not run, and so hears nothing but SIGKILL; one that has ended is not stopped."""
    try:
        return os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return False
