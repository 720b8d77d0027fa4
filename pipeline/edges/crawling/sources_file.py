"""The sources file and the files that it names: read and checked as a whole before anything is crawled."""

from pathlib import Path

from pipeline.crawl.listing import Entry, Listing
from pipeline.crawl.sitemaps import read_url_list, wrong_lines
from pipeline.crawl.sources import Kind, Problem, Source, Sources, check_sources, refuse
from pipeline.edges.inputs import WARC_SUFFIXES
from pipeline.errors import Reject, UsageError
from pipeline.identity import page_id
from pipeline.urls import host_of


def load_sources(path: Path) -> Sources:
    """The sources file; UsageError names every problem with its line, the files that cannot be read too."""
    sources, problems = check_file(path)
    refuse(problems)
    return sources


def check_file(path: Path) -> tuple[Sources, tuple[Problem, ...]]:
    """The sources that are right, and every problem by line; UsageError when there is no file to read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the sources file {path}: {error.strerror}") from error
    sources, problems = check_sources(data, str(path))
    unreadable = [
        Problem(file=str(path), line=source.line, reason=f"'path' of source {source.name}: {reason}")
        for source in sources.sources
        if source.path is not None and (reason := _refusal(source, path.parent / source.path))
    ]
    return sources, tuple(sorted([*problems, *unreadable], key=lambda problem: problem.line))


def _refusal(source: Source, path: Path) -> str | None:
    """Why a file cannot be taken."""
    if source.kind is Kind.WARC and not path.name.lower().endswith(WARC_SUFFIXES):
        return f"{path} must end in {' or '.join(WARC_SUFFIXES)}"
    try:
        if path.exists() and not path.is_file():
            return f"{path} is no file"
        with path.open("rb"):
            return None
    except (OSError, ValueError) as error:
        return f"cannot read {path}: {getattr(error, 'strerror', None) or error}"


def url_list(source: Source, folder: Path) -> tuple[Listing, tuple[Problem, ...]]:
    """The URLs of a source of kind `urls`, those in its file too, and the lines there that are none.

    UsageError when the file cannot be read.
    """
    path = folder / (source.path or "")
    try:
        data = path.read_bytes() if source.path is not None else "\n".join(source.urls).encode()
    except OSError as error:
        raise UsageError(f"source {source.name}: cannot read {path}: {error.strerror}") from error
    wrong = [
        Problem(file=str(path), line=number, reason="no absolute http or https URL that can be asked for")
        for number in wrong_lines(data)
    ]
    return read_url_list(data), tuple(wrong)


def listing(sources: Sources, folder: Path, url: str) -> frozenset[str]:
    """The names of the sources of kind `urls` that list this page, in whatever spelling."""
    page, host = page_id(url), host_of(url)
    return frozenset(
        source.name
        for source in sources.sources
        if source.kind is Kind.URLS
        for each in url_list(source, folder)[0].entries
        if host_of(each.url) == host and _page_id(each) == page
    )


def _page_id(entry: Entry) -> str | None:
    try:
        return page_id(entry.url)
    except Reject:
        return None
