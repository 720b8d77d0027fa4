"""Words that say nothing of a text: jusText's lists of a hundred languages, and the small talk of news beside them.

`news_words.txt` is ours: what every report says whatever it is about ("said", "year", "people"), a line per language.
"""

from functools import cache, lru_cache
from pathlib import Path

from pipeline.libraries import file_of
from pipeline.times import calendar_words, is_calendar_word

_NEWS_WORDS = Path(__file__).with_name("news_words.txt")
_LISTS = {
    "af": "Afrikaans", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali",
    "br": "Breton", "bs": "Bosnian", "ca": "Catalan", "ceb": "Cebuano", "cs": "Czech", "cv": "Chuvash", "cy": "Welsh",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish",
    "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish", "fr": "French", "fy": "West_Frisian",
    "ga": "Irish", "gl": "Galician", "gu": "Gujarati", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian",
    "ht": "Haitian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "ig": "Igbo", "is": "Icelandic",
    "it": "Italian", "jv": "Javanese", "ka": "Georgian", "kk": "Kazakh", "kn": "Kannada", "ko": "Korean",
    "ku": "Kurdish", "ky": "Kyrgyz", "la": "Latin", "lb": "Luxembourgish", "lt": "Lithuanian", "lv": "Latvian",
    "mk": "Macedonian", "ml": "Malayalam", "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "nb": "Norwegian_Bokmal",
    "ne": "Nepali", "nl": "Dutch", "nn": "Norwegian_Nynorsk", "oc": "Occitan", "pl": "Polish", "pt": "Portuguese",
    "qu": "Quechua", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian",
    "sr": "Serbian", "su": "Sundanese", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu",
    "tk": "Turkmen", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek",
    "vi": "Vietnamese", "vo": "Volapuk", "wa": "Walloon", "war": "Waray_Waray", "yo": "Yoruba",
}  # fmt: skip
"""jusText's name of a language's list."""


CAPITAL_NOUNS = frozenset({"de", "lb", "nds", "gsw"})
"""Languages that write every noun with a capital, so that one tells no name."""


@lru_cache(maxsize=64)
def stop_words(language: str) -> frozenset[str]:
    """The stop words of a language, in lower case; of one without a list none."""
    return _listed(language) | _news_words().get(language, frozenset())


def _listed(language: str) -> frozenset[str]:
    if language not in _LISTS:
        return frozenset()
    words = file_of("justext", f"stoplists/{_LISTS[language]}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word.strip("\"'(),.:;").lower() for word in words)


@cache
def _news_words() -> dict[str, frozenset[str]]:
    lines = _NEWS_WORDS.read_text(encoding="utf-8").splitlines()
    rows = (line.partition(":") for line in lines if line and not line.startswith("#"))
    return {language: frozenset(words.split()) for language, _, words in rows}


def has_stop_words(language: str) -> bool:
    """Whether anything is known of what a language's texts are full of."""
    return language in _LISTS


def is_small_talk(word: str, language: str) -> bool:
    """Whether every report says it, or it is the name of a day or month."""
    return word in _news_words().get(language, frozenset()) or is_calendar_word(word)


@lru_cache(maxsize=64)
def silent_words(language: str) -> frozenset[str]:
    """The stop words of a language, and the names of days and months: for who looks at many words."""
    return stop_words(language) | calendar_words()


def is_stop_word(word: str, language: str) -> bool:
    """Whether a word in lower case says nothing of what a text is about; names of days and months are among them."""
    return word in stop_words(language) or is_calendar_word(word)
