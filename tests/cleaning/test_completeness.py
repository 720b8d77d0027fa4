"""Nothing is cut without a trace: body and ledger together hold every visible line of a page."""

from pathlib import Path

import pytest

from pipeline.cleaning.blocks import Line, html_lines
from pipeline.cleaning.decoding.document import Document, read_document
from pipeline.cleaning.elements import Elements
from pipeline.cleaning.flattened import text_lines
from pipeline.records import CleanArticle, RawPage
from pipeline.stages.clean import clean
from pipeline.text import squeeze

ROOT = Path(__file__).parents[2]
GOLDEN = sorted((ROOT / "tests/golden/rules").glob("*/page.*"))
SEEDS = sorted(path for path in (ROOT / "seeds/articles").glob("*") if path.suffix in (".html", ".txt"))
SHARED_SEED = ROOT.parent / "shared/seed/page.txt"


def cleaned(path: Path) -> CleanArticle | None:
    kind = "text/plain" if path.suffix == ".txt" else "text/html"
    result = clean(RawPage(url="https://news.example.org/x", body=path.read_bytes(), content_type=kind))
    return result if isinstance(result, CleanArticle) else None


def visible_length(path: Path) -> int:
    """Length of what the page shows."""
    return sum(len(line.text) for line in lines_of(path) if not line.hidden)


def lines_of(path: Path) -> list[Line]:
    document = read_document(path.read_bytes(), "text/plain" if path.suffix == ".txt" else None)
    assert isinstance(document, Document)
    return text_lines(document.text) if document.tree is None else html_lines(Elements(document.tree))


@pytest.mark.parametrize("path", [*GOLDEN, *SEEDS], ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_blocks_cover_the_body(path: Path) -> None:
    article = cleaned(path)
    if article is None:
        return
    assert (
        "\n\n".join(article.article_body[block.start : block.end] for block in article.blocks) == article.article_body
    )
    assert all(block.start < block.end for block in article.blocks)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.parent.name)
def test_body_and_ledger_hold_every_visible_line(path: Path) -> None:
    article = cleaned(path)
    assert article is not None
    body = squeeze(article.article_body)
    ledger = " ".join(entry.excerpt for entry in article.removed)
    for line in lines_of(path):
        assert line.squeezed in body or line.text in ledger, line.text
    assert all(len(entry.excerpt) <= 200 and entry.place and entry.length > 0 for entry in article.removed)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_lengths_add_up_on_seed_pages(path: Path) -> None:
    article = cleaned(path)
    if article is None or article.extraction.candidate == "json_ld":
        return
    blocks = sum(block.end - block.start for block in article.blocks)
    removed = sum(entry.length for entry in article.removed)
    assert blocks + removed >= visible_length(path)


@pytest.mark.skipif(not SHARED_SEED.exists(), reason="the seed page lies beside the repository, not in it")
def test_the_seed_page() -> None:
    """The page this project exists for: its headline once, its paragraphs and nothing else."""
    lines = [line for line in SHARED_SEED.read_text(encoding="utf-8").splitlines() if line.strip()]
    article = cleaned(SHARED_SEED)
    assert article is not None
    paragraphs = article.article_body.split("\n\n")
    assert paragraphs == lines[6:-3]
    assert article.headline == lines[4]
    assert article.article_section == "U.S."
    assert article.signals.visit_date == lines[2]
    assert article.published == ()
    rules = [entry.rule for entry in article.removed]
    assert rules == [
        "weather_widget",
        "date_line",
        "glued_breadcrumb",
        "headline",
        "repeated_headline",
        "comment_form",
        "most_popular",
    ]
    ledger = " ".join(entry.excerpt for entry in article.removed)
    assert all(line in ledger for line in (*lines[:6], *lines[-3:]))
