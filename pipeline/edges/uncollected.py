"""Loaded by the fork server first: what it loads stays, and to look for garbage in it again and again takes a tenth

of its start. `warm` switches the collection on again. Nor is all of it taken down at the end, object by object: whoever
reads a command's output through a pipe, which the fork server holds too, would wait 30 ms for that.
"""

import atexit
import gc
import os
import sys


def _end() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


gc.disable()
atexit.register(_end)
