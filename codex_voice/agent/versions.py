"""Which versions of Codex this program has been tried with.

Codex is released about weekly, and its prompts, keys and texts may change with any release. What is
not recognised is held, never typed; a version that was never tried is named to the user.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# The agent tests were run with these: the oldest, one in the middle, and the newest.
TESTED_VERSIONS = ("0.151", "0.160", "0.169")

_VERSION = re.compile(r"(\d+)\.(\d+)")
# The first row of a session: ">_ OpenAI Codex (v0.169.0)".
_HEADING = re.compile(r">_ OpenAI Codex \(v(\d[\w.+-]*)\)")


def tested_version(version: str) -> bool:
    """Return whether a version is one that was tried, or lies between two that were.

    Args:
        version: A version such as `0.169.0`, or what the program says: `codex-cli 0.169.0`.

    Returns:
        False also for what holds no version. Later patch releases of a tried version count as it.
    """
    number = _number(version)
    known = [_number(tested) for tested in TESTED_VERSIONS]
    return number is not None and known[0] is not None and known[0] <= number <= (known[-1] or (0,))


def shown_version(lines: Iterable[str]) -> str:
    """Return the version that Codex shows at the top of a session, such as "0.169.0", else ""."""
    found = (_HEADING.search(line) for line in lines)
    return next((heading[1] for heading in found if heading), "")


def untested_note(version: str) -> str:
    """Return one sentence for the user about a version that was never tried, else ""."""
    if tested_version(version) or _number(version) is None:
        return ""
    return (
        f"{version} was never tried with codex-voice ({TESTED_VERSIONS[0]} to "
        f"{TESTED_VERSIONS[-1]} were): what it does not recognise waits, and is not typed."
    )


def _number(version: str) -> tuple[int, ...] | None:
    found = _VERSION.search(version)
    return (int(found[1]), int(found[2])) if found else None
