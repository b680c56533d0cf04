"""`python -m csi` is the command `csi`; both begin here, with an ear for Ctrl-C before anything is imported."""

import _thread
import os
import sys
import threading
from contextlib import suppress
from typing import Any


def start() -> int:
    """Run the command; Ctrl-C ends it with 130 and no traceback, also while its parts are imported."""
    before = sys.unraisablehook

    def again(lost: Any) -> None:
        """An interrupt that came where Python drops exceptions comes once more."""
        if lost.exc_type is KeyboardInterrupt:
            later = threading.Timer(0.01, _thread.interrupt_main)  # here it would be dropped once more
            later.daemon = True
            later.start()
        else:
            before(lost)

    sys.unraisablehook = again
    try:
        from csi.cli import main

        code = main()
    except KeyboardInterrupt:
        code = 130
    if code == 130:  # nothing is tidied up that another Ctrl-C could interrupt, and no shell is told of a signal
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception, KeyboardInterrupt):
                stream.flush()
        os._exit(130)
    return code


if __name__ == "__main__":
    sys.exit(start())
