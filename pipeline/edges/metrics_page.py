"""`docs/metrics.md`: every metric in a table, made from `pipeline.edges.metrics`. `make metrics` writes it."""

import sys
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.metrics import MetricWrapperBase

from pipeline.edges import metrics

HEAD = """\
# Metrics

What `/metrics` tells, in Prometheus' format, for every process that has a port: see `NEWSFLOW_METRICS` in the README's
table of settings. Each process tells of itself: sum over `instance`, and for timestamps take the latest. Besides these
there are Prometheus' own of a process: `process_cpu_seconds_total`, `process_resident_memory_bytes`,
`process_open_fds`, `process_start_time_seconds`, …

Made from [`pipeline/edges/metrics.py`](../pipeline/edges/metrics.py) by `make metrics`.
"""

UNITS = ("seconds", "bytes", "messages", "processes", "partitions", "chunks", "workers", "entries")


def every_metric() -> Iterator[MetricWrapperBase]:
    """All metrics of newsflow, in the order of the file."""
    yield from (value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase))


def name_of(metric: MetricWrapperBase) -> str:
    """A metric's name as it is asked for; a histogram's has `_bucket`, `_sum` or `_count` behind it."""
    return f"{metric._name}_total" if metric._type == "counter" else str(metric._name)


def unit_of(metric: MetricWrapperBase) -> str:
    """What a metric counts, as its name says; 1 for what has no unit."""
    words = name_of(metric).removesuffix("_total").split("_")
    return next((unit for unit in UNITS if unit == words[-1]), "1")


def as_markdown() -> str:
    """The page."""
    lines = [HEAD, "| metric | type | unit | labels | what it tells |", "|---|---|---|---|---|"]
    for metric in every_metric():
        labels = ", ".join(f"`{label}`" for label in metric._labelnames)
        name, unit = name_of(metric), unit_of(metric)
        lines.append(f"| `{name}` | {metric._type} | {unit} | {labels} | {metric._documentation} |")
    lines += ["", "| label | its values |", "|---|---|"]
    lines += [f"| `{label}` | {values} |" for label, values in metrics.LABELS.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(as_markdown(), encoding="utf-8")
