"""A Kafka with TLS, SCRAM and access rules: a page passes, a wrong password is one line, no secret is shown."""

import asyncio
import os
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import pytest
import trustme
from aiokafka.protocol.admin import CreateAclsRequest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from pipeline.edges import broker
from pipeline.edges.broker import embedded_broker
from pipeline.edges.connection import Connection, admin_client, connection_environment
from pipeline.edges.jars import CHECKSUMS, installed, verified_jars
from pipeline.edges.operations.acls import Rule, command_lines, rules_by_part
from pipeline.edges.topics import create_topics
from pipeline.errors import UsageError
from pipeline.topology import CLEAN, DEAD, OUTCOMES, TOPOLOGY
from tests.edges.test_local import ROOT
from tests.edges.workers import consume, header

PASSWORD = "correct-horse"
USERS = ("newsflow-clean", "newsflow-publisher")
KINDS = {"topic": 2, "group": 3, "cluster": 4}
OPERATIONS = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10}
LITERAL, ALLOW = 3, 3

SECURED = """\
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL
listener.name.secure.ssl.keystore.type=PEM
listener.name.secure.ssl.keystore.location={keystore}
listener.name.secure.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
"""
"""The listener without a login is the administrator's: everybody else may do only what a rule allows."""


@dataclass(frozen=True)
class Secured:
    admin: Connection
    client: Connection
    """As the user of the stage clean; others by `replace`."""


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("secured")
    authority, port = trustme.CA(), _free_port()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    _write_keystore(authority.issue_cert("127.0.0.1"), folder / "server.pem")
    properties = broker.SERVER_PROPERTIES.replace(",CONTROLLER://", f",SECURE://127.0.0.1:{port},CONTROLLER://", 1)
    advertised = "advertised.listeners=PLAINTEXT://127.0.0.1:{port}"
    properties = properties.replace(advertised, f"{advertised},SECURE://127.0.0.1:{port}")
    properties += SECURED.format(keystore=folder / "server.pem")
    _format(folder / "kafka", properties)
    with patch.object(broker, "SERVER_PROPERTIES", properties), embedded_broker(folder) as running:
        client = Connection(
            bootstrap=f"127.0.0.1:{port}",
            security_protocol="SASL_SSL",
            ssl_cafile=str(folder / "ca.pem"),
            sasl_mechanism="SCRAM-SHA-512",
            sasl_username="newsflow-clean",
            sasl_password=PASSWORD,
        )
        admin = Connection(bootstrap=running.bootstrap)
        asyncio.run(create_topics(admin, TOPOLOGY.topics))
        yield Secured(admin=admin, client=client)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _write_keystore(issued: trustme.LeafCert, path: Path) -> None:
    """Key and certificates as Kafka reads them: it knows only PKCS 8."""
    key = load_pem_private_key(issued.private_key_pem.bytes(), None)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(text + b"".join(blob.bytes() for blob in issued.cert_chain_pems))


def _format(home: Path, properties: str) -> None:
    """Make the broker's data, with users who can log in."""
    home.mkdir()
    (home / "server.properties").write_text(properties.format(port=1, controller=2))
    java, repository = installed()
    jars = os.pathsep.join(map(str, verified_jars(CHECKSUMS, repository, print)))
    users = [part for user in USERS for part in ("-S", f"SCRAM-SHA-512=[name={user},password={PASSWORD}]")]
    command = [str(java), "-cp", jars, "kafka.tools.StorageTool", "format", "-t", "bmV3c2Zsb3ctc2VjdXJlZA"]
    done = subprocess.run(
        [*command, "-c", "server.properties", *users], cwd=home, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


async def allow(connection: Connection, user: str, rules: tuple[Rule, ...]) -> None:
    """Make the rules, as `kafka-acls.sh` would."""
    async with admin_client(connection) as admin:
        for rule in rules:
            for operation in rule.operations:
                kind, code = KINDS[rule.kind], OPERATIONS[operation]
                request = CreateAclsRequest(kind, rule.name, LITERAL, f"User:{user}", "*", code, ALLOW)
                reply = await admin._send_request(request)
                assert reply.creation_responses[0][0] == 0, reply


def environment(connection: Connection, folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "NEWSFLOW_DATA": str(folder),
        "NEWSFLOW_POOL_PROCESSES": "1",
        "NEWSFLOW_BATCH_SIZE": "4",
        **connection_environment(connection),
    }


@contextmanager
def working(connection: Connection, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker of the stage clean, which is told to stop at the end; its log is in the folder."""
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "pipeline.cli", "stage", "clean"]
        with subprocess.Popen(command, env=environment(connection, folder), stderr=log) as worker:
            try:
                yield worker
            finally:
                worker.terminate()


def newsflow(connection: Connection, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *arguments],
        env=environment(connection, folder),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


async def test_a_page_passes_over_tls_and_scram_with_the_rules_of_its_stage_and_no_more(
    secured: Secured, tmp_path: Path
) -> None:
    parts = rules_by_part(TOPOLOGY)
    publisher = replace(secured.client, sasl_username="newsflow-publisher")
    for part in ("clean", "publisher"):
        await allow(secured.admin, f"newsflow-{part}", parts[part])
    page = tmp_path / "page.html"
    page.write_bytes((ROOT / "seeds" / "articles" / "legacy-ru.html").read_bytes())
    for _ in range(10):  # a rule holds a moment after the broker has taken it
        sent = await asyncio.to_thread(newsflow, publisher, tmp_path, "replay", str(page))
        if sent.returncode == 0:
            break
    assert sent.returncode == 0, sent.stderr
    password = tmp_path / "password"
    password.write_text(f"{PASSWORD}\n")
    client = replace(secured.client, sasl_password=None, sasl_password_file=str(password))
    with working(client, tmp_path) as worker:
        (record,) = await consume(secured.admin, CLEAN.name, bool)
    assert header(record, "ce_type")
    assert worker.returncode == 0
    text = (tmp_path / "log").read_text()
    assert "worker started" in text
    assert "uthorization" not in text, "nothing that it does is forbidden"
    assert PASSWORD not in text


def test_a_wrong_password_is_one_line_with_what_to_do_and_exit_code_1(secured: Secured, tmp_path: Path) -> None:
    done = newsflow(replace(secured.client, sasl_password="guessed-it"), tmp_path, "topics", "check")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "refused the login of newsflow-clean" in line
    assert "check the SASL user name, password and mechanism (SCRAM-SHA-512)" in line
    assert "guessed-it" not in line


def test_a_server_that_an_unknown_authority_vouches_for_is_refused(secured: Secured, tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    done = newsflow(replace(secured.client, ssl_cafile=str(tmp_path / "other.pem")), tmp_path, "topics", "check")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "TLS with Kafka" in line
    assert "check the CA file" in line


# ---- without a broker


def test_a_password_in_a_file_is_read_anew_and_stands_in_no_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first\n")
    connection = Connection(
        bootstrap="k:1", security_protocol="SASL_SSL", sasl_mechanism="OAUTHBEARER", sasl_password_file=str(file)
    )
    provider = connection.aiokafka_options()["sasl_oauth_token_provider"]
    assert asyncio.run(provider.token()) == "first"
    file.write_text("second\n")
    assert asyncio.run(provider.token()) == "second"
    assert "KAFKA_SASL_PASSWORD" not in connection_environment(connection)
    assert connection_environment(connection)["KAFKA_SASL_PASSWORD_FILE"] == str(file)


@pytest.mark.parametrize(("content", "reason"), [(None, "No such file"), (b" \n", "is empty"), (b"\xff", "no text")])
def test_a_password_file_that_holds_none_is_named(tmp_path: Path, content: bytes | None, reason: str) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=rf"KAFKA_SASL_PASSWORD_FILE={file}: .*{reason}"):
        Connection(
            bootstrap="k:1",
            security_protocol="SASL_SSL",
            sasl_mechanism="PLAIN",
            sasl_username="me",
            sasl_password_file=str(file),
        )


def test_a_stage_may_read_its_source_write_what_it_writes_and_use_its_group() -> None:
    parts = rules_by_part(TOPOLOGY, "a-")
    for stage in TOPOLOGY.stages:
        may = {(operation, rule.name) for rule in parts[stage.name] for operation in rule.operations}
        written = {topic.name for topic in (stage.target, OUTCOMES, DEAD)}
        assert {name for operation, name in may if operation == "Read"} == {
            f"a-{stage.source.name}",
            f"a-{stage.group}",
        }
        assert {name for operation, name in may if operation == "Write"} == {f"a-{name}" for name in written}
    lines = list(command_lines({"clean": parts["clean"]}, bootstrap="kafka:9093"))
    assert lines[1] == (
        "kafka-acls.sh --bootstrap-server kafka:9093 --command-config admin.properties --add --allow-principal "
        "User:newsflow-clean --operation Read --operation DescribeConfigs --topic a-news.raw.v1"
    )


def test_a_shell_reads_every_printed_rule_as_it_is_meant() -> None:
    parts = rules_by_part(TOPOLOGY)
    for line in command_lines(parts, bootstrap="kafka:9093", principal="User:CN=O'Neill of {part}"):
        words = shlex.split(line, comments=True)
        if words:
            assert words[words.index("--allow-principal") + 1].startswith("User:CN=O'Neill of ")
            assert words[-1] == "--cluster" or words[-2] in ("--topic", "--group")


def test_a_token_file_that_is_empty_for_a_moment_leaves_the_last_token(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first\n")
    connection = Connection(
        bootstrap="k:1", security_protocol="SASL_SSL", sasl_mechanism="OAUTHBEARER", sasl_password_file=str(file)
    )
    provider, late = (connection.aiokafka_options()["sasl_oauth_token_provider"] for _ in range(2))
    assert asyncio.run(provider.token()) == "first"
    file.write_text("")
    assert asyncio.run(provider.token()) == "first"
    with pytest.raises(UsageError, match="is empty"):
        asyncio.run(late.token())
    file.write_text("second\n")
    assert asyncio.run(provider.token()) == "second"
