"""What the declarations on a page's rights come to: may machines read it, is it walled, and which agency wrote it.

A summary of what was declared where, never legal advice. One reservation reserves; of several places that make the
same kind of declaration the nearest to the page counts; and only where every place was looked at, when the page was
fetched, does silence count as `undeclared`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.enrichment.agency_credits import agency_credits
from pipeline.enrichment.paywall import paywall
from pipeline.records import CleanArticle, Permission, Rights, RightsAtFetch
from pipeline.reservations import AI_TRAINING, ANY_MINING, NO_MINING, PRODUCT_TOKEN, UNKNOWN, preferences, robots_tags
from pipeline.text import excerpt

MAX_REASON = 200
MAX_REASONS = 20

TEXT_MINING, TRAINING = "text_mining", "ai_training"
BOTH = (TEXT_MINING, TRAINING)

_DISALLOWED = ("disallowed", "forbidden", "blocked", "denied")
"""How a publisher of raw pages says that robots.txt forbids the URL; newsflow's own crawler fetches no such page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """One declaration: what it says, by which place, of which uses."""

    text: str
    place: str
    uses: tuple[str, ...]
    answer: Permission

    def reason(self) -> str:
        verb = "reserves" if self.answer is Permission.RESERVED else "allows"
        return excerpt(f"{self.text} ({self.place}) {verb} {' and '.join(self.uses)}", MAX_REASON)


def rights(article: CleanArticle, language: str) -> Rights:
    """The article's rights with what they come to. `language` is that of the text."""
    declared = article.rights
    statements = list(_statements(declared))
    known = {each.text for each in statements}
    statements += (each for each in _word_of_fetcher(declared.at_fetch) if each.text not in known)
    unseen = tuple(_unseen(declared.at_fetch))
    answers = {use: _answer(use, statements, is_complete=not unseen) for use in BOTH}
    return replace(
        declared,
        text_mining=answers[TEXT_MINING],
        ai_training=answers[TRAINING],
        reasons=(*(each.reason() for each in statements), *unseen, *_silence(answers))[:MAX_REASONS],
        paywall=paywall(article),
        agencies=agency_credits(article, language),
    )


def _answer(use: str, statements: list[_Statement], *, is_complete: bool) -> Permission:
    said = [each.answer for each in statements if use in each.uses]
    if Permission.RESERVED in said:
        return Permission.RESERVED
    if not is_complete:
        return Permission.UNKNOWN
    return Permission.ALLOWED if said else Permission.UNDECLARED


def _silence(answers: dict[str, Permission]) -> Iterator[str]:
    silent = [use for use, answer in answers.items() if answer is Permission.UNDECLARED]
    if silent:
        yield f"neither robots.txt, headers, page nor tdmrep.json says anything of {' and '.join(silent)}"


def _unseen(at_fetch: RightsAtFetch | None) -> Iterator[str]:
    """The places of which nobody knows what they say, in words."""
    if at_fetch is None or not at_fetch.robots:
        yield "robots.txt, response headers and tdmrep.json are unknown: the raw page does not tell of them"
    elif at_fetch.tdm_reservation == UNKNOWN:
        yield "tdmrep.json is unknown: it could not be had when the page was fetched"


def _statements(declared: Rights) -> Iterator[_Statement]:
    """All declarations in order: robots.txt, robots tags, TDMRep, Content-Usage."""
    at_fetch = declared.at_fetch or RightsAtFetch()
    in_page = {name: _said(declared, name) for name in ("tdm-reservation", "content-usage", "robots", PRODUCT_TOKEN)}
    if (at_fetch.robots or "").lower().startswith(_DISALLOWED):
        yield _Statement(text=at_fetch.robots or "", place="robots.txt", uses=BOTH, answer=Permission.RESERVED)
    tags = [(tag, "meta robots") for name in ("robots", PRODUCT_TOKEN) for tag in robots_tags(in_page[name])]
    known = {tag for tag, _ in tags}
    tags += [(tag, "X-Robots-Tag") for tag in robots_tags(at_fetch.robots_tag or "") if tag not in known]
    for tag, place in tags:
        if tag in NO_MINING:
            yield _Statement(text=tag, place=place, uses=(TRAINING,), answer=Permission.RESERVED)
    yield from _tdmrep(in_page["tdm-reservation"], at_fetch.tdm_reservation or "")
    yield from _content_usage(in_page["content-usage"], at_fetch.content_usage or "")


def _said(declared: Rights, name: str) -> str:
    return ", ".join(claim.value for claim in declared.claims if claim.source == f"meta:{name}")


def _tdmrep(in_page: str, at_fetch: str) -> Iterator[_Statement]:
    """TDMRep means mining of every kind, the training of models among it."""
    stated = [(in_page.partition(",")[0].strip(), "TDMRep, page"), (at_fetch.strip(), "TDMRep, as fetched")]
    for value, place in stated:
        if value in ("0", "1"):
            answer = Permission.RESERVED if value == "1" else Permission.ALLOWED
            yield _Statement(text=f"tdm-reservation={value}", place=place, uses=BOTH, answer=answer)
            return


def _content_usage(in_page: str, at_fetch: str) -> Iterator[_Statement]:
    """AIPREF: what is said of training counts there before what is said of all mining."""
    stated: dict[str, tuple[str, str]] = {}
    for text, place in ((in_page, "Content-Usage, page"), (at_fetch, "Content-Usage, as fetched")):
        for use, answer in preferences(text):
            stated.setdefault(use, (answer, place))
    on_training = any(use in AI_TRAINING for use in stated)
    for use, (answer, place) in stated.items():
        uses = (TRAINING,) if use in AI_TRAINING else (TEXT_MINING,) if on_training else BOTH
        if use in AI_TRAINING or use in ANY_MINING:
            permission = Permission.RESERVED if answer == "n" else Permission.ALLOWED
            yield _Statement(text=f"{use}={answer}", place=place, uses=uses, answer=permission)


def _word_of_fetcher(at_fetch: RightsAtFetch | None) -> Iterator[_Statement]:
    """Why whoever fetched the page counts it as reserved; newsflow's own crawler names what is read above."""
    for part in (at_fetch.rights_reserved or "").split(",") if at_fetch else ():
        text = part.strip()
        name = text.partition("=")[0].lower()
        if text:
            uses = (TRAINING,) if name in AI_TRAINING or name in NO_MINING else BOTH
            yield _Statement(text=text, place="rights_reserved", uses=uses, answer=Permission.RESERVED)
