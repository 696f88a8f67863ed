"""Clusters of every kind at every edge of the screen, for the engine that some of them crashed.

`python -m tests.terminal.cluster_fuzz --cases 1000000` runs as many as are wanted, in processes of
their own so that a crash is seen; `tests/terminal/test_cluster_guard.py` runs some thousand.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys

from codex_voice.terminal.emulator import Emulator
from codex_voice.terminal.painter import Painter
from codex_voice.terminal.rows import RowFormatter

# Each is a cluster, or a part of one that the next may join.
CLUSTERS = (
    # Conjuncts and vowel signs that take a column: Devanagari, Bengali, Gurmukhi, Gujarati, Odia,
    # Tamil, Telugu, Kannada, Malayalam, Sinhala.
    "\u0915\u094d\u0937", "\u0915\u094d\u200d\u0937", "\u0928\u093f", "\u0930\u094d\u0915\u094b",
    "\u0995\u09cd\u09b7", "\u09a4\u09cd\u09b0\u09cd\u09af", "\u0995\u09cb", "\u0a15\u0a4d\u0a30",
    "\u0a95\u0acd\u0ab7", "\u0b15\u0b4d\u0b37", "\u0ba8\u0bbf", "\u0b95\u0bca",
    "\u0b95\u0bcd\u0bb7", "\u0c15\u0c4d\u0c37", "\u0c95\u0ccd\u0cb7", "\u0d15\u0d4d\u0d37",
    "\u0d4e\u0d15", "\u0d9a\u0dca\u200d\u0dbb",
    # Thai, Lao, Tibetan, Burmese, Khmer, Tai Tham, Balinese, Javanese.
    "\u0e01\u0e33", "\u0e01\u0e47\u0e48", "\u0eab\u0eb3", "\u0f66\u0f90\u0fb1\u0f7c",
    "\u0f40\u0f7f", "\u1000\u103b\u102d\u102f", "\u1019\u103c\u1014\u103a\u1019\u102c",
    "\u1780\u17d2\u179a\u17b6", "\u1a20\u1a60\u1a21", "\u1b13\u1b44\u1b13", "\ua98f\ua9c0\ua98f",
    # Hangul jamo, also alone, half of a syllable, and old ones.
    "\u1112\u1161\u11ab", "\u1112", "\u1161", "\u11ab", "\ud558\u11ab", "\ua960\ud7b0\ud7cb",
    # Emoji: joined, with skin tones, text and emoji presentation, keycaps, flags, tags.
    "\u2764\u200d\U0001f525", "\u2764\ufe0f\u200d\U0001f525", "\u2764\ufe0f", "\u2764\ufe0e",
    "\u231a\ufe0e", "\u231a\ufe0f", "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u261d\U0001f3fd", "\U0001f44d\U0001f3ff", "1\ufe0f\u20e3", "#\u20e3\ufe0f",
    "\U0001f1ec\U0001f1e7", "\U0001f1ec", "\U0001f1ec\U0001f1e7\U0001f1eb", "\u00a9\ufe0f",
    "\u00ae\u200d\u00a9", "\U0001f3f4\U000e0067\U000e0062\U000e007f",
    "\u26f9\ufe0f\u200d\u2640\ufe0f",
    # Parts by themselves, marks without a base, characters that come before, Zalgo.
    "\u200d", "\ufe0f", "\ufe0e", "\U0001f3fb", "\u094d", "\u0937", "\u0903", "\u093e",
    "\U0001f525", "\u0600\u0661", "\U000110bd\u0915", "\u0600", "e\u0301",
    "e" + "\u0300\u0323" * 30, "\uff76\uff9e", "\u0644\u0627", "\u200b", "\u00ad", "\ufffd",
    # What surrounds them.
    "a", "abc", "\u00e9", "\u2500", "\u6f22", "\u6f22\u5b57", " ", "\x1b[b", "\x1b[3b", "\x1b[40b",
)  # fmt: skip
MODES = (
    "\x1b[?7l", "\x1b[?7h", "\x1b[4h", "\x1b[4l", "\x1b[?2027l", "\x1b[?2027h", "\x1b[?69h",
    "\x1b[?69h", "\x1b[?69l", "\x1b[?6h", "\x1b[?6l", "\x1b[?1049h", "\x1b[?1049l", "\x1b[?45h",
    "\x1b)0\x0e", "\x0f",
)  # fmt: skip
EDITS = (
    "\n", "\r", "\r\n", "\b", "\t", "\x1bM", "\x1bD", "\x1bE", "\x1b[K", "\x1b[1K", "\x1b[2X",
    "\x1b[P", "\x1b[2@", "\x1b[L", "\x1b[M", "\x1b[S", "\x1b[T", "\x1b[D", "\x1b[2D", "\x1b[C",
    "\x1b7", "\x1b8", "\x1b[s", "\x1b[u", "\x1b[J", "\x1b#8", "\x1b[!p", "\x1b]8;;http://a\x1b\\",
    "\x1b]8;;\x1b\\", "\x1b[41m", "\x1b[m", "\x1b[99H", "\x1b[99C", "\x1b[99;99H",
)  # fmt: skip
# Painting takes longer than all the rest.
_PAINT_EVERY = 10


def make_case(seed: int) -> list[bytes | tuple[int, int]]:
    """Return the size of the screen, then pieces of what a program writes and new sizes."""
    pick = random.Random(seed)
    columns, rows = pick.choice((2, 3, 5, 10, 20, 80)), pick.choice((1, 2, 3, 6, 24))
    steps: list[bytes | tuple[int, int]] = [(columns, rows)]
    written = ""
    for _ in range(pick.randint(3, 12)):
        kind = pick.random()
        if kind < 0.25:
            top, bottom = pick.randint(1, rows), pick.randint(1, rows)
            written += f"\x1b[{min(top, bottom)};{max(top, bottom)}r"
            if pick.random() < 0.4:
                left, right = pick.randint(1, columns), pick.randint(1, columns)
                written += f"\x1b[?69h\x1b[{min(left, right)};{max(left, right)}s"
        elif kind < 0.35:
            written += pick.choice(MODES)
        elif kind < 0.5:
            written += pick.choice(EDITS)
        elif kind < 0.56:
            steps.append(written.encode())
            written = ""
            columns, rows = (
                max(1, columns + pick.randint(-2, 2)),
                max(1, rows + pick.randint(-2, 2)),
            )
            steps.append((columns, rows))
        if pick.random() < 0.8:
            row = pick.choice((rows, rows, rows - 1, pick.randint(1, rows)))
            column = pick.choice((columns, columns, columns - 1, pick.randint(1, columns)))
            written += f"\x1b[{max(row, 1)};{max(column, 1)}H"
        written += "".join(pick.choices(CLUSTERS, k=pick.randint(1, 4)))
        if pick.random() < 0.2:
            # Split anywhere, in the middle of a character too.
            data = written.encode()
            cut = pick.randint(0, len(data))
            steps += [data[:cut], data[cut:]]
            written = ""
    steps.append(written.encode())
    return steps


def run_case(seed: int, paint: bool) -> None:
    """Run a case, read the screen, and paint what came of it where that is wanted."""
    first, *steps = make_case(seed)
    assert isinstance(first, tuple)
    emulator = Emulator(*first, 20)
    for step in steps:
        if isinstance(step, tuple):
            emulator.resize(*step)
        else:
            emulator.feed(step)
    emulator.correct_width()
    emulator.lines()
    if paint:
        painter = Painter()
        painter.reset(emulator.rows)
        rows = RowFormatter(emulator).take_frame()
        painter.paint([rows.get(row, b"") for row in range(emulator.rows)], 0, 0, emulator.columns)
    emulator.close()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run cases and print, for each that goes wrong, its number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--process", type=int, default=20_000, help="cases a process")
    parser.add_argument("--here", action="store_true", help="in this process")
    options = parser.parse_args()
    if options.here:
        for seed in range(options.first, options.first + options.cases):
            _say(f"case {seed}")
            run_case(seed, paint=seed % _PAINT_EVERY == 0)
        return
    first, end = options.first, options.first + options.cases
    crashes = 0
    while first < end:
        count = min(options.process, end - first)
        command = [sys.executable, "-m", "tests.terminal.cluster_fuzz", "--here"]
        numbers = ["--first", str(first), "--cases", str(count)]
        done = subprocess.run([*command, *numbers], capture_output=True, text=True)
        lines = done.stdout.splitlines()
        first += count
        if done.returncode:
            last = int([line for line in lines if line.startswith("case ")][-1].split()[1])
            _say(f"CRASH {done.returncode} in case {last}: {make_case(last)}")
            _say(done.stderr[-500:])
            crashes += 1
            first = last + 1
    _say(f"{options.cases} cases, {crashes} crashes")
    raise SystemExit(crashes > 0)


if __name__ == "__main__":
    main()
