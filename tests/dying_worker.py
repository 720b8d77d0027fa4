"""A worker that meets its end at a chosen moment of its first batch: `python -m tests.dying_worker STAGE MOMENT`.

MOMENT is `send` (the store has committed, nothing is sent), `commit` (all is sent and acknowledged, and Faust is about
to commit the offsets), `stop` (the store has committed, and the process stands still until SIGCONT), `refuse` (no send
succeeds), `zombie` (the consumer loses its group), `block` (the event loop stands still), `hurry` (waits for a store,
and for its stop, are a tenth of what they are), `haste` (pages taken one at a time have 3 s) or `observed` (SIGUSR1
lets the consumer lose its group, SIGUSR2 blocks the event loop for 4 s; /livez is impatient, and the watchdog ends
nothing); with anything else it is a worker like any other. The real command runs. What is replaced of it stands in
`tests.moments`, for the processes for pages import this module once more, and shall need no more than those of the real
command do.
"""

import sys

from pipeline import cli

if __name__ == "__main__":
    stage, moment = sys.argv[1:]
    if moment != "never":
        from tests.moments import arrange

        arrange(moment)
    sys.argv = ["newsflow", "stage", stage]
    cli.main()
