"""What the wheel has beside the packages: the helper's installer with what it copies, and the share
folder's files. An editable install has its checkout, and needs neither."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# In the tree -> in the wheel, where byway_resources.helper_installer() and the installer look.
HELPER = {
    "packaging/helper/install.py": "byway_resources/helper/install.py",
    "polkit/data": "byway_resources/helper/data",
    # For who makes a distribution's package of the wheel; see the file.
    "packaging/apparmor": "byway_resources/helper/apparmor",
}
ROOMS = ("core", "gui", "polkit", "resources", "packaging/share")


class WheelHook(BuildHookInterface[Any]):
    """Named in pyproject.toml; hatchling finds the class."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        root = Path(self.root)
        build_data["force_include"] |= {str(root / here): there for here, there in HELPER.items()}
        sys.path[:0] = [str(root / room) for room in ROOMS]
        from byway_share.tree import share_files, write

        # Vector icons only: drawing pictures takes PySide6, which nobody needs for a wheel.
        files = share_files(root, with_pictures=False)
        self._made = Path(tempfile.mkdtemp(prefix="byway-share-"))
        write(self._made, files)
        build_data["shared_data"] |= {str(self._made / each): f"share/{each}" for each in files}

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            shutil.rmtree(self._made)
