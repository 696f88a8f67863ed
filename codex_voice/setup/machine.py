"""What this machine has: memory, GPUs, and what its processor can do."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_ANSWER_SECONDS = 2.0


def memory_bytes() -> int:
    """Return the memory of this machine in bytes; 0 when it is unknown."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0


def usable_cores() -> int:
    """Return how many processor cores this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def processor_features() -> frozenset[str]:
    """Return what the processor can do, in the words of its maker, such as "avx2" or "asimd"."""
    if platform.system() == "Darwin":
        return frozenset(_sysctl("machdep.cpu.leaf7_features", "machdep.cpu.features"))
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() in ("flags", "Features"):
                return frozenset(value.split())
    return frozenset()


def gpu_interfaces(
    system: str = "", which: Callable[[str], str | None] = shutil.which, root: Path = Path("/")
) -> tuple[str, ...]:
    """Return by which interfaces this machine's GPUs could be used, the best first.

    By what lies about alone: no driver is loaded and no GPU is woken.

    Args:
        system: As `platform.system()`; "" is this one.
        which: Finds a program on PATH.
        root: Where the file system begins.

    Returns:
        Of "cuda", "vulkan" and "metal".
    """
    if (system or platform.system()) == "Darwin":
        return ("metal",)
    found = []
    if which("nvidia-smi") or (root / "proc/driver/nvidia/version").exists():
        found.append("cuda")
    drivers = [
        driver
        for folder in ("usr/share/vulkan/icd.d", "etc/vulkan/icd.d")
        for driver in (root / folder).glob("*.json")
        # Mesa's lavapipe is the processor once more.
        if "lvp" not in driver.name
    ]
    if drivers and any((root / "dev/dri").glob("renderD*")):
        found.append("vulkan")
    return tuple(found)


def native_architecture() -> str:
    """Return the architecture of the processor, also where Python itself is translated.

    An x86_64 Python on an Apple chip is told that it runs on x86_64.
    """
    if platform.system() == "Darwin" and "1" in _sysctl("sysctl.proc_translated"):
        return "arm64"
    return platform.machine()


def _sysctl(*names: str) -> list[str]:
    try:
        asked = subprocess.run(
            ["/usr/sbin/sysctl", "-n", *names],
            capture_output=True,
            text=True,
            timeout=_ANSWER_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return asked.stdout.lower().split()
