"""How soon the command line answers: `--version` and `doctor`, beside Python alone.

    python -m benchmarks.command_line [--rounds 15]

All run by turns, in the home directory of whoever measures. Python alone is `python -c pass`, which
is what no program written in it can be faster than.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.recognition import percentile_95

_PROGRAM = str(Path(sys.executable).with_name("codex-voice"))
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "--version": [_PROGRAM, "--version"],
    "doctor": [_PROGRAM, "doctor"],
}
TARGETS_MS = {"--version": 100.0, "doctor": 3000.0}


def run_once(command: list[str]) -> float:
    """Run a command; return how long it took, in milliseconds."""
    began = time.perf_counter()
    subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return 1000 * (time.perf_counter() - began)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.2f}")
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(options.rounds):
        for name, command in COMMANDS.items():
            taken[name].append(run_once(command))
    alone = statistics.median(taken["python -c pass"])
    for name, values in taken.items():
        median = statistics.median(values)
        target = f"   target {TARGETS_MS[name]:.0f}" if name in TARGETS_MS else ""
        print(
            f"{name:15} median {median:7.1f} ms   p95 {percentile_95(values):7.1f}"
            f"   x {median / alone:.2f}{target}"
        )
    print(f"load average {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
