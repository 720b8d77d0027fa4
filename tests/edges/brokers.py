"""A broker that tests may break: with access rules, killed, and started again on the same port and data."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest

from pipeline.edges import broker
from pipeline.edges.broker import BrokerProcess, start_broker
from pipeline.edges.connection import Connection, admin_client
from pipeline.topology import Topic

RULES = """\
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
"""
"""Everybody may do everything, until a rule says something of a resource."""

TOPIC, GROUP = 2, 3
OPERATIONS = {"READ": 3, "WRITE": 4, "DESCRIBE": 8}
DENY, ALLOW = 2, 3
ANY, LITERAL = 1, 3
EVERYBODY = "User:ANONYMOUS"


@dataclass
class Breakable:
    """A broker that can be killed and started again."""

    folder: Path
    process: BrokerProcess

    @property
    def bootstrap(self) -> str:
        return self.process.broker.bootstrap

    async def kill(self) -> None:
        """As a crash would."""
        await asyncio.to_thread(self.process.kill)

    async def start(self) -> None:
        port = int(self.bootstrap.rpartition(":")[2])
        self.process = await asyncio.to_thread(start_broker, self.folder, port=port)


@contextmanager
def breakable_broker(folder: Path) -> Iterator[Breakable]:
    """A broker of one's own that obeys access rules."""
    with patch.object(broker, "SERVER_PROPERTIES", broker.SERVER_PROPERTIES + RULES):
        broken = Breakable(folder, start_broker(folder))
        try:
            yield broken
        finally:
            broken.process.stop()


async def rule(connection: Connection, kind: int, name: str, **operations: int) -> None:
    """Allow or deny operations on a topic or group, by its name in the topology."""
    async with admin_client(connection) as admin:
        for operation, permission in operations.items():
            code = OPERATIONS[operation]
            request = CreateAclsRequest(kind, connection.prefix + name, LITERAL, EVERYBODY, "*", code, permission)
            reply = await admin._send_request(request)
            assert reply.creation_responses[0][0] == 0, reply


async def forget_rules(connection: Connection, kind: int, name: str) -> None:
    """Delete all rules of a topic or group."""
    async with admin_client(connection) as admin:
        request = DeleteAclsRequest(kind, connection.prefix + name, LITERAL, EVERYBODY, "*", ANY, ANY)
        reply = await admin._send_request(request)
        assert reply.filter_responses[0][0] == 0, reply


async def configure(connection: Connection, topic: Topic, **changes: str) -> None:
    """Give a topic another configuration than the table's; dots are written as underscores."""
    config = topic.config() | {name.replace("_", "."): value for name, value in changes.items()}
    async with admin_client(connection) as admin:
        await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, connection.topic(topic.name), config)])
