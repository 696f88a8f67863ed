"""Strips Python's own libraries for the PyInstaller specs, which makes them 20 MB smaller.

Those and no others: stripping breaks numpy's libscipy_openblas ("ELF load command address/offset
not page-aligned").
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

Entry = tuple[str, str, str]
"""A binary of an analysis: its name in the program, its file, and its kind."""


def strip_python(entries: list[Entry], directory: Path) -> list[Entry]:
    """Return the binaries with stripped copies of those that are Python's own.

    Args:
        entries: The binaries.
        directory: Where the copies go.
    """
    directory.mkdir(parents=True, exist_ok=True)
    return [_strip(entry, directory) if _is_pythons_own(entry) else entry for entry in entries]


def _is_pythons_own(entry: Entry) -> bool:
    name, path, _kind = entry
    own = Path(name).name.startswith("libpython") or "lib-dynload" in path
    return sys.platform == "linux" and own


def _strip(entry: Entry, directory: Path) -> Entry:
    name, path, kind = entry
    copy = directory / Path(path).name
    shutil.copy(path, copy)
    subprocess.run(["strip", "--strip-unneeded", copy], check=True)
    return name, str(copy), kind
