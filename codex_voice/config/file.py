"""The configuration as a TOML file: read with errors that help, written with comments."""

from __future__ import annotations

import dataclasses
import difflib
import json
import re
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import tomli_w

from codex_voice.config.schema import Config
from codex_voice.errors import ConfigError

_HEADER = """\
# The configuration of codex-voice. A key that is left out has its default.
# "codex-voice init" finds what this machine has and adds the keys that are missing.
"""


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
    tables = _load(path)
    sections = _sections()
    values = {}
    for name, table in tables.items():
        if name not in sections:
            raise ConfigError(f"{path}: unknown {_unknown(f'[{name}]', name, sections)}")
        if not isinstance(table, dict):
            raise ConfigError(f"{path}: {name} = {_shown(table)}: must be a section, [{name}]")
        values[name] = _read_section(path, name, sections[name], table)
    config = Config(**values)
    if config.keys.talk == config.keys.menu:
        raise ConfigError(
            f"{path}: [keys] menu = {_shown(config.keys.menu)}: must differ from the talk key"
        )
    return config


def lacks_keys(path: Path) -> bool:
    """Tell whether the file, which must be right, leaves out any key.

    Raises:
        ConfigError: The file cannot be read.
    """
    tables = _load(path)
    return any(
        field.name not in tables.get(name, {})
        for name, section in _sections().items()
        for field in dataclasses.fields(section)
    )


def render(config: Config) -> str:
    """Return the configuration as TOML, with the explanation of each key as a comment."""
    sections = (_render_section(name, getattr(config, name)) for name in _sections())
    return "\n".join([_HEADER, *sections])


def write(path: Path, config: Config) -> None:
    """Write the configuration, whole or not at all, also where `path` is a symbolic link.

    Raises:
        ConfigError: The file cannot be written.
    """
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=target.parent, prefix=".config-", delete=False
        ) as file:
            written = Path(file.name)
            file.write(render(config))
        written.replace(target)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text: byte {error.start} is wrong") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error


def _sections() -> dict[str, type[Any]]:
    return get_type_hints(Config)


def _read_section(path: Path, name: str, section: type[Any], table: dict[str, Any]) -> Any:
    types = get_type_hints(section)
    fields = {field.name: field for field in dataclasses.fields(section)}
    values = {}
    for key, value in table.items():
        if key not in fields:
            raise ConfigError(f"{path}: [{name}] unknown {_unknown(f'key {key}', key, fields)}")
        fault = _fault(types[key], fields[key].metadata, value)
        if fault:
            raise ConfigError(f"{path}: [{name}] {key} = {_shown(value)}: must be {fault}")
        values[key] = _converted(types[key], value)
    return section(**values)


def _unknown(what: str, word: str, known: Iterable[str]) -> str:
    """Return `what` with the nearest known word, or with all of them where none is near."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"{what}: did you mean {near[0]}?" if near else f"{what}: known are {', '.join(known)}"


def _shown(value: Any) -> str:
    """Return the value on one line, as TOML and JSON both write it, and not too long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _fault(kind: Any, limits: Any, value: Any) -> str:
    """Return what is allowed when the value is not, else nothing."""
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        return "" if value in choices else f"one of {', '.join(map(_shown, choices))}"
    if kind is bool:
        return "" if isinstance(value, bool) else "true or false"
    if kind in (int, float):
        return _number_fault(kind, limits, value)
    if kind is str:
        return _text_fault(limits, value)
    right = isinstance(value, list) and not any(_text_fault({}, item) for item in value)
    return "" if right else 'a list of texts on one line each, such as ["--search"]'


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
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        return str(limits["allowed"])
    return ""


def _converted(kind: Any, value: Any) -> Any:
    if kind is float:
        return float(value)
    return tuple(value) if isinstance(value, list) else value


def _render_section(name: str, section: Any) -> str:
    types = get_type_hints(type(section))
    lines = [f"# {type(section).__doc__}", f"[{name}]"]
    for field in dataclasses.fields(section):
        allowed = _allowed(types[field.name], field.metadata)
        lines.append(f"# {field.metadata['explanation']}{allowed}")
        lines.append(tomli_w.dumps({field.name: getattr(section, field.name)}).rstrip("\n"))
    return "\n".join(lines) + "\n"


def _allowed(kind: Any, limits: Any) -> str:
    if get_origin(kind) is Literal:
        return f" One of {', '.join(map(_shown, get_args(kind)))}."
    if "minimum" in limits:
        return f" From {limits['minimum']} to {limits['maximum']}."
    return ""
