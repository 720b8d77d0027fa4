"""The archive: files of a bounded size, whole at any moment, and what a killed crawler left is not lost."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipeline.edges.crawling.http import Response
from pipeline.edges.crawling.warc import Archive, finish_left_behind, open_archive
from pipeline.edges.inputs import open_inputs
from pipeline.errors import Failure, UsageError

ROOT = Path(__file__).parents[2]


def answer(number: int) -> Response:
    return Response(
        url=f"http://site.test/story-{number}",
        status=200,
        headers=(("Content-Type", "text/html"), ("Content-Encoding", "br"), ("X-Robots-Tag", "noarchive")),
        body=body(number),
        fetched_at="2026-03-01T00:00:00.000Z",
        wire_bytes=9,
    )


def body(number: int) -> bytes:
    return bytes(number * 31 % 251 for number in range(number, number + 20_000))


def replayed(folder: Path, said: list[str] | None = None) -> dict[str, bytes]:
    said = [] if said is None else said
    return {
        (item.message.header("url") or b"").decode(): item.message.value or b""
        for item in open_inputs([folder], say=said.append)
    }


def files_of(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_a_file_that_is_full_is_followed_by_another_and_all_replay_byte_for_byte(tmp_path: Path) -> None:
    archive = Archive(folder=tmp_path, max_bytes=3000)
    await asyncio.gather(*(archive.write(answer(number)) for number in range(40)))
    assert len([path for path in files_of(tmp_path) if path.name.endswith(".warc.gz.open")]) == 1, "one is in work"
    archive.close()
    files = files_of(tmp_path)
    assert len(files) > 3
    assert all(path.name.endswith(".warc.gz") for path in files)
    assert max(path.stat().st_size for path in files) < 3000 + 2000, "one record over the limit at the most"
    assert replayed(tmp_path) == {answer(number).url: body(number) for number in range(40)}


async def test_every_file_says_what_wrote_it_and_keeps_the_headers_of_the_page(tmp_path: Path) -> None:
    archive = Archive(folder=tmp_path)
    await archive.write(answer(1))
    archive.close()
    (file,) = files_of(tmp_path)
    with file.open("rb") as stream:
        records = [(record.rec_type, record.rec_headers, record.http_headers) for record in ArchiveIterator(stream)]
    assert [kind for kind, _, _ in records] == ["warcinfo", "response"]
    assert {headers.protocol for _, headers, _ in records} == {"WARC/1.1"}
    page = records[1][2]
    assert page.get_header("X-Robots-Tag") == "noarchive"
    assert page.get_header("Content-Encoding") is None, "the body is unpacked"


async def test_what_is_in_work_is_passed_over_by_a_replay_of_its_folder(tmp_path: Path) -> None:
    archive = Archive(folder=tmp_path)
    await archive.write(answer(1))
    said: list[str] = []
    with pytest.raises(UsageError, match="no file in this folder"):
        replayed(tmp_path, said)
    assert ".warc.gz.open" in said[0]
    assert finish_left_behind(tmp_path) == [], "its crawler lives"
    archive.close()
    assert len(replayed(tmp_path)) == 1


WRITER = """
import asyncio, sys
from pathlib import Path
from pipeline.edges.crawling.warc import Archive
from tests.edges.test_warc import answer
async def main():
    archive = Archive(folder=Path(sys.argv[1]))
    for number in range(100_000):
        await archive.write(answer(number))
        print(number, flush=True)
asyncio.run(main())
"""


def write_and_kill(folder: Path) -> int:
    """The last record that a writer said it had written before it was killed."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    written = [int(process.stdout.readline()) for _ in range(20)][-1]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    return written


async def test_what_a_killed_crawler_left_is_finished_by_the_next_one(tmp_path: Path) -> None:
    """Also when it was killed in the middle of a record: that one goes, every whole one stays."""
    written = write_and_kill(tmp_path)
    (left,) = files_of(tmp_path)
    with left.open("ab") as stream:
        stream.write(left.read_bytes()[: left.stat().st_size // 3])  # whole records, and one that is cut short
    said: list[str] = []
    async with open_archive(tmp_path, said.append) as archive:
        assert archive is not None
        await archive.write(answer(200_000))
    assert len(said) == 1
    assert "left open" in said[0]
    found = replayed(tmp_path)
    assert {answer(number).url for number in (*range(written + 1), 200_000)} <= set(found)
    assert all(value == body(int(url.rpartition("-")[2])) for url, value in found.items())


async def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    archive = Archive(folder=tmp_path / "file")
    with pytest.raises(Failure, match="cannot write to the archive"):
        await archive.write(answer(1))
