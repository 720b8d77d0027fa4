"""Whatever call of the library fails for want of memory, it raises MemoryError, and holds or lets go what it should."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from pipeline.native import build

HERE = Path(__file__).parent
PACKAGE = HERE.parents[1] / "pipeline"
CALLS = (
    "Elements(tree)",
    "scan_page(tree)",
    "html_lines(scan.elements)",
    "scan.elements.of(range(len(scan.elements)))",
    "scan.elements.texts(range(len(scan.elements)))",
    "[scan.elements.path(at) for at in range(len(scan.elements))]",
    "visible_text(tree)",
    "aligned(lines, ''.join(line.squeezed for line in reversed(lines)))",
    "read_vocabulary([line.folded for line in lines]).shared(np.ones(len(lines)))",
    "features(lines, evidence)",
    "_telling(b'a b' * 20)",
    "article_text(story, 'data-mark')",
    "article_body(story, 'data-mark', recall=True, keep_teasers=False, with_comments=True)",
    "shown_length(story, 'data-mark', with_comments=False)",
    "[paragraph.text for paragraph in paragraphs_of(story)]",
    "shingles('One word and another makes two of them. ' * 40)",
    "bands(hashes)",
    "sketch(hashes)",
    "similarity(sketch(hashes), sketch(hashes[: len(hashes) // 2]))",
)
"""What is asked of the page below; each of these calls the library."""
PROGRAM = """
import ctypes, gc, sys
import numpy as np
from lxml import html
from pipeline.cleaning.blocks import html_lines
from pipeline.cleaning.decoding.charset import _telling
from pipeline.cleaning.elements import Elements
from pipeline.cleaning.extraction.alignment import aligned
from pipeline.cleaning.extraction.compiled import article_body, article_text, shown_length
from pipeline.cleaning.extraction.paragraphs import paragraphs_of
from pipeline.cleaning.html_article import settle
from pipeline.cleaning.judging.line_features import features
from pipeline.cleaning.judging.vocabulary import read_vocabulary
from pipeline.cleaning.metadata.scan import scan_page, visible_text
from pipeline.enrichment.near_duplicates import bands, shingles, similarity, sketch
from pipeline.native.library import native

tree = html.document_fromstring(
    '<title>T<!-- -->u</title><meta name=a content=b><link href=a rel=b><script type="application/ld+json">{}</script>'
    '<body class="a b"><div id="author-x" class="x y"><h1>A headline</h1><p>First <b>bold</b> text ends \\u03c2.'
    '\\uac00<br>line two <a href="/author/joe/x" rel=author>Joe</a></p> tail <table><tr><td style="display: none">cell'
    '</table><ul><li>one<li>two and more words here</ul><time datetime=2020>x</time><p itemprop=a itemtype="http://x/Y">q</div>'
    + "".join(f'<section class="c{each}"><p>Sentence {each} of this page is here.</section>' for each in range(8))
)
story = html.document_fromstring(
    "<article class=post-content>"
    + "".join(f"<p>A sentence of {each}, and <b>more</b> of it. </p>" for each in range(20))
    + "<ul><li>one <i>of</i> <br>two</ul><table><tr><td>cell<ul><li>x</ul></table><blockquote>q<p>r</p>s</blockquote>"
)
scan = scan_page(tree)
lines = html_lines(scan.elements)
evidence = settle(scan, "https://example.org/x").evidence
hashes = shingles(" ".join(f"word{each}" for each in range(40)))
held = ctypes.c_long.in_dll(native, "failing_held")


def told(value):
    return value.tobytes() if isinstance(value, np.ndarray) else repr(value)


for call in sys.argv[1:]:
    ask = eval(f"lambda: {call}")
    usual = told(ask())  # now the memos know all that is asked, too
    gc.collect()
    before, at, failed = held.value, 0, True
    while failed:
        at += 1
        native.failing_from(at)
        try:
            value = ask()
        except MemoryError:
            value = None
        failed = native.failing_asked() >= at
        native.failing_from(0)
        assert value is None or not failed or told(value) == usual, f"{call}: failure {at} is not told"
    value = None
    gc.collect()
    assert held.value == before, f"{call}: memory is kept"
    print(at - 1)
"""


def compiled(folder: Path) -> Path:
    """A folder with the package, whose library can be made to fail."""
    native = folder / "pipeline" / "native"
    native.mkdir(parents=True)
    for each in PACKAGE.iterdir():
        if each.name not in ("native", "__pycache__"):
            (native.parent / each.name).symlink_to(each)
    for each in PACKAGE.glob("native/*.py"):
        shutil.copy(each, native)
    (native / "source").symlink_to(PACKAGE / "native" / "source")
    sources = [*PACKAGE.glob("native/source/*.c"), HERE / "failing.c"]
    for each in sources:
        wrapped = f'#include "{HERE / "failing.h"}"\n' if each.parent != HERE else ""
        (folder / each.name).write_text(f'{wrapped}#include "{each}"\n')
    command = [*build._compiler(), "-shared", "-fPIC", "-std=c11", "-g0", "-O1", "-fvisibility=hidden"]
    command += [f'-DNEWSFLOW_SOURCES="{build.digest()}"', *(str(folder / each.name) for each in sources)]
    done = subprocess.run([*command, "-o", str(native / build.LIBRARY)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_each_call_that_fails_is_told_and_nothing_is_kept_or_used_after_it_is_gone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *CALLS],
        cwd=compiled(tmp_path),
        env=os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONMALLOC": "debug"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.split()) == len(CALLS)
    assert sum(map(int, done.stdout.split())) > 500
