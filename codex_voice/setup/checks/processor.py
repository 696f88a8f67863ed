"""What the processor and graphics cards can do, what recognition uses of it, and what would pay."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator

from codex_voice.config.schema import Engine
from codex_voice.errors import CodexVoiceError
from codex_voice.native_libraries import whisper_gpu_interfaces
from codex_voice.setup.checks.finding import Finding, Surroundings
from codex_voice.setup.faster_recognition import (
    BUILD_GAIN,
    ENGINE_GAIN,
    GPU_TOOLS,
    build_features,
    short_build_command,
    unused_gpu,
    use_other_engine,
)
from codex_voice.setup.machine import (
    gpu_interfaces,
    memory_bytes,
    processor_features,
    usable_cores,
)
from codex_voice.speech.engines.whisper_library import check_processor

BUILD_SECONDS = 1.5
"""How long the build is waited for: a child that hangs must leave time for the other answers."""

_NAME = "Processor"
_TELLING = {"asimd", "avx2", "avx512_vnni", "avx512f", "f16c", "fma", "neon"}
_TELLING_OF_BUILD = re.compile(
    r"AVX512\w*|AVX2|FMA|F16C|NEON|DOTPROD|MATMUL_INT8|ACCELERATE|BLAS|LLAMAFILE"
)
_GPU_NAMES = {"cuda": "NVIDIA (CUDA)", "metal": "Metal", "vulkan": "Vulkan"}


def check(surroundings: Surroundings) -> Iterator[Finding]:
    """Look at cores, memory and instruction sets, at the build that uses them, and at GPUs."""
    try:
        check_processor()
    except CodexVoiceError as error:
        yield Finding(_NAME, trouble=error)
        return
    features = processor_features()
    known = " ".join(sorted(features & _TELLING))
    memory = memory_bytes() / (1 << 30)
    yield Finding(_NAME, f"{usable_cores()} cores, {memory:.0f} GiB{f', {known}' if known else ''}")
    engine = surroundings.config.whisper.engine
    left = surroundings.seconds_left(BUILD_SECONDS)
    built = None if engine == "ctranslate2" else build_features(left)
    yield Finding("Recogniser", describe_recogniser(engine, built, features))
    yield Finding("Graphics", describe_graphics(gpu_interfaces(), whisper_gpu_interfaces()))


def describe_recogniser(
    engine: Engine, built: Collection[str] | None, machine: Collection[str]
) -> str:
    """Return which engine and build is at work, and what would be faster.

    Args:
        engine: The configured engine.
        built: What whisper.cpp was built to use; None where that is not known.
        machine: What the processor can do.
    """
    if engine == "ctranslate2":
        return "CTranslate2, the fastest engine that needs no GPU"
    if built is None:
        return "whisper.cpp; how it was built is not known"
    used = " ".join(feature for feature in built if _TELLING_OF_BUILD.fullmatch(feature))
    faster = f"{ENGINE_GAIN}: {use_other_engine()}"
    if "LLAMAFILE" in built:
        return f"whisper.cpp, the fast build ({used}); {faster}"
    unused = ""
    if "avx512f" in machine and not any(feature.startswith("AVX512") for feature in built):
        unused = ", without this processor's AVX-512"
    text = f"whisper.cpp, the wheel's build ({used or 'baseline'}){unused}"
    if getattr(sys, "frozen", False):
        return f"{text}; installed by pipx it can be {BUILD_GAIN}"
    return f"{text}; {BUILD_GAIN}: {short_build_command()}; {faster}"


def describe_graphics(present: Collection[str], built: Collection[str]) -> str:
    """Return which GPU there is, and what has to be done to use it.

    Args:
        present: The interfaces of this machine's GPUs, the best first.
        built: Those that whisper.cpp was built for.
    """
    if not present:
        return "no GPU that whisper.cpp could use; the processor does the work"
    gpu = unused_gpu(present, built)
    if not gpu:
        used = next(interface for interface in present if interface in built)
        return f"{_GPU_NAMES[used]}, used by whisper.cpp"
    text = f"{_GPU_NAMES[gpu]}, not used by this build of whisper.cpp"
    if getattr(sys, "frozen", False):
        return f"{text}; installed by pipx it can be"
    return f"{text}; with {GPU_TOOLS[gpu]}: {short_build_command(gpu)}"
