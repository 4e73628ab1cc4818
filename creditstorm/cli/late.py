"""Imports that wait until they are needed: analysis and figures load a second of libraries.

`creditstorm run` brings them in beside the load, while the harness has nothing else to do; other verbs never do.
"""

from __future__ import annotations

import importlib
import threading
from types import ModuleType


def conclusion() -> ModuleType:
    """The module `cli.conclusion`, imported on the first call."""
    return importlib.import_module("creditstorm.cli.conclusion")


def import_beside() -> None:
    """Begin to import it in a thread."""
    threading.Thread(target=conclusion, name="late imports", daemon=True).start()
