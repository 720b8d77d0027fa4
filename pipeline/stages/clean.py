"""The clean stage: one raw page becomes one clean article, or is dropped for a reason.

A page that is gone becomes a withdrawal: only relate knows whether it was ever published.

HTML and flattened text take the same way from their lines on: rules cut, the rest is the body, and what is not in the
body is in the ledger.
"""

from dataclasses import fields, replace
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipeline import identity
from pipeline.cleaning.article import Article
from pipeline.cleaning.decoding.document import Document, read_document
from pipeline.cleaning.extraction.extractor import ENGINE, ENGINE_VERSION
from pipeline.cleaning.flattened_article import read_flattened
from pipeline.cleaning.html_article import read_html
from pipeline.cleaning.judging.judge import Model
from pipeline.cleaning.rules.table import RULES_VERSION
from pipeline.errors import Code, Drop, Reason, Reject
from pipeline.records import (
    GONE,
    CleanArticle,
    Extraction,
    Provenance,
    RawPage,
    RightsAtFetch,
    Withdrawal,
    WithdrawalKind,
)
from pipeline.topology import MAX_BODY_BYTES
from pipeline.urls import BARE_FILE_HOST, check_url, host_of

VERSION = "6"
"""Part of every id this stage gives: change it with whatever changes a record, and pages are processed again."""

FIRST_ERROR_STATUS = 400


def clean(page: RawPage, trees: Model | None = None) -> CleanArticle | Withdrawal | Drop:
    """The article on a page, without its boilerplate; a Drop when there is none, Reject when there can be none.

    `trees` stand in for the committed judge of HTML lines where one is measured that has not seen the page.
    """
    if page.status in GONE and page.fetched_at is not None:
        return _gone(page, page.fetched_at)
    found = read_article(page, trees)
    return found if isinstance(found, Drop) else _record(page, *found)


def read_article(page: RawPage, trees: Model | None = None) -> tuple[str, Article] | Drop:
    """The page's URL and its article with every line of the page, before it is a record. Drop and Reject as `clean`."""
    host_of(page.url)
    if len(page.body) > MAX_BODY_BYTES:
        raise Reject(Code.INPUT_TOO_LARGE, f"the page has {len(page.body)} bytes; at most {MAX_BODY_BYTES} are allowed")
    if page.status is not None and page.status >= FIRST_ERROR_STATUS:
        return Drop(reason=Reason.HTTP_ERROR, evidence=f"status {page.status}")
    document = read_document(page.body, page.content_type)
    if isinstance(document, Drop):
        return document
    url = _own_url(page.url, document)
    article = (
        read_html(document.tree, url, trees)
        if document.tree is not None
        else read_flattened(document.text, host_of(url))
    )
    return article if isinstance(article, Drop) else (url, article)


def _own_url(url: str, document: Document) -> str:
    """The page's URL. Only a page that came as a bare file takes the one that it declares itself."""
    if host_of(url) != BARE_FILE_HOST or document.tree is None:
        return url
    return _declared_url(document.tree) or url


def _declared_url(tree: HtmlElement) -> str | None:
    hrefs = [link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    hrefs += [meta.get("content") for meta in tree.iter("meta") if meta.get("property") == "og:url"]
    for href in hrefs:
        try:
            declared = check_url((href or "").strip())
        except Reject:
            continue
        if urlsplit(declared).hostname:
            return declared
    return None


def _gone(page: RawPage, fetched_at: str) -> Withdrawal:
    trace = identity.trace_id(page.url, page.fetched_at, page.body)
    return Withdrawal(
        id=identity.message_id(trace, "clean", Withdrawal.SCHEMA, VERSION),
        trace_id=trace,
        page_id=identity.page_id(page.url),
        url=page.url,
        host=host_of(page.url),
        source=page.source,
        fetched_at=fetched_at,
        kind=WithdrawalKind.GONE,
        at=fetched_at,
        reason=f"http_{page.status}",
    )


def _record(page: RawPage, url: str, article: Article) -> CleanArticle:
    trace = identity.trace_id(page.url, page.fetched_at, page.body)
    declared = article.metadata
    provenance = dict(declared.provenance)
    section = declared.article_section
    if not section and article.section:
        section = article.section
        provenance["article_section"] = Provenance(source="rule:glued_breadcrumb")
    provenance["article_body"] = Provenance(source=article.candidate)
    return CleanArticle(
        id=identity.message_id(trace, "clean", CleanArticle.SCHEMA, VERSION),
        trace_id=trace,
        page_id=identity.page_id(url),
        url=url,
        canonical_url=declared.canonical_url,
        host=host_of(url),
        source=page.source,
        fetched_at=page.fetched_at,
        discovered_at=page.discovered_at,
        headline=declared.headline,
        alternative_headline=declared.alternative_headline,
        description=declared.description,
        article_body=article.body.text,
        blocks=article.body.blocks,
        authors=declared.authors,
        publisher=declared.publisher,
        published=declared.published,
        modified=declared.modified,
        declared_language=declared.declared_language,
        article_section=section,
        keywords=declared.keywords,
        main_image=declared.main_image,
        rights=replace(declared.rights, at_fetch=_rights_at_fetch(page)),
        removed=article.removed,
        provenance=provenance,
        extraction=Extraction(
            engine=ENGINE, version=ENGINE_VERSION, rules_version=RULES_VERSION, candidate=article.candidate
        ),
        signals=article.signals,
    )


def _rights_at_fetch(page: RawPage) -> RightsAtFetch | None:
    """What the raw message tells of the site's word; None when it tells nothing: nobody may have asked."""
    told = {each.name: getattr(page, each.name) for each in fields(RightsAtFetch)}
    return RightsAtFetch(**told) if any(told.values()) else None
