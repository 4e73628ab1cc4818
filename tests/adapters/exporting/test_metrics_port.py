"""The page that Prometheus reads while a run goes on."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from creditstorm.adapters.exporting.metrics_port import require_metrics_port, served
from creditstorm.adapters.probing.loopback import LOOPBACK, free_ports, is_free, web_session
from creditstorm.errors import HarnessError
from tests.storm.harness import Running, run_once, until


class Answer(Collector):
    """One number."""

    def collect(self) -> Iterator[Metric]:
        """It."""
        yield GaugeMetricFamily("answer", "To everything.", 42)


def a_port() -> int:
    """One that is free now."""
    return next(free_ports(random.Random()))


def page(port: int, path: str = "/metrics") -> requests.Response:
    """What is there."""
    return web_session().get(f"http://{LOOPBACK}:{port}{path}", timeout=10)


def test_it_is_there_and_then_it_is_not(capfd: pytest.CaptureFixture[str]) -> None:
    """In the text format, at one path alone; who hangs up disturbs nobody; afterwards the port is free."""
    port = a_port()
    with served(port, Answer()):
        socket.create_connection((LOOPBACK, port)).close()
        found = page(port)
        assert (found.status_code, "answer 42.0" in found.text) == (200, True)
        assert found.headers["Content-Type"].startswith("text/plain; version=")
        assert page(port, "/").status_code == 404
        with pytest.raises(HarnessError, match=f"--metrics {port}: nobody can listen"):
            require_metrics_port(port)
    assert is_free(port)
    require_metrics_port(port)
    assert capfd.readouterr() == ("", "")


def test_a_port_that_is_taken_is_said_before_anything_is_made(tmp_path: Path) -> None:
    """Exit code 4, the port, why, what to do; no run folder."""
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        done = run_once("calm", "--metrics", str(port), out=tmp_path / "run")
    assert done.exit_code == 4
    what = f"--metrics {port}: nobody can listen at {LOOPBACK}:{port}: Address already in use"
    assert done.err == f"{what}\nend what listens there, or name another port from 1024 to 65535\n"
    assert not (tmp_path / "run").exists()


@pytest.mark.storm
def test_a_live_run_is_scraped(tmp_path: Path) -> None:
    """Answers are counted while people ask; afterwards the port is free and the run as good as any other."""
    port = a_port()
    few = ("--set", "load.arrivals=[{for: 5s, rate: 10/s}]", "--set", "load.warm_up=1s", "--set", "thresholds={}")
    with Running("calm", *few, "--metrics", str(port), out=tmp_path / "run") as running:
        running.await_answers()
        until(lambda: 'creditstorm_answers_total{answer="approved"' in page(port).text, "a scrape with answers")
        assert 'scenario="calm"' in page(port).text
        done = running.finish()
    assert is_free(port)
    assert done.answers.num_rows > 20
    assert done.exit_code in {0, 3}, done.err
