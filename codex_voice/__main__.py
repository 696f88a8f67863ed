"""`python -m codex_voice`: the same as the command `codex-voice`."""

from __future__ import annotations

import sys

from codex_voice.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
