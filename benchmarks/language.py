"""How long the language layer takes, and how many ordinary sentences it changes.

    python -m benchmarks.language [--project DIR]

Times are medians; the reading of the project is compared with
`git grep`, which reads the same files, by turns in the same run.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from codex_voice.language.grammar import Grammar
from codex_voice.language.pipeline import Interpreter
from codex_voice.language.project.repository import read_names
from codex_voice.language.project.vocabulary import build
from codex_voice.language.steps import writing_steps

REPOSITORY = Path(__file__).resolve().parents[1]
SENTENCES = REPOSITORY.parent / "shared" / "language" / "shown" / "commands_negative.tsv"
ROUNDS = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--project", type=Path, default=REPOSITORY)
    root: Path = parser.parse_args().project
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        sentences = [row["text"] for row in reader]
    reading, grepping, building = [], [], []
    for _ in range(ROUNDS):
        reading.append(_seconds(lambda: read_names(root)))
        grepping.append(_seconds(lambda: _grep(root)))
        names = read_names(root)
        building.append(_seconds(lambda names=names: build(names)))  # type: ignore[misc]
    vocabulary = build(names)
    compounds = {name for found in vocabulary.exact.values() for name in found}
    interpreter = Interpreter(Grammar(), steps=writing_steps("en", vocabulary))
    grammar = Interpreter(Grammar())
    layer = [_seconds(lambda text=text: interpreter.interpret(text)) for text in sentences * 2]  # type: ignore[misc]
    alone = [_seconds(lambda text=text: grammar.interpret(text)) for text in sentences * 2]  # type: ignore[misc]
    changed = sum(interpreter.interpret(text).text != text for text in sentences)
    read, built = statistics.median(reading), statistics.median(building)
    ratio = read / statistics.median(grepping)
    print(f"{len(compounds)} names of several parts, {len(names.files)} files")
    print(f"reading {read:.2f} s (git grep x{ratio:.1f}), index {built:.2f} s")
    half = len(sentences)
    warm, slowest = statistics.median(layer[half:]), max(layer[half:])
    print(f"a sentence {warm * 1000:.2f} ms, at most {slowest * 1000:.1f} ms")
    print(f"commands alone {statistics.median(alone[half:]) * 1000:.2f} ms")
    print(f"{changed} of {len(sentences)} ordinary sentences changed")


def _grep(root: Path) -> None:
    command = ["git", "-C", str(root), "grep", "-ohE", "[A-Za-z_][A-Za-z0-9_]{2,60}"]
    subprocess.run(command, capture_output=True, check=False)


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
