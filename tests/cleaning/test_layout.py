"""The numbers by which a list and a story are told apart, and the names in a page's head, from invented pages."""

from pipeline.cleaning.decoding.document import Document, read_document
from pipeline.cleaning.html_article import settle
from pipeline.cleaning.kinds.layout import layout_of
from pipeline.cleaning.kinds.marks import marks_of
from pipeline.cleaning.kinds.sight import MAX_HEAD, Sight, see
from pipeline.cleaning.metadata.scan import scan_page
from tests.cleaning.kind_pages import SENTENCES, STORY

URL = "https://news.example.org/island"
TEASERS = "".join(
    f'<article class="card"><h2><a href="/n/{at}">Title number {at} of the island</a></h2><p>{sentence}</p></article>'
    for at, sentence in enumerate(SENTENCES)
)


def seen(body: str, head: str = "") -> Sight:
    html = f"<!doctype html><html><head><title>Island news</title>{head}</head><body>{body}</body></html>"
    document = read_document(html.encode(), "text/html; charset=utf-8")
    assert isinstance(document, Document)
    assert document.tree is not None
    scan = scan_page(document.tree)
    return see(scan, URL, settle(scan, URL).evidence)


def test_the_prose_of_a_list_stands_below_its_titles_each_in_a_holder_of_its_own() -> None:
    numbers = layout_of(seen(f"<h1>Island</h1>{TEASERS}"))
    assert numbers["titles_teasing"] == numbers["headings_teasing"] == len(SENTENCES)
    assert (numbers["teased_prose"], numbers["prose_per_holder"], numbers["prose_adjacent"]) == (1, 1, 0)


def test_the_prose_of_a_story_stands_together_in_one_holder() -> None:
    numbers = layout_of(seen(f"<h1>Goats at the harbour</h1><article>{STORY}</article>"))
    assert numbers["titles_teasing"] == numbers["headings_teasing"] == numbers["teased_prose"] == 0
    assert numbers["prose_per_holder"] == numbers["prose_lines"] == STORY.count("<p>")
    assert numbers["prose_adjacent"] == (numbers["prose_lines"] - 1) / numbers["prose_lines"]
    assert (numbers["kept_holder"], numbers["kept_breaks"]) == (numbers["kept_prose"], 0)


def test_teasers_after_a_story_are_the_smaller_part_of_its_prose() -> None:
    numbers = layout_of(seen(f"<h1>Goats at the harbour</h1><main>{STORY}</main>{TEASERS}"))
    assert numbers["titles_teasing"] == len(SENTENCES)
    assert 0 < numbers["teased_prose"] < 1 / 4
    assert numbers["teased_kept"] < 1 / 4


def test_the_names_in_the_head_are_marks_up_to_a_bound() -> None:
    head = '<meta property="article:published_time" content="2026-05-03"><link rel="next" href="/page/2">'
    assert {"meta article:published_time", "link next"} <= marks_of(seen(STORY, head))
    many = "".join(f'<meta name="name-{at}" content="x">' for at in range(MAX_HEAD - 2))
    last = '<meta name="one" property="two" itemprop="three" http-equiv="four" content="x">'
    metas = seen(STORY, many + last).metas
    assert len(metas) == MAX_HEAD
    assert {"one", "two"} <= metas  # not any two, else equal pages would not be judged alike
