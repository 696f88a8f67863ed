"""The native library of whisper.cpp: loaded quietly, left in good order.

Everything in here keeps the library from ending the process or writing to its terminal.
"""

from __future__ import annotations

import atexit
import functools
import os
import platform
import re
import threading
import time
import weakref
from collections import deque
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from codex_voice.errors import ModelInvalid, SpeechError
from codex_voice.install_hints import build_whisper, install_with_pip, requirement

_LOADED = "compute buffer (decode)"
"""The last thing whisper.cpp 1.8 logs when a model is ready. Its null context looks like any other
from Python, and the first use of one is a segmentation fault."""
_LAST_SECONDS = 5.0
_PROCESSOR = Path("/proc/cpuinfo")
_log: deque[str] = deque(maxlen=400)
_loading = threading.Lock()
_ending = threading.Event()
_locks_of_users: weakref.WeakSet[threading.Lock] = weakref.WeakSet()


@functools.cache
def load() -> ModuleType:
    """Import whisper.cpp, with nothing of it on standard error.

    Raises:
        SpeechError: It is not installed, is damaged, or was built for another processor.
    """
    check_processor()
    try:
        import _pywhispercpp as library
    except (ImportError, OSError) as error:
        raise SpeechError(
            f"whisper.cpp cannot be loaded: {error}",
            install_with_pip(f"--force-reinstall {requirement('pywhispercpp')}"),
        ) from error
    module: ModuleType = library
    # An exception in here would end the process, so it only appends.
    module.whisper_log_set(_collect_log)
    atexit.register(_release_at_exit, module)
    return module


def check_processor() -> None:
    """Refuse what would end in SIGILL: the published wheels for x86 Linux need AVX2.

    Raises:
        SpeechError: This processor has no AVX2, and the library is such a wheel.
    """
    if platform.machine() not in ("x86_64", "AMD64") or not _PROCESSOR.exists():
        return
    if re.search(r"^flags\s*:.*\bavx2\b", _PROCESSOR.read_text(), re.MULTILINE):
        return
    try:
        wheel = metadata.distribution("pywhispercpp").read_text("WHEEL") or ""
    except metadata.PackageNotFoundError:
        return
    if "manylinux" in wheel:
        raise SpeechError(
            "this processor has no AVX2, which whisper.cpp is built for", build_whisper()
        )


def open_model(library: ModuleType, path: Path) -> tuple[Any, str]:
    """Load a verified file.

    Returns:
        Its context, and the GPU that it works on or "".

    Raises:
        ModelInvalid: There is not enough memory, or the library does not want it.
    """
    parameters = library.whisper_context_default_params()
    # Flash attention with a fitted context attends to rows of earlier utterances (whisper.cpp
    # pull request 3941): other words for the same sound.
    parameters.flash_attn = False
    with _loading:
        _log.clear()
        context = library.whisper_init_from_file_with_params(str(path), parameters)
        lines = "".join(_log)
    if _LOADED not in lines:
        reason = next((line for line in reversed(lines.splitlines()) if "fail" in line), "")
        raise ModelInvalid(
            f"{path} could not be loaded{': ' if reason else ''}{reason.strip()}",
            "take a smaller model, or free memory",
        )
    device = re.search(r"using (\S+) backend", lines)
    return context, device.group(1) if device else ""


def language_code(name: str) -> str:
    """Return the code of a language by its code or its English name; "" for an unknown one.

    Raises:
        SpeechError: whisper.cpp cannot be loaded.
    """
    library = load()
    identifier = library.whisper_lang_id(name.lower())
    return str(library.whisper_lang_str(identifier)) if identifier >= 0 else ""


def language_codes() -> list[str]:
    """Return the codes of Whisper's languages.

    Raises:
        SpeechError: whisper.cpp cannot be loaded.
    """
    library = load()
    last = int(library.whisper_lang_max_id())
    return [str(library.whisper_lang_str(identifier)) for identifier in range(last + 1)]


def processor_features() -> list[str]:
    """Return what whisper.cpp was built to use, as it names it, such as "AVX2" or "LLAMAFILE".

    Raises:
        SpeechError: It cannot be loaded.
    """
    return re.findall(r"(\w+) = 1\b", str(load().whisper_print_system_info()))


def is_fast_build() -> bool:
    """Return whether whisper.cpp is built with llamafile's matrix products.

    Raises:
        SpeechError: It cannot be loaded.
    """
    return "LLAMAFILE" in processor_features()


def last_words() -> str:
    """Return the last line that whisper.cpp logged."""
    return _log[-1].strip() if _log else ""


def wait_at_exit_for(busy: threading.Lock) -> None:
    """Have the process end only when a user of the library has released this lock."""
    _locks_of_users.add(busy)


def process_ends() -> bool:
    """Return whether the process is ending, and work in the library must be aborted."""
    return _ending.is_set()


def _collect_log(_level: int, text: str) -> None:
    _log.append(text)


def _release_at_exit(library: ModuleType) -> None:
    """Let no thread come back from whisper.cpp into an interpreter that is gone: SIGABRT.

    A step of a large model cannot be aborted; a process that has ended all else then ends here.
    """
    _ending.set()
    deadline = time.monotonic() + _LAST_SECONDS
    for busy in (_loading, *_locks_of_users):
        if not busy.acquire(timeout=max(deadline - time.monotonic(), 0)):
            os._exit(1)
    library.whisper_log_set(None)
