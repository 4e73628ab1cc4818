"""Writes batches of ten numbered rows for ever and says after each how many it has written."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from creditstorm.record.schema import ANSWERS
from creditstorm.record.stream import LiveWriter
from tests.record.rows import answer_row

writer = LiveWriter(Path(sys.argv[1]), ANSWERS)
for batch in count():
    writer.write([answer_row(float(batch * 10 + i), session=batch * 10 + i) for i in range(10)])
    sys.stdout.write(f"{(batch + 1) * 10}\n")
    sys.stdout.flush()
