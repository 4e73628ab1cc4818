"""`python -m creditstorm`: the same as the command, with nothing of the working directory importable."""

import contextlib
import os
import sys

if __name__ == "__main__":
    # `python -m` puts the working directory first: a yaml.py that lies about there is nothing of ours. One that was
    # removed has no name, and nothing lies there.
    with contextlib.suppress(FileNotFoundError):
        if not sys.flags.safe_path and sys.path[0] == os.getcwd():  # noqa: PTH109 - the string that Python put there
            del sys.path[0]
    from creditstorm.cli import main

    main()
