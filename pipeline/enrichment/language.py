"""The language a text is written in, found from the text: what pages declare is often the site's, not the article's.

Scripts first: where a script is one language's own there is nothing to guess. Else the detector, asked about two halves
of the text, for its probabilities are near 1 whatever it is shown: halves that differ are a text in two languages.
"""

from collections import Counter
from functools import cache

from pipeline.enrichment.detector import detector
from pipeline.enrichment.scripts import script_shares
from pipeline.records import Language, ScriptShare

UNDETERMINED = "und"
MAX_CHARACTERS = 1200
"""Of the body, after the headline: 2000 change none of 459 answers on the gold pages and cost 0.5 ms more."""

MIN_BYTES = 40
"""Of UTF-8: 40 Latin letters, 14 Han characters. Shorter texts are guessed."""

ENOUGH = 3 * MIN_BYTES
"""Characters among which nearly every text has so many letters; only of the others the rest is looked at."""

MIN_CONFIDENCE = 0.5
"""Below it the best of 140 languages is not even more likely than not."""

MIN_CONFLICT = 0.9
"""From this confidence on the text contradicts what the page declares."""

OWN_SCRIPT = 0.8
"""Share of the letters from which on a script decides. Names and quotations in Latin letters take the rest."""

QUARTERS, MAJORITY = 4, 3
"""Of a text whose halves differ, so many pieces must agree: a list of names amid English prose is no other language."""

_LANGUAGE_OF_SCRIPT = {
    "Adlm": "ff-Adlm", "Armn": "hy", "Cans": "iu", "Cher": "chr", "Copt": "cop", "Ethi": "am", "Geor": "ka",
    "Grek": "el", "Gujr": "gu", "Guru": "pa", "Hang": "ko", "Hebr": "he", "Khmr": "km", "Knda": "kn", "Laoo": "lo",
    "Mlym": "ml", "Mong": "mn-Mong", "Mymr": "my", "Nkoo": "nqo", "Olck": "sat", "Orya": "or", "Sinh": "si",
    "Syrc": "syr", "Taml": "ta", "Telu": "te", "Tfng": "zgh", "Thaa": "dv", "Thai": "th", "Tibt": "bo",
}  # fmt: skip
"""The language that nearly all that is printed in a script is in."""

_SECOND_LANGUAGES = (("Hebr", "yi", "ײױװ"), ("Hebr", "yi", "\u05b7\u05b8"), ("Ethi", "ti", "ኣኽቐ"))
"""Other languages of such a script, by letters that the first one does not write."""
MIN_SECOND = 0.01
"""Share of those letters among all characters."""

_JAPANESE_KANA = 0.05
"""Share of kana among the letters from which on Han characters are Japanese: kana are half of a Japanese text."""

_TAGS = {
    "no": "nb", "ary": "ar", "arz": "ar", "hbo": "he", "wuu": "zh", "gug": "gn", "fuv": "ff", "kik": "ki",
    "zxx": UNDETERMINED, "sh": "sr", "iw": "he", "in": "id", "ji": "yi", "mo": "ro", "fil": "tl", "cmn": "zh",
}  # fmt: skip
"""The detector's and old tags under the names that BCP 47 has for them. Its Arabic dialects are the press's Arabic as
often as not, and its "no" is Bokmål, for it knows Nynorsk."""

_RELATIVES = (
    frozenset({"bs", "hr", "sr"}),
    frozenset({"id", "ms"}),
    frozenset({"nb", "nn"}),
    frozenset({"zh", "yue"}),
)
"""Written so alike that a page's own word decides between them."""

_TWO_SCRIPTS = {"sr": ("Cyrl", "Latn"), "uz": ("Latn", "Cyrl"), "az": ("Latn", "Cyrl"), "kk": ("Cyrl", "Latn"),
                "ku": ("Latn", "Arab"), "pa": ("Guru", "Arab"), "bs": ("Latn", "Cyrl"), "mn": ("Cyrl", "Mong"),
                "tk": ("Latn", "Cyrl")}  # fmt: skip
"""Languages printed in two scripts, the usual one first. Serbian names either; of the others only the rarer."""


def detect_language(headline: str | None, body: str, declared: str | None = None) -> Language:
    """The language of an article, `und` when the text does not tell, beside what the page declares."""
    text = f"{headline or ''}\n{body[:MAX_CHARACTERS]}".strip()
    scripts = script_shares(text)
    if not _has_letters(text[:ENOUGH]) and not _has_letters(text):
        return Language(tag=UNDETERMINED, confidence=0.0, scripts=scripts)
    tag, confidence = _by_script(text, scripts) or _by_detector(text)
    said = main_tag(declared)
    if confidence < MIN_CONFIDENCE or tag == UNDETERMINED:
        return Language(tag=UNDETERMINED, confidence=confidence, scripts=scripts)
    if said != tag and _related(said, tag):
        tag = said
    contradicts = said not in ("", UNDETERMINED, "mul") and said != tag.partition("-")[0]
    return Language(
        tag=_with_script(tag, text, scripts),
        confidence=confidence,
        conflict=contradicts and confidence >= MIN_CONFLICT,
        scripts=scripts,
    )


def _has_letters(text: str) -> bool:
    return len("".join(filter(str.isalpha, text)).encode("utf-8", "ignore")) >= MIN_BYTES


def main_tag(declared: str | None) -> str:
    """The language of a declared tag without region and script, under its name of today; "" when there is none."""
    tag = (declared or "").replace("_", "-").partition("-")[0].lower()
    return _TAGS.get(tag, tag)


def _related(one: str, other: str) -> bool:
    return any(one in group and other in group for group in _RELATIVES)


def _by_script(text: str, scripts: tuple[ScriptShare, ...]) -> tuple[str, float] | None:
    """The language that the script alone tells, and the script's share."""
    shares = {found.script: found.share for found in scripts}
    kana = shares.get("Hira", 0.0) + shares.get("Kana", 0.0)
    if kana >= _JAPANESE_KANA and (share := kana + shares.get("Hani", 0.0)) >= OWN_SCRIPT:
        return "ja", min(1.0, round(share, 4))
    if not scripts or scripts[0].share < OWN_SCRIPT or scripts[0].script not in _LANGUAGE_OF_SCRIPT:
        return None
    script, share = scripts[0].script, scripts[0].share
    for of, tag, letters in _SECOND_LANGUAGES:
        if of == script and sum(map(text.count, letters)) >= MIN_SECOND * len(text):
            return tag, share
    return _LANGUAGE_OF_SCRIPT[script], share


def _by_detector(text: str) -> tuple[str, float]:
    middle = len(text) // 2
    (first, one), (second, other) = _classified(text[:middle], text[middle:])
    if first == second:
        return first, max(one, other)
    [(whole, confidence)] = _classified(text)
    if _related(first, second) or min(one, other) < MIN_CONFIDENCE:
        return whole, confidence
    length = -(-len(text) // QUARTERS)
    votes = Counter(
        tag for tag, _ in _classified(*(text[start : start + length] for start in range(0, len(text), length)))
    )
    tag, count = votes.most_common(1)[0]
    return (tag, round(count / QUARTERS, 4)) if count >= MAJORITY else (UNDETERMINED, round(count / QUARTERS, 4))


def _classified(*texts: str) -> list[tuple[str, float]]:
    found = detector().classify(*texts)
    return [(_TAGS.get(tag, tag), min(1.0, max(0.0, round(probability, 4)))) for tag, probability in found]


def _with_script(tag: str, text: str, scripts: tuple[ScriptShare, ...]) -> str:
    """The tag with its script where the language does not tell it: zh-Hans, sr-Latn, uz-Cyrl."""
    if tag == "zh":
        return _chinese(text)
    usual = _TWO_SCRIPTS.get(tag)
    if usual is None or not scripts or scripts[0].script not in usual:
        return tag
    return tag if tag != "sr" and scripts[0].script == usual[0] else f"{tag}-{scripts[0].script}"


def _chinese(text: str) -> str:
    """Simplified or traditional: what only mainland's or only Taiwan's old character set holds. Mixtures stay zh."""
    kinds = Counter(kind for character in text if (kind := _han_kind(character)))
    kind, count = kinds.most_common(1)[0] if kinds else ("", 0)
    return f"zh-{kind}" if count > OWN_SCRIPT * kinds.total() else "zh"


@cache
def _han_kind(character: str) -> str | None:
    if not "\u4e00" <= character <= "\u9fff":
        return None
    simplified, traditional = _encodes(character, "gb2312"), _encodes(character, "big5")
    return None if simplified is traditional else "Hans" if simplified else "Hant"


def _encodes(character: str, charset: str) -> bool:
    return bool(character.encode(charset, "ignore"))
