"""The compiled library, loaded once and declared for Python."""

import ctypes
from pathlib import Path

from lxml.html import HtmlElement, fragment_fromstring

from pipeline.native.build import LIBRARY


def _load() -> ctypes.PyDLL:
    path = Path(__file__).with_name(LIBRARY)
    if not path.exists():
        raise ImportError(f"{path} is not there: install newsflow again (make, or pip install), which compiles it")
    library = ctypes.PyDLL(str(path))
    if not _fits(library, fragment_fromstring('<p class="a">b<i>c</i>d</p>')):
        raise ImportError("the tree of this lxml is not what newsflow was built for: install the versions of constraints.txt")
    return library


def _fits(library: ctypes.PyDLL, element: HtmlElement) -> bool:
    check = library.newsflow_check
    check.argtypes, check.restype = [ctypes.py_object], ctypes.c_int
    return bool(check(element))


native = _load()
"""The library. Each module that calls a function of it declares that function's arguments once, beside the call."""
