"""One process that forks a child a service: everything is imported once, so a service is up in milliseconds.

Requests come as JSON lines on stdin, ``{"start": "bureau", "settings": {…}, "log": "bureau.log"}``; events go as JSON
lines to stdout, ``{"event": "ready", "service": "bureau", "pid": 1, "port": 2}`` and
``{"event": "exited", "service": "bureau", "pid": 1, "exit_code": 0}`` (negative: the signal). The end of stdin, or
SIGTERM, ends every child.

With ``"control_token"`` in the order the service also has a control port, and its ready event a ``"control_port"``.
``{"signal": "bureau", "number": 19}`` sends a signal to a service. With ``"port"`` and ``"control_port"`` a service
that has exited starts again where it was: its ports are kept for it while it is down. Ctrl-C in the terminal does not
reach this process or its children: the harness decides.
"""

import gc
import importlib
import os
import signal
import sys

from mock_services.processes.supervisor import Supervisor


def main() -> None:
    """Serve requests until stdin ends; in a child, serve one service."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # numpy would start a thread a core for linear algebra that is never used, and threads do not survive a fork.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    serving = importlib.import_module("mock_services.processes.serving")
    gc.collect()
    gc.freeze()  # collections in a child would else touch, and so copy, every page it shares with its siblings
    assignment = Supervisor(stdin=sys.stdin.fileno(), stdout=sys.stdout.fileno()).run()
    if assignment is not None:
        serving.become(assignment)


if __name__ == "__main__":
    main()
