"""What the tests of the crawler share: a server of many sites, and the topic that its pages go to."""

from collections.abc import AsyncIterator

import pytest

from pipeline.edges.connection import Connection
from pipeline.edges.topics import create_topics
from pipeline.topology import RAW
from tests.site_server import SiteServer, serving


@pytest.fixture
async def server() -> AsyncIterator[SiteServer]:
    async with serving() as running:
        yield running


@pytest.fixture
async def raw(connection: Connection) -> Connection:
    await create_topics(connection, [RAW])
    return connection
