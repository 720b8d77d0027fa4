"""The sentences of an article that say most of it, and whether the declared description speaks of this article.

Extractive and verbatim: a sentence is scored by the keywords in it, by its place and by its length, and stays as it
stands. Nothing is written that the article does not say.
"""

import re

from pipeline.enrichment.reading import Reading
from pipeline.enrichment.stopwords import is_stop_word
from pipeline.records import CleanArticle, DescriptionDoubt, Keyword, Sentence, Summary
from pipeline.text import fold, on_demand

MAX_SENTENCES = 3
SENTENCES_PER_PICK = 5
"""Of the text, for each sentence of the summary."""
LOOKED_AT = 60
"""Sentences from the beginning."""
LENGTHS = (40, 350)
"""Characters of a sentence that can stand alone; in scripts without spaces a third of it."""
UNSPACED_FACTOR = 3
LEAD = 1.2
"""Weight of the first sentence's place against the keywords in it; it halves every three sentences."""
LEAD_HALVES = 3.0
OPENS_MIDWAY = 0.75
"""Factor of a sentence that leans on the one before, or quotes."""
MAX_OVERLAP = 0.6
"""Share of a sentence's keywords that an earlier pick may have said."""

IS_OF_TEXT = 0.5
"""Share of its words from which on a description is the text's own, whatever phrases stand in it: nine in ten of 423
gold pages are above."""
IS_ELSEWHERE = 0.3
"""Below it hardly a word comes from the text; teasers in words of their own are above."""
MIN_DESCRIPTION = 5
"""Words that tell something; a shorter description is not judged."""
CHARACTERS_COMPARED = 5000
"""Of the body; in scripts without spaces they are compared in pairs."""

_BOILERPLATE = on_demand(
    r"\b(?:subscribe|sign up|latest news|breaking news|news and|your source|official (?:site|website)|read more|log in"
    r"|neueste nachrichten|aktuelle nachrichten|alle nachrichten|toute l['’]actualité|dernières nouvelles|abonnez"
    r"|últimas noticias|noticias de|ultime notizie|tutte le notizie|últimas notícias|het laatste nieuws|berita terkini"
    r"|son dakika|haberleri|wiadomości z|zprávy z|siste nytt|senaste nytt|seneste nyt)\b"
    r"|последние новости|новости дня|останні новини|最新ニュース|最新消息|最新资讯|속보",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"[\"“„«‘—–-]|(?:and|but|so|or|because|he|she|they|it|this|that|these|those|however|meanwhile|then|also|und|aber|doch"
    r"|er|sie|es|das|dies|et|mais|il|elle|ils|elles|ce|y|pero|él|ella|e|ma|lui|lei|mas|ele|ela|en|maar|hij|zij|och|men|han"
    r"|hon|и|но|а|он|она|они|это)\b",
    re.IGNORECASE,
)


def summarise(article: CleanArticle, reading: Reading, found: tuple[Keyword, ...]) -> Summary:
    """The best sentences, and the check of the description."""
    share = description_share(article.description, reading)
    return Summary(
        sentences=best_sentences(reading, found),
        description_share=share,
        description_doubt=_doubt(article, share),
    )


def best_sentences(reading: Reading, found: tuple[Keyword, ...]) -> tuple[Sentence, ...]:
    """At most three, in the order of the text; one for a short text, none where sentences are not marked."""
    body = reading.body
    spans = reading.sentences[:LOOKED_AT]
    weights = dict(sorted({keyword.text.lower(): keyword.score for keyword in found}.items()))
    low, high = (bound // (UNSPACED_FACTOR if _is_unspaced(body) else 1) for bound in LENGTHS)
    scored: list[tuple[float, int, list[str]]] = []
    for number, (start, end) in enumerate(spans):
        if low <= end - start <= high and "\n" not in (text := body[start:end]):
            lower = text.lower()
            words = [word for word in weights if word in lower]
            score = sum([weights[word] for word in words]) + LEAD * 0.5 ** (number / LEAD_HALVES)
            scored.append((score * (OPENS_MIDWAY if _LEANS.match(lower) else 1.0), number, words))
    wanted = min(MAX_SENTENCES, 1 + len(reading.sentences) // SENTENCES_PER_PICK)
    picked: list[tuple[int, frozenset[str]]] = []
    for _, number, words in sorted(scored, key=lambda row: (-row[0], row[1])):
        said = frozenset(words)
        if not any(_repeats(said, other) for _, other in picked):
            picked.append((number, said))
            if len(picked) == wanted:
                break
    return tuple(
        Sentence(text=body[start:end], start=start, end=end)
        for start, end in (spans[number] for number, _ in sorted(picked, key=lambda pick: pick[0]))
    )


def _repeats(said: frozenset[str], other: frozenset[str]) -> bool:
    return len(said) > 1 and len(said & other) > MAX_OVERLAP * len(said) and said <= other


def _is_unspaced(text: str) -> bool:
    return text.count(" ", 0, 500) * 20 < len(text[:500])


def description_share(description: str | None, reading: Reading) -> float | None:
    """Share of the description's telling words that stand in the body or headline; None when it has hardly any."""
    if not description:
        return None
    said, text = fold(description), fold(f"{reading.headline}\n{reading.body[:CHARACTERS_COMPARED]}")
    if _is_unspaced(description) and not description.isascii():
        said, text = said.replace(" ", ""), text.replace(" ", "")
        words = {said[at : at + 2] for at in range(len(said) - 1)}
        known = {text[at : at + 2] for at in range(len(text) - 1)}
    else:
        words = {word for word in said.split() if len(word) > 1 and not is_stop_word(word, reading.tag)}
        known = set(text.split())
    return round(len(words & known) / len(words), 3) if len(words) >= MIN_DESCRIPTION else None


def _doubt(article: CleanArticle, share: float | None) -> DescriptionDoubt | None:
    if article.description is None or (share is not None and share >= IS_OF_TEXT):
        return None
    if share is None:
        return DescriptionDoubt.BOILERPLATE if _BOILERPLATE().search(article.description) else None
    names = [article.publisher.name, article.publisher.domain.partition(".")[0]] if article.publisher else []
    names_site = any(len(name) > 3 and name.casefold() in article.description.casefold() for name in names)
    is_boilerplate = names_site or _BOILERPLATE().search(article.description) is not None
    if is_boilerplate:
        return DescriptionDoubt.BOILERPLATE
    return DescriptionDoubt.ELSEWHERE if share < IS_ELSEWHERE else None
