"""What the processor and graphics cards could do for recognition."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator

from codex_voice.errors import CodexVoiceError
from codex_voice.own_command import runnable
from codex_voice.setup.checks.finding import Finding, Surroundings
from codex_voice.setup.machine import memory_bytes, processor_features, usable_cores
from codex_voice.speech.engines.whisper_library import GPU_REMEDY, check_processor

_NAME = "Processor"


def check(_surroundings: Surroundings) -> Iterator[Finding]:
    """Look at cores, memory and instruction sets; say where a faster build would pay."""
    try:
        check_processor()
    except CodexVoiceError as error:
        yield Finding(_NAME, trouble=error)
        return
    known = processor_features() & {"avx2", "avx512f", "avx512_vnni", "f16c", "fma", "asimd"}
    features = f", {' '.join(sorted(known))}" if known else ""
    memory = memory_bytes() / (1 << 30)
    faster = f"; what would be faster: {runnable('codex-voice models speed')}"
    yield Finding(_NAME, f"{usable_cores()} cores, {memory:.0f} GiB{features}{faster}{_graphics()}")


def _graphics() -> str:
    if platform.system() == "Linux" and shutil.which("nvidia-smi"):
        return f"; {GPU_REMEDY}"
    return ""
