"""The menu and its lists: everything that can be done, with the keys and words for it."""

from __future__ import annotations

from codex_voice.agent.composer import Composer
from codex_voice.config import KeysConfig, Mode
from codex_voice.language.commands import OTHER_PHRASES, Command
from codex_voice.services.dictation import DictationState, Phase
from codex_voice.ui.choice import Choice
from codex_voice.ui.key_names import describe_key

MODES: dict[Mode, str] = {
    "push_to_talk": "Push to talk",
    "hands_free": "Hands-free",
    "wake_word": "Wake word",
}


def menu_choices(
    voice: DictationState | None, keys: KeysConfig, *, held_texts: int, practice: bool
) -> list[Choice[str]]:
    """Return the lines of the menu; the value of each is the name of an action of the app.

    Args:
        voice: The state of dictation, or None where voice is switched off.
        keys: The keys that are ours.
        held_texts: How many texts wait for Codex.
        practice: Whether this is practice mode.
    """
    choices: list[Choice[str]] = []
    if voice is not None:
        choices += _voice_choices(voice, keys)
    if held_texts:
        choices.append(Choice(f"Texts that wait ({held_texts})", "show_held"))
    if practice:
        choices.append(Choice("Speak a recording", "choose_recording"))
    if voice is not None:
        choices.append(Choice("History of what was said", "show_history"))
    choices += [
        Choice("Search the scrollback", "search"),
        Choice("What one can say", "show_commands"),
        Choice("Restart Codex", "restart_codex"),
    ]
    if not practice:
        choices.append(Choice("Practice mode", "enter_practice"))
    choices.append(Choice("Quit", "confirm_quit"))
    return choices


def held_choices(composer: Composer) -> list[Choice[str]]:
    """Return what can be done with the texts that wait: type the first again, or drop one."""
    choices = [Choice("Type the first one again", "retry")]
    choices += [Choice(f"Drop “{held.text}”", str(i)) for i, held in enumerate(composer.held)]
    return choices


def spoken_commands() -> str:
    """Return what one can say, a command a line."""
    lines = []
    for command in Command:
        phrases = (command.value, *OTHER_PHRASES.get(command, ()))
        lines.append(" · ".join(phrases))
    return "\n".join(lines)


def _voice_choices(voice: DictationState, keys: KeysConfig) -> list[Choice[str]]:
    listening = voice.phase in (Phase.OPENING, Phase.LISTENING)
    key = describe_key(keys.talk)
    if voice.mode == "push_to_talk":
        talk = "Stop listening" if listening else "Start listening"
    else:
        talk = "Unmute" if voice.muted else "Mute"
    return [
        Choice(f"{talk} ({key})", "toggle_talk"),
        Choice(f"How to talk: {MODES[voice.mode]}", "choose_mode"),
        Choice(f"Microphone: {voice.microphone or 'default'}", "choose_microphone"),
        Choice(f"Speech model: {_model(voice)}", "choose_model"),
    ]


def _model(voice: DictationState) -> str:
    if voice.model_trouble is not None:
        return "none"
    return f"{voice.model} ({voice.model_description})" if voice.model_description else voice.model
