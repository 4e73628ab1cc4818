"""Removes a run's proxies from somebody else's Toxiproxy when the run is over, also when it was killed.

`python -I janitor.py URL PREFIX` waits for the end of its standard input, which the kernel closes when the harness
dies, however that happens. Standard library only: `requests` costs 280 ms of CPU to import, `urllib` 110.
"""

import contextlib
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

TIMEOUT_S: Final = 5.0


def hire(url: str, prefix: str, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the janitor with these variables; it works once the pipe to its standard input is closed."""
    return subprocess.Popen(  # noqa: S603 - this very file
        [sys.executable, "-I", __file__, url, prefix],
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def sweep(url: str, prefix: str) -> None:
    """Delete every proxy whose name begins with `prefix`; raises OSError when the server does not answer."""
    web = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with web.open(f"{url}/proxies", timeout=TIMEOUT_S) as answer:
        names = [name for name in json.load(answer) if name.startswith(prefix)]
    for name in names:
        gone = urllib.request.Request(f"{url}/proxies/{quote(name, safe='')}", method="DELETE")  # noqa: S310 - http only
        with contextlib.suppress(urllib.error.HTTPError):
            web.open(gone, timeout=TIMEOUT_S).close()


def main(url: str, prefix: str) -> None:
    """Wait for the harness to end, then sweep."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdin.buffer.read()
    with contextlib.suppress(OSError):
        sweep(url, prefix)


if __name__ == "__main__":
    main(*sys.argv[1:])
