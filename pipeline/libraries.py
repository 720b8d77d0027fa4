"""Files of the libraries that are installed."""

from importlib.util import find_spec
from pathlib import Path


def file_of(package: str, path: str) -> Path:
    """A data file of a package, which is not imported for it: that takes longer than to read the file."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed", name=package)
    return Path(spec.origin).parent / path
