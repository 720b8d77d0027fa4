"""What the tests of the edges share: a store of each kind, a server of many sites, the topic that its pages go to."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from pipeline.edges.connection import Connection
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.store import clear_store, open_store
from pipeline.edges.topics import create_topics
from pipeline.topology import RAW
from tests.edges.stores import postgres_server
from tests.site_server import SiteServer, serving


@pytest.fixture
async def server() -> AsyncIterator[SiteServer]:
    async with serving() as running:
        yield running


@pytest.fixture
async def raw(connection: Connection) -> Connection:
    await create_topics(connection, [RAW])
    return connection


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with postgres_server() as server:
        yield server.get_uri()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state' / 'store.sqlite'}"
    address: str = request.getfixturevalue("postgres")
    clear_store(address)
    return address


@pytest.fixture
def frontier(url: str) -> Iterator[Frontier]:
    store = open_store(url, cluster_id="one")
    yield Frontier(store)
    store.close()
