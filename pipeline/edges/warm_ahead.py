"""Loaded by the fork server before the stages: reads the model of languages in a thread, while they load.

No thread may run when children are forked: `warm` waits for this one.
"""

from contextlib import suppress
from threading import Thread

from pipeline.enrichment import detector


def _warm() -> None:
    with suppress(Exception):  # `warm_all` meets it again, and says it
        detector.warm()


thread = Thread(target=_warm)
thread.start()
