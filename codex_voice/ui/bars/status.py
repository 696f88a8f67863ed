"""What the status bar says, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_voice.agent.state import CodexState
from codex_voice.dictation.state import Phase
from codex_voice.errors import MicrophoneSilent
from codex_voice.ui.bars.status_bar import Item
from codex_voice.ui.key_names import describe_key

if TYPE_CHECKING:
    from codex_voice.config.schema import KeysConfig
    from codex_voice.dictation.state import DictationState

# Only the kitty keyboard protocol tells of a modifier that is pressed alone.
LONE_MODIFIERS = ("left_", "right_")

AGENT_ITEMS = {
    CodexState.STARTING: Item("● starting", "dim", 9),
    CodexState.IDLE: Item("● idle", "$success", 9),
    CodexState.WORKING: Item("● working", "$primary", 9),
    CodexState.BLOCKED: Item("▲ needs approval", "$warning bold", 9),
    CodexState.DONE: Item("● done", "$success", 9),
    CodexState.ERROR: Item("● error", "$error", 9),
    CodexState.EXITED: Item("○ exited", "$error", 9),
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
) -> tuple[Item, ...]:
    """Return the parts of the status bar, from left to right.

    Args:
        agent: What Codex is doing.
        voice: The state of dictation, or None where there is none, or none yet.
        keys: The keys that are ours.
        voice_wanted: Whether voice is not switched off.
        hold_to_talk: Whether this terminal reports the release of keys.
        held_texts: How many texts wait for Codex.
        practice: Whether this is practice mode.
    """
    items = [AGENT_ITEMS[agent]]
    if practice:
        items.append(Item("PRACTICE", "$accent bold", 8))
    if held_texts:
        waiting = "1 text waits" if held_texts == 1 else f"{held_texts} texts wait"
        items.append(Item(waiting, "$warning", 8))
    if voice is None:
        items.append(Item("voice …" if voice_wanted else "voice off", "dim", 5))
    else:
        items += [_talk_item(voice, keys, hold_to_talk), _microphone_item(voice)]
        items.append(_model_item(voice))
        if voice.latency is not None:
            items.append(Item(f"{voice.latency:.2f} s", "", 2))
    items.append(Item(f"{describe_key(keys.menu)} menu", "dim", 7))
    return tuple(items)


def _talk_item(voice: DictationState, keys: KeysConfig, hold_to_talk: bool) -> Item:
    key = describe_key(keys.talk)
    if voice.muted:
        return Item(f"MUTED · {key} unmutes", "$error bold", 8)
    if voice.mode == "hands_free":
        return Item(f"hands-free · {key} mutes", "$success bold", 7)
    if voice.mode == "wake_word":
        if voice.asleep:
            return Item(f"asleep · wake phrase or {key}", "$primary", 7)
        return Item(f"awake · {key} mutes", "$success bold", 7)
    if voice.phase is Phase.LISTENING:
        return Item(f"LISTENING · {key} ends", "$error bold", 8)
    if keys.talk.startswith(LONE_MODIFIERS) and not hold_to_talk:
        return Item(f"{key}: this terminal does not tell it", "$warning", 6)
    if hold_to_talk:
        return Item(f"{key}: hold or tap to talk", "", 6)
    return Item(f"{key}: tap to talk", "", 6)


def _microphone_item(voice: DictationState) -> Item:
    if isinstance(voice.microphone_trouble, MicrophoneSilent):
        return Item("microphone silent", "$warning", 5)
    if voice.microphone_trouble is not None:
        return Item("no microphone", "$warning", 5)
    return Item(f"mic {_shorten(voice.microphone or '…')}", "", 3)


def _model_item(voice: DictationState) -> Item:
    if voice.model_trouble is not None:
        return Item("no speech model", "$warning", 5)
    if voice.model_description == "loading":
        return Item(f"loading {_shorten(voice.model) or 'model'}", "dim", 3)
    return Item(_shorten(voice.model or "model …"), "", 3)


def _shorten(name: str, limit: int = 20) -> str:
    return name if len(name) <= limit else name[: limit - 1] + "…"
