"""Invented articles for the tests of enrichers."""

from dataclasses import replace
from typing import Any

from pipeline.examples import CLEAN_ARTICLE
from pipeline.records import Block, BlockKind, CleanArticle, Signals

FERRY = "\n\n".join(
    (
        "The Brackwater town council voted on Tuesday to keep the old chain ferry running through the winter.",
        "“We could not leave the villages without a crossing,” said council leader Nora Ellingwood after the vote."
        " The chain ferry carries about 300 people a day from the jetty in Brackwater to the villages on the east bank"
        " of the Sallow.",
        "Mr Ellingwood was wrong, Tomas Veldkamp told reporters in Brackwater. Veldkamp runs the Sallow Harbour Board,"
        " which pays for the chain ferry. Repairs to the chain cost 40,000 crowns last year, and Veldkamp expects more"
        " of them.",
        "The harbour board wants a bridge. Dr. Inge Morland of the University of Eastmouth has studied the river for"
        " ten years. She said the bank would not carry one. Passengers in Brackwater welcomed the vote.",
    )
)


def article(body: str = FERRY, **fields: Any) -> CleanArticle:
    """A clean article with this body, a paragraph for each stretch between blank lines."""
    blocks, start = [], 0
    for part in body.split("\n\n"):
        blocks.append(Block(kind=BlockKind.PARAGRAPH, start=start, end=start + len(part)))
        start += len(part) + 2
    known = {
        "headline": "Council keeps the chain ferry running",
        "description": None,
        "authors": (),
        "declared_language": None,
        "signals": Signals(),
    }
    return replace(CLEAN_ARTICLE, article_body=body, blocks=tuple(blocks), **{**known, **fields})
