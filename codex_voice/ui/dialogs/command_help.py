"""The help screen: what can be said, what it does, and what is off."""

from __future__ import annotations

from codex_voice.config.schema import Config
from codex_voice.language.phrases import users_phrasebook
from codex_voice.language.registry import COMMANDS, Command
from codex_voice.terminal.key_labels import describe_key
from codex_voice.ui.dialogs.palette import Action, PaletteScreen

HINTS = "type to search · ↑↓ scroll · Esc close"
SPEAK = "Say one by itself, with a pause before and after. All else is typed."
OFF = "Voice input is off (--no-voice): start codex-voice without it to speak."

_WAKE_COMMANDS = frozenset({Command.WAKE_UP, Command.SLEEP})
_MUTE_COMMANDS = frozenset({Command.MUTE, Command.UNMUTE})
_APPROVALS = frozenset({Command.APPROVE, Command.DENY})


def command_help(config: Config, *, voice: bool) -> PaletteScreen:
    """Return the help screen.

    Args:
        config: The settings in force.
        voice: Whether voice input is on.
    """
    explanation = SPEAK if voice else OFF
    rows = command_rows(config)
    return PaletteScreen("Voice commands", rows, explanation=explanation, hints=HINTS)


def command_rows(config: Config) -> list[Action]:
    """Return a row for each command: the phrase, what it does or why it is off, and its key."""
    book = users_phrasebook(config.whisper.language, config.language.phrases)
    rows = []
    for entry in COMMANDS:
        phrases = book.phrases.get(entry.command, ())
        off = why_off(entry.command, config)
        others = ", ".join(f"“{phrase}”" for phrase in phrases[1:])
        rows.append(
            Action(
                book.first(entry.command),
                None,
                value=f"({off}) {entry.help}" if off else entry.help,
                key=describe_key(entry.key_name(config.keys)),
                help=f"{entry.help}. Also {others}." if others else f"{entry.help}.",
            )
        )
    return rows


def why_off(command: Command, config: Config) -> str:
    """Return why a spoken command does nothing now; "" where it works."""
    if command in _APPROVALS and not config.voice.approvals:
        return "off: Settings, Spoken approvals"
    if command in _WAKE_COMMANDS and config.voice.mode != "wake_word":
        return "in wake-word mode"
    if command in _MUTE_COMMANDS and config.voice.mode == "push_to_talk":
        return "in hands-free and wake-word mode"
    return ""
