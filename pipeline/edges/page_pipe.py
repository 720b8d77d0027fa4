"""One end of the pipe between a pool and a child: bytes from 64 KiB on go into it and come out of it without a copy.

That of `multiprocessing` puts each message together in memory first, and takes it apart from there: three copies of
every page and of every record, for which the heap grows and shrinks.
"""

import os
import pickle
from contextlib import suppress
from typing import Any

from pipeline.edges.fork_server import readable

BUFFER_BYTES = 65536
"""As much as pickle puts together; longer bytes it hands over as they are."""


class PagePipe:
    """Sends and receives what pickle can. It belongs to one thread at a time.

    After any exception it is to be closed: half a message may be on its way.
    """

    def __init__(self, descriptor: int) -> None:
        """Takes over one of two connected sockets, whatever timeout sockets have in this process."""
        os.set_blocking(descriptor, True)
        self._reader = open(descriptor, "rb", buffering=BUFFER_BYTES)  # noqa: SIM115 - as long as we live
        self._writer = open(descriptor, "wb", buffering=BUFFER_BYTES, closefd=False)  # noqa: SIM115

    def send(self, value: object) -> None:
        """Returns when all is sent, which may wait for the other end to read; OSError when nobody is there."""
        pickle.dump(value, self._writer, pickle.HIGHEST_PROTOCOL)
        self._writer.flush()

    def receive(self) -> Any:
        """Wait for the next value; EOFError or OSError when the other end is gone, be it in the middle of one."""
        try:
            return pickle.load(self._reader)  # noqa: S301 - from our own process
        except pickle.UnpicklingError as error:
            raise EOFError(str(error)) from error

    def has_news(self) -> bool:
        """Whether there is something to receive, or the other end is gone."""
        return readable(self._reader.fileno(), 0)

    def close(self) -> None:
        """Close the socket; what could not be sent is lost. May be called twice."""
        for file in (self._writer, self._reader):
            with suppress(OSError):
                file.close()
