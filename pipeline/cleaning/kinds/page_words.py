"""Words by which pages of a kind give themselves away: in URL, title, names of classes, and short lines. Data alone.

As rules they would refuse articles by the dozen; as numbers among others they are weighed against the whole page.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

MAX_NAME = 60
"""Characters of the longest class name that is looked at."""
MAX_REMEMBERED = 32768
"""Names of which it is remembered what they tell; then all are forgotten."""


URL_WORDS = {
    "forum": r"forum|foro|thread|topic|discussion|/comments/|/boards?/|community|questions?/|/qa/|/talk/|newsgroup"
    r"|/t/|/d/|answers|bbs",
    "product": r"/products?/|/produ[ck]t|/prodott|/dp/|/item|/shop/|/p/|/artikel/|-p-\d|/store/|/buy|/pd/|/sku|/gp/"
    r"|/kaufen|/isbn|/book/|shop\.|store\.",
    "listing": r"/[ck]ategor|/tags?/|/topics?/|/collections?/|/c/|/search|/browse|/archive|/list|/all\b|/page/\d"
    r"|/events|/jobs|/news/?$|/blog/?$|/shop/?$|/results|/catalog|/directory|/best-|/top-|/genre|/projects?/?$"
    r"|/portfolio|\?s=|[?&]q=|/resources/?$|/index\.",
    "documentation": r"docs?[./]|/api|/reference|/manual|/guide|/help|/wiki|/support|/kb/|/faq|/tutorial|/learn",
    "article": r"/(?:19|20)\d\d/\d{1,2}|/news/.+|/blog/.+|/article|/post/|/story|/\d{4}-\d\d|/artikel|/a/"
    r"|/nyheter|/opinion|/posts/",
}
TITLE_WORDS = {
    "forum": r"forum|thread|topic|discussion|community|question|boards",
    "product": r"\bbuy\b|shop|store|price|kaufen|preis|\bsale\b",
    "listing": r"categor|archiv|collection|\bbest\b|\btop\b|list|all |browse|jobs|events|results|search|catalog"
    r"|products|projects|page \d",
}
BODY_WORDS = {
    "article": r"single|postid|post-template|article|story|node-type-(?:article|blog|news)|type-post|blog-post",
    "listing": r"archive|category|\btag-|tax-|\bterm-|search|\bhome\b|listing|collection|paged|plp|catalog",
    "product": r"product|pdp|woocommerce|shop|item",
    "forum": r"forum|topic|thread|discussion|question|viewtopic|bbpress",
}
"""In the classes and the id of html and body."""
CLASS_WORDS = {
    "forum": r"forum|thread|topic|repl(?:y|ies)|postbit|message|discussion|signature|quote|poster|user|joined|karma"
    r"|answer|question|vote",
    "product": r"product|price|cart|sku|buy|basket|wishlist|stock|quantity|variant|swatch|rating|review",
    "card": r"card|tile|grid|listing|item|teaser|result|entry|thumb|catalog",
    "paging": r"pagination|pager|paging|pages|sort|filter|facet|refine",
    "article": r"article|story|byline|entry|author|caption|share|related",
    "documentation": r"docs|toc|highlight|code|breadcrumb|wiki",
}
"""In single words of class names and ids."""
LINE_WORDS = {
    "forum": r"(?:quote|reply|replies|share|posts?:?.*|joined:?.*|member since.*|#?\d+|re: .*|top|registered.*"
    r"|location:.*|messages?:?.*|reputation.*|upvote|answers?|\d+ (?:replies|comments|answers|posts|views|points?)"
    r"|moderator|administrator|(?:senior |junior |new |active )?member|newbie|thread starter|original poster"
    r"|zitieren|antworten|beiträge:?.*|registriert.*|mitglied|responder|citar|mensajes:?.*|citer|répondre"
    r"|сообщени.*|ответить|цитата|jump to.*|asked|answered|edited.*|log in to reply|post reply)$",
    "product": r"(?:add to (?:cart|bag|basket|wish ?list|compare).*|buy now.*|in stock.*|out of stock|sold out"
    r"|quantity:?|qty:?|size:?|colou?r:?|sku:?.*|(?:free )?shipping.*|returns?.*|description|specifications?"
    r"|product (?:details|description|information).*|(?:customer )?reviews?.*|you may also like.*"
    r"|in den warenkorb.*|lieferzeit.*|auf lager|verfügbar.*|inkl\.? .*mwst.*|artikelnummer.*"
    r"|añadir al carrito|ajouter au panier|aggiungi al carrello|availability:?.*|model:?.*|brand:?.*"
    r"|write a review|features|related products|price:?.*|save .*)$",
    "listing": r"(?:read more.*|learn more.*|view (?:all|more|details?).*|see (?:all|more).*|show(?:ing)? .*"
    r"|load more.*|sort(?: by)?:?.*|filters?(?: by)?:?.*|next|previous|prev|next page|older posts|newer posts|older"
    r"|\d+ (?:results?|items?).*|page \d+.*|mehr.*|weiterlesen.*|leer más.*|lire la suite.*|results .*|clear.*"
    r"|apply.*|(?:all )?categories|quick view|shop now|view product|details|more info.*|continue reading.*"
    r"|[123»›>])$",
}
"""What a whole line of at most 40 characters says."""
_CURRENCIES = "$€£¥₹₽₩₺฿₫"
_CODES = (
    "USD", "EUR", "GBP", "CHF", "RUB", "PLN", "SEK", "NOK", "DKK", "CZK", "HUF", "kr", "zł", "руб", "грн", "lei", "Kč",
    "Ft", "Rs",
)  # fmt: skip
PRICE = re.compile(
    rf"(?:[{_CURRENCIES}]|\b(?:{'|'.join(_CODES)})\.?)\s?\d"
    rf"|\d\s?(?:[{_CURRENCIES}]|(?:USD|EUR|GBP|CHF|PLN|kr|zł|руб|грн|Kč|Ft)\b)"
)
PRICE_SIGNS = (*_CURRENCIES, *_CODES)
"""One of them stands in every price."""
DATE_LIKE = re.compile(
    r"\d(?:(?<=\b\d)(?:(?<=1)9\d\d\b|(?<=2)0\d\d\b|\d?[./-]\d{1,2}[./-]\d{2,4}\b|\d?:\d\d\b)"
    r"|.{0,12}(?:\bago\b|назад|前)|(?<=\bvor \d)|(?<=\bhace \d)|(?<=\bil y a \d))",
    re.IGNORECASE,
)
"""A year, a day in numbers, a time, "3 days ago" and its like. What begins with a digit is found fast."""
HAS_DIGIT = re.compile(r"\d")
_DIGITS = "0123456789"
_LETTERS = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def times_said(words: Mapping[str, str], text: str) -> dict[str, int]:
    """How often each of these patterns is in a text.

    They are of small letters of ASCII alone: in such texts each needs to look for no others, in a third of the time.
    """
    is_ascii = text.isascii()
    text = text.lower() if is_ascii else text
    return {name: len(_compiled(pattern, is_ascii).findall(text)) for name, pattern in words.items()}


def warm_for_many() -> None:
    """Compile what is looked for in single words and lines, and the rest in the form for the usual text, of ASCII."""
    for words in (CLASS_WORDS, LINE_WORDS):
        for pattern in words.values():
            _compiled(pattern)
    for words in (URL_WORDS, TITLE_WORDS, BODY_WORDS):
        for pattern in words.values():
            _compiled(pattern, True)


@cache
def _compiled(pattern: str, is_cased: bool = False) -> re.Pattern[str]:
    return re.compile(pattern, 0 if is_cased else re.IGNORECASE)


def letters(text: str) -> list[str]:
    """The words of a name or title, in lower case: what stands between digits, hyphens and changes of case."""
    return [word.lower() for word in _LETTERS.findall(_CAMEL.sub(" ", text))]


def told_by_names(names: Iterable[str]) -> list[tuple[int, tuple[str, ...]]]:
    """Which of `CLASS_WORDS` each class name or id has, a bit each, and its words that may tell a kind, as marks."""
    return list(map(_TOLD.__getitem__, names))


class _Told(dict[str, tuple[int, tuple[str, ...]]]):
    """What each name tells, remembered for all pages. Most are answered without a call: a page has 300 names."""

    def __missing__(self, name: str) -> tuple[int, tuple[str, ...]]:
        if len(name) >= MAX_NAME:
            return 0, ()
        if len(self) >= MAX_REMEMBERED:
            self.clear()
        plain = name.rstrip(_DIGITS)  # of the numbers at the end of names every page has its own
        told = self[name] = _told_by_name(name) if plain == name else self[plain]
        return told


_TOLD = _Told()


def _told_by_name(name: str) -> tuple[int, tuple[str, ...]]:
    words = [word for word in letters(name) if 2 < len(word) < 18]
    kinds = 0
    for word in words:
        kinds |= _kinds_of_word(word)
    return kinds, tuple(f"class {word}" for word in words)


@lru_cache(maxsize=16384)
def _kinds_of_word(word: str) -> int:
    return sum(1 << number for number, pattern in enumerate(CLASS_WORDS.values()) if _compiled(pattern).search(word))


@lru_cache(maxsize=16384)
def kinds_of_line(text: str) -> int:
    """Which of `LINE_WORDS` one short line says, a bit each."""
    return sum(1 << number for number, pattern in enumerate(LINE_WORDS.values()) if _compiled(pattern).match(text))
