"""The wheel carries compiled catalogues, so that nobody needs a compiler to read English."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogues(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles every ``django.po`` before the files of the wheel are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the ``.mo`` files; git does not keep them, the wheel does."""
        sys.path.insert(0, str(Path(self.root)))
        from tools.messages import compile_all

        compile_all()
