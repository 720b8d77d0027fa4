"""Logs: one canonical line per message and per batch, for people in a terminal and as JSON elsewhere.

Page bodies are never logged. Faust, mode and aiokafka are heard from warning on, in the same format.
"""

import logging
import sys
import time
from typing import TextIO, cast

import structlog

from pipeline.edges.metrics import BROKER_WARNINGS

CHATTER = ("faust", "mode", "aiokafka", "kafka", "asyncio")

QUIET_SECONDS = 10.0
"""A library's line that says the same again within this time is left out: a broker that is away gives 100 a second."""


LINE_CHARACTERS = 500
"""Of a library's line: Faust writes down every partition that it works on."""


class _Stderr:
    """Whatever stderr is when something is written: a table that is drawn there puts the log lines above itself."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


class _Counted(logging.Filter):
    """Passes all, and counts what Kafka's client has to say."""

    def filter(self, record: logging.LogRecord) -> bool:
        library = record.name.partition(".")[0]
        if library in CHATTER:
            BROKER_WARNINGS.labels(library, record.levelname.lower()).inc()
        return True


class _OncePerTime(logging.Filter):
    """Passes one line of each kind per `QUIET_SECONDS`: its logger, place in the code and level."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind = (record.name, record.lineno, record.levelno)
        now = time.monotonic()
        if now - self._said.get(kind, -QUIET_SECONDS) < QUIET_SECONDS:
            return False
        self._said[kind] = now
        return True


class _OneLine(logging.Filter):
    """Leaves a library's line short: an error instead of its traceback, which only `debug` shows."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        text = record.getMessage()
        if error is not None and repr(error) not in text:
            text = f"{text}: {error!r}"
        text = " ".join(text.split())
        record.msg, record.args = (text if len(text) <= LINE_CHARACTERS else f"{text[:LINE_CHARACTERS]}…"), None
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def quiet_libraries() -> None:
    """For commands that speak for themselves: what Kafka's client has to say reaches the user as one line of ours."""
    for name in CHATTER:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def configure_logs(log_format: str = "auto", *, level: str = "info") -> None:
    """Set up this process's logs on stderr; `log_format` is that of the settings: auto, console or json."""
    stderr = cast(TextIO, _Stderr())
    console = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if console else "iso", utc=not console, key="time"),
    ]
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if console:
        renderer = structlog.dev.ConsoleRenderer(timestamp_key="time", colors=sys.stderr.isatty())
    else:
        shared.append(structlog.processors.format_exc_info)

    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(stderr),
        cache_logger_on_first_use=False,  # the tests configure more than once
    )
    handler = logging.StreamHandler(stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    handler.addFilter(_Counted())
    handler.addFilter(_OncePerTime())
    if level != "debug":
        handler.addFilter(_OneLine())
    logging.root.handlers = [handler]
    logging.root.setLevel(logging.WARNING)
    for name in CHATTER:
        logging.getLogger(name).setLevel(logging.WARNING)
    # it warns of every rebalance; what it cannot mend is an error, and the watchdog's business
    logging.getLogger("aiokafka.consumer.group_coordinator").setLevel(logging.ERROR)
