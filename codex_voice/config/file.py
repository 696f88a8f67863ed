"""Reads the configuration from its TOML file, with errors that help.

The same checks serve for a single value, such as one that is chosen on the settings screen.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from codex_voice.config.schema import Config
from codex_voice.errors import ConfigError
from codex_voice.key_names import can_be_reserved, canonical_name, find_fault

# `difflib` and `json` are imported where something is wrong and a message has to say what: Codex
# waits for the configuration.

# So many fit on a line.
_CHOICES_SHOWN = 3


def read(path: Path) -> Config:
    """Read the configuration file.

    Args:
        path: The TOML file; it must exist.

    Returns:
        Its values, with the default for each key it leaves out.

    Raises:
        ConfigError: The file cannot be read or is wrong; one line that names the file, the key,
            the value and what is allowed.
    """
    tables = parse(read_text(path), path)
    known = sections()
    values = {}
    for name, table in tables.items():
        if name not in known:
            raise ConfigError(f"{path}: unknown {_unknown(f'[{name}]', name, known)}")
        if not isinstance(table, dict):
            raise ConfigError(f"{path}: {name} = {shown(table)}: must be a section, [{name}]")
        values[name] = _read_section(path, name, known[name], table)
    config = Config(**values)
    with _naming(path):
        check_together(config)
    return config


def lacks_keys(path: Path) -> bool:
    """Return whether the file, which must be right, leaves out any key.

    Raises:
        ConfigError: The file cannot be read.
    """
    tables = parse(read_text(path), path)
    return any(
        field.name not in tables.get(name, {})
        for name, section in sections().items()
        for field in dataclasses.fields(section)
    )


def check(section: str, key: str, value: Any) -> Any:
    """Return a value as the configuration holds it.

    Args:
        section: The name of a section.
        key: The name of a key in it.
        value: What TOML can hold.

    Raises:
        ConfigError: It is not allowed; the message names section, key, value and what is allowed.
    """
    type_of_section = sections()[section]
    field = {field.name: field for field in dataclasses.fields(type_of_section)}[key]
    kind = get_type_hints(type_of_section)[key]
    fault = _fault(kind, field.metadata, value)
    if fault:
        raise ConfigError(f"[{section}] {key} = {shown(value)}: must be {fault}")
    return _converted(kind, field.metadata, value)


def check_together(config: Config) -> None:
    """Make sure that the values fit together.

    Raises:
        ConfigError: They do not; the message names a key that has to change.
    """
    if config.keys.talk == config.keys.menu:
        raise ConfigError(f"[keys] menu = {shown(config.keys.menu)}: must differ from the talk key")


def parse(text: str, path: Path) -> dict[str, Any]:
    """Return what TOML text says.

    Raises:
        ConfigError: It is not TOML.
    """
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error


def read_text(path: Path) -> str:
    """Return the text of a file with its line ends, without the byte order mark of some editors.

    Raises:
        ConfigError: It cannot be read or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text: byte {error.start} is wrong") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error


def sections() -> dict[str, type[Any]]:
    """Return the sections of the configuration by name."""
    return get_type_hints(Config)


def _read_section(path: Path, name: str, section: type[Any], table: dict[str, Any]) -> Any:
    keys = [field.name for field in dataclasses.fields(section)]
    values = {}
    for key, value in table.items():
        if key not in keys:
            raise ConfigError(f"{path}: [{name}] unknown {_unknown(f'key {key}', key, keys)}")
        with _naming(path):
            values[key] = check(name, key, value)
    return section(**values)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let messages begin with the name of the file."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(f"{path}: {error.message}") from None


def _unknown(what: str, word: str, known: Iterable[str]) -> str:
    """Return `what` with the nearest known word, or with all of them where none is near."""
    import difflib

    near = difflib.get_close_matches(word, known, n=1)
    return f"{what}: did you mean {near[0]}?" if near else f"{what}: known are {', '.join(known)}"


def shown(value: Any) -> str:
    """Return a value on one line, as TOML and JSON both write it, and not too long."""
    import json

    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _fault(kind: Any, limits: Any, value: Any) -> str:
    """Return what is allowed when the value is not, else nothing."""
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        return "" if value in choices else _one_of(choices)
    if kind is bool:
        return "" if isinstance(value, bool) else "true or false"
    if kind in (int, float):
        return _number_fault(kind, limits, value)
    if kind is str:
        return _text_fault(limits, value)
    right = isinstance(value, list) and not any(_text_fault({}, item) for item in value)
    return "" if right else 'a list of texts on one line each, such as ["--search"]'


def _one_of(choices: tuple[Any, ...]) -> str:
    """Return what is allowed, and of many values only the first ones."""
    more = len(choices) - _CHOICES_SHOWN
    rest = f" or {more} others" if more > 0 else ""
    return f"one of {', '.join(map(shown, choices[:_CHOICES_SHOWN]))}{rest}"


def _number_fault(kind: type[int] | type[float], limits: Any, value: Any) -> str:
    right = isinstance(value, int if kind is int else (int, float)) and not isinstance(value, bool)
    if right and limits["minimum"] <= value <= limits["maximum"]:
        return ""
    number = "a whole number" if kind is int else "a number"
    return f"{number} from {limits['minimum']} to {limits['maximum']}"


def _text_fault(limits: Any, value: Any) -> str:
    if not isinstance(value, str):
        return 'text in quotes, such as ""'
    if re.search(r"[\x00-\x1f\x7f]", value):
        return "text on one line, without control characters"
    if "is_key" in limits:
        return _key_fault(value)
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        return str(limits["allowed"])
    return ""


def _key_fault(name: str) -> str:
    fault = find_fault(name)
    if not fault and can_be_reserved(name):
        return ""
    reason = f"; {fault}" if fault else ""
    return (
        'a function key such as "f1", a key with ctrl, alt or super such as "ctrl+space", '
        f'or a lone modifier such as "right_ctrl"{reason}'
    )


def _converted(kind: Any, limits: Any, value: Any) -> Any:
    if kind is float:
        return float(value)
    if "is_key" in limits:
        return canonical_name(value)
    return tuple(value) if isinstance(value, list) else value
