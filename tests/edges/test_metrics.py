"""The metrics: names by Prometheus' conventions, labels from closed sets, and true numbers over HTTP."""

import re
import socket
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families

from pipeline.crawl.sources import read_sources
from pipeline.edges import metrics
from pipeline.edges.crawling.crawl_metrics import refresh
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.http import Cause
from pipeline.edges.crawling.visit_outcomes import Outcome, label_of, of_status
from pipeline.edges.metrics_server import serving_metrics
from pipeline.edges.store import open_store
from pipeline.errors import UsageError
from pipeline.settings import LOOPBACK, read_address, read_settings

OURS = [value for value in vars(metrics).values() if isinstance(value, (Counter, Gauge, Histogram))]
LABELS = {"source", "outcome", "result", "trouble"}
"""The names of the sources file; Outcome, Cause and classes of statuses; Trouble and Unwanted."""


@pytest.mark.parametrize("metric", OURS, ids=lambda metric: metric._name)
def test_a_metric_is_named_by_the_conventions_and_says_what_it_means(metric: Counter | Gauge | Histogram) -> None:
    family = next(iter(metric.collect()))
    assert re.fullmatch(r"newsflow(_[a-z]+)+", family.name)
    assert family.documentation.endswith(".")
    assert set(metric._labelnames) <= LABELS
    assert metric._unit == ""
    if isinstance(metric, Histogram):
        assert family.name.endswith("_seconds")


def test_an_outcome_that_has_a_name_keeps_it_as_label() -> None:
    assert {label_of(outcome) for outcome in (*Outcome, *Cause)} == {*Outcome, *Cause}


@given(st.integers(100, 999))
def test_a_status_is_one_of_few_labels(status: int) -> None:
    label = label_of(of_status(status))
    assert label == f"http_{status}" or label == f"http_{status // 100}xx"
    assert (label == f"http_{status}") == (status in (401, 403, 404, 410, 429, 451, 503))


def get(url: str, accept: str = "text/plain") -> str:
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return str(answer.read().decode())


def test_the_metrics_are_served_as_prometheus_reads_them_and_nothing_else_is() -> None:
    asked: list[int] = []
    with serving_metrics((LOOPBACK, 0), lambda: asked.append(1)) as url:
        families = {family.name for family in text_string_to_metric_families(get(url))}
        assert {"newsflow_crawl_requests", "process_resident_memory_bytes"} <= families
        assert get(url, "application/openmetrics-text").endswith("# EOF\n")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(url.replace("/metrics", "/"))
    assert len(asked) == 2, "what is only known when somebody asks is asked for each time"
    with pytest.raises(OSError, match="refused"):
        get(url)


def test_who_opens_a_connection_and_says_nothing_holds_up_nobody() -> None:
    with serving_metrics((LOOPBACK, 0), lambda: None) as url:
        host, port = url.split("/")[2].split(":")
        with socket.create_connection((host, int(port))):
            assert "newsflow_crawl_requests_total" in get(url)


def test_an_address_that_is_taken_is_said_with_the_setting() -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        taken = other.getsockname()
        words = f"NEWSFLOW_METRICS: cannot listen at 127.0.0.1, port {taken[1]}: Address already in use"
        with pytest.raises(UsageError, match=words), serving_metrics(taken, lambda: None):
            pass


def test_a_port_alone_is_on_loopback() -> None:
    assert read_address("9464") == (LOOPBACK, 9464)
    assert read_address(":9464") == (LOOPBACK, 9464)
    assert read_address("0.0.0.0:1") == ("0.0.0.0", 1)
    assert read_address("[::1]:9464") == ("::1", 9464)


@pytest.mark.parametrize(
    ("variable", "text", "words"),
    [
        ("NEWSFLOW_METRICS", "::1:9464", "must be a port, HOST:PORT"),
        ("NEWSFLOW_METRICS", "127.0.0.1:http", "must be a port, HOST:PORT"),
        ("NEWSFLOW_METRICS", "70000", "must be a port, HOST:PORT"),
        ("NEWSFLOW_CONTACT", "me@example.org", "must begin with https://"),
        ("NEWSFLOW_CONTACT", "https://a.example/\r\nX: y", "must begin with https://"),
        ("NEWSFLOW_CRAWL_PORTS", "http", "must be port numbers"),
        ("NEWSFLOW_CRAWL_NETWORKS", "10.0.0.0/33", "is no network in CIDR notation"),
    ],
)
def test_a_wrong_setting_of_the_crawler_stops_every_command_at_its_start(variable: str, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"(?s){variable}.*{words}"):
        read_settings({variable: text})


def test_the_store_s_metrics_are_absent_while_it_cannot_be_read(tmp_path: Path) -> None:
    sources = read_sources(b"sources:\n  - {name: lost-store, kind: feed, url: 'http://a.test/feed'}\n", "sources.yaml")
    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}", cluster_id=None)
    frontier = Frontier(store)
    labels = {"source": "lost-store"}
    refresh(frontier, sources)
    assert metrics.REGISTRY.get_sample_value("newsflow_crawl_due_entries", labels) == 0
    with store.begin() as connection:
        connection.exec_driver_sql("DROP TABLE newsflow_crawl_counts")
    refresh(frontier, sources)
    assert metrics.REGISTRY.get_sample_value("newsflow_crawl_due_entries", labels) is None
    store.close()
