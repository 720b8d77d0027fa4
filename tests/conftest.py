"""What tests of more than one folder share: one real broker for the session, a prefix of its own for each test, and

hypothesis without time limits for an example.
"""

import uuid
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from pipeline.edges.broker import Broker, embedded_broker
from pipeline.edges.connection import Connection
from tests.edges.java_cache import making_cache, use_cache

# how long an example takes tells of the machine's load; what takes too long has a test in processor time
hypothesis.settings.register_profile("newsflow", deadline=None)
hypothesis.settings.load_profile("newsflow")
use_cache()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """The embedded Kafka, started once (2 s). A test that stops or breaks a broker starts its own."""
    folder: Path = tmp_path_factory.mktemp("broker")
    with making_cache(tmp_path_factory.mktemp("java")), embedded_broker(folder) as running:
        yield running


@pytest.fixture
def connection(broker: Broker) -> Connection:
    """The way to the session's broker; topics of different tests cannot meet."""
    return Connection(bootstrap=broker.bootstrap, prefix=f"t{uuid.uuid4().hex[:8]}-")
