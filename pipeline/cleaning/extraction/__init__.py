"""Trafilatura's cascade, run on our own tree with the slow parts in place of which faster ones stand.

`cascade` is the order of its steps, `borrowed` its functions; `frame` spares most pages the cleaning of what is not
read, `content` is the main extractor, `selectors`, `pruning`, `nodes` and `paragraphs` are what is replaced: the output
is the same on every gold page, and `tests/cleaning/test_extraction.py` fails when an upgrade changes what was replaced.
"""
