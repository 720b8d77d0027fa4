"""Logs: one canonical line per message and per batch, for people in a terminal and as JSON elsewhere.

Page bodies are never logged. Faust, mode and aiokafka are heard from warning on, in the same format.
"""

import logging
import sys

import structlog

CHATTER = ("faust", "mode", "aiokafka", "kafka", "asyncio")


def configure_logs(log_format: str = "auto", *, level: str = "info") -> None:
    """Set up this process's logs on stderr; `log_format` is that of the settings: auto, console or json."""
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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,  # the tests configure more than once
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(logging.WARNING)
    for name in CHATTER:
        logging.getLogger(name).setLevel(logging.WARNING)
    # it warns of every rebalance; what it cannot mend is an error, and the watchdog's business
    logging.getLogger("aiokafka.consumer.group_coordinator").setLevel(logging.ERROR)
