"""Functions of the library that read lxml's trees, where this lxml keeps them as they are read there."""

from collections.abc import Callable
from ctypes import c_int, py_object
from typing import Any

from lxml.html import fragment_fromstring

from pipeline.errors import UsageError
from pipeline.native.library import function


def tree_function(name: str, result: type, *arguments: type) -> Callable[..., Any]:
    """As `function`, for one that reads a tree."""
    return function(name, result, *arguments)


if not function("check", c_int, py_object)(fragment_fromstring('<p class="a">b<i>c</i>d</p>')):
    raise UsageError(
        "this lxml keeps its trees otherwise than newsflow reads them: install the versions of constraints.txt"
    )
