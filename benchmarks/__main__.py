"""Runs the benchmarks of `speed/` by name, or all of them."""

from __future__ import annotations

import sys

from benchmarks.speed import (
    clients,
    faults,
    forecasts,
    generator,
    lateness,
    overhead,
    policies,
    report,
    simulated,
    stack,
    watching,
)

ALL = {
    "generator": generator.main,
    "kept": generator.kept,
    "clients": clients.main,
    "stack": stack.main,
    "overhead": overhead.main,
    "lateness": lateness.main,
    "watching": watching.main,
    "report": report.main,
    "policies": policies.main,
    "faults": faults.main,
    "simulated": simulated.main,
    "forecasts": forecasts.main,
}

for name in sys.argv[1:] or ALL:
    print(f"== {name}", flush=True)
    ALL[name]()
