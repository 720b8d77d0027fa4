"""How to reach a Kafka cluster, and one short sentence about why it cannot be reached.

aiokafka logs why a bootstrap failed and raises only that it did; `describe_cluster` opens the first connection
itself, so that a refused connection, a failed login and a TLS problem each get their own `Failure`.
"""

import asyncio
import errno
import os
import re
import ssl
from abc import ABCMeta
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiokafka.abc import AbstractTokenProvider
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
from aiokafka.protocol.metadata import MetadataRequest

from pipeline.errors import Failure, UsageError
from pipeline.settings import configured

SECURITY_PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
SASL_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER")

DEADLINE_S = 10.0
"""The patience of one question to the cluster. aiokafka's own, 40 s, looks like a hang at a command line."""

LOGIN_ERRORS = (SaslAuthenticationFailed, UnsupportedSaslMechanismError, IllegalSaslStateError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A cluster's address and the credentials for it, checked when made (`UsageError`); its repr shows no secret.

    For OAUTHBEARER `sasl_password` is the token. One in a file reaches workers without their environment. A token there
    is read at every login, so it may be renewed; a password once for each client that is made. `prefix` stands before
    the name of every topic, so that several installations or tests can share a cluster.
    """

    bootstrap: str
    security_protocol: str = "PLAINTEXT"
    ssl_cafile: str | None = None
    ssl_certfile: str | None = None
    ssl_keyfile: str | None = None
    ssl_password: str | None = field(default=None, repr=False)
    ssl_check_hostname: bool = True
    sasl_mechanism: str | None = None
    sasl_username: str | None = None
    sasl_password: str | None = field(default=None, repr=False)
    sasl_password_file: str | None = None
    prefix: str = ""
    client_id: str = "newsflow"

    def __post_init__(self) -> None:
        for server in self.bootstrap.split(","):
            if not re.fullmatch(r"\s*[^\s:@/]+(:\d{1,5})?\s*|\s*\[[0-9a-fA-F:.]+\](:\d{1,5})?\s*", server):
                # Not quoted back: somebody may have put user:password@ before the host.
                raise UsageError("the Kafka bootstrap servers must be HOST:PORT, several separated by commas")
        if not re.fullmatch(r"[a-zA-Z0-9._-]*", self.prefix):
            raise UsageError(f"topic prefix {self.prefix!r}: only letters, digits, '.', '_' and '-' are allowed")
        _check_choice("security protocol", self.security_protocol, SECURITY_PROTOCOLS)
        if self.uses_sasl:
            _check_choice("SASL mechanism", self.sasl_mechanism, SASL_MECHANISMS)
            if not self.password() or (self.sasl_mechanism != "OAUTHBEARER" and not self.sasl_username):
                raise UsageError(f"SASL {self.sasl_mechanism} needs a user name and a password (OAUTHBEARER: a token)")

    @property
    def uses_sasl(self) -> bool:
        """Whether there is a login."""
        return self.security_protocol.startswith("SASL_")

    @property
    def uses_tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.security_protocol.endswith("SSL")

    def password(self) -> str:
        """The password or token, from its file where it is in one; `UsageError` when that cannot be read."""
        if self.sasl_password or not self.sasl_password_file:
            return self.sasl_password or ""
        try:
            text = Path(self.sasl_password_file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise UsageError(f"{VARIABLES['sasl_password_file']}={self.sasl_password_file}: {reason}") from error
        if not text:
            raise UsageError(f"{VARIABLES['sasl_password_file']}={self.sasl_password_file}: the file is empty")
        return text

    def topic(self, name: str) -> str:
        """The name a topic of `pipeline.topology` has in this cluster."""
        return self.prefix + name

    def ssl_context(self) -> ssl.SSLContext | None:
        """The TLS context, None without TLS; `UsageError` when a file cannot be loaded."""
        if not self.uses_tls:
            return None
        files = [name for name in (self.ssl_cafile, self.ssl_certfile, self.ssl_keyfile) if name]
        try:
            context = ssl.create_default_context(cafile=self.ssl_cafile)
            if self.ssl_certfile:
                # Without a password OpenSSL would ask for one at the terminal, and a service would hang there.
                context.load_cert_chain(self.ssl_certfile, self.ssl_keyfile, self.ssl_password or "")
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise UsageError(f"cannot load the TLS files {', '.join(files)}: {error}") from error
        context.check_hostname = self.ssl_check_hostname
        return context

    def aiokafka_options(self) -> dict[str, Any]:
        """The arguments that aiokafka's consumer, producer and admin client have in common."""
        options: dict[str, Any] = {
            "bootstrap_servers": [server.strip() for server in self.bootstrap.split(",")],
            "client_id": self.client_id,
            "security_protocol": self.security_protocol,
            "ssl_context": self.ssl_context(),
        }
        if self.uses_sasl:
            options["sasl_mechanism"] = self.sasl_mechanism
            if self.sasl_mechanism == "OAUTHBEARER":
                options["sasl_oauth_token_provider"] = _Token(self.password)
            else:
                options |= {"sasl_plain_username": self.sasl_username, "sasl_plain_password": self.password()}
        return options


BOOTSTRAP_VARIABLE = "KAFKA_BOOTSTRAP_SERVERS"

VARIABLES: dict[str, str] = {
    "bootstrap": BOOTSTRAP_VARIABLE,
    "security_protocol": "KAFKA_SECURITY_PROTOCOL",
    "ssl_cafile": "KAFKA_SSL_CAFILE",
    "ssl_certfile": "KAFKA_SSL_CERTFILE",
    "ssl_keyfile": "KAFKA_SSL_KEYFILE",
    "ssl_password": "KAFKA_SSL_PASSWORD",
    "ssl_check_hostname": "KAFKA_SSL_CHECK_HOSTNAME",
    "sasl_mechanism": "KAFKA_SASL_MECHANISM",
    "sasl_username": "KAFKA_SASL_USERNAME",
    "sasl_password": "KAFKA_SASL_PASSWORD",
    "sasl_password_file": "KAFKA_SASL_PASSWORD_FILE",
    "prefix": "NEWSFLOW_TOPIC_PREFIX",
}
"""Field of a Connection -> environment variable."""


def read_connection(*, bootstrap: str | None = None, environment: Mapping[str, str] | None = None) -> Connection:
    """The connection that the environment describes; `bootstrap` goes before its variable.

    Raises UsageError when no cluster is named or a value is wrong.
    """
    variables = configured(os.environ if environment is None else environment)
    found: dict[str, Any] = {name: variables[key] for name, key in VARIABLES.items() if key in variables}
    if bootstrap:
        found["bootstrap"] = bootstrap
    if "bootstrap" not in found:
        raise UsageError(
            f"no Kafka named: set {BOOTSTRAP_VARIABLE}=HOST:PORT, or start one with `newsflow broker` or `newsflow run`"
        )
    if "ssl_check_hostname" in found:
        found["ssl_check_hostname"] = _truth(VARIABLES["ssl_check_hostname"], found["ssl_check_hostname"])
    return Connection(**found)


def connection_environment(connection: Connection) -> dict[str, str]:
    """The variables that give a child process this connection; secrets travel here and never on a command line."""
    values = {key: getattr(connection, name) for name, key in VARIABLES.items()}
    given = {key: value for key, value in values.items() if value not in (None, "")}
    return {key: str(value).lower() if isinstance(value, bool) else value for key, value in given.items()}


def _truth(variable: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise UsageError(f"{variable}={text}: must be true or false")
    return text.lower() == "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What a cluster says of itself: its id and the addresses its brokers advertise."""

    cluster_id: str
    brokers: tuple[str, ...]


async def describe_cluster(connection: Connection, *, deadline: float = DEADLINE_S) -> Cluster:
    """Ask the first bootstrap server that answers; `deadline` in seconds is for all of them together.

    Raises Failure: one line with the address, the cause and what to do about it.
    """
    options = connection.aiokafka_options()
    hosts = collect_hosts(options.pop("bootstrap_servers"), randomize=False)
    failures: list[Failure] = []
    for host, port, _ in hosts:
        try:
            async with asyncio.timeout(deadline / len(hosts)):
                return await _ask(host, port, options)
        except (OSError, KafkaError) as error:  # TimeoutError is an OSError
            failures.append(_failure(connection, f"{host}:{port}", error))
    # All failed. A server that was reached but refused us says more than one that was not reached.
    raise next((failure for failure in failures if not str(failure).startswith("cannot reach")), failures[0])


@asynccontextmanager
async def admin_client(connection: Connection) -> AsyncIterator[AIOKafkaAdminClient]:
    """An admin client; every Kafka error inside becomes a Failure, each request waits at most `DEADLINE_S`."""
    cluster = await describe_cluster(connection)
    options = connection.aiokafka_options()
    admin = AIOKafkaAdminClient(**options, request_timeout_ms=int(DEADLINE_S * 1000))
    try:
        await admin.start()
        yield admin
    except (OSError, KafkaError) as error:
        # The bootstrap server answered, so what fails now is often an advertised address that we cannot reach.
        advertised = ", ".join(cluster.brokers)
        raise Failure(
            f"Kafka at {connection.bootstrap} answered, then failed ({_cause(error)}); "
            f"its brokers advertise themselves as {advertised}: can this machine reach them?"
        ) from error
    finally:
        await admin.close()


async def _ask(host: str, port: int, options: dict[str, Any]) -> Cluster:
    connection = await create_conn(host, port, request_timeout_ms=int(DEADLINE_S * 1000), **options)
    try:
        reply = await connection.send(MetadataRequest([]))
    finally:
        await connection.close()
    brokers = tuple(f"{host}:{port}" for _, host, port, *_ in reply.brokers)
    return Cluster(cluster_id=reply.cluster_id or "", brokers=brokers)


def _failure(connection: Connection, address: str, error: Exception) -> Failure:
    cause = _cause(error)
    if isinstance(error, LOGIN_ERRORS):
        user = connection.sasl_username or "the token's owner"
        return Failure(
            f"Kafka at {address} refused the login of {user} ({cause}): "
            f"check the SASL user name, password and mechanism ({connection.sasl_mechanism})"
        )
    if isinstance(error, ssl.SSLError) or (connection.uses_tls and isinstance(error, ConnectionResetError)):
        return Failure(
            f"TLS with Kafka at {address} failed ({cause}): check the CA file and that this port speaks "
            f"{connection.security_protocol}"
        )
    if isinstance(error, KafkaError):
        return Failure(
            f"Kafka at {address} closed the connection ({cause}): does this port speak {connection.security_protocol}?"
        )
    return Failure(
        f"cannot reach Kafka at {address} ({cause}): is it running? set KAFKA_BOOTSTRAP_SERVERS to HOST:PORT of yours"
    )


def _cause(error: Exception) -> str:
    if f"[Errno {errno.ECONNREFUSED}]" in str(error):  # for a name with two addresses the message holds both
        return "connection refused"
    if isinstance(error, ssl.SSLError):
        return getattr(error, "verify_message", "") or error.reason or str(error)
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__


def _check_choice(what: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(f"{what} {value!r} is unknown; allowed: {', '.join(allowed)}")


class _Token:
    """The token as it is at each login: one in a file may have been renewed.

    While the file is missing or empty, as for a moment when it is written anew, the last token that was read stands.
    """

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read
        self._last: str | None = None

    async def token(self) -> str:
        try:
            self._last = self._read()
        except UsageError:
            if self._last is None:
                raise
        return self._last

    def extensions(self) -> dict[str, str]:
        return {}


# aiokafka insists on its own base class; registering says the same without inheriting from an untyped class.
ABCMeta.register(AbstractTokenProvider, _Token)
