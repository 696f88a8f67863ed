"""The words of one project: `.codex-voice.toml` in its folder, once its user trusts the file.

It holds words and macros only, never a program. What comes with a checkout is a stranger's until
somebody has looked at it, so a file counts only with the content that was trusted.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from codex_voice.errors import ConfigError
from codex_voice.language.own_words import OwnWords, WordFault, own_words
from codex_voice.paths import make_private_directory

FILE_NAME = ".codex-voice.toml"
_KEYS = ("replace", "macros")
_FILE_LIMIT_BYTES = 100_000


@dataclass(frozen=True)
class ProjectWords:
    """What a project's file holds.

    Args:
        path: The file.
        digest: A hash of its content, which is what is trusted.
        replace: Its entries, as in the user's configuration.
        macros: Its macros.
    """

    path: Path
    digest: str
    replace: tuple[str, ...]
    macros: tuple[str, ...]

    def words(self) -> OwnWords:
        """Return the words, ready to be applied.

        Raises:
            ConfigError: An entry is wrong.
        """
        return checked_words(self.replace, self.macros, self.path)


def checked_words(replace: tuple[str, ...], macros: tuple[str, ...], path: Path) -> OwnWords:
    """Return words and macros, ready to be applied.

    Args:
        replace: Entries such as "kay eight s -> k8s".
        macros: Entries such as "sign off -> Signed-off-by: {text}".
        path: The file that they come from, for errors.

    Raises:
        ConfigError: An entry is wrong.
    """
    try:
        return own_words(replace, macros)
    except WordFault as fault:
        raise ConfigError(f"{path}: [words] {fault}") from fault


def read_project_words(root: Path) -> ProjectWords | None:
    """Return what the file of a project holds, or None where there is none.

    Raises:
        ConfigError: The file cannot be read, or holds something else than words.
    """
    path = root / FILE_NAME
    try:
        with path.open("rb") as file:
            content = file.read(_FILE_LIMIT_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        # Some editors begin a file with a byte order mark.
        table = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error
    words = table.pop("words", {})
    entries = [words.pop(key, []) for key in _KEYS] if isinstance(words, dict) else []
    if table or words or not entries or not all(map(_is_list_of_lines, entries)):
        raise ConfigError(f"{path}: may hold [words] replace and macros, lists of texts, alone")
    replace, macros = entries
    digest = hashlib.sha256(content).hexdigest()
    return ProjectWords(path.resolve(), digest, tuple(replace), tuple(macros))


def _is_list_of_lines(entry: object) -> bool:
    return isinstance(entry, list) and all(
        isinstance(line, str) and line.isprintable() for line in entry
    )


def is_trusted(words: ProjectWords, trusted_file: Path) -> bool:
    """Return whether the user trusts the file with the content that it has now.

    Args:
        words: What the file holds.
        trusted_file: Where trusted files are noted.
    """
    return _trusted(trusted_file).get(str(words.path)) == words.digest


def trust(words: ProjectWords, trusted_file: Path) -> None:
    """Note that the user trusts the file with the content that it has now.

    Raises:
        ConfigError: It cannot be noted.
    """
    known = {**_trusted(trusted_file), str(words.path): words.digest}
    partial = trusted_file.with_name(f"{trusted_file.name}.part")
    try:
        make_private_directory(trusted_file.parent)
        # Nobody else may trust anything in the user's name, whatever the umask.
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(known, file, indent=1)
        partial.replace(trusted_file)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise ConfigError(f"{trusted_file}: cannot be written: {error.strerror}") from error


def _trusted(trusted_file: Path) -> dict[str, str]:
    try:
        known = json.loads(trusted_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
