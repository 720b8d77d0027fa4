"""The compiled library, loaded once."""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.errors import UsageError
from pipeline.native.build import LIBRARY, digest

_PATH = Path(__file__).with_name(LIBRARY)
_AGAIN = "install newsflow again (make, or pip install), which compiles it"


def _load() -> ctypes.PyDLL:
    try:
        library = ctypes.PyDLL(str(_PATH))
    except OSError as error:
        raise UsageError(
            f"{_PATH} {f'cannot be loaded: {error}' if _PATH.exists() else 'is not there'}: {_AGAIN}"
        ) from None
    if not _is_of_these_sources(library):
        raise UsageError(f"{_PATH} is of another version: {_AGAIN}")
    return library


def _is_of_these_sources(library: ctypes.PyDLL) -> bool:
    """Whether its functions are those that are declared here: others would be called with what they do not take."""
    try:
        mark = ctypes.c_char.in_dll(library, "newsflow_sources")
    except ValueError:
        return False
    return ctypes.string_at(ctypes.addressof(mark)).decode().startswith(digest())


native = _load()


def function(name: str, result: type, *arguments: type) -> Callable[..., Any]:
    """A function of the library, for values of these types of `ctypes`; bytes, strings and lists are `py_object`."""
    found: Any = getattr(native, f"newsflow_{name}")
    found.argtypes, found.restype = arguments, result
    return found  # type: ignore[no-any-return]


memo = function("memo", ctypes.py_object, ctypes.py_object)
"""What remembers the answers of a function from a string to an integer of 32 bits, for other functions there."""
