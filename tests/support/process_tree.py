"""Which processes a program has started, and whether they are gone."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

_LOOK_SECONDS = 0.05
_PATIENCE_SECONDS = 60.0


def _processes() -> dict[int, int]:
    """Return the parent of each process that lives; a zombie does not."""
    command = ["ps", "-eo", "pid=,ppid=,stat="]
    # Tests narrow PATH.
    environment = dict(os.environ, PATH=os.defpath)
    answer = subprocess.run(
        command, capture_output=True, check=True, text=True, env=environment
    ).stdout
    rows = (line.split() for line in answer.splitlines())
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


def tree_of(pid: int) -> set[int]:
    """Return the numbers of a process and of all that it and its children have started."""
    parents = _processes()
    found = {pid} & parents.keys()
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def until_gone(pids: set[int]) -> set[int]:
    """Wait until none of these processes lives; return those that do after 20 s."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while (left := pids & _processes().keys()) and time.monotonic() < end:
        time.sleep(_LOOK_SECONDS)
    return left


def processes_of(home: Path) -> list[int]:
    """Return the processes whose environment names a home directory."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            if f"HOME={home}\0".encode() in environment:
                found.append(int(entry.name))
    return found


def parent_of(process: int) -> int:
    """Return the number of a process's parent."""
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
