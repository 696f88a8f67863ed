"""How soon the sidecar answers, and its memory, beside the least that Python can be.

    python -m benchmarks.sidecar [--rounds 10] [-- COMMAND...]

Started by turns: the sidecar (or COMMAND, such as a packaged one), and a Python that answers one
ping and imports nothing but json. Measured: from the start to the answer to `system.ping`, from
there to the devices' list, the memory then (proportional set size of all its processes), and from
SIGTERM to the end. OpenVoicy's packaged sidecar, which has no recogniser of its own, is published
with 1.3 s to its answer and a file of 57 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.recognition import percentile_95
from benchmarks.whole_program import proportional_set_size
from tests.support.process_tree import tree_of
from tests.support.virtual_mic import VirtualMic

OURS, LEAST = "sidecar", "bare Python"
_LEAST = """
import json, sys
for line in sys.stdin:
    print(json.dumps({"id": json.loads(line)["id"], "result": {}}), flush=True)
"""


def measure(command: Sequence[str], environment: dict[str, str]) -> dict[str, float]:
    """Start it once; return milliseconds, and MB."""
    began = time.perf_counter()
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        figures = {}
        for number, (what, method) in enumerate(
            {"ping ms": "system.ping", "devices ms": "audio.list_devices"}.items()
        ):
            assert process.stdin is not None
            assert process.stdout is not None
            request = {"jsonrpc": "2.0", "id": number, "method": method}
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            while json.loads(process.stdout.readline()).get("id") != number:
                pass
            figures[what] = 1000 * (time.perf_counter() - began)
        figures["MB"] = sum(
            proportional_set_size(Path(f"/proc/{pid}")) for pid in tree_of(process.pid)
        )
        began = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        process.wait()
        figures["end ms"] = 1000 * (time.perf_counter() - began)
    return figures


def compare(command: Sequence[str], rounds: int) -> None:
    """Measure both by turns and print."""
    commands = {LEAST: (sys.executable, "-c", _LEAST), OURS: command}
    measured: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        environment = {**VirtualMic.no_device_environment(), "HOME": folder}
        for _ in range(rounds):
            for name, words in commands.items():
                measured[name].append(measure(words, environment))
    for what in measured[OURS][0]:
        least = statistics.median(each[what] for each in measured[LEAST])
        for name, figures in measured.items():
            values = [each[what] for each in figures]
            median = statistics.median(values)
            print(
                f"{what:10} {name:12} median {median:7.1f}   p95 {percentile_95(values):7.1f}"
                f"   x {median / least:5.1f}"
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("command", nargs="*", help="another sidecar, after --")
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.2f}")
    compare(options.command or (sys.executable, "-m", "codex_voice", "sidecar"), options.rounds)
    print(f"load average {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
