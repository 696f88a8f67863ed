"""What a recogniser writes when synthetic voices say the terms of software development.

    python -m benchmarks.term_hearings [--model base-q8_0] [--voices slt rms] [TERM=SAID ...]

For codex_voice/language/data/terms.toml: each of its terms, and each TERM that is given with how it
is said, is spoken in two sentences by voices of flite (apt install flite) and recognised with
OpenAI's weights. Printed are the hearings that the table does not have, for somebody to choose
from: one that is ordinary English belongs to no list of [always].
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
import tomllib
from collections import Counter, defaultdict
from importlib.resources import files
from pathlib import Path

from benchmarks.accuracy import load, model_path
from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.language.terms import write_terms

SENTENCES = ("Please look at {} again.", "We should use {} for this.")
_SLOT = [
    re.compile(r"please look at (.+?),? again\W*$", re.IGNORECASE),
    re.compile(r"we should use (.+?),? for this\W*$", re.IGNORECASE),
]


def main() -> None:
    """Speak, recognise and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", default="base-q8_0")
    parser.add_argument("--voices", nargs="+", default=["slt", "rms"])
    parser.add_argument("terms", nargs="*", metavar="TERM=SAID")
    options = parser.parse_args()
    table = tomllib.loads((files("codex_voice.language") / "data/terms.toml").read_text("utf-8"))
    said = {term: heard[0] for section in table.values() for term, heard in section.items()}
    said.update(dict(text.split("=", 1) for text in options.terms))
    recognizer = load("whisper.cpp", model_path(options.model), None)
    hearings: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "sound.wav"
        for term, spoken in said.items():
            for voice in options.voices:
                for sentence, slot in zip(SENTENCES, _SLOT, strict=True):
                    text = sentence.format(spoken)
                    speak = ["flite", "-voice", voice, "-t", text, "-o", sound]
                    subprocess.run(speak, check=True)
                    heard = recognizer.transcribe(read_wave(sound)).text
                    found = slot.search(heard)
                    hearings[term][found[1] if found else f"? {heard}"] += 1
    for term, counts in hearings.items():
        new = [
            f"{heard!r} x{count}"
            for heard, count in counts.most_common()
            if heard.lower() != term.lower() and not write_terms(heard, {term})
        ]
        if new:
            print(f"{term}: {', '.join(new)}", flush=True)


if __name__ == "__main__":
    main()
