"""Trafilatura's cascade gives the same here as when it is called as a whole; an upgrade that changes it is noticed."""

import gzip
import hashlib
import inspect
import json
import os
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.etree import SubElement, XPath, tostring
from lxml.html import HtmlElement, document_fromstring
from trafilatura import bare_extraction, xpaths
from trafilatura.settings import _COOKIE_CONSENT_RE, BASIC_CLEAN_XPATH, Extractor
from trafilatura.utils import RE_FILTER

from pipeline.cleaning.decoding.document import Document, read_document
from pipeline.cleaning.extraction import selectors, tokens
from pipeline.cleaning.extraction.borrowed import copied
from pipeline.cleaning.extraction.cascade import Extraction
from pipeline.cleaning.extraction.compiled import article_text
from pipeline.cleaning.metadata.scan import scan_page
from tests.cleaning.pages import script, tree

ROOT = Path(__file__).parents[2]
GOLD = ROOT.parent / "shared" / "gold"
GOLD_PARTS = 16
GOLD_EVERY = int(os.environ.get("GOLD_EVERY", "36"))
"""All pages take minutes: `.ci/run` asks for them, `make test` takes every thirty-sixth."""
MARK = "data-left-out"
STORY = "<p>The ferry that links both banks will go on after the clocks go back, the council said on Monday.</p>"
LINKS = "<ul>" + '<li><a href="/other">Another story about the harbour</a></li>' * 6 + "</ul>"
NOT_TOLD = "<math></math>"
PAGES = {
    "a story": f"<article><h1>Ferry</h1>{STORY * 12}{LINKS}</article>",
    "a short story among much else": f"<div class='post-text'>{STORY}</div>" + "<div>Some words of a list.</div>" * 90,
    "no paragraphs": "<div id='content'>" + "The ferry will go on, the council said.<br><br>" * 40 + "</div>",
    "comments": f"<div class='entry'>{STORY * 8}<div class='comment-list'>{STORY * 3}</div></div>",
    "a forum": script({"@type": "DiscussionForumPosting"}) + f"<div id='comments'><div>{STORY * 5}</div></div>",
    "an appended article": f"<main>{STORY * 4}<div class='infinite-scroll'>{STORY * 9}</div></main>",
    "a body in JSON-LD": script({"@type": "NewsArticle", "articleBody": "The ferry will go on. " * 30})
    + "<p>Read.</p>",
    "teasers": f"<div class='teaser'>{STORY * 2}</div><div class='Teaser-box'><p>More news.</p></div>",
    "tables": f"<section class='story-body'>{STORY * 5}<table><tr><th>Day</th><td>{STORY}</td></tr></table></section>",
    "quotes, code, lists": f"<article>{STORY * 3}<blockquote>{STORY}</blockquote><pre>a = 1</pre><ol><li>One</li></ol>"
    f"{STORY * 3}<h2>After</h2></article>",
    "links in every block": f"<div class='content'>{STORY * 3}<div>{LINKS * 3}</div><p><a href='/x'>More</a></p></div>",
    "what is left out": f"<article>{STORY * 9}<div {MARK}=''>{STORY * 2}</div></article>",
    "a story after asides in asides": f"<aside><aside>A</aside></aside>"
    f"<article>{STORY * 9}<aside>{STORY}</aside></article>",
    "a story after figures in figures": f"<figure><figure>A</figure></figure>"
    f"<article>{STORY * 9}<figure>{STORY}</figure></article>",
    "a form around all": f"<form><div class='post-body'>{STORY * 9}<form>{STORY}</form></div></form>",
    "a form that is most of the story": f"<div>{STORY * 30}</div><article><form>{STORY * 9}</form>{STORY}</article>",
    "a story in what is left out": f"<aside><div class='post-body'>{STORY * 9}</div></aside>"
    f"<article>{STORY * 9}</article>",
    "a story among comments": f"<div class='comments'><article>{STORY * 9}</article></div><main>{STORY * 9}</main>",
    "a story in what can be opened": f"<details class='post-body'>{STORY * 9}</details><article>{STORY * 9}</article>",
    "a figure that holds a table": f"<figure class='post-body'><table><tr><td>{STORY * 9}</td></tr></table></figure>",
    "links outside of blocks": f"<article><a href='/'>{STORY * 9}</a><a href='/other'>More</a></article>",
    "a story in a list": f"<ol><li><article>{STORY * 9}<q>{STORY}<li>{STORY}</li></q></article></li></ol>",
    "few paragraphs in the frame": f"<div class='post-body'>{STORY}<div>{STORY[3:-4]}</div></div>{STORY * 9}",
    "text on its own": "Just a few words.",
    "nothing": "<script>1</script>",
}


def shown(body: HtmlElement) -> str:
    """What a body says: without attributes, and without the cells that only keep others in their columns."""
    for element in list(body.iter("*")):
        element.attrib.clear()
        if element.tag == "cell" and not (len(element) or element.text or element.tail):
            element.getparent().remove(element)
    return tostring(body, encoding="unicode")


def by_trafilatura(page: HtmlElement, *, fast: bool) -> str | None:
    found = bare_extraction(page, fast=fast, include_comments=False, with_metadata=False, prune_xpath=f".//*[@{MARK}]")
    return None if found is None else shown(found.body)


def by_cascade(page: HtmlElement) -> dict[bool, str | None]:
    extraction = Extraction(scan_page(page), MARK)
    bodies = {fast: extraction.run(fast=fast) for fast in (True, False)}
    return {fast: None if body is None else shown(body) for fast, body in bodies.items()}


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("end", ["", NOT_TOLD])
def test_an_invented_page_gives_the_same_body_as_trafilatura(kind: str, end: str) -> None:
    page = tree(body=PAGES[kind] + end)
    assert not end or article_text(page, MARK) is None, "it is read in Python"
    before = tostring(page)
    assert by_cascade(page) == {fast: by_trafilatura(page, fast=fast) for fast in (True, False)}
    assert tostring(page) == before, "the tree stays as it was"


def test_pages_of_the_rules_and_seeds_give_the_same_body_as_trafilatura() -> None:
    paths = [*ROOT.glob("tests/golden/rules/*/page.html"), *ROOT.glob("seeds/articles/**/*.html")]
    assert len(paths) > 30
    for path in paths:
        assert_same(path.read_bytes(), path.name)


def gold_pages() -> Iterator[Path]:
    for name in ("publishers", "articles", "segments", "kinds"):
        lines = (GOLD / name / "manifest.jsonl").read_text().splitlines()
        yield from (GOLD / name / json.loads(line)["path"] for line in lines)


@pytest.mark.skipif(not GOLD.is_dir(), reason="the gold pages are not here")
@pytest.mark.parametrize("part", range(GOLD_PARTS))
def test_gold_pages_give_the_same_body_as_trafilatura(part: int) -> None:
    for number, path in enumerate(islice(gold_pages(), 0, None, GOLD_EVERY)):
        if number % GOLD_PARTS == part:
            body = path.read_bytes()
            assert_same(gzip.decompress(body) if path.suffix == ".gz" else body, path.name)


def assert_same(body: bytes, name: str) -> None:
    document = read_document(body, None)
    if isinstance(document, Document) and document.tree is not None:
        expected = {fast: by_trafilatura(document.tree, fast=fast) for fast in (True, False)}
        assert by_cascade(document.tree) == expected, name


NAMES = """
    comment comments commentary comment-list comol disqus_thread cookie cookie-banner share- viral nav Nav- bar ad- -ad-
    tags author byline teaser Teaser caption hidden hide -hide- reply-1 message akismet footer Footer sidebar widget
    infinite-scroll mvp-post-add-box mvp-post-add-wrap elementor-share-buttons main main-content Main-Content
    Page-content content content-main post entry post_text article articleBody article-body story story-body fulltext
    FullText postarea text cell primary single-post onetrust consent-banner plain x
"""
VALUES = st.lists(st.sampled_from(NAMES.split()), min_size=1, max_size=3).flatmap(
    lambda names: st.sampled_from(("".join(names), " ".join(names)))
)
STYLES = st.sampled_from(("display:none", "display: none", "overflow:hidden", "color:red", ""))
ATTRIBUTES = st.lists(
    st.one_of(
        st.tuples(st.just("class"), VALUES),
        st.tuples(st.just("id"), VALUES),
        st.tuples(st.just("style"), STYLES),
        st.tuples(st.just("role"), st.sampled_from(("navigation", "Navigation", "main", "article", "none"))),
        st.sampled_from(
            (
                ("aria-hidden", "true"),
                ("aria-hidden", "false"),
                ("data-component", "MostPopularStories"),
                ("data-lp-replacement-content", ""),
                ("itemprop", "articleBody"),
            )
        ),
    ),
    max_size=4,
    unique_by=lambda pair: pair[0],
)
TAGS = "div section article main span p list item ul ol details aside h1 footer fencedframe svg template a td"
ELEMENTS = st.lists(st.tuples(st.integers(0, 30), st.sampled_from(TAGS.split()), ATTRIBUTES), min_size=1, max_size=25)
EXPRESSIONS: dict[str, tuple[Callable[[HtmlElement], list[HtmlElement]], list[XPath]]] = {
    "appended": (lambda page: selectors.following(page)[0], xpaths.RAW_TREE_PRUNE_XPATH),
    "comments": (lambda page: selectors.following(page)[1], xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH),
    "discarded": (lambda page: selectors.unwanted(page)[0], xpaths.OVERALL_DISCARD_XPATH),
    "captions": (lambda page: selectors.unwanted(page)[1], xpaths.DISCARD_IMAGE_ELEMENTS),
    "teasers": (lambda page: selectors.unwanted(page)[2], xpaths.TEASER_DISCARD_XPATH),
    "cleaned": (selectors.CLEANED, [BASIC_CLEAN_XPATH]),
}


def grown(elements: list[tuple[int, str, list[tuple[str, str]]]]) -> HtmlElement:
    """A tree of these elements, each below the one of its number among those before it."""
    root = document_fromstring("<html><body></body></html>")
    nodes = [root[0]]
    for above, tag, attributes in elements:
        node = SubElement(nodes[above % len(nodes)], tag)
        for name, value in attributes:  # one by one: their order in the source decides in some expressions
            node.set(name, value)
        nodes.append(node)
    return root


@settings(max_examples=400)
@given(ELEMENTS)
def test_a_selector_finds_what_its_expression_finds(elements: list[Any]) -> None:
    page = grown(elements)
    for name, (selector, expressions) in EXPRESSIONS.items():
        expected = {element for expression in expressions for element in expression(page)}
        assert set(selector(page)) == expected, name
    assert selectors.may_follow(scan_page(page).names) or not any(selectors.following(page))
    firsts = [element for expression in xpaths.BODY_XPATH for element in expression(page)[:1]]
    assert list(selectors.bodies(page)) == firsts


TEXTS = ("", "Word ", "The ferry that links both banks will go on after the clocks go back, the council said. " * 4)
PAGE_TAGS = f"{TAGS} a nav figure table tr form blockquote br h2 del pre ol li"
PAGE_ELEMENTS = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from(PAGE_TAGS.split()), ATTRIBUTES, st.sampled_from(TEXTS)),
    min_size=4,
    max_size=40,
)


@settings(max_examples=int(os.environ.get("GROWN_PAGES", "60")), deadline=None)
@given(PAGE_ELEMENTS)
def test_a_page_of_any_elements_gives_the_same_body_as_trafilatura(elements: list[Any]) -> None:
    page = grown([element[:3] for element in elements])
    nodes = list(page[0].iterdescendants())
    for node, (*_, text), (*_, tail) in zip(nodes, elements, reversed(elements), strict=True):
        node.text, node.tail = text, tail
    frame = SubElement(nodes[len(nodes) // 2], "article")
    for tag in ("p", "blockquote", "p", elements[0][1], "p"):
        SubElement(frame, tag).text = TEXTS[-1]
    assert by_cascade(page) == {fast: by_trafilatura(page, fast=fast) for fast in (True, False)}


def test_a_long_attribute_is_asked_too() -> None:
    page = tree(body=f"<div class='{'x ' * selectors.MAX_REMEMBERED} sidebar'>text</div>")
    assert [element.tag for element in selectors.unwanted(page)[0]] == ["div"]


REPLACED = {
    "trafilatura.core.bare_extraction": "2e57adb30620",
    "trafilatura.core.trafilatura_sequence": "f03dc4d2946d",
    "trafilatura.core._prepare_tree": "9595f0642825",
    "trafilatura.core._extract_and_compare": "f7d056c21182",
    "trafilatura.core._recall_retry": "59594c39714f",
    "trafilatura.main_extractor.extract_content": "f0270c94ac5f",
    "trafilatura.main_extractor._extract": "3e0e39ed3e03",
    "trafilatura.main_extractor._log_event": "942c7ddf3bce",
    "trafilatura.main_extractor.is_text_element": "8f0fc051c472",
    "trafilatura.main_extractor.handle_textelem": "59c8a575858d",
    "trafilatura.main_extractor.handle_other_elements": "1662b444153a",
    "trafilatura.main_extractor.prune_unwanted_sections": "e6eb7afcc64d",
    "trafilatura.htmlprocessing.convert_tags": "3b91547711b7",
    "trafilatura.htmlprocessing.link_density_test": "0b3d71f252bf",
    "trafilatura.htmlprocessing.process_node": "2a4915628719",
    "trafilatura.htmlprocessing.prune_unwanted_nodes": "4731f8e24ef8",
    "trafilatura.htmlprocessing.tree_cleaning": "828e83a73930",
    "trafilatura.utils.RE_FILTER": "a87b3063fe8a",
    "trafilatura.utils.textfilter": "3888730e2fee",
    "trafilatura.htmlprocessing.delete_by_link_density": "306ab5a31636",
    "trafilatura.baseline.html2txt": "a8c97eab2097",
    "trafilatura.utils.fromstring_bytes": "c5ee8713366e",
    "trafilatura.main_extractor.recover_wild_text": "335f6d13321f",
    "trafilatura.main_extractor._elem_text": "e42e0fc090a4",
    "trafilatura.main_extractor._wraps_inline": "dccd864f8508",
    "trafilatura.main_extractor.handle_titles": "de763801347f",
    "trafilatura.main_extractor.handle_formatting": "dcd8161cd365",
    "trafilatura.main_extractor.process_nested_elements": "eda4902ca0f9",
    "trafilatura.main_extractor._append_block": "25c7d5cee40e",
    "trafilatura.main_extractor.define_newelem": "af024b3889a1",
    "trafilatura.main_extractor.handle_lists": "3b2163724c39",
    "trafilatura.main_extractor.is_code_block_element": "5eacb848b62f",
    "trafilatura.main_extractor.handle_code_blocks": "86d01cf90a1a",
    "trafilatura.main_extractor.handle_quotes": "08b75e38a525",
    "trafilatura.main_extractor.handle_paragraphs": "5f63d3343911",
    "trafilatura.main_extractor.handle_table": "f46e094eef5c",
    "trafilatura.main_extractor._fill_cell": "1f80b1bba75e",
    "trafilatura.main_extractor._finalize_row": "dadfabdd6a30",
    "trafilatura.main_extractor._span": "d5239afa59b1",
    "trafilatura.main_extractor.TABLE_ELEMS": "aae6ff6f1385",
    "trafilatura.main_extractor.CODES_QUOTES": "0cf06b606cdf",
    "trafilatura.main_extractor.REBUILT_BLOCKS": "01442879a81c",
    "trafilatura.main_extractor.NOT_AT_THE_END": "ab409a5abeb4",
    "trafilatura.main_extractor.KEEP_ATTRS": "1e437997edaa",
    "trafilatura.main_extractor._QUOTE_TAGS": "90935a42bb7d",
    "trafilatura.htmlprocessing.handle_textnode": "a4b32df3b8d0",
    "trafilatura.htmlprocessing.prune_html": "ce327c5260ae",
    "trafilatura.htmlprocessing._handle_forms": "dea817f4a63f",
    "trafilatura.htmlprocessing.convert_lists": "577ff134845e",
    "trafilatura.htmlprocessing.convert_quotes": "07d7bda784a2",
    "trafilatura.htmlprocessing.convert_headings": "94f9b6d48fad",
    "trafilatura.htmlprocessing.convert_line_breaks": "37772e22f4dd",
    "trafilatura.htmlprocessing.convert_deletions": "d200c7d7d6e8",
    "trafilatura.htmlprocessing.convert_details": "ebddf51d75b4",
    "trafilatura.htmlprocessing.CONVERSIONS": "4c21806dbbb2",
    "trafilatura.htmlprocessing.REND_TAG_MAPPING": "e283765e97a5",
    "trafilatura.htmlprocessing.CODE_INDICATORS": "032c079f25a0",
    "trafilatura.htmlprocessing.is_paragraph_listing": "cd15b55af42f",
    "trafilatura.htmlprocessing.link_density_test_tables": "d6317426b38e",
    "trafilatura.htmlprocessing.collect_link_info": "f19694013146",
    "trafilatura.xml.delete_element": "76e448c154eb",
    "trafilatura.xml.separates_inline": "a509aec65a91",
    "trafilatura.utils.trim": "b82ffd884c0d",
    "trafilatura.utils.text_chars_test": "6a8df2c52acf",
    "trafilatura.utils.LINK_FARM_RATIO": "8139b3395240",
    "trafilatura.utils.FORMATTING_PROTECTED": "72f84061d98d",
    "trafilatura.utils.SPACING_PROTECTED": "c00b8eb242e6",
    "trafilatura.settings.MANUALLY_CLEANED": "e36c3d3dc515",
    "trafilatura.settings.MANUALLY_STRIPPED": "8e3347929a1f",
    "trafilatura.settings.CUT_EMPTY_ELEMS": "88373d01226d",
    "trafilatura.settings.TAG_CATALOG": "836b532a1405",
    "trafilatura.settings.INLINE_CONSUMING": "45bcac6dd678",
    "trafilatura.settings.INLINE_FORMATTABLE": "550bd7adf67a",
    "trafilatura.settings.INLINE_CARRIED": "1659f44d5f3b",
    "trafilatura.settings.MIN_DUPLICATE_LENGTH": "1a6562590ef1",
    "trafilatura.settings.DEDUPE_SCAN_CAP": "b552e632666b",
    "trafilatura.core.ESCALATION_MAX_LENGTH": "a176eeb31e60",
    "trafilatura.core.ESCALATION_PAGE_SHARE": "44896b093657",
    "trafilatura.baseline._BLOCK_ELEMS": "1aab4d864a25",
    "trafilatura.baseline._spaced_text": "d04314f988c6",
    "trafilatura.utils.remove_control_characters": "26cbe32b70e7",
    "trafilatura.xpaths.RAW_TREE_PRUNE_XPATH": "0a775839824a",
    "trafilatura.xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH": "9cc18d34e6e2",
    "trafilatura.xpaths.OVERALL_DISCARD_XPATH": "90fe7cbe71fb",
    "trafilatura.xpaths.DISCARD_IMAGE_ELEMENTS": "cb1ab981e449",
    "trafilatura.xpaths.TEASER_DISCARD_XPATH": "ebb02f066626",
    "trafilatura.xpaths.BODY_XPATH": "049ab58f8ca0",
    "trafilatura.settings.BASIC_CLEAN_XPATH": "db6c25acd08a",
    "trafilatura.external.compare_extraction": "2d3d1ffea3ba",
    "trafilatura.external.try_justext": "6f0fa6cffc36",
    "trafilatura.external.jt_stoplist_init": "ea87de5a4168",
    "justext.core.PARAGRAPH_TAGS": "028ef7f76317",
    "justext.core.classify_paragraphs": "37149c0348a9",
    "justext.paragraph.HEADINGS_PATTERN": "cf97bdec0c77",
    "justext.utils._replace_whitespace": "f81a49587749",
    "justext.core.ParagraphMaker": "b41fe77fbc5b",
    "justext.utils.normalize_whitespace": "9bffba6a8918",
    "justext.utils.MULTIPLE_WHITESPACE_PATTERN": "4add64ab568a",
    "justext.paragraph.Paragraph": "638810ac2d88",
}


def test_the_names_and_patterns_that_are_copied_are_trafilaturas() -> None:
    ours = {name: value for name, value in vars(tokens).items() if name.isupper()}
    assert ours.pop("COOKIE_CONSENT") == _COOKIE_CONSENT_RE
    assert ours.pop("FILTERED") == RE_FILTER
    assert ours == {name: getattr(xpaths, f"_{name}") for name in ours}


def fingerprint(name: str) -> str:
    """A short hash of a function's source, of an expression's or a pattern's text, or of a constant."""
    module, _, attribute = name.rpartition(".")
    value = getattr(import_module(module), attribute)
    if isinstance(value, re.Pattern):
        text = value.pattern
    elif callable(value) and not isinstance(value, XPath):
        text = inspect.getsource(value)
    elif isinstance(value, (set, frozenset)):
        text = repr(sorted(value))
    elif isinstance(value, dict):
        text = repr({key: getattr(each, "__name__", each) for key, each in value.items()})
    elif isinstance(value, XPath) or (isinstance(value, list) and isinstance(value[0], XPath)):
        text = "\n".join(each.path for each in (value if isinstance(value, list) else [value]))
    else:
        text = repr(value)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def test_an_upgrade_that_changes_what_is_replaced_is_noticed() -> None:
    """Compare the new functions with `pipeline.cleaning.extraction` and `pipeline/native`, then write their hashes."""
    assert {name: fingerprint(name) for name in REPLACED} == REPLACED
    assert Extractor().min_extracted_size == 250


def test_a_module_that_has_lost_a_replaced_name_is_refused() -> None:
    with pytest.raises(LookupError, match="has no GONE"):
        copied("trafilatura.main_extractor", GONE=None)


def test_trafilatura_itself_stays_as_it_is() -> None:
    assert import_module("trafilatura.main_extractor").BODY_XPATH is xpaths.BODY_XPATH
