"""What an operator may change, read from the environment once and checked as a whole.

Thresholds of rules and stages are no settings: they stand as named constants where they are used.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from pipeline.errors import UsageError

Network = IPv4Network | IPv6Network

REBALANCE_SECONDS = 120.0
"""How long Kafka waits for a worker to finish its batch before it hands the partitions to another."""

WATCHDOG_SECONDS = 240.0
"""A worker with lag that acknowledges nothing for so long ends itself."""

LOOPBACK = "127.0.0.1"

STAGE_CHUNK = 8
"""Pages per task of the process pool: 1.75-1.85x one process with 8, 1.6x with single pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings with their defaults. Each is read from the environment variable named in `VARIABLES`."""

    data: Path = Path("newsflow-data")
    store: str | None = None
    topology: str = "pipeline.topology"
    batch_size: int = 16
    pool_processes: int = 2
    page_seconds: float = 10.0
    page_memory_mib: int = 1024
    contact: str | None = None
    sources: Path | None = None
    crawl_delay: float = 2.0
    crawl_connections: int = 64
    crawl_kib_per_second: int = 0
    crawl_networks: str = ""
    crawl_ports: str = "80,443"
    rights: str = "tag"
    metrics: str | None = None
    log_format: str = "auto"
    log_level: str = "info"

    @property
    def store_url(self) -> str:
        """The store's database URL: as set, or an SQLite file beside the embedded broker's data."""
        if "?" in str(self.data):
            raise UsageError(f"{self.data}: the data folder's name must not contain '?', which ends a path in a URL")
        return self.store or f"sqlite:///{self.data / 'store.sqlite'}"


VARIABLES: dict[str, str] = {
    "data": "NEWSFLOW_DATA",
    "store": "NEWSFLOW_STORE",
    "topology": "NEWSFLOW_TOPOLOGY",
    "batch_size": "NEWSFLOW_BATCH_SIZE",
    "pool_processes": "NEWSFLOW_POOL_PROCESSES",
    "page_seconds": "NEWSFLOW_PAGE_SECONDS",
    "page_memory_mib": "NEWSFLOW_PAGE_MEMORY_MIB",
    "contact": "NEWSFLOW_CONTACT",
    "sources": "NEWSFLOW_SOURCES",
    "crawl_delay": "NEWSFLOW_CRAWL_DELAY",
    "crawl_connections": "NEWSFLOW_CRAWL_CONNECTIONS",
    "crawl_kib_per_second": "NEWSFLOW_CRAWL_KIB_PER_SECOND",
    "crawl_networks": "NEWSFLOW_CRAWL_NETWORKS",
    "crawl_ports": "NEWSFLOW_CRAWL_PORTS",
    "rights": "NEWSFLOW_RIGHTS",
    "metrics": "NEWSFLOW_METRICS",
    "log_format": "NEWSFLOW_LOG_FORMAT",
    "log_level": "NEWSFLOW_LOG_LEVEL",
}
"""Setting -> environment variable. Kafka's own (KAFKA_BOOTSTRAP_SERVERS, …) are in `pipeline.edges.connection`."""

_BOUNDS: dict[str, tuple[float, float]] = {
    "batch_size": (1, 512),
    "pool_processes": (1, 256),
    "page_seconds": (0.1, 600),
    "page_memory_mib": (512, 65536),  # a process needs 240 before its first page
    "crawl_delay": (0.01, 3600),
    "crawl_connections": (1, 4096),
    "crawl_kib_per_second": (0, 10_000_000),
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "rights": ("ignore", "tag", "skip"),
    "log_format": ("auto", "console", "json"),
    "log_level": ("debug", "info", "warning", "error"),
}


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process; UsageError names the variable, its value and what it may be."""
    found: dict[str, object] = {}
    for name, variable in VARIABLES.items():
        text = environment.get(variable, "").strip()
        if text:
            found[name] = _parsed(name, variable, text)
    return Settings(**found)  # type: ignore[arg-type]


def _parsed(name: str, variable: str, text: str) -> object:
    if name in ("data", "sources"):
        return Path(text)
    if name in _CHOICES and text not in _CHOICES[name]:
        raise UsageError(f"{variable}={text}: must be one of {', '.join(_CHOICES[name])}")
    if name in _CHECKS:
        _CHECKS[name](text)
    if name not in _BOUNDS:
        return text
    low, high = _BOUNDS[name]
    try:
        number = float(text) if name in ("page_seconds", "crawl_delay") else int(text)
    except ValueError:
        raise UsageError(f"{variable}={text}: must be a number from {low:g} to {high:g}") from None
    if not low <= number <= high:
        raise UsageError(f"{variable}={text}: must be a number from {low:g} to {high:g}")
    return number


def read_ports(text: str) -> frozenset[int]:
    """Port numbers separated by commas."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(_is_port(part) for part in parts):
        raise UsageError(f"NEWSFLOW_CRAWL_PORTS={text}: must be port numbers separated by commas")
    return frozenset(map(int, parts))


def read_networks(text: str) -> tuple[Network, ...]:
    """CIDR networks separated by commas or spaces ("10.0.0.0/8, ::1")."""
    networks: list[Network] = []
    for word in re.split(r"[,\s]+", text.strip()):
        try:
            if word:
                networks.append(ip_network(word))
        except ValueError as error:
            reason = f"{word!r} is no network in CIDR notation such as 10.0.0.0/8: {error}"
            raise UsageError(f"NEWSFLOW_CRAWL_NETWORKS: {reason}") from error
    return tuple(networks)


def read_address(text: str) -> tuple[str, int]:
    """Where to listen: "PORT" on loopback, "HOST:PORT" or "[IPV6]:PORT"."""
    host, _, port = text.rpartition(":")
    if not _is_port(port) or (":" in host and not re.fullmatch(r"\[[0-9a-fA-F:.]+\]", host)):
        raise UsageError(f"NEWSFLOW_METRICS={text}: must be a port, HOST:PORT or [IPV6]:PORT")
    return host.strip("[]") or LOOPBACK, int(port)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536


def _check_contact(text: str) -> None:
    if not re.fullmatch(r"(https?://|mailto:)[\x21-\x7e]+", text):
        raise UsageError(f"NEWSFLOW_CONTACT={text}: must begin with https://, http:// or mailto:")


_CHECKS: dict[str, Callable[[str], object]] = {
    "contact": _check_contact,
    "crawl_ports": read_ports,
    "crawl_networks": read_networks,
    "metrics": read_address,
}
"""What is kept as text and read where it is used: wrong ones are refused at the start all the same."""
