"""Conformance cases: public behaviour of ECMA-48, DEC STD 070 and xterm's ctlseqs.

Each one is what a program writes to a fresh screen of 20 x 6 cells, and what must be there then.
"""

from __future__ import annotations

from dataclasses import dataclass, field

COLUMNS, ROWS = 20, 6


@dataclass(frozen=True)
class Style:
    """Style of the cell at a column and a row."""

    column: int
    row: int
    attributes: list[str]
    background: object = None
    foreground: object = None


@dataclass(frozen=True)
class Case:
    """One thing a terminal does.

    Attributes:
        name: What it is about.
        data: What the program writes; a tuple is written in pieces.
        rows: Row number to its text.
        cursor: Column and row of the cursor.
        reply: What the terminal answers.
        style: Style of one cell.
        resize: New size after writing.
        scrollback: Lines of scrollback.
        oldest: The oldest of these lines.
    """

    name: str
    data: bytes | tuple[bytes, ...]
    rows: dict[int, str] = field(default_factory=dict)
    cursor: tuple[int, int] | None = None
    reply: bytes | None = None
    style: Style | None = None
    resize: tuple[int, int] | None = None
    scrollback: int | None = None
    oldest: str = ""

    @property
    def written(self) -> bytes:
        """All that the program writes."""
        return self.data if isinstance(self.data, bytes) else b"".join(self.data)


CASES = [
    Case("CUP", b"\x1b[3;5HX", rows={2: "    X"}, cursor=(5, 2)),
    Case("CUP default", b"abc\x1b[HX", rows={0: "Xbc"}, cursor=(1, 0)),
    Case("CUP clamp", b"\x1b[99;99HX", rows={5: "                   X"}),
    Case("CUU/CUD/CUF/CUB", b"\x1b[3;3H\x1b[A\x1b[2B\x1b[3C\x1b[2DX", rows={3: "   X"}),
    Case("CUU stops at top", b"\x1b[2;2H\x1b[9A", cursor=(1, 0)),
    Case("CUB stops at left", b"abc\x1b[99D", cursor=(0, 0)),
    Case("CUU stops at margin", b"\x1b[3;5r\x1b[4;1H\x1b[9A", cursor=(0, 2)),
    Case("CUD stops at margin", b"\x1b[2;4r\x1b[3;1H\x1b[9B", cursor=(0, 3)),
    Case("CNL/CPL", b"\x1b[2;5H\x1b[2E", cursor=(0, 3)),
    Case("CPL", b"\x1b[4;5H\x1b[2F", cursor=(0, 1)),
    Case("CHA", b"abc\x1b[7GX", rows={0: "abc   X"}),
    Case("HPA", b"abc\x1b[7`X", rows={0: "abc   X"}),
    Case("VPA", b"ab\x1b[4dX", rows={3: "  X"}),
    Case("HVP", b"\x1b[2;3fX", rows={1: "  X"}),
    Case("HPR", b"a\x1b[3aX", rows={0: "a   X"}),
    Case("VPR", b"a\x1b[2eX", rows={2: " X"}),
    Case("zero param is one", b"\x1b[3;3H\x1b[0A\x1b[0C", cursor=(3, 1)),
    Case("BS", b"abc\x08\x08X", rows={0: "aXc"}),
    Case("CR/LF", b"abc\r\nX", rows={1: "X"}),
    Case("LF keeps column", b"abc\nX", rows={1: "   X"}),
    Case("VT, FF = LF", b"a\x0bb\x0cc", rows={1: " b", 2: "  c"}),
    Case("NEL", b"abc\x1bEX", rows={1: "X"}),
    Case(
        "IND at bottom",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[6;1H\x1bD",
        rows={0: "BBBBB", 5: ""},
    ),
    Case(
        "RI at top",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[1;1H\x1bM",
        rows={0: "", 1: "AAAAA", 5: "EEEEE"},
    ),
    Case("LNM", b"\x1b[20habc\nX", rows={1: "X"}),
    Case("autowrap", b"aaaaaaaaaaaaaaaaaaaab", rows={0: "aaaaaaaaaaaaaaaaaaaa", 1: "b"}),
    Case("wrap pending: cursor stays", b"aaaaaaaaaaaaaaaaaaaa", cursor=(19, 0)),
    Case("wrap pending + CR", b"aaaaaaaaaaaaaaaaaaaa\rX", rows={0: "Xaaaaaaaaaaaaaaaaaaa", 1: ""}),
    Case("wrap pending + BS", b"aaaaaaaaaaaaaaaaaaaa\x08X", rows={0: "aaaaaaaaaaaaaaaaaaXa"}),
    Case(
        "wrap pending cleared by CUP",
        b"aaaaaaaaaaaaaaaaaaaa\x1b[1;20HX",
        rows={0: "aaaaaaaaaaaaaaaaaaaX", 1: ""},
    ),
    Case("wrap pending kept by SGR", b"aaaaaaaaaaaaaaaaaaaa\x1b[1mX", rows={1: "X"}),
    Case(
        "wrap pending cleared by EL",
        b"aaaaaaaaaaaaaaaaaaaa\x1b[KX",
        rows={0: "aaaaaaaaaaaaaaaaaaaX", 1: ""},
    ),
    Case("DECAWM off", b"\x1b[?7laaaaaaaaaaaaaaaaaaaabc", rows={0: "aaaaaaaaaaaaaaaaaaac", 1: ""}),
    Case(
        "wrap scrolls at bottom",
        b"\x1b[6;1Haaaaaaaaaaaaaaaaaaaab",
        rows={4: "aaaaaaaaaaaaaaaaaaaa", 5: "b"},
    ),
    Case(
        "wide char wraps whole",
        b"aaaaaaaaaaaaaaaaaaa\xe6\xbc\xa2",
        rows={0: "aaaaaaaaaaaaaaaaaaa", 1: "漢"},
    ),
    Case("wide char cursor", b"\xe6\xbc\xa2b", rows={0: "漢b"}, cursor=(3, 0)),
    Case("overwrite wide lead", b"\xe6\xbc\xa2\xe5\xad\x97\x1b[1;1Hx", rows={0: "x 字"}),
    Case("overwrite wide tail", b"\xe6\xbc\xa2\xe5\xad\x97\x1b[1;2Hx", rows={0: " x字"}),
    Case("DSR after wrap pending", b"aaaaaaaaaaaaaaaaaaaa\x1b[6n", reply=b"\x1b[1;20R"),
    Case("combining accent", b"e\xcc\x81x", rows={0: "éx"}, cursor=(2, 0)),
    Case(
        "ZWJ family 2 cells",
        b"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7x",
        cursor=(3, 0),
    ),
    Case("flag 2 cells", b"\xf0\x9f\x87\xac\xf0\x9f\x87\xa7x", cursor=(3, 0)),
    Case("VS16 emoji 2 cells", b"\xe2\x9d\xa4\xef\xb8\x8fx", cursor=(3, 0)),
    Case("skin tone 2 cells", b"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbdx", cursor=(3, 0)),
    Case("box drawing narrow", b"\xe2\x94\x80\xe2\x94\x82x", cursor=(3, 0)),
    Case("ambiguous narrow", b"\xe2\x80\xa6\xe2\x80\xa2x", cursor=(3, 0)),
    Case("DEC graphics", b"\x1b(0qx\x1b(Bq", rows={0: "─│q"}),
    Case("SO/SI G1", b"\x1b)0\x0eq\x0fq", rows={0: "─q"}),
    Case("UTF-8 split over reads", (b"\xe6", b"\xbc\xa2x"), rows={0: "漢x"}),
    Case("bad UTF-8", b"a\xffb\xc3(", rows={0: "a�b�("}, cursor=(5, 0)),
    Case("NUL, DEL ignored", b"a\x00\x7fb", rows={0: "ab"}),
    Case("C0 inside CSI", b"\x1b[2\x08CX", rows={0: "  X"}, cursor=(3, 0)),
    Case("CAN aborts CSI", b"\x1b[3\x18X", rows={0: "X"}),
    Case("ESC inside CSI restarts", b"\x1b[3\x1b[2CX", rows={0: "  X"}),
    Case("EL 0", b"abcdef\x1b[1;3H\x1b[K", rows={0: "ab"}),
    Case("EL 1", b"abcdef\x1b[1;3H\x1b[1K", rows={0: "   def"}),
    Case("EL 2", b"abcdef\x1b[1;3H\x1b[2K", rows={0: ""}),
    Case(
        "ED 0",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[3;3H\x1b[J",
        rows={1: "BBBBB", 2: "CC", 3: ""},
    ),
    Case(
        "ED 1",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[3;3H\x1b[1J",
        rows={1: "", 2: "   CC", 3: "DDDDD"},
    ),
    Case(
        "ED 2 keeps cursor",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[3;3H\x1b[2J",
        rows={0: "", 5: ""},
        cursor=(2, 2),
    ),
    Case("ECH", b"abcdef\x1b[1;2H\x1b[3X", rows={0: "a   ef"}),
    Case("BCE on EL", b"\x1b[48;2;9;8;7m\x1b[K", style=Style(5, 0, [], (9, 8, 7))),
    Case("BCE on scroll", b"\x1b[6;1H\x1b[48;2;9;8;7m\n", style=Style(5, 5, [], (9, 8, 7))),
    Case("DECSED selective", b'\x1b[1"qab\x1b[0"qcd\x1b[?2J', rows={0: "ab"}),
    Case("ICH", b"abcdef\x1b[1;3H\x1b[2@", rows={0: "ab  cdef"}),
    Case("DCH", b"abcdef\x1b[1;3H\x1b[2P", rows={0: "abef"}),
    Case(
        "IL",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[3;1H\x1b[2L",
        rows={1: "BBBBB", 2: "", 3: "", 4: "CCCCC", 5: "DDDDD"},
    ),
    Case(
        "DL",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[3;1H\x1b[2M",
        rows={2: "EEEEE", 3: "FFFFF", 4: ""},
    ),
    Case(
        "IL in region",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[2;4r\x1b[3;1H\x1b[L",
        rows={2: "", 3: "CCCCC", 4: "EEEEE"},
    ),
    Case(
        "IL outside region: nothing",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[2;4r\x1b[6;1H\x1b[L",
        rows={5: "FFFFF"},
    ),
    Case("IRM", b"abc\x1b[1;2H\x1b[4hX\x1b[4lY", rows={0: "aXYc"}),
    Case(
        "SU",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[2S",
        rows={0: "CCCCC", 4: ""},
    ),
    Case(
        "SD",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[2T",
        rows={0: "", 2: "AAAAA"},
    ),
    Case(
        "region scroll",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[2;4r\x1b[4;1H\n",
        rows={0: "AAAAA", 1: "CCCCC", 3: "", 4: "EEEEE"},
    ),
    Case(
        "region RI",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[2;4r\x1b[2;1H\x1bM",
        rows={1: "", 2: "BBBBB", 3: "CCCCC", 4: "EEEEE"},
    ),
    Case("DECSTBM homes", b"\x1b[4;4H\x1b[2;4r", cursor=(0, 0)),
    Case(
        "LF below region: no scroll",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[2;4r\x1b[6;1H\n",
        rows={5: "FFFFF", 0: "AAAAA"},
    ),
    Case("DECOM", b"\x1b[2;4r\x1b[?6h\x1b[1;1HX\x1b[9;1HY", rows={1: "X", 3: "Y"}),
    Case("DECOM CPR", b"\x1b[2;4r\x1b[?6h\x1b[2;3H\x1b[6n", reply=b"\x1b[2;3R"),
    Case(
        "bad region ignored",
        b"\x1b[1;1HAAAAA\x1b[2;1HBBBBB\x1b[3;1HCCCCC\x1b[4;1HDDDDD\x1b[5;1HEEEEE\x1b[6;1HFFFFF\x1b[4;2r\x1b[6;1H\n",
        rows={0: "BBBBB"},
    ),
    Case(
        "DECLRMM DECSLRM wrap", b"\x1b[?69h\x1b[3;6s\x1b[1;3Habcdef", rows={0: "  abcd", 1: "  ef"}
    ),
    Case("scrollback gets lines", b"one\r\ntwo\r\n\n\n\n\n\n\n", scrollback=3, oldest="one"),
    Case(
        "scrollback from a top-anchored region",
        b"one\r\ntwo\x1b[1;3r\x1b[3;1H\n",
        scrollback=1,
        oldest="one",
    ),
    Case(
        "no scrollback from inner region",
        b"one\r\ntwo\x1b[2;4r\x1b[4;1H\n\n",
        scrollback=0,
        oldest="",
    ),
    Case(
        "alt screen adds no scrollback",
        b"\x1b[?1049hx\r\nx\r\nx\r\nx\r\nx\r\nx\r\nx\r\nx\r\nx\r\n",
        scrollback=0,
        oldest="",
    ),
    Case("tab stops 8", b"\tX\tY", rows={0: "        X       Y"}),
    Case("HTS/TBC", b"\x1b[3g\x1b[1;4H\x1bH\r\tX", rows={0: "   X"}),
    Case("TBC 0", b"\x1b[1;9H\x1b[g\r\tX", rows={0: "                X"}),
    Case("CHT", b"\x1b[2IX", rows={0: "                X"}),
    Case("CBT", b"\x1b[1;12H\x1b[ZX", rows={0: "        X"}),
    Case("tab stops at margin", b"\t\t\t\tX", rows={0: "                   X", 1: ""}),
    Case(
        "DECSC/DECRC",
        b"\x1b[3;4H\x1b[1m\x1b7\x1b[H\x1b[0m\x1b8X",
        rows={2: "   X"},
        style=Style(3, 2, ["bold"], None),
    ),
    Case("SCOSC/SCORC", b"\x1b[3;4H\x1b[s\x1b[H\x1b[uX", rows={2: "   X"}),
    Case("DECSC saves charset", b"\x1b(0\x1b7\x1b(B\x1b8q", rows={0: "─"}),
    Case("1049 round trip", b"main\x1b[?1049hALT\x1b[?1049l", rows={0: "main"}, cursor=(4, 0)),
    Case("1049 clears", b"main\x1b[?1049h", rows={0: ""}),
    Case(
        "1047/1048",
        b"main\x1b[?1048h\x1b[?1047h\x1b[HALT\x1b[?1047l\x1b[?1048lX",
        rows={0: "mainX"},
    ),
    Case("47", b"main\x1b[?47hALT\x1b[?47l", rows={0: "main"}),
    Case("RIS", b"abc\x1b[1m\x1b[2;4r\x1bcX", rows={0: "X"}, style=Style(0, 0, [], None)),
    Case(
        "DECSTR keeps screen",
        b"abc\x1b[4h\x1b[1m\x1b[!pX",
        rows={0: "abcX"},
        style=Style(3, 0, [], None),
    ),
    Case(
        "DECALN",
        b"\x1b#8",
        rows={0: "EEEEEEEEEEEEEEEEEEEE", 5: "EEEEEEEEEEEEEEEEEEEE"},
        cursor=(0, 0),
    ),
    Case("REP", b"ab\x1b[3bX", rows={0: "abbbbX"}),
    Case("REP wide", b"\xe6\xbc\xa2\x1b[2b", rows={0: "漢漢漢"}),
    Case(
        "SGR basics",
        b"\x1b[1;3;4;7;9mX",
        style=Style(0, 0, ["bold", "inverse", "italic", "strikethrough", "underline"], None),
    ),
    Case("SGR 22 off", b"\x1b[1;2m\x1b[22mX", style=Style(0, 0, [], None)),
    Case("SGR 4:3", b"\x1b[4:3mX", style=Style(0, 0, ["underline"], None)),
    Case("SGR 4:0", b"\x1b[4m\x1b[4:0mX", style=Style(0, 0, [], None)),
    Case("SGR 21 double underline", b"\x1b[21mX", style=Style(0, 0, ["underline"], None)),
    Case(
        "SGR 38;2",
        b"\x1b[38;2;1;2;3mX",
        rows={0: "X"},
        cursor=(1, 0),
        style=Style(0, 0, [], None, (1, 2, 3)),
    ),
    Case(
        "SGR 38:2:r:g:b",
        b"\x1b[38:2:1:2:3mX",
        rows={0: "X"},
        cursor=(1, 0),
        style=Style(0, 0, [], None, (1, 2, 3)),
    ),
    Case(
        "SGR 38:2::r:g:b (ITU)",
        b"\x1b[38:2::1:2:3mX",
        rows={0: "X"},
        cursor=(1, 0),
        style=Style(0, 0, [], None, (1, 2, 3)),
    ),
    Case(
        "SGR 38;5;196",
        b"\x1b[38;5;196mX",
        rows={0: "X"},
        cursor=(1, 0),
        style=Style(0, 0, [], None, 196),
    ),
    Case("SGR 38;2 then more", b"\x1b[38;2;1;2;3;1mX", style=Style(0, 0, ["bold"], None)),
    Case(
        "SGR 58;2 is not attributes", b"\x1b[4;58;2;9;8;7mX", style=Style(0, 0, ["underline"], None)
    ),
    Case("SGR 58;5 is not attributes", b"\x1b[58;5;7mX", style=Style(0, 0, [], None)),
    Case("SGR 58:2:: + 59", b"\x1b[58:2::1:2:3m\x1b[59mX", style=Style(0, 0, [], None)),
    Case(
        "default fg differs from SGR 37",
        b"a\x1b[37mb",
        rows={0: "ab"},
        cursor=(2, 0),
        style=Style(0, 0, [], None, None),
    ),
    Case("CSI > m is not SGR", b"\x1b[>4;2mX", style=Style(0, 0, [], None)),
    Case("CSI ? m is not SGR", b"\x1b[?4mX", style=Style(0, 0, [], None)),
    Case("CSI = / < u ignored", b"\x1b[=1u\x1b[<1uX", rows={0: "X"}),
    Case("DA1", b"\x1b[c", reply=b"\x1b[?62;22c"),
    Case("DA2", b"\x1b[>c", reply=b"\x1b[>1;0;0c"),
    Case("DSR 5", b"\x1b[5n", reply=b"\x1b[0n"),
    Case("CPR", b"\x1b[3;4H\x1b[6n", reply=b"\x1b[3;4R"),
    Case("DECXCPR", b"\x1b[3;4H\x1b[?6n", reply=b"\x1b[?3;4R"),
    Case("DECRQM 7", b"\x1b[?7$p", reply=b"\x1b[?7;1$y"),
    Case("DECRQM unknown", b"\x1b[?9876$p", reply=b"\x1b[?9876;0$y"),
    Case("DECRQM 2026", b"\x1b[?2026$p", reply=b"\x1b[?2026;2$y"),
    Case("DECRQM 2004 set", b"\x1b[?2004h\x1b[?2004$p", reply=b"\x1b[?2004;1$y"),
    Case("DECRQSS SGR", b"\x1b[1;31m\x1bP$qm\x1b\\", reply=b"\x1bP1$r0;1;31m\x1b\\"),
    Case("XTVERSION", b"\x1b[>q", reply=b"\x1bP>|libghostty\x1b\\"),
    Case("kitty query", b"\x1b[>5u\x1b[?u", reply=b"\x1b[?5u"),
    Case("kitty pop", b"\x1b[>5u\x1b[<u\x1b[?u", reply=b"\x1b[?0u"),
    Case("kitty stack per screen", b"\x1b[>5u\x1b[?1049h\x1b[?u", reply=b"\x1b[?0u"),
    Case("OSC 11 query", b"\x1b]11;?\x1b\\", reply=b"\x1b]11;rgb:0000/0000/0000\x1b\\"),
    Case("OSC 4 query", b"\x1b]4;1;?\x1b\\", reply=b"\x1b]4;1;rgb:cccc/6666/6666\x1b\\"),
    Case("XTGETTCAP", b"\x1bP+q524742\x1b\\", reply=b"\x1bP1+r524742=38\x1b\\"),
    Case("XTWINOPS 18", b"\x1b[18t", reply=b"\x1b[8;6;20t"),
    Case("OSC title eats no text", b"\x1b]0;t\x07X", rows={0: "X"}),
    Case("OSC unknown eats no text", b"\x1b]1234;abc\x1b\\X", rows={0: "X"}),
    Case("APC/PM/SOS hidden", b"\x1b_abc\x1b\\\x1b^abc\x1b\\\x1bXabc\x1b\\X", rows={0: "X"}),
    Case("DCS unknown hidden", b"\x1bPzzabc\x1b\\X", rows={0: "X"}),
    Case("OSC 8 text", b"\x1b]8;;http://a\x1b\\L\x1b]8;;\x1b\\X", rows={0: "LX"}),
    Case("8-bit C1 off in UTF-8", b"a\xc2\x9b2Cb", rows={0: "a2Cb"}, cursor=(4, 0)),
    Case(
        "reflow narrower",
        b"abcdefghijklmnop\r\nZ",
        rows={0: "abcdefghij", 1: "klmnop", 2: "Z"},
        resize=(10, 6),
    ),
    Case(
        "reflow back",
        b"aaaaaaaaaaaaaaaaaaaabbb\r\nZ",
        rows={0: "aaaaaaaaaaaaaaaaaaaabbb", 1: "Z"},
        resize=(30, 6),
    ),
    Case(
        "grow rows keeps text",
        b"one\r\ntwo",
        rows={0: "one", 1: "two"},
        cursor=(3, 1),
        resize=(20, 10),
    ),
    Case(
        "shrink rows keeps cursor line",
        b"1\r\n2\r\n3\r\n4\r\n5\r\n6",
        rows={0: "4"},
        cursor=(1, 2),
        resize=(20, 3),
    ),
    Case("resize 1x1 survives", b"abc\r\ndef", rows={0: ""}, cursor=(0, 0), resize=(1, 1)),
]
