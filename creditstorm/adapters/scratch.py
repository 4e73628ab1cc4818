"""A folder for what is of no use afterwards, gone with the process that made it, also when that one is killed."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from creditstorm.adapters.processes.child import inherited_environment

SWEEP: Final = 'cat > /dev/null; rm -rf -- "$1"; sleep 0.5; rm -rf -- "$1"'
"""`cat` ends when the kernel closes our end of the pipe, however we ended; twice, because a child may still write."""


@contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """A new folder that only we can look into."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        with _sweeper(folder) as sweeper:
            yield folder
            shutil.rmtree(folder, ignore_errors=True)
            sweeper.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweeper(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own words
        ["/bin/sh", "-c", SWEEP, "sweep", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=inherited_environment(),
        cwd="/",
        start_new_session=True,
    )
