"""Pages from files: what each kind of input is called, which URL it gets, and what stops the command."""

import gzip
import json
import os
from pathlib import Path

import pytest

from pipeline.edges.inputs import Input, bare_url, open_inputs
from pipeline.errors import Failure, UsageError
from pipeline.topology import MAX_BODY_BYTES

PAGE = b"<html><body><p>Something happened.</p></body></html>"


def read(*paths: Path, said: list[str] | None = None) -> list[Input]:
    notes: list[str] = [] if said is None else said
    return list(open_inputs(paths, say=notes.append))


def header(item: Input, name: str) -> str | None:
    value = item.message.header(name)
    return None if value is None else value.decode()


def test_a_file_is_named_by_its_path_and_has_a_reserved_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/ä b.html").write_bytes(PAGE)
    (item,) = read(Path("in/ä b.html"))
    assert item.name == "in/ä b.html"
    assert header(item, "url") == "https://input.invalid/in/%C3%A4%20b.html"
    assert header(item, "fetched_at") is None
    assert header(item, "content-type") == "text/html"
    assert item.message.value == PAGE


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("a.html", "https://input.invalid/a.html"),
        ("./a/b.html", "https://input.invalid/a/b.html"),
        ("../a.html", "https://input.invalid/a.html"),
        ("/srv/a.html", "https://input.invalid/srv/a.html"),
    ],
)
def test_the_stand_in_url_is_the_relative_path(path: str, url: str) -> None:
    assert bare_url(Path(path)) == url


def test_gzip_is_unpacked_and_keeps_the_inner_content_type(tmp_path: Path) -> None:
    path = tmp_path / "page.txt.gz"
    path.write_bytes(gzip.compress(b"some text"))
    (item,) = read(path)
    assert item.message.value == b"some text"
    assert header(item, "content-type") == "text/plain"


def test_a_broken_gzip_file_is_handed_on_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "page.html.gz"
    path.write_bytes(b"\x1f\x8b\x08broken")
    (item,) = read(path)
    assert item.message.value == b"\x1f\x8b\x08broken"


def test_a_gzip_bomb_is_read_no_further_than_a_page_may_go(tmp_path: Path) -> None:
    path = tmp_path / "bomb.html.gz"
    path.write_bytes(gzip.compress(b"\0" * (64 * 1024 * 1024)))
    (item,) = read(path)
    assert len(item.message.value or b"") == MAX_BODY_BYTES + 1


def test_a_folder_gives_its_files_in_sorted_order_and_says_what_it_passed_over(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.html", "a.txt", "sub/c.json", ".hidden"):
        (tmp_path / name).write_bytes(PAGE)
    said: list[str] = []
    assert [Path(item.name).name for item in read(tmp_path, said=said)] == ["a.txt", "b.html", "c.json"]
    assert said == [f"{tmp_path}: 1 hidden or special files and linked folders passed over, such as .hidden"]


def test_what_is_no_plain_file_is_named_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(PAGE)
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    said: list[str] = []
    assert [Path(item.name).name for item in read(tmp_path, said=said)] == ["a.html"]
    assert said == [f"{tmp_path}: 3 hidden or special files and linked folders passed over, such as gone, loop, pipe"]
    with pytest.raises(UsageError, match="neither a file nor a folder"):
        open_inputs([tmp_path / "pipe"], say=print)


def test_a_file_name_that_is_no_utf8_is_escaped(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.html"))
    path.write_bytes(PAGE)
    (item,) = read(path)
    assert item.name == f"{tmp_path}/caf\\xe9.html"
    assert (header(item, "url") or "").endswith("/caf%E9.html")


def test_a_manifest_names_its_pages_relative_to_itself(tmp_path: Path) -> None:
    (tmp_path / "p.html").write_bytes(PAGE)
    lines = [
        {"id": "one", "url": "https://news.example/1", "path": "p.html", "fetched_at": "2026-05-03T10:00:00Z"},
        {"id": "two", "url": "nonsense", "path": "p.html", "content_type": "text/html; charset=x"},
        {"id": "three", "path": "p.html"},
    ]
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    by_file, by_folder = read(manifest), read(tmp_path)
    assert [item.name for item in by_file] == ["one", "two", "three"]
    assert by_file == by_folder, "a folder with a manifest is read through it"
    assert header(by_file[0], "fetched_at") == "2026-05-03T10:00:00Z"
    assert by_file[0].message.key == b"news.example"
    assert header(by_file[1], "content-type") == "text/html; charset=x"
    assert by_file[1].message.key is None, "a bad URL is the clean stage's to refuse"
    assert header(by_file[2], "url") == ""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"id": "one"', "line 1: not JSON"),
        ('{"id": "one", "path": "p.html"}\n[]', "line 2: not a JSON object"),
        ('{"id": "one", "url": 3, "path": "p.html"}', "'url' must be a string"),
        ('{"url": "https://news.example/", "path": "p.html"}', "'id' is missing"),
        ('{"id": "one"}', "'path' is missing"),
        ('{"id": "one", "path": "gone.html"}', "gone.html: no such file beside the manifest"),
        ("\n", "the manifest has no line"),
    ],
)
def test_a_broken_manifest_stops_before_the_start_and_names_the_line(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "p.html").write_bytes(PAGE)
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text(text)
    with pytest.raises(UsageError, match=complaint):
        open_inputs([manifest], say=print)


def test_white_space_around_a_url_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "p.html").write_bytes(PAGE)
    manifest = tmp_path / "manifest.jsonl"
    manifest.write_text(json.dumps({"id": "one", "url": " https://news.example/3 ", "path": "p.html"}))
    (item,) = read(manifest)
    assert header(item, "url") == "https://news.example/3"


def test_a_wrong_path_and_an_empty_folder_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        open_inputs([tmp_path / "gone"], say=print)
    with pytest.raises(UsageError, match="no file in this folder"):
        open_inputs([tmp_path], say=print)


def warc(*responses: tuple[str, str, bytes], gz: bool) -> bytes:
    """A WARC file of HTTP responses: (status line, URL, body)."""
    members = []
    for number, (status, url, body) in enumerate(responses):
        payload = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n".encode() + body
        head = (
            f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-05-03T10:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012}>\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(payload)}\r\n\r\n"
        )
        record = head.encode() + payload + b"\r\n\r\n"
        members.append(gzip.compress(record) if gz else record)
    return b"".join(members)


@pytest.mark.parametrize("gz", [False, True])
def test_a_warc_gives_its_successful_responses_and_counts_the_others(tmp_path: Path, gz: bool) -> None:
    path = tmp_path / ("pages.warc.gz" if gz else "pages.warc")
    path.write_bytes(
        warc(("200 OK", "https://news.example/1", PAGE), ("404 Not Found", "https://news.example/2", b"no"), gz=gz)
    )
    said: list[str] = []
    (item,) = read(path, said=said)
    assert item.name == f"{path}#urn:uuid:00000000-0000-4000-8000-000000000000"
    assert header(item, "url") == "https://news.example/1"
    assert header(item, "fetched_at") == "2026-05-03T10:00:00Z"
    assert header(item, "status") == "200"
    assert item.message.value == PAGE
    assert said == [f"{path}: 1 records that are no response with status 200 passed over"]


@pytest.mark.parametrize("gz", [False, True])
def test_a_truncated_warc_is_a_failure_of_one_line(tmp_path: Path, gz: bool) -> None:
    path = tmp_path / ("pages.warc.gz" if gz else "pages.warc")
    path.write_bytes(warc(("200 OK", "https://news.example/1", PAGE * 50), gz=gz)[:-40])
    with pytest.raises(Failure, match="damaged WARC"):
        read(path)


def test_what_is_no_warc_at_all_is_a_failure_of_one_line(tmp_path: Path) -> None:
    path = tmp_path / "pages.warc"
    path.write_bytes(b"\x00\x01 this is no archive at all\r\n\r\n")
    with pytest.raises(Failure, match="damaged WARC"):
        read(path)
