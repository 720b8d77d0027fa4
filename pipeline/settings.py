"""What an operator may change: one row a setting, read from the environment and from a file, checked as a whole.

`SETTINGS` is the one list of them; `newsflow settings` prints it, and the README's table is tested against it.
Thresholds of rules and stages are no settings: they stand as named constants where they are used.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
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

CONFIG = "NEWSFLOW_CONFIG"
PREFIX = "NEWSFLOW_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings with their defaults, except Kafka's own, which `pipeline.edges.connection` reads."""

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
    gazetteer: Path | None = None
    enrichers: str = ""
    metrics: str | None = None
    otlp: str | None = None
    log_format: str = "auto"
    log_level: str = "info"

    @property
    def store_url(self) -> str:
        """The store's database URL: as set, or an SQLite file beside the embedded broker's data."""
        if "?" in str(self.data):
            raise UsageError(f"{self.data}: the data folder's name must not contain '?', which ends a path in a URL")
        return self.store or f"sqlite:///{self.data / 'store.sqlite'}"


# ---- what a value may be: each of these gives the value of a text, or raises ValueError with what it must be


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        return int(_between(text, low, high, int))

    return parse


def _number(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        return _between(text, low, high, float)

    return parse


def _between(text: str, low: float, high: float, kind: Callable[[str], float]) -> float:
    reason = f"must be a {'whole ' if kind is int else ''}number from {low:g} to {high:g}"
    try:
        number = kind(text)
    except ValueError:
        raise ValueError(reason) from None
    if not low <= number <= high:
        raise ValueError(reason)
    return number


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return text

    return parse


def read_ports(text: str) -> frozenset[int]:
    """Port numbers separated by commas. Raises ValueError."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or not all(_is_port(part) for part in parts):
        raise ValueError("must be port numbers separated by commas")
    return frozenset(map(int, parts))


def read_networks(text: str) -> tuple[Network, ...]:
    """CIDR networks separated by commas or spaces ("10.0.0.0/8, ::1"). Raises ValueError."""
    networks: list[Network] = []
    for word in re.split(r"[,\s]+", text.strip()):
        try:
            if word:
                networks.append(ip_network(word))
        except ValueError as error:
            raise ValueError(f"{word!r} is no network in CIDR notation such as 10.0.0.0/8: {error}") from error
    return tuple(networks)


def read_address(text: str) -> tuple[str, int]:
    """Where to listen: "PORT" on loopback, "HOST:PORT" or "[IPV6]:PORT". Raises ValueError."""
    host, _, port = text.rpartition(":")
    if not _is_port(port) or (":" in host and not re.fullmatch(r"\[[0-9a-fA-F:.]+\]", host)):
        raise ValueError("must be a port, HOST:PORT or [IPV6]:PORT")
    return host.strip("[]") or LOOPBACK, int(port)


def address_text(host: str, port: int) -> str:
    """A host and a port as `read_address` reads them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536


def _contact(text: str) -> str:
    if not re.fullmatch(r"(https?://|mailto:)[\x21-\x7e]+", text):
        raise ValueError("must begin with https://, http:// or mailto:")
    return text


def _otlp(text: str) -> str:
    if not re.fullmatch(r"https?://[\x21-\x7e]+", text):
        raise ValueError("must be a URL such as http://127.0.0.1:4318/v1/traces")
    return text


def _checked(read: Callable[[str], object]) -> Callable[[str], str]:
    """Kept as text and read where it is used; what cannot be read is refused at the start all the same."""

    def parse(text: str) -> str:
        read(text)
        return text

    return parse


# ---- the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting: its variable, what it is, what it is when nobody sets it, and what its text may be."""

    variable: str
    meaning: str
    default: str
    parse: Callable[[str], object] = str
    secret: bool = False

    @property
    def key(self) -> str:
        """Its name in a settings file, and for newsflow's own the field of `Settings`."""
        return self.variable.removeprefix(PREFIX).lower()


def _kafka(name: str, meaning: str, default: str = "none", *, secret: bool = False) -> Setting:
    return Setting(variable=f"KAFKA_{name}", meaning=meaning, default=default, secret=secret)


def _own(name: str, meaning: str, default: str, parse: Callable[[str], object] = str) -> Setting:
    return Setting(variable=PREFIX + name, meaning=meaning, default=default, parse=parse)


SETTINGS = (
    _kafka("BOOTSTRAP_SERVERS", "the cluster to use, `HOST:PORT,…`", "an embedded broker in `newsflow run`"),
    _kafka("SECURITY_PROTOCOL", "`PLAINTEXT`, `SSL`, `SASL_PLAINTEXT`, `SASL_SSL`", "PLAINTEXT"),
    _kafka("SSL_CAFILE", "TLS: file of the authorities to trust", "the system's"),
    _kafka("SSL_CERTFILE", "TLS: file of our certificate, for mutual TLS"),
    _kafka("SSL_KEYFILE", "TLS: file of its key"),
    _kafka("SSL_PASSWORD", "TLS: the key's password", secret=True),
    _kafka("SSL_CHECK_HOSTNAME", "TLS: `true` or `false`", "true"),
    _kafka("SASL_MECHANISM", "login: `PLAIN`, `SCRAM-SHA-256`, `SCRAM-SHA-512`, `OAUTHBEARER`"),
    _kafka("SASL_USERNAME", "login: the user"),
    _kafka("SASL_PASSWORD", "login: the password, or for OAUTHBEARER the token", secret=True),
    _kafka("SASL_PASSWORD_FILE", "login: a file that holds it instead; a token in it may be renewed"),
    _own("TOPIC_PREFIX", "stands before every topic and the workers' groups, for shared clusters", "empty"),
    _own("DATA", "folder of the embedded broker and the SQLite store", "newsflow-data", Path),
    Setting(
        variable="NEWSFLOW_STORE",
        meaning="the store: `sqlite:///file` or `postgresql://…` when several machines share it",
        default="SQLite in `NEWSFLOW_DATA`",
        secret=True,  # its URL may hold a password
    ),
    _own("POOL_PROCESSES", "processes per worker for pages", "2", _whole(1, 256)),
    _own("BATCH_SIZE", "messages a worker takes at once", "16", _whole(1, 512)),
    _own("PAGE_SECONDS", "a page's time limit", "10", _number(0.1, 600)),
    # a process needs 240 MiB before its first page
    _own("PAGE_MEMORY_MIB", "memory limit of a page's process (Linux)", "1024", _whole(512, 65536)),
    _own("CONTACT", "URL or mailto: in the crawler's User-Agent; without it nothing is crawled", "none", _contact),
    _own("SOURCES", "the sources file: feeds, sitemaps and sections to crawl", "none", Path),
    _own("CRAWL_DELAY", "seconds between two requests to one host, at the least", "2", _number(0.01, 3600)),
    _own("CRAWL_CONNECTIONS", "connections of the crawler open at once", "64", _whole(1, 4096)),
    _own("CRAWL_KIB_PER_SECOND", "KiB a second over all of them; 0: no limit", "0", _whole(0, 10_000_000)),
    _own(
        "CRAWL_NETWORKS",
        "private networks that may be crawled all the same, `10.0.0.0/8,…`",
        "none",
        _checked(read_networks),
    ),
    _own("CRAWL_PORTS", "ports that may be asked", "80,443", _checked(read_ports)),
    _own(
        "RIGHTS",
        "pages that reserve text and data mining: `ignore`, `tag` (say so in the raw headers), `skip`",
        "tag",
        _one_of("ignore", "tag", "skip"),
    ),
    _own("GAZETTEER", "file of names, types and ids to look for in every text", "none", Path),
    _own("ENRICHERS", "enrichers of other packages that run, `name,…`", "none"),
    _own("SPACY_PATTERNS", "file of patterns for the enricher `spacy_rules`", "none"),
    _own(
        "METRICS",
        "where a process serves metrics and health: a port on loopback, or `HOST:PORT`; the workers of `newsflow run`"
        " have the ports after it",
        "nowhere",
        _checked(read_address),
    ),
    Setting(
        variable="NEWSFLOW_OTLP",
        meaning="OpenTelemetry: URL of the collector that gets spans (extra `otel`)",
        default="none",
        parse=_otlp,
        secret=True,  # as the store's
    ),
    _own(
        "LOG_FORMAT", "`console`, `json`, or `auto`: console in a terminal", "auto", _one_of("auto", "console", "json")
    ),
    _own(
        "LOG_LEVEL",
        "`debug` (a line per message), `info` (a line per batch), `warning`, `error`",
        "info",
        _one_of("debug", "info", "warning", "error"),
    ),
    _own("TOPOLOGY", "module that defines the topics and stages", "pipeline.topology"),
    _own("CONFIG", "a TOML file of settings, their names in lower case without `NEWSFLOW_`", "none"),
)
"""Every setting, in the order in which people meet them."""

_BY_VARIABLE = {setting.variable: setting for setting in SETTINGS}
_BY_KEY = {setting.key: setting for setting in SETTINGS if setting.variable != CONFIG}
VARIABLES: dict[str, str] = {field.name: PREFIX + field.name.upper() for field in fields(Settings)}
"""Field of `Settings` -> environment variable."""

_OF_KUBERNETES = re.compile(r"NEWSFLOW_(\w+_)?(SERVICE_HOST|(SERVICE_)?PORT(_\w+)?)")
"""What Kubernetes puts into every container for services whose names begin with newsflow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A setting's text as somebody gave it, and where: "environment", or the file's path."""

    text: str
    origin: str


def given_settings(environment: Mapping[str, str] = os.environ) -> dict[str, Given]:
    """What is set, by variable: in the environment, and below it in the file that NEWSFLOW_CONFIG names.

    Raises UsageError for a variable of ours that there is none of, and for a file that is none.
    """
    for variable in environment:
        if variable.startswith(PREFIX) and variable not in _BY_VARIABLE and not _OF_KUBERNETES.fullmatch(variable):
            raise UsageError(f"{variable} is no setting{_guess(variable, _BY_VARIABLE)}")
    given: dict[str, Given] = {}
    path = environment.get(CONFIG, "").strip()
    if path:
        given |= {variable: Given(text=text, origin=path) for variable, text in _read_file(Path(path)).items()}
    for variable in _BY_VARIABLE:
        text = environment.get(variable, "").strip()
        if text:
            given[variable] = Given(text=text, origin="environment")
    return given


def configured(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What is set, by variable, wherever it was set. Raises UsageError as `given_settings`."""
    return {variable: given.text for variable, given in given_settings(environment).items()}


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process; UsageError names the setting, its value and what it may be."""
    given = given_settings(environment)
    found = {name: _parsed(variable, given[variable]) for name, variable in VARIABLES.items() if variable in given}
    return Settings(**found)  # type: ignore[arg-type]


def _parsed(variable: str, given: Given) -> object:
    setting = _BY_VARIABLE[variable]
    try:
        return setting.parse(given.text)
    except ValueError as error:
        text = "(hidden)" if setting.secret else given.text
        if given.origin == "environment":
            raise UsageError(f"{variable}={text}: {error}") from error
        raise UsageError(f"{given.origin}: {setting.key} = {text}: {error}") from error


def _read_file(path: Path) -> dict[str, str]:
    import tomllib  # few commands have a file

    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{CONFIG}={path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: no TOML: {error}") from error
    found = {}
    for key, value in table.items():
        if key not in _BY_KEY:
            raise UsageError(f"{path}: {key} is no setting{_guess(key, _BY_KEY)}")
        texts = [_text_of(item) for item in (value if isinstance(value, list) else [value])]
        if None in texts:
            raise UsageError(f"{path}: {key}: must be a text, a number, true or false, or a list of them")
        found[_BY_KEY[key].variable] = ",".join(filter(None, texts))
    return {variable: text for variable, text in found.items() if text}


def _text_of(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip() if isinstance(value, str | int | float) else None


def _guess(name: str, names: Mapping[str, Setting]) -> str:
    import difflib  # and few of these are wrong

    close = difflib.get_close_matches(name, names, n=1)
    return f": do you mean {close[0]}?" if close else "; `newsflow settings` lists them"
