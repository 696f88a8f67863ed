"""Clusters that grow where the line cannot wrap: the engine must survive, and lose nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

from codex_voice.terminal.emulator import Emulator

# Each grows from one column to two with its last code point.
GROWING = {
    "Devanagari": "\u0915\u094d\u0937", "Devanagari, joined": "\u0915\u094d\u200d\u0937",
    "Bengali": "\u0995\u09cd\u09b7", "Malayalam": "\u0d15\u0d4d\u0d37",
    "Telugu": "\u0c15\u0c4d\u0c37", "Gujarati": "\u0a95\u0acd\u0ab7", "Odia": "\u0b15\u0b4d\u0b37",
    "Tamil vowel": "\u0b95\u0bcd\u0bbf", "Thai": "\u0e01\u0e47\u0e33", "Lao": "\u0eab\u0ec8\u0eb3",
    "Tibetan": "\u0f40\u0f90\u0f7f", "joined emoji": "\u2764\u200d\U0001f525",
    "joined text": "\u2764\ufe0e\u200d\U0001f525",
}  # fmt: skip
# At 80x24 the cursor is in the last column, and wrapping leaves it in its row.
PLACES = {
    "below the region": "\x1b[1;10r\x1b[24;80H",
    "below a region in the middle": "\x1b[5;20r\x1b[24;80H",
    "beside the right margin": "\x1b[?69h\x1b[1;40s\x1b[24;80H",
    "beside the right margin, in the region's last row": "\x1b[?69h\x1b[1;40s\x1b[1;9r\x1b[9;80H",
    "below the region, in the right margin": "\x1b[?69h\x1b[5;40s\x1b[1;10r\x1b[24;40H",
}
REPEATED = {"emoji": "\u2764\u200d\x1b[b", "conjunct": "\u0915\u094d\x1b[1b"}
CASES, PROCESSES = 3_000, 2


def run_alone(source: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own: what is tested here has ended processes."""
    return subprocess.run(
        [sys.executable, "-c", source, *arguments], capture_output=True, text=True, check=False
    )


FEED = """
import sys
from codex_voice.terminal.emulator import Emulator
emulator = Emulator(80, 24, 100)
for pieces in sys.argv[1:]:
    for piece in pieces.split("|"):
        emulator.feed(b"\\x1bc" if piece == "reset" else piece.encode("utf-8", "surrogateescape"))
emulator.feed(b"\\x1b[1;1Halive")
print(emulator.lines()[0][:5])
"""


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_growing_cluster(place: str) -> None:
    """A cluster that grows where wrapping does not move the cursor does not end the process."""
    whole = [f"reset|{place}{cluster}" for cluster in (*GROWING.values(), *REPEATED.values())]
    split = [f"reset|{place}|{'|'.join(cluster)}" for cluster in GROWING.values()]
    done = run_alone(FEED, *whole, *split)
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr


@pytest.mark.parametrize(
    "margins",
    ["\x1b[1;\n10r", "\x1b[1|;10r", "\x1b|[1;10r", "\x1b[1;10\udca5r", "\x1b[\udc9b1;10r"],
    ids=["control inside", "split", "split after Esc", "stray byte", "8-bit"],
)
def test_margins_in_any_disguise(margins: str) -> None:
    """However the region is set, it is noticed."""
    done = run_alone(
        FEED, f"{margins}\x1b[24;80H\u0915\u094d\u0937", f"\x1b[24;80H{GROWING['Thai']}"
    )
    assert (done.returncode, done.stdout.strip()) == (0, "alive"), done.stderr


@pytest.mark.slow
def test_every_kind_everywhere() -> None:
    """Clusters of all kinds, at all edges and through resizes, do not end the process."""
    command = [sys.executable, "-m", "tests.terminal.cluster_fuzz", "--cases", str(CASES)]
    done = subprocess.run(
        [*command, "--process", str(CASES // PROCESSES)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("cluster", GROWING.values(), ids=GROWING)
def test_text_is_kept(cluster: str) -> None:
    """Where the cluster may not grow its last code point starts a cell of its own."""
    emulator = Emulator(10, 3)
    emulator.feed(f"\x1b[1;2r\x1b[3;10H{cluster}".encode())
    last = emulator.lines()[2]
    assert set(cluster) <= set(last)


@pytest.mark.parametrize("cluster", GROWING.values(), ids=GROWING)
@pytest.mark.parametrize(
    "place",
    ["\x1b[3;10H", "\x1b[1;2r\x1b[2;10H", "\x1b[1;2r\x1b[3;9H", "\x1b[2;3r\x1b[1;10H"],
    ids=["no region", "in the region", "before the last column", "above the region"],
)
def test_elsewhere_clusters_grow(place: str, cluster: str) -> None:
    """Where the line can wrap, or need not, a cluster stays one and takes two columns."""
    emulator = Emulator(10, 3)
    emulator.feed(f"{place}{cluster}|".encode())
    row = next(line for line in emulator.lines() if "|" in line)
    assert row.strip() == f"{cluster}|" or (row.startswith("|") and place.endswith("9H"))


def test_clusters_are_on_again() -> None:
    """Clusters are on again after a guarded one."""
    emulator = Emulator(10, 3)
    emulator.feed("\x1b[1;2r\x1b[3;10H\u0915\u094d\u0937".encode())
    assert emulator.mode(2027)
