"""What would make recognition faster on this machine, and the command that brings it.

The figures are those of docs/speech.md, "Short utterances".
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Collection

from codex_voice.install_hints import build_whisper, install_with_pip
from codex_voice.own_command import runnable
from codex_voice.speech.engines import whisper_library

BUILD_GAIN = "1.5 to 1.8 times as fast"
ENGINE_GAIN = "a third of the wheel's time"
GPU_TOOLS = {"cuda": "the CUDA toolkit", "metal": "Xcode's tools", "vulkan": "the Vulkan SDK"}
"""What a build for a GPU takes besides a C++ compiler."""


def build_features(seconds: float) -> list[str] | None:
    """Return what whisper.cpp was built to use, such as "AVX2" or "LLAMAFILE".

    A process of its own loads it: a build for another processor ends with SIGILL.

    Args:
        seconds: How long to wait.

    Returns:
        None where there was no answer.
    """
    try:
        asked = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=True,
        )
        answer = json.loads(asked.stdout)
    except (subprocess.SubprocessError, OSError, ValueError):
        return None
    return answer if isinstance(answer, list) else None


def unused_gpu(present: Collection[str], built: Collection[str]) -> str:
    """Return by which interface a GPU could be used that this build does not; "" for none.

    Args:
        present: The interfaces of this machine's GPUs, the best first.
        built: Those that whisper.cpp was built for.
    """
    if any(interface in built for interface in present):
        return ""
    return next(iter(present), "")


def short_build_command(gpu: str = "") -> str:
    """Return the command that builds whisper.cpp, or the one that says it where it is long."""
    command = build_whisper(gpu)
    if "CMAKE_ARGS" not in command:
        return command
    return f"{runnable('codex-voice models speed')} gives the command"


def use_other_engine() -> str:
    """Return what brings CTranslate2."""
    setting = '[whisper] engine = "ctranslate2"'
    if importlib.util.find_spec("ctranslate2") is not None:
        return setting
    extra = "'codex-voice[fast]'"
    return f"{install_with_pip(extra)}, then {setting}"


def main() -> None:
    """Print what whisper.cpp was built to use, as JSON."""
    print(json.dumps(whisper_library.processor_features()))


if __name__ == "__main__":
    main()
