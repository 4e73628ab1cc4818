"""Builders of rows of the record for tests."""

from __future__ import annotations

from pathlib import Path

from creditstorm.credit.sources import SERVICES
from creditstorm.record.folder import LiveFolder, RunFolder
from creditstorm.record.schema import ANSWERS, SERVICES_SCHEMA
from creditstorm.record.stream import LiveWriter


def answer_row(
    intended_s: float, *, session: int | None = None, attempt: int = 1, answer: str = "approved"
) -> tuple[object, ...]:
    """A row of schema ANSWERS, of a session of its own unless one is named."""
    session = round(intended_s * 16) if session is None else session
    evidence = [cell for _ in SERVICES for cell in ("ok", 60.0, 0.25, False, False)]
    person = (session * 7, session, attempt, "consumer", "thick", "eligible", 20_000, 612.5, "eligible")
    said = (answer, 20_000, "granted", "credit:score", "correct", "v1")
    calls = [intended_s + part for _ in SERVICES for part in (0.0625, 0.125)]
    basis = [cell for _ in SERVICES for cell in ("ok", 600.0, "1", None, None)] + [0.0, 559.3, 20.0, 0.0]
    return (intended_s, intended_s + 0.001, intended_s + 0.25, *person, *said, *evidence, 200, None, 0, *calls, *basis)


def service_row(t_s: float, service: str = "bureau") -> tuple[object, ...]:
    """A row of SERVICES_SCHEMA."""
    return (t_s, service, 3, 0, 100, 0, 0.25, 0.002, 0.125, 31, None, None, 3.0 * t_s)


def live_run(root: Path, *streams: list[tuple[object, ...]]) -> RunFolder:
    """An unsealed run folder with one stream of answers for each list of rows, and one of services."""
    folder = RunFolder(root)
    folder.live.mkdir(parents=True)
    live = LiveFolder(folder.live)
    for worker, rows in enumerate(streams):
        with LiveWriter(live.answers(worker), ANSWERS, {"worker": str(worker)}) as writer:
            writer.write(rows)
    with LiveWriter(live.services, SERVICES_SCHEMA) as writer:
        writer.write([service_row(1.0, "scoring"), service_row(1.0), service_row(0.0)])
    return folder
