"""Reads the names of a project from its files. Everything here is I/O, for the background.

With Git, files are those that it tracks and new ones that it does not ignore. Without, the
folders are walked, and what their .gitignore files exclude is left out.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pathspec import GitIgnoreSpec

# One pass of a bytes regex reads 30 to 55 MB a second here; more than this is not read.
_TIME_LIMIT_SECONDS = 1.0
_BYTE_LIMIT = 30_000_000
_FILE_LIMIT_BYTES = 512_000
_MAXIMUM_FILES = 20_000
_GIT_TIMEOUT_SECONDS = 3.0

_IDENTIFIER = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{2,60}")
_UNREAD = frozenset(
    [
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".ico",
        ".pdf",
        ".zip",
        ".gz",
        ".whl",
        ".woff",
        ".woff2",
        ".ttf",
        ".mp4",
        ".wav",
        ".flac",
        ".bin",
        ".so",
        ".pyc",
        ".lock",
        ".svg",
        ".min.js",
        ".map",
        ".onnx",
        ".gguf",
    ]
)
_UNSEEN = frozenset({".git", "node_modules", "target", "__pycache__", ".venv", "venv", "dist"})


@dataclass(frozen=True)
class RepositoryNames:
    """What was found in a project.

    Args:
        files: Paths from its root with "/", the likeliest to be spoken of first.
        changed: Those of them that differ from the last commit.
        branches: Names of the local branches.
        identifiers: How often each identifier occurs.
        in_changed: The identifiers that occur in changed files.
        complete: Whether everything was read within the limits.
    """

    files: tuple[str, ...] = ()
    changed: frozenset[str] = frozenset()
    branches: tuple[str, ...] = ()
    identifiers: Counter[str] = field(default_factory=Counter)
    in_changed: frozenset[str] = frozenset()
    complete: bool = True


def read_names(root: Path) -> RepositoryNames:
    """Read the names of a project; one that cannot be read has none.

    Args:
        root: Its folder; for a part of a Git repository only that part is read.
    """
    deadline = time.monotonic() + _TIME_LIMIT_SECONDS
    listed = _git(root, "ls-files", "-co", "--exclude-standard", "-z")
    if listed is None:
        files = sorted(_walk(root))
        changed: frozenset[str] = frozenset()
        branches: tuple[str, ...] = ()
    else:
        files = [path for path in listed.split("\0") if path]
        changed = frozenset(_changed(root))
        listing = _git(root, "for-each-ref", "--format=%(refname:short)", "refs/heads") or ""
        branches = tuple(listing.split())
    files = sorted(
        files[:_MAXIMUM_FILES], key=lambda path: (path not in changed, -_age(root, path))
    )
    # These come first, so that they are read whatever the limits leave out.
    count = sum(path in changed for path in files)
    reader = _Reader(root, deadline)
    reader.read(files[:count])
    in_changed = frozenset(reader.identifiers())
    reader.read(files[count:])
    return RepositoryNames(
        tuple(files), changed, branches, reader.identifiers(), in_changed, reader.complete
    )


def _git(root: Path, *arguments: str) -> str | None:
    """Return what Git answers, or None where it does not."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        answer = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            timeout=_GIT_TIMEOUT_SECONDS,
            env=environment,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.decode(errors="replace") if answer.returncode == 0 else None


def _changed(root: Path) -> Iterator[str]:
    """Return the files that differ from the last commit, and new ones."""
    differing = _git(root, "diff", "--name-only", "--relative", "--no-renames", "-z", "HEAD")
    new = _git(root, "ls-files", "-o", "--exclude-standard", "-z")
    for listing in (differing, new):
        yield from filter(None, (listing or "").split("\0"))


def _walk(root: Path) -> Iterator[str]:
    """Return the files of a folder that is no repository."""
    count = 0
    # What each folder's .gitignore excludes counts for the folders in it too.
    patterns: dict[str, tuple[tuple[str, GitIgnoreSpec], ...]] = {}
    for folder, folders, names in os.walk(root):
        here = Path(folder).relative_to(root).as_posix()
        prefix = "" if here == "." else f"{here}/"
        inherited = patterns.pop(here, ())
        if ".gitignore" in names:
            inherited = (*inherited, (prefix, _read_patterns(Path(folder) / ".gitignore")))
        folders[:] = sorted(
            name
            for name in folders
            if name not in _UNSEEN
            and name[0] != "."
            and not _is_ignored(f"{prefix}{name}/", inherited)
        )
        patterns.update((prefix + name, inherited) for name in folders)
        for name in names:
            path = prefix + name
            if Path(name).suffix in _UNREAD or _is_ignored(path, inherited):
                continue
            count += 1
            if count > _MAXIMUM_FILES:
                return
            yield path


def _read_patterns(file: Path) -> GitIgnoreSpec:
    """Return the patterns of a .gitignore; of one that cannot be read, none."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return GitIgnoreSpec([])
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _is_ignored(path: str, inherited: Sequence[tuple[str, GitIgnoreSpec]]) -> bool:
    """Return whether a path is excluded; the .gitignore that is nearest to it decides."""
    for prefix, spec in reversed(inherited):
        decided = spec.check_file(path.removeprefix(prefix)).include
        if decided is not None:
            return decided
    return False


def _age(root: Path, path: str) -> float:
    try:
        return (root / path).stat().st_mtime
    except OSError:
        return 0.0


class _Reader:
    """Counts the identifiers of files, within the limits.

    Args:
        root: The folder that the files' paths are relative to.
        deadline: When to stop, on the monotonic clock.
    """

    def __init__(self, root: Path, deadline: float) -> None:
        self.complete = True
        self._root = root
        self._deadline = deadline
        self._counts: Counter[bytes] = Counter()
        self._bytes = 0

    def read(self, paths: Iterable[str]) -> None:
        """Count what is in more files."""
        for path in paths:
            if self._bytes > _BYTE_LIMIT or time.monotonic() > self._deadline:
                self.complete = False
                break
            if Path(path).suffix in _UNREAD:
                continue
            try:
                with (self._root / path).open("rb") as file:
                    data = file.read(_FILE_LIMIT_BYTES)
            except OSError:
                continue
            if b"\0" in data[:1024]:
                continue
            self._bytes += len(data)
            self._counts.update(_IDENTIFIER.findall(data))

    def identifiers(self) -> Counter[str]:
        """Return how often each identifier occurs in what was read."""
        return Counter({name.decode(): count for name, count in self._counts.items()})
