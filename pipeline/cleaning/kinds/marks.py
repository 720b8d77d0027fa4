"""The marks of a page: words of its URL, title and markup, short lines, declared types, names of its metas and links.

Each is one look-up in the vocabulary that training found; what a mark weighs for each kind is in the model.
"""

import re
from operator import itemgetter

from pipeline.cleaning.kinds.page_words import letters
from pipeline.cleaning.kinds.sight import Sight

MAX_LINE = 30
"""Characters of the longest line that is a mark as a whole."""
MAX_INPUT = 20
_EXTENSION = re.compile(r"\.([a-z]{2,5})$")


def marks_of(page: Sight) -> set[str]:
    """All marks of a page, each with a prefix for where it stands."""
    found = _of_url(page)
    found |= {f"title {word}" for word in letters(page.title)}
    found |= {f"page {word}" for word in letters(page.frame)}
    found.update(*map(itemgetter(1), page.told))
    found |= {f"type {name}" for name in page.types}
    found |= {f"input {kind} {name}" for kind, name in page.inputs if len(name) < MAX_INPUT}
    found |= {f"line {line.folded}" for line in page.lines if len(line.text) < MAX_LINE}
    found |= {f"tag {name}" for name, count in page.tags.items() if count}
    found |= {f"rel {name}" for name in page.rels}
    found |= {f"meta {name}" for name in page.metas}
    found |= {f"link {name}" for name in page.links}
    return found


def _of_url(page: Sight) -> set[str]:
    *above, last = [part for part in page.path.split("/") if part] or [""]
    found = {f"folder {word}" for part in above for word in letters(part)[:4]}
    found |= {f"file {word}" for word in letters(last)}
    found |= {f"host {word}" for word in (page.url.hostname or "").split(".")[:-2]}
    found |= {f"query {word}" for word in letters(page.url.query)[:10]}
    if extension := _EXTENSION.search(page.path):
        found.add(f"extension {extension[1]}")
    return found
