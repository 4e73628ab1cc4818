"""A person opens the app and asks for credit. Told "no credit", met with an error or with silence, they tap again.

    locust -f locustfiles/credit_check.py -H http://127.0.0.1:8100

Arrivals are an open model: when people come does not depend on how fast they are answered. One Locust user a process
brings them all, each in a greenlet of its own; `--processes N` shares them out without changing who comes or when.
"""

import time
from contextlib import suppress
from functools import cached_property
from typing import ClassVar

import gevent
from geventhttpclient.response import HTTPParseError
from locust import FastHttpUser, events, task
from locust.exception import StopUser
from creditstorm import strain
from creditstorm.credit.decision import Answer
from creditstorm.demand.complaining import Complaint
from creditstorm.demand.sessions import ParsedReply, Tap
from creditstorm.generator import coordinator, notice_reader, replies
from creditstorm.generator.connections import ConnectionPool
from creditstorm.generator.worker import LoadWorker

PATH = "/v1/credit-check"
COMPLAINTS = "/v1/complaints"

events.init_command_line_parser.add_listener(coordinator.add_options)
events.init.add_listener(coordinator.on_init)


class CreditSeekers(FastHttpUser):
    """All the people that one worker brings."""

    busy: ClassVar[bool] = False

    def on_start(self) -> None:
        """Work out who comes when, before the first of them comes."""
        if CreditSeekers.busy:
            raise StopUser  # one Locust user brings the whole share of its process, a second one nobody
        CreditSeekers.busy = True
        plan = coordinator.shared_plan(self.environment)
        worker = LoadWorker(plan, coordinator.share_of(self.environment), self.ask, self.fetch, self.complain)
        self.worker = coordinator.join(self.environment, worker)

    @task
    def seek_credit(self) -> None:
        """Live through the whole load, once."""
        try:
            self.worker.run()
        finally:
            CreditSeekers.busy = False
            coordinator.sign_off(self.environment, self.worker)
            self.connections.close()
            self.side_connections.close()
            self.complaint_connections.close()
        raise StopUser

    @cached_property
    def side_connections(self) -> ConnectionPool:
        """A connection of its own for what nobody waits for."""
        return self._connections_to(notice_reader.PAGE)

    def fetch(self, after: int) -> replies.Reply:
        """Look whether anybody is notified."""
        return self.side_connections.get(notice_reader.page_after(after))

    @cached_property
    def complaint_connections(self) -> ConnectionPool:
        """A connection of its own for complaints."""
        return self._connections_to(COMPLAINTS)

    def complain(self, complaint: Complaint) -> replies.Reply | None:
        """Tell the lender; one that cannot be told is told nothing, as by a person who gives up."""
        with suppress(gevent.Timeout, OSError, HTTPParseError):
            return self.complaint_connections.post(complaint.body)
        return None

    @cached_property
    def connections(self) -> ConnectionPool:
        """The way to the lender; a harness that starts both at once names the host only when time begins."""
        return self._connections_to(PATH)

    def _connections_to(self, path: str) -> ConnectionPool:
        host, timeout_s = self.worker.host or self.host or "", self.worker.plan.client.timeout_s
        return ConnectionPool(host, path, timeout_s=timeout_s)

    def ask(self, tap: Tap) -> ParsedReply:
        """Tap the button: ask for credit and wait."""
        person = tap.person
        began = time.perf_counter()
        size = 0
        try:
            response = self.connections.post(
                b'{"applicant":%d,"session":%d,"attempt":%d,"segment":"%b","file":"%b"}'
                % (person.applicant, tap.session, tap.attempt, person.segment.encode(), person.file.encode())
            )
            size = len(response.body)
            reply = replies.parse_reply(response)
        except gevent.Timeout:
            reply = replies.timed_out()
        except (OSError, HTTPParseError) as problem:
            strain.tell(problem)
            reply = replies.failed(problem)
        self._count(reply, (time.perf_counter() - began) * 1000.0, size)
        return reply

    def _count(self, reply: ParsedReply, response_ms: float, size: int) -> None:
        self.environment.events.request.fire(
            request_type="POST",
            name=PATH,
            response_time=response_ms,
            response_length=size,
            exception=reply.error if reply.answer in _NO_ANSWER else None,
            context={},
        )


_NO_ANSWER = frozenset({Answer.ERROR, Answer.TIMEOUT, Answer.SHED})
