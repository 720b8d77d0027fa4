"""Faust, set up so that it loses nothing: the app with its safe settings, and the worker with our signals and logs.

Faust has few types, so everything of it is `Any`, and only here, in `faust_waits` and in `kafka`.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import faust
import structlog

from pipeline.edges.compression import keep_contexts
from pipeline.edges.connection import Connection
from pipeline.edges.faust_waits import App, Stream
from pipeline.edges.header_names import tolerate_header_names
from pipeline.edges.membership import client_id
from pipeline.edges.safety import SAFE, check_settings
from pipeline.errors import Failure

STOP_SECONDS = 25.0
"""After SIGTERM: time to finish the batch and commit. Service managers send SIGKILL after 30 s."""

SAME_SIGNAL_SECONDS = 1.0
"""Managers signal the process and then its group: two signals within a millisecond are one wish."""

HARD_EXIT = 128 + signal.SIGTERM
"""Exit code after a second signal."""


def make_app(group: str, connection: Connection, loop: asyncio.AbstractEventLoop) -> Any:
    """A Faust app in that consumer group (its name in the cluster), with nothing to do yet.

    Raises UsageError when the environment changes one of Faust's settings to one that loses messages.
    """
    tolerate_header_names()
    keep_contexts()
    options = connection.aiokafka_options()
    brokers = [f"kafka://{server}" for server in options["bootstrap_servers"]]
    app: Any = App(
        group,
        broker=brokers,
        broker_credentials=credentials(connection, options),
        broker_client_id=client_id(os.getpid()),
        loop=loop,
        autodiscover=False,
        version=1,
        Stream=Stream,
        **{safe.setting: safe.value for safe in SAFE},
    )
    check_settings(app.conf)
    found = [str(url) for url in app.conf.broker_consumer + app.conf.broker_producer]
    if found != brokers * 2 or app.conf.id != group:
        raise Failure("Faust would use another cluster or group: unset BROKER_URL and Faust's other variables")
    app._create_directories = _nothing  # they would hold tables
    app.producer._settings_extra = _idempotent  # there is no setting for it
    return app


def _nothing() -> None:
    """Stands in for a step of Faust that is not wanted."""


def _idempotent() -> dict[str, Any]:
    return {"acks": "all", "enable_idempotence": True}


def check_producer(app: Any) -> None:
    """Refuse (`Failure`) a producer that would write a message twice when an acknowledgement gets lost."""
    if app.producer._producer._txn_manager is None:
        raise Failure("Faust's producer is not idempotent: this version of Faust ignores our setting")


def credentials(connection: Connection, options: dict[str, Any]) -> Any:
    """The login and the TLS context as Faust wants them; `options` are those for aiokafka."""
    context = options["ssl_context"]
    if not connection.uses_sasl:
        return faust.SSLCredentials(context) if context else None
    if connection.sasl_mechanism == "OAUTHBEARER":
        return faust.OAuthCredentials(oauth_cb=options["sasl_oauth_token_provider"], ssl_context=context)
    return faust.SASLCredentials(
        username=connection.sasl_username,
        password=options["sasl_plain_password"],
        mechanism=connection.sasl_mechanism,
        ssl_context=context,
    )


class Worker(faust.Worker):
    """Faust's worker without its banner, its logging and its signals (SIGUSR2 starts a debugger).

    `release` is called before it ends without having finished its batch.
    """

    def __init__(
        self, app: Any, *, loop: asyncio.AbstractEventLoop, on_stop: Callable[[], None], release: Callable[[], None]
    ) -> None:
        super().__init__(app, loop=loop, quiet=True, override_logging=False, redirect_stdouts=False)
        self.spinner = None
        self._on_stop = on_stop
        self._release = release
        self._stopped_at: float | None = None

    def install_signal_handlers(self) -> None:
        """SIGTERM and Ctrl-C stop; a second one ends."""
        for number in (signal.SIGTERM, signal.SIGINT):
            self.loop.add_signal_handler(number, self._on_signal, number)

    def _on_signal(self, number: signal.Signals) -> None:
        now = time.monotonic()
        log = structlog.get_logger()
        if self._stopped_at is None:
            self._stopped_at = now
            log.info("stopping", signal=number.name)
            self._on_stop()
            clock = threading.Timer(STOP_SECONDS, self._abandon)
            clock.daemon = True
            clock.start()
            self._schedule_shutdown(number)
        elif now - self._stopped_at > SAME_SIGNAL_SECONDS:
            log.warning("second signal: the batch in work will be repeated", exit=HARD_EXIT)
            self._release()
            os._exit(HARD_EXIT)

    def _abandon(self) -> None:
        """Nothing is lost: what was not acknowledged is done again, so this is a stop like any other."""
        structlog.get_logger().warning("the batch takes too long: it will be repeated", seconds=STOP_SECONDS)
        self._release()
        os._exit(0)
