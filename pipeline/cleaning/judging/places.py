"""What the elements in which lines stand tell: their tags, and the names of their classes and ids."""

import re

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

NAMES = {
    "caption": r"caption|credit|photo|image|media|figure|gallery|legend",
    "share": r"share|social|follow|button|btn|toolbar|subscri|newsletter|sign-?up|cta|banner|\bads?\b|advert|sponsor",
    "comment": r"comment|reply|respond|discussion|disqus",
    "frame": r"nav|menu|footer|header|sidebar|side-bar|widget|breadcrumb|modal|popup|cookie|consent|login|search",
}
"""Parts of class names and ids that tell something. As a rule they cost 6 points of F1; as one feature among others
they are weighed against what else the page shows."""
_NAME_PATTERNS = tuple(re.compile(pattern) for pattern in NAMES.values())
_ROOT_TAGS = frozenset(("html", "body"))
_TAG_NUMBERS = {
    tag: number
    for number, tags in enumerate(
        (
            "p", "div", "section main article", "h1 h2 h3 h4 h5 h6", "ul ol dl", "li dd dt", "table tr td th",
            "blockquote", "figure figcaption", "form", "header", "aside", "footer nav",
        ),
        1,
    )
    for tag in tags.split()
}  # fmt: skip
"""From what stories consist of to what stands beside them; 0 is any other."""
_IS_ROOT, _IS_LIST = 0x100, 0x200


def told_by_tag(tag: str) -> int:
    """The number of a tag, and whether it is one whose names are the page's, or a list's."""
    return _TAG_NUMBERS.get(tag, 0) | _IS_ROOT * (tag in _ROOT_TAGS) | _IS_LIST * (tag == "ul")


def told_by_name(name: str) -> int:
    """Which of `NAMES` one class name or id has, a bit each."""
    name = name.lower()
    return sum(1 << number for number, pattern in enumerate(_NAME_PATTERNS) if pattern.search(name))
