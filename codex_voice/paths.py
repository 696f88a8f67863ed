"""Where files live, by the platform's own conventions."""

from __future__ import annotations

from pathlib import Path

from platformdirs import PlatformDirs

_DIRECTORIES = PlatformDirs("codex-voice", appauthor=False)


def configuration_file() -> Path:
    """Return the user's configuration file, whether or not it exists."""
    return Path(_DIRECTORIES.user_config_dir) / "config.toml"


def models_directory() -> Path:
    """Return where downloaded speech models are kept."""
    return Path(_DIRECTORIES.user_data_dir) / "models"


def speaker_model() -> Path:
    """Return where the downloaded speaker encoder is kept."""
    return models_directory() / "speaker-ge2e.pt"


def voice_profile() -> Path:
    """Return where the profile of the user's own voice is kept."""
    return Path(_DIRECTORIES.user_data_dir) / "voice-profile.npz"


def recordings_directory() -> Path:
    """Return where recordings and their texts are kept."""
    return Path(_DIRECTORIES.user_state_dir) / "recordings"


def trusted_projects_file() -> Path:
    """Return where is noted which projects' own words the user trusts."""
    return Path(_DIRECTORIES.user_state_dir) / "trusted-projects.json"


def moshi_server_file(port: int) -> Path:
    """Return where is noted who runs Moshi's server on a port."""
    return Path(_DIRECTORIES.user_state_dir) / f"moshi-server-{port}.json"


def log_file() -> Path:
    """Return the log file."""
    return Path(_DIRECTORIES.user_state_dir) / "codex-voice.log"


def make_private_directory(directory: Path) -> None:
    """Make a directory that only its user can look into, and each parent that is missing.

    `Path.mkdir` gives parents what the umask allows, which may be everything to everybody.

    Raises:
        OSError: It cannot be made.
    """
    for missing in (*reversed(directory.parents), directory):
        if not missing.is_dir():
            missing.mkdir(mode=0o700, exist_ok=True)
