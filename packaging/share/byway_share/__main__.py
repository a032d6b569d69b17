"""`python -m byway_share FOLDER [--pictures]`: everything for a share folder, into that folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from byway_share.tree import share_files, write


def main() -> int:
    parser = argparse.ArgumentParser(prog="byway_share", description=__doc__)
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    parser.add_argument("--pictures", action="store_true", help="icons as PNG too (takes PySide6)")
    options = parser.parse_args()
    write(options.folder, share_files(with_pictures=options.pictures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
