"""What Codex's screen shows of its state, for a Codex that tells it in no other way.

Codex reports no program status before 0.169 or so, and its title can be turned off
(`tui.terminal_title = []`). Read from codex-cli 0.151, 0.160 and 0.169.
"""

from __future__ import annotations

import re

from codex_voice.agent.draft import read_draft
from codex_voice.agent.prompts import visible_prompt
from codex_voice.agent.screen import Screen
from codex_voice.agent.state import CodexState

# "• Working (1m 02s • esc to interrupt)", above the composer; hidden while an answer streams.
_WORKING = re.compile(r"[•◦] .*\(.*\d+s • .* to interrupt\)")
# Stands between that row and the composer.
_QUEUE_HEADING = re.compile(r"• Queued ")
# Codex shows these below a composer that it has not connected yet; what is typed is forgotten.
_EARLY_HINTS = re.compile(r"\? for shortcuts|← for agents|⚠ .*|f\d to view|")
_HINT_SEPARATOR = re.compile(r" · | {2,}")


def visible_state(screen: Screen, *, started: bool) -> CodexState | None:
    """Return what the screen shows of the state.

    Args:
        screen: The screen, not in the middle of an update.
        started: Whether it is known that Codex has started. Until then a composer counts only with
            the status line below it.

    Returns:
        BLOCKED, WORKING or IDLE; None where nothing is recognised. IDLE may be wrong while an
        answer streams in.
    """
    prompt = visible_prompt(screen)
    if prompt is not None:
        return CodexState.BLOCKED if prompt.approval else None
    draft = read_draft(screen)
    if draft is None:
        return None
    lines = screen.lines()
    cursor_row = screen.cursor.row
    if not started and not _has_status_line(lines[cursor_row + 1 :]):
        return None
    above = lines[: max(0, cursor_row + 1 - len(draft.rows))]
    return CodexState.WORKING if _shows_work(above) else CodexState.IDLE


def _has_status_line(below: list[str]) -> bool:
    parts = [part for row in below for part in _HINT_SEPARATOR.split(row.strip())]
    return any(not _EARLY_HINTS.fullmatch(part) for part in parts)


def _shows_work(above: list[str]) -> bool:
    """Return whether the last row above the composer that is not indented says that Codex works."""
    for row in reversed(above):
        if row and not row.startswith(" ") and not _QUEUE_HEADING.match(row):
            return bool(_WORKING.match(row))
    return False
