"""Forms of one word, as far as its letters tell without a dictionary: enough to count it once."""

import re
from functools import lru_cache

MIN_STEM = 2
MIN_ALIKE = 4
MAX_ENDING = 3
"""Letters by which two forms of a word differ at the most."""

_KOREAN = re.compile(
    r"(?:에서는|으로는|에게는|이라고|라고|에서|으로|에게|까지|부터|보다|처럼|이라|이며|이고|은|는|이|가|을|를|의|에|와|과|도|만|로)$"
)
_POSSESSIVE = ("'s", "’s")
_ELIDED = re.compile(r"^(?:[ldnscmtj]|qu|dell|nell|all|dall|sull|un|quest)['’](?=\w)", re.IGNORECASE)
_ROMANCE = frozenset({"fr", "it", "ca", "oc"})
_PLURAL_S = frozenset({"en", "es", "fr", "pt", "nl", "ca", "gl"})


def bare(text: str, language: str) -> str:
    """A word or phrase without what is only written onto it: possessive, elided article, Turkish suffix, particle."""
    if language == "en":
        return text[:-2] if text.endswith(_POSSESSIVE) else text.rstrip("'’")
    if language in _ROMANCE:
        return _ELIDED.sub("", text)
    if language in ("tr", "az"):
        head, _, tail = text.replace("’", "'").rpartition("'")
        return head if head and len(tail) <= MAX_ENDING + 1 else text
    return _particle_off(text) if language == "ko" else text


@lru_cache(maxsize=4096)
def _particle_off(text: str) -> str:
    found = _KOREAN.sub("", text)
    return found if len(found.rpartition(" ")[2]) >= MIN_STEM else text


def stem(word: str, language: str) -> str:
    """A word in lower case without a plural's s, in languages that make plurals so."""
    if language in _PLURAL_S and len(word) > MIN_ALIKE and word[-1] == "s" and word[-2] not in "suia'":
        return word[:-1]
    return word


def are_forms_of_one(one: str, other: str) -> bool:
    """Whether two words begin alike and differ in a short ending at most."""
    if one == other:
        return True
    shorter = min(len(one), len(other))
    if shorter < MIN_ALIKE or abs(len(one) - len(other)) > MAX_ENDING:
        return False
    return one[: max(MIN_ALIKE, shorter - 2)] == other[: max(MIN_ALIKE, shorter - 2)]
