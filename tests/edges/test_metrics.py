"""The metrics: names by Prometheus' conventions, labels from closed sets, and true numbers over HTTP."""

import re
import socket
import struct
import threading
import urllib.error
import urllib.request
from collections import Counter as Counted
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from pipeline.codec import Message, encode, raw_message
from pipeline.crawl.sources import read_sources
from pipeline.edges import metrics
from pipeline.edges.crawling.crawl_metrics import refresh
from pipeline.edges.crawling.frontier import Frontier
from pipeline.edges.crawling.http import Cause
from pipeline.edges.crawling.visit_outcomes import Outcome, label_of, of_status
from pipeline.edges.health import Health
from pipeline.edges.kafka import _patiently
from pipeline.edges.metrics_page import as_markdown, every_metric, name_of, unit_of
from pipeline.edges.metrics_server import serving_metrics
from pipeline.edges.stage_metrics import Few, Meter
from pipeline.edges.store import open_store
from pipeline.errors import Code, NoProcess, Unavailable, UsageError
from pipeline.handle import handle
from pipeline.records import Date, Precision, RawPage
from pipeline.settings import LOOPBACK, read_address, read_settings
from pipeline.topology import TOPOLOGY
from tests.articles import annotated

NOW = "2026-05-03T12:00:00.000Z"
PUBLISHED = "2026-05-03T09:00:00Z"

ROOT = Path(__file__).parents[2]
STORY = (ROOT / "seeds" / "articles" / "publisher-jsonld-en.html").read_bytes()
WELL = Health(live=lambda: None, ready=lambda: None)


@pytest.mark.parametrize("metric", list(every_metric()), ids=name_of)
def test_a_metric_is_named_by_the_conventions_and_says_what_it_means(metric: Counter | Gauge | Histogram) -> None:
    family = next(iter(metric.collect()))
    assert re.fullmatch(r"newsflow(_[a-z]+)+", family.name)
    assert family.documentation.endswith(".")
    assert set(metric._labelnames) <= set(metrics.LABELS)
    assert metric._unit == ""
    if isinstance(metric, Histogram):
        assert unit_of(metric) in ("seconds", "messages")


def test_every_label_is_explained_and_every_explained_one_is_some_metric_s() -> None:
    assert set(metrics.LABELS) == {label for metric in every_metric() for label in metric._labelnames}


def test_the_page_of_metrics_is_made_from_the_file() -> None:
    assert (ROOT / "docs" / "metrics.md").read_text() == as_markdown(), "run make metrics"


def test_a_rule_s_cuts_a_source_and_the_ages_of_a_page_are_counted_from_what_a_stage_measured() -> None:
    raw = raw_message(RawPage(url="https://cut.example/a", body=STORY, source="counted", fetched_at=NOW))
    ticks = iter(range(1000))
    clean = handle(TOPOLOGY.stage("clean"), raw, now=NOW, clock=lambda: next(ticks) / 4)
    removed = Counted(cut["rule"] for cut in orjson.loads(clean.messages[0].value or b"")["removed"])
    assert removed
    assert clean.measures.seconds[0] > 0
    before = {rule: count("newsflow_rule_cuts_total", rule=rule) for rule in removed}
    ages = count("newsflow_age_seconds_sum", stage="clean", since="fetched")
    meter = Meter("clean")
    meter.count([clean], seconds=0.5, send_seconds=0.1, now=datetime.fromisoformat(NOW).timestamp() + 7)
    for rule, cuts in removed.items():
        assert count("newsflow_rule_cuts_total", rule=rule) - before[rule] == cuts
    assert count("newsflow_source_messages_total", stage="clean", source="counted", verdict="passed") == 1
    assert count("newsflow_age_seconds_sum", stage="clean", since="fetched") - ages == pytest.approx(7, abs=0.001)


def count(name: str, **labels: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, labels) or 0.0


def test_publish_to_enriched_is_measured_of_a_page_s_first_record_alone() -> None:
    ends = []
    store = open_store(":memory:", cluster_id=None)
    for text in ("The storm came.", "The storm went.", "The storm went."):
        article = annotated(text, "2026-05-03T10:00:00Z" if text.endswith("came.") else "2026-05-03T11:00:00Z")
        date = Date(value="2026-05-03T09:00:00Z", precision=Precision.SECOND, raw="x", source="x", utc=PUBLISHED)
        message = Message(topic="news.annotated.v1", key=b"k", value=encode(replace(article, published=date)))
        with store.transaction(now=NOW) as memory:
            ends.append(handle(TOPOLOGY.stage("relate"), message, now=NOW, memory=memory))
    store.close()
    assert [end.measures.published_at for end in ends] == [PUBLISHED, None, None]
    name = "newsflow_age_seconds_count"
    before = count(name, stage="relate", since="published")
    Meter("relate").count(ends, seconds=1, send_seconds=1, now=datetime.fromisoformat(NOW).timestamp())
    assert count(name, stage="relate", since="published") - before == 1


@given(st.lists(st.text(max_size=80), max_size=30))
def test_whoever_names_sources_makes_a_bounded_number_of_labels_of_plain_characters(names: list[str]) -> None:
    few = Few(5)
    labels = {few.label(name) for name in names}
    assert len(labels - {"other"}) <= 5
    assert all(re.fullmatch(r"[\w .:-]+", label, re.ASCII) for label in labels)


def test_a_process_that_is_not_well_says_why() -> None:
    health = Health(live=lambda: "it hangs", ready=lambda: None)
    with serving_metrics((LOOPBACK, 0), health, lambda: None) as url:
        with pytest.raises(urllib.error.HTTPError, match="503") as answer:
            get(f"{url}/livez")
        assert answer.value.read() == b"not live: it hangs\n"
        assert get(f"{url}/readyz") == "ready\n"
        assert "newsflow_live 0.0" in get(f"{url}/metrics")


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
    with serving_metrics((LOOPBACK, 0), WELL, lambda: asked.append(1)) as base:
        url = f"{base}/metrics"
        families = {family.name for family in text_string_to_metric_families(get(url))}
        assert {"newsflow_crawl_requests", "process_resident_memory_bytes"} <= families
        assert get(url, "application/openmetrics-text").endswith("# EOF\n")
        with pytest.raises(urllib.error.HTTPError, match="404"):
            get(url.replace("/metrics", "/"))
    assert len(asked) == 2, "what is only known when somebody asks is asked for each time"
    with pytest.raises(OSError, match="refused"):
        get(url)


def test_who_opens_a_connection_and_says_nothing_holds_up_nobody() -> None:
    with serving_metrics((LOOPBACK, 0), WELL, lambda: None) as url:
        host, port = url.split("/")[2].split(":")
        with socket.create_connection((host, int(port))):
            assert "newsflow_crawl_requests_total" in get(f"{url}/metrics")


def test_who_hangs_up_is_not_mentioned_and_what_else_fails_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    called, go, broken = threading.Event(), threading.Event(), threading.Event()

    def refresh() -> None:
        called.set()
        go.wait(10)
        if broken.is_set():
            raise ValueError("torn")

    with serving_metrics((LOOPBACK, 0), WELL, refresh) as url, capture_logs() as logs:
        host, port = url.split("/")[2].split(":")
        for _ in range(2):
            called.clear()
            go.clear()
            before = set(threading.enumerate())
            with socket.create_connection((host, int(port))) as scraper:
                scraper.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closes with a reset
                scraper.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
                assert called.wait(10)
                (answering,) = set(threading.enumerate()) - before
            go.set()
            answering.join(10)
            broken.set()
    assert [line["error"] for line in logs] == ["ValueError('torn')"]
    assert capsys.readouterr().err == ""


def test_the_first_dead_letter_of_a_cause_is_an_increase_from_0() -> None:
    Meter("fresh")
    for code in Code:
        labels = {"stage": "fresh", "step": "process", "code": code}
        assert metrics.REGISTRY.get_sample_value("newsflow_dead_letters_total", labels) == 0


async def test_a_store_that_cannot_serve_is_counted_and_a_pool_without_a_process_is_not() -> None:
    for error, counted in ((Unavailable("the store is locked"), 1), (NoProcess("no memory to fork"), 0)):
        left = [error]

        async def work(left: list[Unavailable] = left) -> str:
            if left:
                raise left.pop()
            return "done"

        before = count("newsflow_store_unavailable_total")
        assert await _patiently(work) == "done"
        assert count("newsflow_store_unavailable_total") - before == counted


def test_an_address_that_is_taken_is_said_with_the_setting() -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        taken = other.getsockname()
        words = f"NEWSFLOW_METRICS: cannot listen at 127.0.0.1, port {taken[1]}: Address already in use"
        with pytest.raises(UsageError, match=words), serving_metrics(taken, WELL, lambda: None):
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
