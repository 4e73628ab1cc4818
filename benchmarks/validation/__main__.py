"""Writes `docs/validation.md`: `python -m benchmarks.validation`, or `make validation`."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.validation.checks import Effort, tables
from benchmarks.validation.table import page

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"

if __name__ == "__main__":
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        PAGE.write_text(page(tables(pool, Effort())), encoding="utf-8")
    print(f"{PAGE} written")
