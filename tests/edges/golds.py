"""A small invented gold set for the tests of what scores one."""

import json
from pathlib import Path

STORY = (
    "The goats of Little Skerry have won the right of way on the island's only road, the council said on Monday.",
    "Drivers will have to wait until the herd has passed, however long that takes, and may not sound the horn.",
    "The shepherd, who has asked for the rule for eleven years, said that she would celebrate it with the herd.",
    "A crossing will be painted at the old quay before the summer, when the ferry brings most of its visitors.",
)
HEADLINE = "Island council sides with the herd"
SURPLUS = "Nobody outside the island has been told of the new timetable for the mainland's second bus line yet."


def page(*paragraphs: str) -> str:
    texts = "".join(f"<p>{each}</p>" for each in paragraphs)
    return f"""<html><head><title>{HEADLINE}</title><meta property="og:title" content="{HEADLINE}"></head><body>
<nav><span><a href="/">Home</a></span><span><a href="/i">Islands</a></span></nav>
<article><h1>{HEADLINE}</h1>{texts}</article>
<div id="respond"><form><div>Please enter your comment!</div><div>Please enter your name here</div></form></div>
</body></html>"""


def write_gold(folder: Path) -> Path:
    """Two pages: one whose truth is its story, and one with a paragraph that its truth does not have."""
    folder.mkdir(parents=True)
    truths, manifest = [], []
    for name, paragraphs in (("good", STORY), ("bad", (*STORY[:3], SURPLUS))):
        url = f"https://news.example/{name}"
        (folder / f"{name}.html").write_text(page(*paragraphs), encoding="utf-8")
        manifest.append({"id": name, "url": url, "path": f"{name}.html"})
        truths.append({"id": name, "url": url, "text": "\n".join(STORY), "headline": HEADLINE})
    for file, lines in (("truth.jsonl", truths), ("manifest.jsonl", manifest)):
        (folder / file).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder
