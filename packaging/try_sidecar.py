"""Tries a frozen sidecar as a host uses it: ping, list_devices, meter_start; then its end.

    try_sidecar.py PROGRAM [--ping-seconds SECONDS] [--starts NUMBER]

It runs in an empty home where there is no sound device, and no Python on PATH. The size must be
under 100 MB; the first answer, the best of several starts, must come in time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MOST_BYTES = 100_000_000
AUDIO_IO = -32004
ALARMING = ("fatal", "panic", "traceback", "segmentation fault", "aborted")
"""The published host ends a sidecar whose standard error holds one of these."""


class Failed(Exception):
    """The sidecar is not what it should be."""


def expect(right: object, reason: object) -> None:
    """Fail unless something is so."""
    if not right:
        raise Failed(reason)


def size_of(program: Path) -> int:
    """Return the bytes of a program, with its folder if it has one of its own."""
    libraries = program.parent / "_internal"
    if not libraries.is_dir():
        return program.stat().st_size
    files = (path for path in program.parent.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files)


def ask(process: subprocess.Popen[str], number: int, method: str, **params: Any) -> dict[str, Any]:
    """Send one request and return its answer; events in between are left out."""
    assert process.stdin is not None and process.stdout is not None
    request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    for line in process.stdout:
        answer: dict[str, Any] = json.loads(line)
        if answer.get("id") == number:
            return answer
    raise Failed(f"{method} is not answered")


def start(program: Path, home: Path) -> subprocess.Popen[str]:
    """Start it where nothing else is."""
    (home / "bin").mkdir(exist_ok=True)
    return subprocess.Popen(
        [program],
        cwd=home,
        env={"HOME": str(home), "PATH": str(home / "bin"), "TMPDIR": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str]) -> None:
    """Close its input: it ends, and has said nothing that alarms its host."""
    _, errors = process.communicate(timeout=30)
    expect(process.returncode == 0, f"exit status {process.returncode}: {errors}")
    found = [word for word in ALARMING if word in errors.lower()]
    expect(not found, f"standard error says {found}: {errors}")


def first_answer(program: Path, home: Path) -> float:
    """Return the seconds from the start to the answer to a ping."""
    began = time.perf_counter()
    process = start(program, home)
    answer = ask(process, 1, "system.ping")
    seconds = time.perf_counter() - began
    expect(answer["result"]["protocol"] == "v1", answer)
    end(process)
    return seconds


def try_commands(program: Path, home: Path) -> None:
    """Ask what the first design asked of a packaged sidecar."""
    process = start(program, home)
    expect(ask(process, 1, "system.ping")["result"]["protocol"] == "v1", "no ping")
    devices = ask(process, 2, "audio.list_devices")["result"]["devices"]
    meter = ask(process, 3, "audio.meter_start")
    if devices:
        expect(meter["result"]["running"], meter)
    else:
        expect(meter["error"]["code"] == AUDIO_IO, meter)
        expect(meter["error"]["data"]["kind"] == "E_AUDIO_IO", meter)
    rule = {
        "id": "1",
        "enabled": True,
        "kind": "regex",
        "pattern": "o+",
        "replacement": "0",
        "word_boundary": False,
        "case_sensitive": True,
    }
    preview = ask(process, 4, "replacements.preview", text="foo", rules=[rule])
    expect(preview["result"]["result"] == "f0", preview)
    end(process)


def main() -> int:
    """Try the program that the arguments name; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("program", type=Path)
    parser.add_argument("--ping-seconds", type=float, help="fail when the first answer is later")
    parser.add_argument("--starts", type=int, default=5, help="how often it is started; 5")
    options = parser.parse_args()
    program = options.program.resolve()
    say = sys.stdout.write
    try:
        size = size_of(program)
        expect(size < MOST_BYTES, f"{size / 1e6:.0f} MB are too many")
        with tempfile.TemporaryDirectory() as home:
            try_commands(program, Path(home))
            seconds = min(first_answer(program, Path(home)) for _ in range(options.starts))
        limit = options.ping_seconds
        expect(limit is None or seconds < limit, f"the first answer came after {seconds:.2f} s")
    except (Failed, KeyError, ValueError, OSError, subprocess.TimeoutExpired) as error:
        say(f"bad: {program}: {error!r}\n")
        return 1
    say(f"good: {program}: {size / 1e6:.0f} MB, first answer after {seconds:.2f} s, ")
    say(f"load {os.getloadavg()[0]:.1f}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
