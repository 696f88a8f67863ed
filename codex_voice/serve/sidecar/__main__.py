"""`python -m codex_voice.serve.sidecar`: how a host starts it that knows a module only."""

import sys
from typing import NoReturn

from codex_voice import paths
from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config
from codex_voice.errors import ConfigError
from codex_voice.native_environment import configure_native_libraries
from codex_voice.serve.sidecar.main import run


def main() -> NoReturn:
    """Serve with the user's configuration."""
    configure_native_libraries()
    path = paths.configuration_file()
    try:
        config = configuration_file.read(path) if path.exists() else Config()
    except ConfigError as error:
        sys.stderr.write(f"codex-voice: {error}\n")
        sys.exit(2)
    run(config, path)


if __name__ == "__main__":
    main()
