"""Prints docs/configuration.md, or with --example config.example.toml, from the schema.

python packaging/make_configuration.py > docs/configuration.md
"""

from __future__ import annotations

import dataclasses
import sys
from typing import Any, Literal, get_args, get_origin, get_type_hints

from codex_voice.config import editor
from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config

_INTRODUCTION = """\
# Configuration

<!-- Made by "python packaging/make_configuration.py"; change codex_voice/config/schema.py. -->

One TOML file, which need not exist: a key that is left out has its default. `codex-voice init`
writes it with every key and its explanation, the settings screen (menu, Settings) changes single
values, and your comments and their order stay. `codex-voice doctor` says where it is:

* Linux: `~/.config/codex-voice/config.toml` (`XDG_CONFIG_HOME`)
* macOS: `~/Library/Application Support/codex-voice/config.toml`

`--config FILE` takes another one. A mistake is one line that names the file, the key, the value and
what is allowed, and nothing is started. A project may have words of its own in `.codex-voice.toml`
(sections and keys as in `[words]`), which are used once `codex-voice trust` has shown them to you.
"""
_ENVIRONMENT = """
## Environment

| Variable | What it does |
|---|---|
| `CODEX_VOICE_MODEL_URL` | another server that has the speech models under the same names |
| `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY` | the proxy for downloads of models |
| `XDG_CONFIG_HOME`, `XDG_DATA_HOME`, `XDG_STATE_HOME` | where things are kept, on Linux |
| `NO_COLOR` | bars and menus without colours |
| `COLORTERM`, `TERM` | what the terminal can show, as everywhere |
"""


def render() -> str:
    """Return docs/configuration.md."""
    lines = [_INTRODUCTION]
    config = Config()
    for name, section in configuration_file.sections().items():
        lines += [f"## [{name}]", "", str(section.__doc__).strip().split("\n\n")[0], ""]
        lines += ["| Key | Default | Allowed | What it does |", "|---|---|---|---|"]
        hints = get_type_hints(section)
        for field in dataclasses.fields(section):
            default = configuration_file.shown(getattr(getattr(config, name), field.name))
            lines.append(
                f"| `{field.name}` | {_code(default)} "
                f"| {_allowed(hints[field.name], field.metadata)} "
                f"| {_cell(field.metadata['explanation'])} |"
            )
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n" + _ENVIRONMENT


def _allowed(kind: Any, limits: Any) -> str:
    if get_origin(kind) is Literal:
        return ", ".join(_code(configuration_file.shown(value)) for value in get_args(kind))
    if "minimum" in limits:
        return f"{limits['minimum']} to {limits['maximum']}"
    if "is_key" in limits:
        return "a key"
    if kind is bool:
        return "`true`, `false`"
    if kind is str:
        return _cell(limits.get("allowed", "text"))
    return "a list of texts"


def _code(text: str) -> str:
    return f"`{_cell(text)}`"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


if __name__ == "__main__":
    sys.stdout.write(editor.render(Config()) if "--example" in sys.argv else render())
