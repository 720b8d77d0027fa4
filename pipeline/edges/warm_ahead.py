"""Loaded by the fork server before the stages: reads the model of languages in a thread, while they load.

No thread may run when children are forked: `warm` waits for this one.
"""

from threading import Thread

from pipeline.enrichment import detector

thread = Thread(target=detector.warm)
thread.start()
