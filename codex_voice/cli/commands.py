"""The command `commands`: the spoken commands and their phrases, also as docs/commands.md."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from codex_voice.cli import configuration
from codex_voice.cli.registration import Commands
from codex_voice.errors import ConfigError

if TYPE_CHECKING:
    from codex_voice.config.schema import KeysConfig
    from codex_voice.language.phrases import Phrasebook
    from codex_voice.language.registry import CommandEntry

# What a table can show; `codex-voice commands` lists them all.
_SHOWN_PHRASES = 6

_INTRODUCTION = """\
# What you can say

<!-- Made by "codex-voice commands --markdown"; change the registry or the phrases instead. -->

An utterance is a command only when the whole of it is: "Send." sends, "Send the report to the
server." is typed. Fillers ("uh"), polite words ("please", "can you ...") and a repetition do not
matter. "Literally send" and "dictate ..." type what follows. With `[voice] trailing_send` a last
sentence "Send it." sends what stands before it. `codex-voice commands` lists every phrase, and
`codex-voice interpret "..."` shows what becomes of a text. English phrases count in every
language; a language without a table has the English ones."""


def register(commands: Commands) -> None:
    """Register the command."""
    parser = commands.add("commands", _list, "list what you can say", accepts=["config"])
    parser.add_argument("--language", metavar="CODE", help="a language code, such as de")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON list")
    form.add_argument("--markdown", action="store_true", help="print docs/commands.md")


def _list(options: argparse.Namespace) -> int:
    from codex_voice.language.phrases import LANGUAGES, own_phrases, phrasebook
    from codex_voice.language.registry import COMMANDS

    config = configuration.read(options)
    language = options.language or config.whisper.language
    if options.language and language not in LANGUAGES:
        raise ConfigError(f"no phrases in {language}; there are some in {', '.join(LANGUAGES)}")
    book = phrasebook(language).with_phrases(own_phrases(config.language.phrases))
    if options.markdown:
        print(as_markdown(), end="")
    elif options.json:
        entries = [_entry(entry, book, config.keys) for entry in COMMANDS]
        print(json.dumps(entries, ensure_ascii=False))
    else:
        for entry in COMMANDS:
            key = entry.key_name(config.keys)
            print(f"{entry.command.value}: {entry.help}{f' ({key})' if key else ''}")
            print(f"    {' · '.join(book.phrases.get(entry.command, ()))}")
    return 0


def as_markdown() -> str:
    """Return docs/commands.md."""
    from codex_voice.config.schema import KeysConfig
    from codex_voice.language.phrases import LANGUAGES, phrasebook
    from codex_voice.language.registry import COMMANDS

    lines = [_INTRODUCTION]
    for language in LANGUAGES:
        book = phrasebook(language)
        lines += [f"\n## {book.name}\n", "| Say | What it does | Key | Also |", "|---|---|---|---|"]
        for entry in COMMANDS:
            first, *others = book.phrases[entry.command]
            also = " · ".join(others[:_SHOWN_PHRASES])
            lines.append(f"| {first} | {entry.help} | {entry.key_name(KeysConfig())} | {also} |")
    return "\n".join(lines) + "\n"


def _entry(entry: CommandEntry, book: Phrasebook, keys: KeysConfig) -> dict[str, object]:
    return {
        "id": entry.command.value,
        "help": entry.help,
        "key": entry.key_name(keys),
        "language": book.language,
        "phrases": list(book.phrases.get(entry.command, ())),
    }
