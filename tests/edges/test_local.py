"""`newsflow process`: one line per input, in input order, and the same bytes every time."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.records import EnrichedArticle

ROOT = Path(__file__).parents[2]


def run(*arguments: object, topology: str = "tests.faults", **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline.cli", *map(str, arguments)]
    environment = os.environ | {"NEWSFLOW_TOPOLOGY": topology, "PYTHONPATH": str(ROOT)} | variables
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=90, check=False)


def manifest(folder: Path, *lines: dict[str, Any]) -> Path:
    """A manifest with one page per line; `body` is its page."""
    rows = []
    for number, line in enumerate(lines):
        (folder / f"{number}.html").write_text(line.pop("body"))
        rows.append({"url": f"https://news.example/{number}", "path": f"{number}.html", "id": f"page-{number}"} | line)
    path = folder / "manifest.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def lines_of(result: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_input_gets_one_line_in_input_order_whatever_happens_to_it(tmp_path: Path) -> None:
    words = ["fine", "raise", "killed", "fine2", "hang", "exit", "fine3", "segfault", "eat", "grow", "fine4"]
    path = manifest(tmp_path, *({"body": word} for word in words))
    lines = lines_of(run("process", path, "--workers", 2, NEWSFLOW_PAGE_SECONDS="1"))
    assert [line["input"] for line in lines] == [f"page-{number}" for number in range(len(words))]
    ends = [line["error"]["code"] if line["outcome"] == "dead" else line["outcome"] for line in lines]
    assert ends == [
        "enriched",
        "stage_failed",
        "worker_died",
        "enriched",
        "time_limit",
        "worker_died",
        "enriched",
        "worker_died",
        "memory_limit",
        "output_too_large",
        "enriched",
    ]
    assert lines[0]["article"]["revision"] == {"number": 1, "change": "new"}
    assert "article" not in lines[1]


def test_the_same_bytes_with_any_number_of_workers_and_on_a_second_run(tmp_path: Path) -> None:
    pages = [{"body": f"story {number}", "url": f"https://news.example/{number % 7}"} for number in range(60)]
    path = manifest(tmp_path, *pages)
    outputs = {run("process", path, "--workers", workers).stdout for workers in (1, 2, 2, 5)}
    assert len(outputs) == 1
    assert outputs.pop().count("\n") == 60


def test_updates_of_a_page_are_told_apart_in_input_order(tmp_path: Path) -> None:
    url = "https://news.example/storm"
    path = manifest(
        tmp_path,
        {"body": "first", "url": url, "fetched_at": "2026-05-03T10:00:00Z"},
        {"body": "second", "url": url, "fetched_at": "2026-05-03T12:00:00Z"},
        {"body": "second", "url": url, "fetched_at": "2026-05-03T13:00:00Z"},
        {"body": "late", "url": url, "fetched_at": "2026-05-03T11:00:00Z"},
        {"body": "second", "url": url, "fetched_at": "2026-05-03T12:00:00Z"},
    )
    lines = lines_of(run("process", path))
    assert [(line["outcome"], line.get("reason")) for line in lines] == [
        ("enriched", None),
        ("enriched", None),
        ("unchanged", None),
        ("dropped", "superseded"),
        ("enriched", None),
    ]
    assert lines[1]["article"] == lines[4]["article"], "a repeat is answered with the same record"
    assert lines[1]["article"]["revision"]["previous_id"] == lines[0]["article"]["id"]


def test_an_input_may_be_named_as_output_and_a_full_disk_is_one_line(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("fine")
    assert run("process", page, "-o", page).returncode == 0
    assert json.loads(page.read_text())["outcome"] == "enriched"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    full = run("process", page, "-o", "/dev/full")
    assert full.returncode == 1
    assert full.stderr == "newsflow: cannot write /dev/full: No space left on device\n"


def test_the_largest_pages_pass_every_real_stage(tmp_path: Path) -> None:
    """Four million bytes of windows-1251 are eight million of UTF-8, and the record holds the ledger besides."""
    sentence = "Мост через реку откроют осенью, сообщил мастер участка номер {}. "
    paragraphs = [f"<p>{''.join(sentence.format(n * 9 + i) for i in range(9))}</p>" for n in range(6000)]
    body = f"<html><head><meta charset=windows-1251></head><body><article><h1>Мост</h1>{''.join(paragraphs)}</article>"
    page = tmp_path / "page.html"
    page.write_bytes(body.encode("cp1251")[: 4 * 1024 * 1024 - 100])
    (line,) = lines_of(run("process", page, topology="pipeline.topology", NEWSFLOW_PAGE_SECONDS="60"))
    assert line["outcome"] == "enriched", line
    assert len(line["article"]["article_body"]) > 3_000_000


def test_articles_only_and_to_a_file(tmp_path: Path) -> None:
    path = manifest(tmp_path, {"body": "fine"}, {"body": "raise"})
    output = tmp_path / "out.jsonl"
    result = run("process", path, "--articles", "-o", output)
    assert result.returncode == 0
    assert result.stdout == ""
    (record,) = [json.loads(line) for line in output.read_text().splitlines()]
    assert record["schema"] == EnrichedArticle.SCHEMA


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["process"], 2, "INPUT..."),
        (["process", "gone.html"], 2, "gone.html: no such file or folder"),
        (["process", "page.html", "--workers", "none"], 2, "'none' is not a valid integer"),
        (["process", "page.html", "-o", "no/folder/out"], 1, "cannot write no/folder/out"),
        (["subscribe", "--format", "xml"], 2, "'xml' is not one of"),
        (["subscribe", "--from", "yesterday", "--bootstrap", "127.0.0.1:1"], 2, "must be beginning, end or an instant"),
        (["replay", "page.html"], 2, "no Kafka named"),
        (["replay", "page.html", "--bootstrap", "127.0.0.1:1"], 1, "cannot reach Kafka at 127.0.0.1:1"),
        (["topics", "check", "--bootstrap", "nonsense:port"], 2, "must be HOST:PORT"),
        (["stage", "polish", "--bootstrap", "127.0.0.1:1"], 2, "there is no stage 'polish'"),
        (["run", "--replay", "gone"], 2, "gone: no such file or folder"),
        (["dance"], 2, "No such command 'dance'"),
    ],
)
def test_a_wrong_call_gets_one_line_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, complaint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    Path("page.html").write_text("fine")
    result = run(*arguments)
    assert result.returncode == code, result.stderr
    assert complaint in result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("NEWSFLOW_PAGE_SECONDS", "soon", "must be a number from 0.1 to 600"),
        ("NEWSFLOW_POOL_PROCESSES", "0", "must be a whole number from 1 to 256"),
        ("NEWSFLOW_TOPOLOGY", "no.such.module", "no topology in 'no.such.module'"),
        ("NEWSFLOW_LOG_FORMAT", "xml", "must be one of auto, console, json"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_may_be(
    tmp_path: Path, variable: str, value: str, complaint: str
) -> None:
    (tmp_path / "page.html").write_text("fine")
    result = run("process", tmp_path / "page.html", **{variable: value})
    assert result.returncode == 2
    assert complaint in result.stderr
    assert result.stderr.count("\n") == 1


def test_every_command_has_help() -> None:
    import click

    from pipeline.cli import cli

    def commands(group: click.Group) -> list[click.Command]:
        nested = [commands(item) if isinstance(item, click.Group) else [item] for item in group.commands.values()]
        return [command for some in nested for command in some]

    for command in commands(cli):
        assert command.help, command.name
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.name != "form":
                assert parameter.help, f"{command.name} {parameter.name}"


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("pipeline.main", {"click", "pipeline.cli", "asyncio"}),
        ("pipeline.cli", {"asyncio", "multiprocessing", "msgspec", "pipeline.records"}),
        (
            "pipeline.edges.process",
            {"sqlalchemy", "rich", "urllib3", "warcio", "numpy", "lxml", "structlog", "babel"}
            | {"prometheus_client", "importlib.metadata", "difflib", "tomllib", "tempfile"},
        ),
        ("pipeline.stages.relate", {"numpy", "lxml", "sqlalchemy", "tempfile"}),
        ("pipeline.edges.fork_server", {"asyncio", "multiprocessing", "tempfile", "pipeline.topology"}),
        (
            "pipeline.stages.clean, pipeline.stages.annotate",
            {"trafilatura", "urllib3", "htmldate", "justext", "tld"}
            | {"importlib.metadata", "importlib.resources", "tempfile"},
        ),
        ("pipeline.edges.page_process", {"asyncio", "prometheus_client", "sqlalchemy", "pipeline.edges.warm"}),
        ("pipeline.edges.kafka", {"urllib3", "psycopg", "lxml", "babel", "pipeline.edges.frontier_tables"}),
    ],
)
def test_what_a_command_waits_for_at_its_start(module: str, unwanted: set[str]) -> None:
    """Each of these takes 10 to 200 ms to import, and has no part in the first page."""
    script = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert unwanted.isdisjoint(loaded.split())
