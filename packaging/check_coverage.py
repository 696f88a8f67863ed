"""Holds that each package is tested, by the JSON report of coverage.py.

    python packaging/check_coverage.py build/coverage.json

The floors are what the fast lane (`make check`) runs through, less three: what needs a microphone,
Codex, a real model or a terminal in real time is tested beside it, most of `serve` and `practice`
among it. Whoever adds tests raises them; a package without a floor is an error.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path, PurePath

FLOORS = {
    "": 90,
    "agent": 71,
    "audio": 83,
    "cli": 61,
    "config": 97,
    "dictation": 84,
    "language": 93,
    "practice": 28,
    "recordings": 90,
    "serve": 20,
    "session": 56,
    "setup": 79,
    "speech": 67,
    "terminal": 87,
    "ui": 57,
}
"""Package -> the least percentage of its statements; "" are the modules in none."""


def percentages(report: Path) -> dict[str, float]:
    """Return how much of each package of codex_voice was run, in percent."""
    statements: dict[str, int] = defaultdict(int)
    covered: dict[str, int] = defaultdict(int)
    for name, file in json.loads(report.read_text(encoding="utf-8"))["files"].items():
        inside = PurePath(name).parts
        inside = inside[inside.index("codex_voice") + 1 :]
        package = inside[0] if len(inside) > 1 else ""
        statements[package] += file["summary"]["num_statements"]
        covered[package] += file["summary"]["covered_lines"]
    return {name: 100 * covered[name] / count for name, count in statements.items() if count}


def main() -> None:
    """Write the figures; end with status 1 where one is below its floor."""
    found = percentages(Path(sys.argv[1]))
    low = [name for name, value in found.items() if value < FLOORS.get(name, 101)]
    for name, value in sorted(found.items()):
        floor = FLOORS.get(name)
        sys.stdout.write(f"{name or '(modules)':12} {value:5.1f} %   floor {floor or 'missing'}\n")
    if low:
        sys.exit("too little is tested in: " + ", ".join(name or "(modules)" for name in low))


if __name__ == "__main__":
    main()
