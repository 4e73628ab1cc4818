"""How many more threads may be started here: a shell, a user and a control group may each have a limit of them."""

import threading


def startable(wanted: int) -> int:
    """How many of so many threads could be started at once; none is left afterwards.

    Tried and not read: which limits hold for whom is the kernel's to know, and of one that is met too late a library
    ends the process, or sends it a signal as if a person had pressed Ctrl-C (seen).
    """
    over = threading.Event()
    threads = [threading.Thread(target=over.wait, daemon=True) for _ in range(wanted)]
    begun = 0
    try:
        for thread in threads:
            thread.start()
            begun += 1
    except RuntimeError:
        pass
    finally:
        over.set()
        for thread in threads[:begun]:
            thread.join()
    return begun
