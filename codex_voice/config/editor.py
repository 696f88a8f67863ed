"""Writes the configuration: new files with explanations, old ones with all that is in them kept.

Whoever has a file has arranged and annotated it. So a change touches the values that it is about,
and comments, order, blank lines and spellings stay as they are.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin, get_type_hints

from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config
from codex_voice.errors import ConfigError
from codex_voice.paths import make_private_directory

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_HEADER = """\
# The configuration of codex-voice. A key that is left out has its default.
# "codex-voice init" finds what this machine has and adds the keys that are missing.
"""
_PRIVATE = 0o600


def render(config: Config) -> str:
    """Return the configuration as TOML, with the explanation of each key as a comment."""
    sections = (
        _render_section(name, getattr(config, name)) for name in configuration_file.sections()
    )
    return "\n".join([_HEADER, *sections])


def write(path: Path, config: Config) -> None:
    """Let the file say what the configuration says.

    A file that is not there is written with every key. In one that is there, only the values
    that differ are changed; a key that it leaves out is added where the default would not do.

    Raises:
        ConfigError: The file that is there is wrong, or it cannot be written.
    """
    if not path.exists():
        _replace(path, render(config))
        return
    before = configuration_file.read(path)
    changes = [
        (section, key, value)
        for section, key, value in _values(config)
        if value != getattr(getattr(before, section), key)
    ]
    if changes:
        _edit(path, changes)


def write_value(path: Path, section: str, key: str, value: Any) -> None:
    """Let the file say one value; without a file, one is made that says only this.

    Raises:
        ConfigError: The value is not allowed, the file that is there is wrong, or it cannot be
            written.
    """
    checked = configuration_file.check(section, key, value)
    if path.exists():
        configuration_file.read(path)
    _edit(path, [(section, key, checked)])


def complete(path: Path, config: Config) -> None:
    """Let the file say what the configuration says, and add every key that it leaves out.

    Raises:
        ConfigError: The file that is there is wrong, or it cannot be written.
    """
    write(path, config)
    tables = configuration_file.parse(configuration_file.read_text(path), path)
    missing = [
        (section, key, value)
        for section, key, value in _values(config)
        if key not in tables.get(section, {})
    ]
    if missing:
        _edit(path, missing, explain=True)


def _values(config: Config) -> Iterator[tuple[str, str, Any]]:
    for section in configuration_file.sections():
        values = getattr(config, section)
        for field in dataclasses.fields(values):
            yield section, field.name, getattr(values, field.name)


def _edit(path: Path, changes: list[tuple[str, str, Any]], *, explain: bool = False) -> None:
    """Set values in the file; `explain` puts the explanation above each one that is new."""
    # Takes as long to import as all the rest of the configuration.
    import tomlkit

    text = configuration_file.read_text(path) if path.exists() else ""
    document = tomlkit.parse(text)
    for section, key, value in changes:
        _set(document, section, key, value, explain=explain)
    edited = tomlkit.dumps(document)
    # What cannot be read back must never take the place of what could be.
    configuration_file.parse(edited, path)
    _replace(path, edited)


def _set(document: TOMLDocument, section: str, key: str, value: Any, *, explain: bool) -> None:
    import tomlkit

    shown = list(value) if isinstance(value, tuple) else value
    if section not in document:
        if document.body:
            document.add(tomlkit.nl())
        document.add(section, tomlkit.table())
    table: Any = document[section]
    if explain and key not in table and not isinstance(table, tomlkit.items.InlineTable):
        fields = configuration_file.sections()[section]
        table.add(tomlkit.comment(_explanation(fields, key)))
    if key in table and hasattr(table[key], "trivia"):
        # The comment at the end of the line belongs to the key and not to its value.
        trivia = table[key].trivia
        table[key] = shown
        table[key].trivia.comment_ws, table[key].trivia.comment = trivia.comment_ws, trivia.comment
    else:
        table[key] = shown


def _replace(path: Path, text: str) -> None:
    """Write the file, whole or not at all, also where `path` is a symbolic link."""
    target = path.resolve()
    try:
        make_private_directory(target.parent)
        mode = target.stat().st_mode & 0o777 if target.exists() else _PRIVATE
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=target.parent, prefix=".config-", delete=False
        ) as file:
            written = Path(file.name)
            try:
                file.write(text)
                file.flush()
                os.fchmod(file.fileno(), mode)
                written.replace(target)
            finally:
                # Gone already where it has taken the place of the old file.
                written.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error


def _render_section(name: str, section: Any) -> str:
    # Only for files that are new: `init` writes those, and nothing on the way to Codex does.
    import tomli_w

    lines = [f"# {type(section).__doc__}", f"[{name}]"]
    for field in dataclasses.fields(section):
        lines.append(f"# {_explanation(type(section), field.name)}")
        lines.append(tomli_w.dumps({field.name: getattr(section, field.name)}).rstrip("\n"))
    return "\n".join(lines) + "\n"


def _explanation(section: type[Any], key: str) -> str:
    field = {field.name: field for field in dataclasses.fields(section)}[key]
    kind = get_type_hints(section)[key]
    text = str(field.metadata["explanation"])
    if get_origin(kind) is Literal:
        return f"{text} One of {', '.join(map(configuration_file.shown, get_args(kind)))}."
    if "minimum" in field.metadata:
        return f"{text} From {field.metadata['minimum']} to {field.metadata['maximum']}."
    return text
