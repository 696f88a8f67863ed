"""The texts of the status bar."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from codex_voice.agent.state import CodexState
from codex_voice.dictation.state import Phase
from codex_voice.errors import MicrophoneSilent
from codex_voice.terminal.key_labels import describe_key

if TYPE_CHECKING:
    from codex_voice.config.schema import KeysConfig
    from codex_voice.dictation.state import DictationState

# What `RemoteMicrophone.name` ends with.
_REMOTE_FIGURES = re.compile(r"(, \d+ ms)?(, \d+ gaps?)?$")


@dataclass(frozen=True)
class StatusItem:
    """One part of the status bar.

    Attributes:
        text: What it says.
        style: A Textual style such as "$success".
        weight: The parts with the least weight are left out first in a narrow terminal.
        action: What a click on it does: "talk", "microphone", "model", "held" or "menu".
    """

    text: str
    style: str = ""
    weight: int = 0
    action: str = ""


SEPARATOR = " │ "
PLAIN_SEPARATOR = " ; "
"""As wide as the other one, and read as a pause."""


def plain_text(text: str) -> str:
    """Return a text without symbols that a screen reader would read out."""
    return text.lstrip("●○▲ ").replace(" ·", ",").replace(" …", " is loading")


def fit_items(items: list[StatusItem], width: int) -> list[StatusItem]:
    """Leave out the items of least weight until the rest fits into a width in columns."""
    kept = [item for item in items if item.text]
    while len(kept) > 1:
        # A column of margin at either end.
        needed = sum(len(item.text) for item in kept) + len(SEPARATOR) * (len(kept) - 1) + 2
        if needed <= width:
            break
        kept.remove(min(kept, key=lambda item: item.weight))
    return kept


# Only the kitty keyboard protocol reports a modifier that is pressed alone.
LONE_MODIFIERS = ("left_", "right_")

AGENT_ITEMS = {
    CodexState.STARTING: StatusItem("● starting", "dim", 9),
    CodexState.IDLE: StatusItem("● idle", "$success", 9),
    CodexState.WORKING: StatusItem("● working", "$primary", 9),
    CodexState.BLOCKED: StatusItem("▲ needs approval", "$warning bold", 9),
    CodexState.DONE: StatusItem("● done", "$success", 9),
    CodexState.ERROR: StatusItem("● error", "$error", 9),
    CodexState.EXITED: StatusItem("○ exited", "$error", 9),
}


def status_items(
    agent: CodexState,
    voice: DictationState | None,
    keys: KeysConfig,
    *,
    voice_wanted: bool,
    hold_to_talk: bool,
    held_texts: int,
    practice: bool,
) -> tuple[StatusItem, ...]:
    """Return the parts of the status bar, from left to right.

    Args:
        agent: What Codex is doing.
        voice: The state of dictation, or None where there is none, or none yet.
        keys: The talk key and the menu key.
        voice_wanted: Whether voice is on (no --no-voice).
        hold_to_talk: Whether this terminal reports the release of keys.
        held_texts: How many texts wait until Codex can take them.
        practice: Whether this is practice mode.
    """
    items = [AGENT_ITEMS[agent]]
    if practice:
        items.append(StatusItem("PRACTICE", "$accent bold", 8))
    if held_texts:
        held = "1 held text" if held_texts == 1 else f"{held_texts} held texts"
        items.append(StatusItem(held, "$warning", 8, "held"))
    if voice is None:
        items.append(StatusItem("voice …" if voice_wanted else "voice off", "dim", 5))
    else:
        items += [
            replace(_talk_item(voice, keys, hold_to_talk), action="talk"),
            replace(_microphone_item(voice), action="microphone"),
            replace(_model_item(voice), action="model"),
        ]
        if voice.latency is not None:
            items.append(StatusItem(f"text after {voice.latency:.2f} s", "", 2))
    items.append(StatusItem(f"{describe_key(keys.menu)} menu", "dim", 7, "menu"))
    return tuple(items)


def _talk_item(voice: DictationState, keys: KeysConfig, hold_to_talk: bool) -> StatusItem:
    key = describe_key(keys.talk)
    if voice.muted:
        return StatusItem(f"MUTED · {key} unmutes", "$error bold", 8)
    if voice.mode == "hands_free":
        return StatusItem(f"hands-free · {key} mutes", "$success bold", 7)
    if voice.mode == "wake_word":
        if voice.asleep:
            return StatusItem(f"asleep · wake phrase or {key}", "$primary", 7)
        return StatusItem(f"awake · {key} mutes", "$success bold", 7)
    if voice.phase is Phase.LISTENING:
        return StatusItem(f"LISTENING · {key} ends", "$error bold", 8)
    if keys.talk.startswith(LONE_MODIFIERS) and not hold_to_talk:
        return StatusItem(f"{key}: this terminal does not report it", "$warning", 6)
    if hold_to_talk:
        return StatusItem(f"{key}: hold or tap to talk", "", 6)
    return StatusItem(f"{key}: tap to talk", "", 6)


def _microphone_item(voice: DictationState) -> StatusItem:
    if isinstance(voice.microphone_trouble, MicrophoneSilent):
        return StatusItem("microphone silent", "$warning", 5)
    if voice.microphone_trouble is not None:
        return StatusItem("no microphone", "$warning", 5)
    return StatusItem(f"mic {_microphone_name(voice.microphone or '…')}", "", 3)


def _microphone_name(name: str) -> str:
    """Shorten a name, but not the latency and the gaps of a microphone on another machine."""
    figures = _REMOTE_FIGURES.search(name)
    end = "" if figures is None else figures.group()
    return _shorten(name.removesuffix(end)) + end


def _model_item(voice: DictationState) -> StatusItem:
    if voice.model_trouble is not None:
        return StatusItem("no speech model", "$warning", 5)
    if voice.model_description == "loading":
        return StatusItem(f"loading {_shorten(voice.model) or 'model'}", "dim", 3)
    return StatusItem(_shorten(voice.model or "model …"), "", 3)


def _shorten(name: str, limit: int = 20) -> str:
    return name if len(name) <= limit else name[: limit - 1] + "…"
