"""What every test shares."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

# These machines are shared and noisy: a deadline on one example would be a timed assertion.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

# Whoever starts the suite under nohup hands down a SIGHUP that nobody hears; the tests of signals send one.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# What this box was seen to hold is the tester's own affair, and no test but its own waits for a measure.
_CACHE = Path(tempfile.mkdtemp(prefix="creditstorm-cache-"))
(_CACHE / "creditstorm").mkdir()
(_CACHE / "creditstorm" / "held.json").write_text(json.dumps({"answers_hz": 10_000}))
os.environ["XDG_CACHE_HOME"] = str(_CACHE)
