"""The words that reserve the use of a text by machines: one vocabulary for the crawler and for enrichment.

TDMRep, robots tags (noai, noml) and AIPREF's Content-Usage. What cannot be read counts as not declared.
"""

import re
from collections.abc import Iterator

PRODUCT_TOKEN = "newsflow"  # noqa: S105 - the RFC's name for the name of a crawler

NO_MINING = frozenset({"noai", "noml"})
"""Robots tags that reserve the text. noimageai is about pictures, noindex about search: they are recorded."""

ANY_MINING = frozenset({"tdm", "bots", "automated", "all"})
"""AIPREF categories of text and data mining of every kind, the training of models among them."""

AI_TRAINING = frozenset({"train-ai", "ai-train", "train-genai", "ai", "genai"})
"""Those (also the older drafts', and Content-Signal's) of the training of models alone."""

MINING_USES = ANY_MINING | AI_TRAINING
"""AIPREF categories that newsflow's use falls under."""

UNKNOWN = "unknown"
"""What stands for a reservation while the file that may declare it cannot be had."""

_PREFERENCE = re.compile(r"([a-z][a-z0-9_-]{0,39})\s*=\s*\"?(y|n|yes|no)\"?(?![a-z])", re.IGNORECASE)


def robots_tags(value: str) -> Iterator[str]:
    """The directives of a robots tag, in lower case."""
    for part in value[:2000].split(","):
        tag = " ".join(part.lower().split())[:80]
        if tag and tag.partition(":")[0].strip().isascii():
            yield tag


def preferences(value: str) -> Iterator[tuple[str, str]]:
    """AIPREF preferences: ("train-ai", "n")."""
    return ((use.lower(), answer[0].lower()) for use, answer in _PREFERENCE.findall(value[:2000]))
