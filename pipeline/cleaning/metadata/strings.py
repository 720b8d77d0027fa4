"""Small text helpers of the metadata readers: tidying declared strings, and how alike two titles are."""

import re
from functools import lru_cache
from html import unescape

_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff\ufffe\uffff\ud800-\udfff]"
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_BLOCK_TAG = re.compile(
    r"<\s*(?:/?(?:p|div|li|h[1-6]|blockquote|ul|ol|tr|table|figure|section)\b[^<>]*|br\s*/?)>", re.I
)
_DROPPED = re.compile(r"<!--|<(script|style|figcaption|iframe)\b", re.IGNORECASE)
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+")


def tidy(value: object, limit: int = 1000) -> str:
    """A declared string on one line: entities and tags undone, control characters and lone surrogates gone.

    Anything but a string or a number gives "". `limit` bounds the result.
    """
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return ""
    text = str(value)[: limit * 4]
    if "&" in text:
        text = _unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", _without_hidden(text))
    return _on_one_line(text)[:limit].strip()


def _on_one_line(text: str) -> str:
    return " ".join(plain(text).split())


def plain(text: str) -> str:
    """The text without control and invisible characters and lone surrogates."""
    return text if text.isprintable() else _UNWANTED.sub("", text)


def tidy_body(value: object, limit: int) -> str:
    """A declared article body: as `tidy`, but with one line per paragraph."""
    if not isinstance(value, str):
        return ""
    text = value[: limit * 2]
    if "&" in text:
        text = _unescape(text)
    if "<" in text:
        text = _TAG.sub("", _BLOCK_TAG.sub("\n", _without_hidden(text)))
    lines = map(_on_one_line, text.splitlines())
    return "\n".join(line for line in lines if line)[:limit]


def _without_hidden(text: str) -> str:
    """The text without comments, scripts and captions. One pass: a pattern with `.*?` takes hours on a hostile page."""
    kept: list[str] = []
    at = 0
    lower = text.lower() if _DROPPED.search(text) else ""
    while lower and len(lower) == len(text) and (opening := _DROPPED.search(text, at)):
        closing = f"</{opening[1].lower()}" if opening[1] else "-->"
        end = lower.find(closing, opening.end())
        if end < 0:
            break
        kept.append(text[at : opening.start()])
        at = text.find(">", end) + 1 or len(text)
    return "".join(kept) + text[at:]


def _unescape(text: str) -> str:
    """Undo entities, also those escaped twice, as in `&amp;quot;`."""
    for _ in range(2):
        if not _ENTITY.search(text):
            break
        text = unescape(text)
    return text


@lru_cache(maxsize=512)
def tokens(text: str) -> tuple[str, ...]:
    """Words in lower case; each Han or kana character is one, for those scripts put no space between words."""
    return tuple(_TOKEN.findall(text.casefold()))


def same_words(one: str, other: str) -> bool:
    """Whether two strings differ in case, punctuation and spacing at most."""
    return one == other or tokens(one.replace("\xad", "")) == tokens(other.replace("\xad", ""))


def likeness(one: str, other: str) -> float:
    """Share of common words in the longer of two titles, 0..1."""
    first, second = set(tokens(one)), set(tokens(other))
    longer = max(len(first), len(second))
    return len(first & second) / longer if longer else 0.0
