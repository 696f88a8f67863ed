"""`codex-voice doctor`: says what is here and what is missing."""

from __future__ import annotations

from pathlib import Path

from codex_voice.config.schema import Config
from codex_voice.setup.checks import Finding, survey


def run(path: Path, config: Config) -> bool:
    """Print one line for each thing that is needed.

    Args:
        path: The configuration file, which need not exist.
        config: What it says, or the options in its place.

    Returns:
        Whether everything that is needed is there.
    """
    state = "found" if path.exists() else "default"
    print(f"{state:9}{'Configuration':14}{path}")
    missing: list[Finding] = []
    for finding in survey(config, Path.cwd()):
        print(finding, flush=True)
        if finding.needed and finding.trouble is not None:
            missing.append(finding)
    if missing:
        names = ", ".join(finding.name for finding in missing)
        print(f"\nMissing: {names}. To see it work without: codex-voice --practice")
    return not missing
