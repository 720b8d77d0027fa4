"""An enricher to use, or to begin one's own from: a blank spaCy pipeline with an entity ruler, and no model to load.

`pip install newsflow[spacy]`, NEWSFLOW_ENRICHERS=spacy_rules, and NEWSFLOW_SPACY_PATTERNS names a file of patterns in
spaCy's own format, one JSON object a line: {"label": "ORG", "pattern": [{"LOWER": "harbour"}, {"LOWER": "board"}]}.
"""

import json
import os
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.records import CleanArticle

VARIABLE = "NEWSFLOW_SPACY_PATTERNS"
MAX_CHARACTERS = 20_000
MAX_ENTITIES = 200


class SpacyRules:
    """Finds what the patterns describe, in any language, by spaCy's language-neutral tokens."""

    seconds = 1.0

    def __init__(self, patterns: list[dict[str, Any]]) -> None:
        from spacy.lang.xx import MultiLanguage

        self.version = "1+" + blake2b(json.dumps(patterns).encode(), digest_size=4).hexdigest()
        self._pipeline = MultiLanguage()
        ruler: Any = self._pipeline.add_pipe("entity_ruler")
        ruler.add_patterns(patterns)

    def enrich(self, article: CleanArticle, language: str) -> dict[str, Any]:
        """{"entities": [{"text", "label", "start", "end", "id"?}]}, offsets into the article body."""
        found = self._pipeline(article.article_body[:MAX_CHARACTERS]).ents[:MAX_ENTITIES]
        rows = [
            {"text": span.text, "label": span.label_, "start": span.start_char, "end": span.end_char}
            | ({"id": span.ent_id_} if span.ent_id_ else {})
            for span in found
        ]
        return {"entities": rows}


def make() -> SpacyRules:
    """The enricher of the entry point `spacy_rules`; UsageError when spaCy or the patterns are missing."""
    path = os.environ.get(VARIABLE, "").strip()
    if not path:
        raise UsageError(f"{VARIABLE} must name a file of entity ruler patterns, one JSON object a line")
    try:
        return SpacyRules(read_patterns(Path(path)))
    except ImportError as error:
        raise UsageError(f"spaCy is not installed: pip install 'newsflow[spacy]' ({error})") from error


def read_patterns(path: Path) -> list[dict[str, Any]]:
    """The patterns of a file; UsageError names file and line of what is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    patterns: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise UsageError(f"{path}:{number}: no JSON object: {error}") from None
            if not isinstance(row, dict) or not row.get("label") or not row.get("pattern"):
                raise UsageError(f"{path}:{number}: a pattern needs label and pattern")
            patterns.append(row)
    return patterns
