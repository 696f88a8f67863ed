"""How long the language layer takes, and how many ordinary sentences it changes.

    python -m benchmarks.language [--project DIR]

Reading the project is compared with `git grep`, which reads the same files, by turns in the same
run; times are medians. A sentence is measured in CPU time, the best of five.
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
SHOWN = REPOSITORY.parent / "shared" / "language" / "shown"
ROUNDS = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--project", type=Path, default=REPOSITORY)
    root: Path = parser.parse_args().project
    ordinary = _column("commands_negative", "text")
    sentences = [*ordinary, *_column("dictation", "whisper"), *_column("dictation_heard", "heard")]
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
    layer = sorted(_cpu_seconds(interpreter, text) for text in sentences)
    alone = [_cpu_seconds(grammar, text) for text in sentences]
    changed = sum(interpreter.interpret(text).text != text for text in ordinary)
    read, built = statistics.median(reading), statistics.median(building)
    ratio = read / statistics.median(grepping)
    print(f"{len(compounds)} names of several parts, {len(names.files)} files")
    print(f"reading {read:.2f} s (git grep x{ratio:.1f}), index {built:.2f} s")
    median, slowest = statistics.median(layer), layer[-1]
    print(f"a sentence {median * 1000:.2f} ms, at most {slowest * 1000:.1f} ms")
    print(f"commands alone {statistics.median(alone) * 1000:.2f} ms")
    print(f"{changed} of {len(ordinary)} ordinary sentences changed")


def _column(name: str, column: str) -> list[str]:
    with (SHOWN / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def _grep(root: Path) -> None:
    command = ["git", "-C", str(root), "grep", "-ohE", "[A-Za-z_][A-Za-z0-9_]{2,60}"]
    subprocess.run(command, capture_output=True, check=False)


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _cpu_seconds(interpreter: Interpreter, text: str) -> float:
    """Return the CPU time of a text that was interpreted before."""
    best = float("inf")
    interpreter.interpret(text)
    for _ in range(ROUNDS):
        start = time.process_time()
        interpreter.interpret(text)
        best = min(best, time.process_time() - start)
    return best


if __name__ == "__main__":
    main()
