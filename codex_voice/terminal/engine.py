"""libghostty-vt: the library in pyghostty's wheel, behind an out-of-line cffi module.

The C interface is not stable yet, so `layout()` compares every struct and enum that this
program was written against with the manifest the library carries, before anything is called.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from typing import Any

from codex_voice import native_libraries
from codex_voice.errors import EngineMismatch, TerminalError
from codex_voice.install_hints import install_with_pip
from codex_voice.terminal import _ghostty_abi

ffi: Any = _ghostty_abi.ffi
NULL = ffi.NULL


def _remedy() -> str:
    return install_with_pip("--force-reinstall pyghostty==0.1.3")


def _open_library() -> Any:
    path = native_libraries.locate("pyghostty")
    if path is None:
        raise EngineMismatch(
            "the terminal engine (pyghostty) is not installed, or there is none for this platform",
            _remedy(),
        )
    try:
        return ffi.dlopen(str(path))
    except OSError as error:
        raise EngineMismatch(f"the terminal engine cannot be loaded: {error}", _remedy()) from error


lib: Any = _open_library()
grid_ref: Any = ffi.cast("CvGridRefFn", ffi.addressof(lib, "ghostty_terminal_grid_ref"))
scroll_viewport: Any = ffi.cast(
    "CvScrollFn", ffi.addressof(lib, "ghostty_terminal_scroll_viewport")
)


@dataclass(frozen=True)
class Layout:
    """Where the bits of a packed cell (64 bits) and of a row's flags are.

    Attributes:
        cell_link: Set where the cell is part of a hyperlink.
        cell_wide_shift: How far to shift right to get the width (two bits, 2 is a spacer).
        cell_content: Content, style and width; leaves out protection, link and semantics.
        cell_styled: Non-zero where the cell has a style or is only background.
        row_styled: Set where a cell of the row may be styled.
        row_clusters: Set where a cell of the row may hold more than one code point.
        row_links: Set where a cell of the row may be part of a hyperlink.
    """

    cell_link: int
    cell_wide_shift: int
    cell_content: int
    cell_styled: int
    row_styled: int
    row_clusters: int
    row_links: int


@functools.cache
def layout() -> Layout:
    """Check the library against this program's declarations and read the bit positions.

    Raises:
        EngineMismatch: The library is not the one this program was built for.
    """
    manifest = json.loads(ffi.string(lib.ghostty_type_json()))
    wrong = find_mismatches(manifest)
    if wrong:
        raise EngineMismatch(
            f"the terminal engine differs from the one this program was built for: "
            f"{', '.join(wrong[:5])}",
            _remedy(),
        )
    bits = manifest["types"]["GhosttyCell"]["bits"]
    style = bits["style_id"]
    return Layout(
        cell_link=1 << bits["hyperlink"]["lsb"],
        cell_wide_shift=bits["wide"]["lsb"],
        cell_content=(1 << bits["protected"]["lsb"]) - 1,
        # The content tag takes the two lowest bits; its tags 2 and 3 are cells of background only.
        cell_styled=((1 << style["width"]) - 1) << style["lsb"] | 2,
        row_styled=_row_flag(lib.GHOSTTY_ROW_DATA_STYLED),
        row_clusters=_row_flag(lib.GHOSTTY_ROW_DATA_GRAPHEME),
        row_links=_row_flag(lib.GHOSTTY_ROW_DATA_HYPERLINK),
    )


def find_mismatches(manifest: dict[str, Any]) -> list[str]:
    """Name what in the library's manifest differs from this program's declarations."""
    if manifest.get("schema") != 1:
        return [f"manifest schema {manifest.get('schema')}"]
    wrong = []
    for name, described in manifest["types"].items():
        try:
            declared = ffi.typeof(name)
        except ffi.error:
            continue
        if described["kind"] == "struct" and declared.kind == "struct":
            fields = dict(declared.fields or ())
            offsets_differ = any(
                field in fields and fields[field].offset != place["offset"]
                for field, place in described["fields"].items()
            )
            if offsets_differ or ffi.sizeof(declared) != described["size"]:
                wrong.append(name)
        elif described["kind"] == "enum":
            for value_name, value in described["values"].items():
                known = getattr(lib, described["prefix"] + value_name, None)
                if known is not None and known != value:
                    wrong.append(described["prefix"] + value_name)
    bits = manifest["types"].get("GhosttyCell", {}).get("bits", {})
    if bits.get("content_tag", {}).get("lsb") != 0 or "protected" not in bits:
        wrong.append("GhosttyCell")
    return wrong


def _row_flag(data: int) -> int:
    """Find a row flag's bit by asking, since the manifest does not list the row's bits."""
    flag = ffi.new("bool*")
    for bit in range(64):
        if lib.ghostty_row_get(1 << bit, data, flag) == lib.GHOSTTY_SUCCESS and flag[0]:
            return 1 << bit
    raise EngineMismatch("the terminal engine's row flags are not known", _remedy())


def check(result: int, what: str) -> None:
    """Raise `TerminalError` unless the library reported success."""
    if result != lib.GHOSTTY_SUCCESS:
        raise TerminalError(f"the terminal engine failed: {what} ({result})")


def new_sized(type_name: str) -> Any:
    """Allocate a struct and fill in its own and its nested structs' `size` fields."""
    pointer = ffi.new(type_name + "*")
    _fill_sizes(pointer)
    return pointer


def _fill_sizes(pointer: Any) -> None:
    struct = ffi.typeof(pointer).item
    for name, field in struct.fields:
        if name == "size":
            pointer.size = ffi.sizeof(struct)
        elif field.type.kind == "struct":
            _fill_sizes(ffi.addressof(pointer[0], name))
