"""One worker on a real broker, as others see it: health, metrics, logs, and whether the alerts see what they ask."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from pipeline.codec import Message, raw_message
from pipeline.edges import metrics
from pipeline.edges.broker import Broker
from pipeline.edges.clock import utc_now
from pipeline.edges.connection import Connection
from pipeline.edges.supervisor import CRAWL, EXITS
from pipeline.edges.topics import create_topics
from pipeline.records import RawPage
from pipeline.settings import LOOPBACK
from tests.edges.workers import produce, worker
from tests.faults import TOPOLOGY
from tests.site_server import free_port

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
ALERTS = yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text())["groups"][0]["rules"]

SECRET = "hunter2"
PATIENCE = 60.0


FETCHED = utc_now()


def page(body: str, name: str, source: str | None = "harbour-feed") -> Message:
    url = f"https://{name}.example/story?token={SECRET}"
    return raw_message(RawPage(url=url, body=body.encode(), source=source, fetched_at=FETCHED))


PAGES = (
    *(page(f"fine {SECRET} {number}", f"h{number}") for number in range(5)),
    page(f"fine {SECRET}", "unnamed", source=None),
    page(f"wall {SECRET}", "wall"),
    page(f"raise {SECRET}", "raise"),
    page(f"sleep 99 {SECRET}", "hang"),
    replace(page(SECRET, "nowhere"), headers=()),
)


@dataclass
class Running:
    """A worker of the clean stage that serves at `url`; `before` is what it said before there were topics."""

    url: str
    connection: Connection
    process: "subprocess.Popen[bytes]"
    log: Path
    before: dict[str, str]
    metrics: str = ""
    behind: float = 0
    """The most messages that it was behind in any look."""

    def value(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples with these labels, after all pages."""
        return sum(
            sample.value
            for family in text_string_to_metric_families(self.metrics)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    @property
    def is_done(self) -> bool:
        """Whether all pages are acknowledged and committed, and the watchdog has seen that."""
        lag, live = self.value("newsflow_consumer_lag_messages"), self.value("newsflow_live")
        return self.value("newsflow_stage_messages_total") == len(PAGES) and lag == 0 and live == 1


def get(url: str, seconds: float = 5.0) -> str:
    """The answer's text, whatever its status; nothing while nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()
    except urllib.error.URLError:
        return ""


def until(url: str, words: str) -> str:
    """The answer, once it begins with these words."""
    deadline = time.monotonic() + PATIENCE
    while not (text := get(url)).startswith(words):
        assert time.monotonic() < deadline, f"{url} never says {words!r}, but {text!r}"
        time.sleep(0.1)
    return text


def health(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pipeline.cli", "health", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)


@pytest.fixture(scope="module")
def running(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    connection = Connection(bootstrap=broker.bootstrap, prefix=f"t{uuid.uuid4().hex[:8]}-")
    folder, url = tmp_path_factory.mktemp("worker"), f"http://{LOOPBACK}:{free_port()}"
    variables = {
        "NEWSFLOW_METRICS": url.removeprefix("http://"),
        "NEWSFLOW_POOL_PROCESSES": "1",
        "NEWSFLOW_LOG_LEVEL": "debug",
        "NEWSFLOW_LOG_FORMAT": "json",
        "KAFKA_SASL_PASSWORD": SECRET,
    }
    with worker(connection, "clean", folder, die_at="observed", **variables) as process:
        before = {"/readyz": until(f"{url}/readyz", "not ready"), "/livez": get(f"{url}/livez")}
        asyncio.run(create_topics(connection, TOPOLOGY.topics))
        until(f"{url}/readyz", "ready\n")
        started = Running(url, connection, process, folder / "clean.log", before)
        asyncio.run(produce(connection, PAGES))
        deadline = time.monotonic() + PATIENCE
        while not started.is_done:
            assert time.monotonic() < deadline, started.metrics
            time.sleep(0.2)
            started.metrics = get(f"{url}/metrics")
            started.behind = max(started.behind, started.value("newsflow_consumer_lag_messages"))
        yield started


# ---- metrics


def test_messages_are_counted_by_verdict_cause_and_source(running: Running) -> None:
    stage = {"stage": "clean"}
    verdicts = {"passed": 6, "dropped": 1, "dead": 3, "enriched": 0, "unchanged": 0}
    for verdict, number in verdicts.items():
        assert running.value("newsflow_stage_messages_total", verdict=verdict, **stage) == number
    assert running.value("newsflow_dropped_total", reason="consent_wall", **stage) == 1
    causes = {("process", "stage_failed"), ("process", "time_limit"), ("decode", "bad_url")}
    for step, code in causes:
        assert running.value("newsflow_dead_letters_total", step=step, code=code, **stage) == 1
    assert running.value("newsflow_source_messages_total", source="harbour-feed", verdict="passed") == 5
    assert running.value("newsflow_source_messages_total", source="none", verdict="passed") == 1


def test_times_and_ages_are_measured_for_every_message_that_has_them(running: Running) -> None:
    steps = {step: running.value("newsflow_stage_step_seconds_count", step=step) for step in ("decode", "process")}
    assert steps == {"decode": 9, "process": 8}, "not of the page whose process was killed; one could not be decoded"
    assert running.value("newsflow_stage_step_seconds_count", step="encode") == 7
    batches = running.value("newsflow_stage_batch_seconds_count")
    assert 1 <= batches == running.value("newsflow_stage_step_seconds_count", step="send")
    assert running.value("newsflow_stage_batch_messages_sum") == len(PAGES)
    assert running.value("newsflow_age_seconds_count", since="fetched") == 6, "of what has a result"
    latest = running.value("newsflow_source_fetched_timestamp_seconds", source="harbour-feed")
    assert latest == datetime.fromisoformat(FETCHED).timestamp()


def test_the_pool_and_what_is_behind_are_told(running: Running) -> None:
    assert running.value("newsflow_pool_processes") == 1
    assert running.value("newsflow_pool_busy_processes") == running.value("newsflow_pool_waiting_chunks") == 0
    assert running.value("newsflow_pool_kills_total", cause="time_limit") >= 1
    assert running.value("newsflow_pool_busy_seconds_total") > 1, "the page that hung had 1 s"
    assert running.value("newsflow_stage_in_hand_messages") == running.value("newsflow_consumer_lag_messages") == 0
    assert running.behind >= 1, "a page that hangs is not committed, and had none of its partition before it"
    assert running.value("newsflow_worker_assigned_partitions") == 12
    assert running.value("newsflow_live") == running.value("newsflow_ready") == 1


# ---- logs


def test_a_message_and_a_batch_are_one_line_each_and_no_body_url_or_header_is_logged(running: Running) -> None:
    text = running.log.read_text()
    assert SECRET not in text + running.metrics, "nor a password"
    lines = [orjson.loads(line) for line in text.splitlines() if line.startswith("{")]
    messages = [line for line in lines if line["event"] == "message"]
    assert len(messages) == len(PAGES)
    for line in messages:
        assert {"stage", "topic", "partition", "offset", "key", "trace_id", "verdict", "cause", "ms"} <= set(line)
    walls = [(line["key"], line["verdict"], line["cause"]) for line in messages if line["key"] == "wall.example"]
    assert walls == [("wall.example", "dropped", "consent_wall")]
    batches = [line for line in lines if line["event"] == "batch"]
    assert sum(line["messages"] for line in batches) == len(PAGES)
    assert all({"stage", "topic", "partitions", "ms"} <= set(line) for line in batches)


# ---- alerts


def selectors(expression: Any) -> Iterator[Any]:
    """Every metric that an expression names, with its matchers."""
    if isinstance(expression, promql_parser.VectorSelector):
        yield expression
    for name in ("expr", "lhs", "rhs", "vector_selector", "param"):
        child = getattr(expression, name, None)
        if child is not None and not isinstance(child, str | float):
            yield from selectors(child)
    for argument in getattr(expression, "args", None) or ():
        yield from selectors(argument)


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert["alert"])
def test_an_alert_asks_only_for_what_a_worker_tells(running: Running, alert: dict[str, Any]) -> None:
    told = set(re.findall(r"^# TYPE (\S+) ", running.metrics, re.MULTILINE)) | {"up"}
    found = list(selectors(promql_parser.parse(alert["expr"])))
    assert found
    for selector in found:
        family = re.sub(r"_(bucket|sum|count)$", "", selector.name)
        assert family in told, selector.name
        ours = {"job", "instance", *labels_of(family)}
        for matcher in selector.matchers.matchers:
            assert matcher.name in ours, f"{selector.name} has no label {matcher.name}"
            if matcher.name == "cause":
                assert matcher.value in {name for name, _ in EXITS.values()}
            elif matcher.name != "job":
                assert matcher.value in metrics.LABELS[matcher.name], f"{matcher.name} is never {matcher.value}"
    asked = set(re.findall(r"by \(([^)]*)\)", alert["expr"]))
    names = {name.strip() for group in asked for name in group.split(",")} - {"le"}
    assert names <= {label for selector in found for label in labels_of(selector.name)}
    assert {"summary", "description"} <= set(alert["annotations"])


def labels_of(name: str) -> tuple[str, ...]:
    """A metric's own labels; those of other libraries have none."""
    for metric in vars(metrics).values():
        own = getattr(metric, "_name", None)
        if own in (name, name.removesuffix("_total")):
            return tuple(metric._labelnames)
    return ()


def test_the_scrape_configuration_names_the_ports_that_a_run_gives_out() -> None:
    config = yaml.safe_load((PROMETHEUS / "prometheus.yaml").read_text())
    (job,) = config["scrape_configs"]
    first = 9464
    names = ["run", *(stage.name for stage in TOPOLOGY.stages), CRAWL]
    targets = [f"{LOOPBACK}:{first + number}" for number, _ in enumerate(names)]
    assert job["job_name"] == "newsflow"
    assert job["static_configs"][0]["targets"] == targets
    assert config["rule_files"] == ["alerts.yaml"]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not at hand")
def test_promtool_takes_the_files_and_every_alert_fires_when_it_is_to() -> None:
    for command in (
        ["promtool", "check", "config", str(PROMETHEUS / "prometheus.yaml")],
        ["promtool", "test", "rules", str(PROMETHEUS / "alerts.test.yaml")],
    ):
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr


# ---- health, in this order: what comes last leaves the worker useless


def test_a_worker_is_live_before_it_is_ready_and_ready_once_it_has_partitions(running: Running) -> None:
    assert running.before["/livez"] == "live\n"
    assert running.before["/readyz"].startswith("not ready: starting: it waits for Kafka")
    answer = health("--url", running.url, "--ready")
    assert (answer.returncode, answer.stdout) == (0, "ready\n")


def test_a_worker_that_stands_still_does_not_answer_and_the_command_says_so(running: Running) -> None:
    os.kill(running.process.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        answer = health("--url", running.url, "--timeout", "1")
        assert time.monotonic() - began < 15
    finally:
        os.kill(running.process.pid, signal.SIGCONT)
    assert answer.returncode == 1
    assert answer.stderr == f"newsflow: {running.url} does not answer within 1 s: its process stands still\n"


def test_a_blocked_event_loop_is_told_at_once_by_a_thread_that_is_not_blocked(running: Running) -> None:
    until(f"{running.url}/livez", "live\n")
    os.kill(running.process.pid, signal.SIGUSR2)
    assert "the event loop has stood still for" in until(f"{running.url}/livez", "not live")
    until(f"{running.url}/readyz", "ready\n")


def test_a_worker_that_commits_nothing_while_work_waits_is_not_live_until_it_does(running: Running) -> None:
    """Eight pages of 1 s each, in one partition and so in one batch; here /livez waits for 2.5 s."""
    slow = [page(f"sleep 99 #{number}", "slow") for number in range(8)]
    asyncio.run(produce(running.connection, slow))
    assert "work waits, and none has been committed for" in until(f"{running.url}/livez", "not live")
    assert "not ready: work waits" in get(f"{running.url}/readyz")
    until(f"{running.url}/livez", "live\n")


def test_a_zombie_is_not_live(running: Running) -> None:
    os.kill(running.process.pid, signal.SIGUSR1)
    until(f"{running.url}/livez", "not live")
    answer = health("--url", running.url)
    assert answer.returncode == 1
    assert answer.stderr == "newsflow: not live: it has lost its consumer group: UnknownMemberIdError()\n"
    assert "newsflow_live 0.0" in get(f"{running.url}/metrics")


def test_nobody_who_listens_is_not_live() -> None:
    port = free_port()
    answer = health("--url", f"http://{LOOPBACK}:{port}")
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"newsflow: nothing listens at http://{LOOPBACK}:{port}")
