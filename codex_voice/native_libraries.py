"""Where the native libraries of our packages lie, and which processor they were built for.

Found without loading any of them, in a frozen program too: there as here they lie beside the
modules that Python's import system knows.
"""

from __future__ import annotations

import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

_EXTENSIONS = {
    "cffi": ("_cffi_backend", ""),
    "numpy": ("numpy", "_core/_multiarray_umath*"),
    "pyghostty": ("pyghostty", "_lib/*ghostty*"),
    "pywhispercpp": ("_pywhispercpp", ""),
    "webrtcvad": ("_webrtcvad", ""),
}
"""Package -> the module that import knows, and the library below its folder; "" is the module."""

_SYNONYMS = {"amd64": "x86_64", "x64": "x86_64", "arm64": "aarch64", "arm64e": "aarch64"}
# e_machine of ELF (https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html).
_ELF_MACHINES = {3: "i386", 40: "arm", 62: "x86_64", 183: "aarch64", 243: "riscv64"}
# cputype of Mach-O (<mach/machine.h>).
_MACH_CPUS = {7: "i386", 0x01000007: "x86_64", 0x0100000C: "aarch64"}
_FAT_MAGIC, _MACH_64 = 0xCAFEBABE, 0xFEEDFACF


@dataclass(frozen=True)
class Library:
    """A native library.

    Args:
        path: Where it is; None when its package is not installed.
        architectures: What it was built for, such as "x86_64" and "aarch64"; empty when its
            format is not known.
    """

    path: Path | None
    architectures: frozenset[str] = frozenset()


def find() -> dict[str, Library]:
    """Return the library of each package that has one."""
    found = {}
    for package, (module, pattern) in _EXTENSIONS.items():
        path = _search(module, pattern)
        found[package] = Library(path, architectures(path) if path else frozenset())
    return found


def normalise(architecture: str) -> str:
    """Return one name for an architecture that has several: "aarch64" for "arm64"."""
    return _SYNONYMS.get(architecture.lower(), architecture.lower())


def architectures(path: Path) -> frozenset[str]:
    """Return what a library was built for, as its header says; empty for other files."""
    try:
        with path.open("rb") as file:
            header = file.read(4096)
    except OSError:
        return frozenset()
    if header[:4] == b"\x7fELF" and len(header) >= 20:
        order = "<" if header[5] == 1 else ">"
        (machine,) = struct.unpack_from(f"{order}H", header, 18)
        return frozenset({_ELF_MACHINES.get(machine, f"ELF machine {machine}")})
    if len(header) >= 8 and struct.unpack_from("<I", header)[0] == _MACH_64:
        (cpu,) = struct.unpack_from("<I", header, 4)
        return frozenset({_MACH_CPUS.get(cpu, f"Mach-O cpu {cpu}")})
    if len(header) >= 8 and struct.unpack_from(">I", header)[0] == _FAT_MAGIC:
        (count,) = struct.unpack_from(">I", header, 4)
        cpus = [
            struct.unpack_from(">I", header, 8 + 20 * index)[0]
            for index in range(min(count, 16))
            if 12 + 20 * index <= len(header)
        ]
        return frozenset(_MACH_CPUS.get(cpu, f"Mach-O cpu {cpu}") for cpu in cpus)
    return frozenset()


def locate(package: str) -> Path | None:
    """Return where the library of a package that has one is; None where it is not installed."""
    return _search(*_EXTENSIONS[package])


def locate_whisper() -> Path | None:
    """Return where pywhispercpp's libwhisper is; None where that brings none along.

    It lies beside the module, or in a folder that another tool made: the package's file list says.
    """
    return next(iter(_whisper_files("libwhisper")), None)


def whisper_gpu_interfaces() -> frozenset[str]:
    """Return by which interfaces pywhispercpp's build can use a GPU: "cuda", "metal", "vulkan"."""
    names = " ".join(path.name for path in _whisper_files("libggml-"))
    return frozenset(each for each in ("cuda", "metal", "vulkan") if f"libggml-{each}" in names)


def _whisper_files(prefix: str) -> list[Path]:
    # Not at the top: it takes longer to import than all the rest that is needed to show Codex.
    from importlib import metadata

    try:
        files = metadata.files("pywhispercpp") or []
    except metadata.PackageNotFoundError:
        return []
    paths = [Path(str(file.locate())) for file in files if file.name.startswith(prefix)]
    return [path for path in paths if path.is_file()]


def _search(module: str, pattern: str) -> Path | None:
    try:
        found = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    if found is None:
        return None
    if not pattern:
        return Path(found.origin) if found.origin else None
    # A package that is frozen, or has no __init__, has folders and no file of its own.
    folders = [Path(folder) for folder in found.submodule_search_locations or ()]
    return next((path for folder in folders for path in sorted(folder.glob(pattern))), None)
