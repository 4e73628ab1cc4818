"""What nobody foresaw, as one line for a person; its traceback is kept in a file that the line names.

That a disk takes no more was foreseen, wherever it is met: it is told as that, and nobody needs to read our code.
"""

import contextlib
import errno
import os
import resource
import tempfile
import traceback
from pathlib import Path
from typing import Final, TypeGuard

from creditstorm.errors import HarnessError

OF_THE_DISK: Final = frozenset({errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What a write is refused with where the record can take no more."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_THREAD = ("can't start new thread", "could not spawn threads", "Failed to launch worker thread")
"""How Python, polars and Arrow say that no thread could be started."""


def unforeseen(error: BaseException, log: Path | None = None) -> HarnessError:
    """The error as one of ours; the traceback goes to the end of `log`, else to a file in the temporary folder."""
    if isinstance(error, OSError) and error.errno in OF_THE_DISK - {errno.EIO}:
        said = f"the disk takes no more: {_what(error)}{_remedy(error)}"
    else:
        said = f"creditstorm itself failed: {_what(error)}{_where(error)}{_kept(error, log)}{_remedy(error)}"
    found = HarnessError(said)
    found.__cause__ = error
    return found


def of_the_disk(error: BaseException) -> bool:
    """Whether a write was refused by the disk, and not by what it was meant for."""
    return isinstance(error, OSError) and error.errno in OF_THE_DISK


def is_failure(error: BaseException | None) -> TypeGuard[BaseException]:
    """Whether something broke, and nobody asked for an end: also a panic of polars, which Python takes for no error."""
    return error is not None and not isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit)


def _remedy(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return "; files may not grow larger here: ulimit -f unlimited, in the shell that starts creditstorm"
    if isinstance(error, OSError) and error.errno in _FULL:
        return "; free some space there and try again"
    if isinstance(error, OSError) and error.errno == errno.EMFILE:
        return "; too few files may be open here: ulimit -n 1024 or more, in the shell that starts creditstorm"
    if any(words in str(error) for words in _NO_THREAD):
        limited = resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY
        space = "; or there is no address space for one: ulimit -v unlimited" if limited else ""
        return f"; too few threads may be started here: ulimit -u, or pids.max of the control group, is reached{space}"
    try:
        Path.cwd()
    except OSError:
        return "; the working directory was removed: go to another"
    return ""


def _what(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename is not None else error.strerror
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _where(error: BaseException) -> str:
    """The deepest line of ours that it went through."""
    ours = Path(__file__).parent
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(ours)]
    return f" ({Path(frames[-1].filename).relative_to(ours)}:{frames[-1].lineno})" if frames else ""


def _kept(error: BaseException, log: Path | None) -> str:
    told = "".join(traceback.format_exception(error)).encode(errors="backslashreplace")
    with contextlib.suppress(OSError):
        if log is None or not log.parent.is_dir():
            handle, name = tempfile.mkstemp(prefix="creditstorm-", suffix=".log")
        else:
            handle, name = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), str(log)
        with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(told)
        return f"; the traceback is kept in {name}"
    return ""
