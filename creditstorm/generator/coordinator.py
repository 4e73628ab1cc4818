"""Locust around the worker: options, one plan for all workers, the end of the load, the exit code."""

import logging
import os
import random
import socket
import sys
from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path
from typing import cast

import gevent
from gevent.event import Event
from locust import runners
from locust.env import Environment
from locust.rpc import Message
from locust.runners import MasterRunner, Runner, WorkerRunner
from creditstorm.demand.load_plan import PLAN_VARIABLE, LoadPlan, RateStage, parse_plan, read_plan
from creditstorm.demand.taps import Share
from creditstorm.errors import UsageError
from creditstorm.generator.worker import LoadWorker
from creditstorm.lifeline import die_with_parent
from creditstorm.record.folder import RunFolder
from creditstorm.record.seal import seal

LOG = logging.getLogger("creditstorm")

DONE = "creditstorm_done"
STOP = "creditstorm_stop"
DEFAULT_FOR_S = 60.0
LOOK_S = 0.5
SILENT_FOR_S = 15
"""Locust gives a worker up, and ends the load, after 3 s without a word; where the cores are busy that is nothing."""


def add_options(parser: ArgumentParser) -> None:
    """The options of a load without the harness."""
    group = parser.add_argument_group("creditstorm", "A load by itself; under `creditstorm run` the scenario decides")
    group.add_argument("--arrival-rate", type=float, default=10.0, help="People a second (default 10)")
    group.add_argument("--seed", type=int, default=1, help="The same seed brings the same people (default 1)")
    group.add_argument("--record", default="", metavar="DIR", help="Keep every answer as DIR/answers.parquet")
    runners.HEARTBEAT_LIVENESS = SILENT_FOR_S
    # `--processes` forks after this: no worker may outlive its master.
    os.register_at_fork(after_in_child=partial(die_with_parent, os.getpid()))
    if PLAN_VARIABLE in os.environ:
        port = _free_port()
        parser.set_defaults(master_bind_host="127.0.0.1", master_bind_port=port, master_port=port)


def plan_of(options: Namespace) -> LoadPlan:
    """The plan from the file the harness names, or from the options."""
    if path := os.environ.get(PLAN_VARIABLE):
        return read_plan(Path(path))
    if options.arrival_rate <= 0:
        raise UsageError("--arrival-rate: expected more than 0 people a second")
    stage = RateStage(float(options.run_time or DEFAULT_FOR_S), options.arrival_rate, options.arrival_rate)
    live = RunFolder(Path(options.record).absolute()).live if options.record else None
    return LoadPlan(seed=options.seed, arrivals=(stage,), live_dir=live)


def shared_plan(environment: Environment) -> LoadPlan:
    """The plan as master or worker carry it."""
    return parse_plan(_options(environment).creditstorm_plan, origin="the master's plan")


def share_of(environment: Environment) -> Share:
    """Which part of the load this process intends."""
    if not isinstance(environment.runner, WorkerRunner):
        return Share()
    return Share(environment.runner.worker_index, _options(environment).expect_workers)


def join(environment: Environment, worker: LoadWorker) -> LoadWorker:
    """Make the worker end with the test, however the test ends; returns it."""

    def wind_down(**_: object) -> None:
        worker.stop()
        worker.over.wait(worker.plan.client.timeout_s + 2.0)

    environment.events.test_stopping.add_listener(wind_down)
    environment.events.quitting.add_listener(wind_down)
    if isinstance(environment.runner, WorkerRunner):
        environment.runner.custom_messages[STOP] = (lambda **_: worker.stop(), False)
    return worker


def sign_off(environment: Environment, worker: LoadWorker) -> None:
    """Say that every row of this worker is kept."""
    words = {"worker": worker.share.worker, "failure": worker.failure, "stopped": worker.stopped}
    _runner(environment).send_message(DONE, words)
    worker.over.set()


def on_init(environment: Environment, **_: object) -> None:
    """Take up the role of this process; a plan that cannot be used ends it before anything is sent."""
    # Locust calls one failed request a failed test. Here failures are what is measured.
    environment.process_exit_code = 0
    if isinstance(environment.runner, WorkerRunner):
        return
    try:
        Coordinator(environment).install(plan_of(_options(environment)))
    except UsageError as problem:
        sys.exit(str(problem))


class Coordinator:
    """The one who hands out the plan and waits until every worker has said that its rows are kept."""

    _planned: LoadPlan

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._options = _options(environment)
        self._runner = _runner(environment)
        self._done: set[str] = set()
        self._stopped: set[str] = set()
        self._everyone_done = Event()

    def install(self, plan: LoadPlan) -> None:
        """Listen to the workers and to the stages of the test."""
        events = self._environment.events
        self._runner.register_message(DONE, self._on_done)
        events.test_start.add_listener(self._on_start)
        # fired in reverse order: this comes before the master tells its workers to quit
        events.quitting.add_listener(self._on_quitting)
        # One Locust user a process intends the whole share of that process, and the plan says when it ends.
        self._options.num_users = self._options.spawn_rate = self._workers
        if self._options.headless:
            self._options.run_time = None
        self._planned = plan

    def _on_start(self, **_: object) -> None:
        self._done.clear()
        self._stopped.clear()
        self._everyone_done.clear()
        plan = self._planned if self._options.headless else plan_of(self._options)
        if self._runner.target_user_count < self._workers:
            LOG.error("part of the load is missing: start at least %s users, one a worker", self._workers)
        # Options that are not Locust's own travel to the workers with the order to spawn.
        self._options.creditstorm_plan = plan.as_json()
        gevent.spawn(self._watch, plan)

    def _on_done(self, msg: Message, **_: object) -> None:
        self._done.add(msg.node_id)
        if msg.data["stopped"]:
            self._stopped.add(msg.node_id)
        if msg.data["failure"]:
            LOG.error("worker %s broke: %s", msg.data["worker"], msg.data["failure"])
            self._environment.process_exit_code = 1
        if not self._at_work():
            self._everyone_done.set()

    @property
    def _workers(self) -> int:
        return int(self._options.expect_workers) if isinstance(self._runner, MasterRunner) else 1

    def _at_work(self) -> set[str]:
        if not isinstance(self._runner, MasterRunner):
            return {"local"} - self._done
        clients = self._runner.clients
        return {client.id for client in (*clients.ready, *clients.spawning, *clients.running)} - self._done

    def _watch(self, plan: LoadPlan) -> None:
        while not self._everyone_done.wait(LOOK_S):
            # a worker that died never says it is done; Locust notices by its missing heartbeats
            if not self._at_work():
                LOG.error("every worker is gone")
                self._environment.process_exit_code = 1
                self._everyone_done.set()
        if plan.live_dir is not None and plan.start_file is None:
            seal(RunFolder(plan.live_dir.parent))
        if self._done and self._done == self._stopped:
            return  # whoever stopped every worker is about to end the test
        if self._options.headless:
            self._runner.quit()
        else:
            self._runner.stop()

    def _on_quitting(self, **_: object) -> None:
        started = hasattr(self._options, "creditstorm_plan")
        if started and isinstance(self._runner, MasterRunner) and self._at_work():
            self._runner.send_message(STOP)
            plan = shared_plan(self._environment)
            self._everyone_done.wait(plan.client.timeout_s + 2.0)


def _options(environment: Environment) -> Namespace:
    """Locust types them as optional; a locustfile always has them."""
    return cast("Namespace", environment.parsed_options)


def _runner(environment: Environment) -> Runner:
    return cast("Runner", environment.runner)


def _free_port() -> int:
    """A port below the ephemeral range, so that no outgoing connection takes it before Locust does."""
    for port in random.sample(range(20_000, 32_000), 50):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise UsageError("no free port on 127.0.0.1 between 20000 and 32000 for Locust's master")
