"""The hook by which hatchling compiles the library for a wheel or an editable installation."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))
import build  # the file beside this one

sys.path.pop(0)


class CompileLibrary(BuildHookInterface[Any]):
    """Compile before the files are collected, and tag the wheel for the platform."""

    def dependencies(self) -> list[str]:
        needed: list[str] = build.requirements()
        return needed

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build.build()
        build_data["pure_python"] = False
        build_data["tag"] = build.wheel_tag()
        build_data["artifacts"].append(f"/pipeline/native/{build.LIBRARY}")
