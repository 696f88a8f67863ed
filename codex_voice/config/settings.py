"""The settings in force, which parts of the program follow so that a change applies at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

from codex_voice.config import editor
from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config

Follower = Callable[[Config], None]


class Settings:
    """The current configuration, and who wants to know when it changes.

    Changes are made and told on the event loop. Other threads may read `config` at any time: it
    is never changed, only replaced.

    Args:
        config: The configuration at the start, with what the command line says in its place.
        path: The file that changes are written to.
    """

    def __init__(self, config: Config, path: Path) -> None:
        self._config = config
        self._path = path
        self._followers: dict[object, tuple[str, Follower]] = {}

    @property
    def config(self) -> Config:
        """The configuration as it is now."""
        return self._config

    @property
    def path(self) -> Path:
        """The file that changes are written to."""
        return self._path

    def follow(self, section: str, follower: Follower) -> Callable[[], None]:
        """Call a function with the whole configuration whenever a section changes.

        Args:
            section: The name of the section.
            follower: Called after the change; not called now.

        Returns:
            Ends this when it is called; calling it twice does no harm.
        """
        handle = object()
        self._followers[handle] = (section, follower)

        def stop() -> None:
            self._followers.pop(handle, None)

        return stop

    def change(self, section: str, key: str, value: Any, *, keep: bool = True) -> None:
        """Change a value from now on, for everybody who follows its section.

        Args:
            section: The name of its section.
            key: Its name there.
            value: The new value, as TOML can hold it.
            keep: Whether it is written to the file too.

        Raises:
            ConfigError: The value is not allowed; then nothing has changed. Or the file cannot be
                written; then the value is in force until the end of the program.
        """
        checked = configuration_file.check(section, key, value)
        changed = dataclasses.replace(getattr(self._config, section), **{key: checked})
        config = dataclasses.replace(self._config, **{section: changed})
        configuration_file.check_together(config)
        self._apply(config)
        if keep:
            editor.write_value(self._path, section, key, value)

    def reload(self) -> None:
        """Use the values of the file, as after somebody edited it.

        Raises:
            ConfigError: The file is wrong; then nothing has changed.
        """
        self._apply(configuration_file.read(self._path))

    def _apply(self, config: Config) -> None:
        before, self._config = self._config, config
        for section, follower in list(self._followers.values()):
            if getattr(config, section) != getattr(before, section):
                follower(config)
