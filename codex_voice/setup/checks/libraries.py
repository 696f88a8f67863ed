"""Whether the native libraries were built for the architecture that Python runs as."""

from __future__ import annotations

import platform
from collections.abc import Iterator

from codex_voice import native_libraries
from codex_voice.errors import CodexVoiceError
from codex_voice.install_hints import install_with_pip, requirement
from codex_voice.setup.checks.finding import Finding, Surroundings
from codex_voice.setup.machine import native_architecture

_NAME = "Libraries"
_NATIVE_PYTHON = (
    "install a native Python (brew install python, pyenv, or uv python install) "
    "and codex-voice with it"
)


def check(_surroundings: Surroundings) -> Iterator[Finding]:
    """Read the headers of the libraries; none is loaded."""
    yield examine(native_libraries.find(), platform.machine(), native_architecture())


def examine(libraries: dict[str, native_libraries.Library], python: str, native: str) -> Finding:
    """Return what there is to say about libraries.

    Args:
        libraries: By the name of their package.
        python: The architecture that Python runs as.
        native: The architecture of the processor.
    """
    absent = [name for name, library in libraries.items() if library.path is None]
    wrong = [
        f"{name} ({', '.join(sorted(library.architectures))})"
        for name, library in libraries.items()
        if library.architectures and native_libraries.normalise(python) not in library.architectures
    ]
    translated = native_libraries.normalise(python) != native_libraries.normalise(native)
    if wrong:
        trouble = CodexVoiceError(
            f"Python runs as {python}, but these were built for another processor: "
            f"{', '.join(wrong)}",
            _NATIVE_PYTHON if translated else _reinstall([name.split()[0] for name in wrong]),
        )
        return Finding(_NAME, trouble=trouble)
    if absent:
        trouble = CodexVoiceError(f"not installed: {', '.join(absent)}", _reinstall(absent))
        return Finding(_NAME, trouble=trouble)
    if translated:
        trouble = CodexVoiceError(
            f"Python runs as {python} on a {native} processor: recognition is several times slower",
            _NATIVE_PYTHON,
        )
        return Finding(_NAME, trouble=trouble, needed=False)
    return Finding(_NAME, f"{', '.join(libraries)}: all for {python}")


def _reinstall(packages: list[str]) -> str:
    """Return the command that installs packages anew, in the versions that we need."""
    wanted = " ".join(requirement(package) for package in packages)
    return install_with_pip(f"--force-reinstall --no-deps {wanted}")
