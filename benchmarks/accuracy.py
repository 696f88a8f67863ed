"""How much of real speech is written right, command by command and word by word.

    python -m benchmarks.accuracy [--models base-q8_0 tiny.en-q8_0] [--variants now prompted]
                                  [--kinds human sentence command ...] [--folder DIR] [--details]

The speech lies in folders with a `manifest.tsv` (columns `file`, `expected`, `kind`, and `voice`
where it is known), the models are files named `ggml-NAME.bin`; by default both are those of the
folder `shared` beside this repository. To measure your own voice, record 16 kHz mono WAV files,
write a manifest of these kinds, and give its folder with --folder:

    human, sentence     dictation; `expected` is what is said: word error rate
    command             `expected` is the name of the command, such as "scroll up"
    notcommand          dictation that begins like a command
    wake, notwake       begins with "hey codex", or does not; `expected` is what follows it
    noise               nobody speaks

Variants: `floor256` fits the encoder's context as the product did until November 2026, `full`
gives it the whole window, `now` is the product, `prompted` the product that knows the commands.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.language.grammar import grammar_for
from codex_voice.language.phrases import spoken_phrases
from codex_voice.language.wake import WakePhrase
from codex_voice.speech import loops
from codex_voice.speech.engines.encoder_context import FULL_CONTEXT, fitted_context
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import NO_HINTS, Hints, Transcript

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
DICTATION = ("human", "sentence")
COMMANDS = ("command", "quiet", "snr10", "snr3", "whisper")
"""The kinds after the first are the same commands in noise, from the noise folder."""


@dataclass(frozen=True)
class Clip:
    """A recording and what is said in it."""

    path: Path
    expected: str
    kind: str
    voice: str

    @property
    def group(self) -> str:
        """Name of the row of the table that it is counted in."""
        return f"{self.kind} {self.voice}".strip()


@dataclass(frozen=True)
class Heard:
    """What became of a clip, and the CPU seconds that took."""

    clip: Clip
    transcript: Transcript
    cpu_seconds: float

    @property
    def command(self) -> str:
        """The command that the text is, or ""."""
        command = grammar_for("en").command(self.transcript.text)
        return command.value if command else ""


@dataclass(frozen=True)
class Variant:
    """A way to recognise: encoder positions for a clip's seconds, and hints."""

    context: Callable[[float], int] | None = None
    hints: Hints = NO_HINTS


def _command_hints() -> Hints:
    return Hints(commands=spoken_phrases("en"))


VARIANTS: dict[str, Callable[[], Variant]] = {
    "floor256": lambda: Variant(partial(fitted_context, smallest=256)),
    "full": lambda: Variant(lambda _seconds: FULL_CONTEXT),
    "now": Variant,
    "prompted": lambda: Variant(hints=_command_hints()),
}


def model_path(name: str) -> Path:
    """Return the file of a model: a path, or the name of one in the models' folder."""
    folder = Path(os.environ.get("CODEX_VOICE_TEST_MODELS", SHARED / "models"))
    path = Path(name)
    return path if path.is_file() else folder / f"ggml-{name}.bin"


def clips_in(folder: Path) -> list[Clip]:
    """Return the clips of a folder's manifest that have something to be compared with."""
    with (folder / "manifest.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [
        Clip(
            folder / row["file"],
            row["expected"],
            row.get("kind") or folder.name,
            row.get("voice") or "",
        )
        for row in rows
        if row["expected"] or (row.get("kind") or folder.name) != "human"
    ]


def shared_clips() -> list[Clip]:
    """Return the clips of the shared folder; those with noise have no manifest."""
    audio = SHARED / "audio"
    natural = clips_in(audio / "natural")
    clips = clips_in(audio / "human") + natural
    commands = {clip.path.name: clip for clip in natural if clip.kind == "command"}
    for path in sorted((audio / "noise").glob("*.wav")):
        kind, _, rest = path.name.partition("_")
        if kind in COMMANDS and rest in commands:
            clips.append(Clip(path, commands[rest].expected, kind, commands[rest].voice))
        elif kind not in COMMANDS:
            clips.append(Clip(path, "", "noise", ""))
    return clips


@cache
def normalizer() -> Callable[[str], str]:
    """Return Whisper's own normaliser of English, which its word error rates are stated with."""
    from whisper_normalizer.english import EnglishTextNormalizer

    normalize: Callable[[str], str] = EnglishTextNormalizer()
    return normalize


def hear(recognizer: WhisperRecognizer, clips: Iterable[Clip], hints: Hints) -> list[Heard]:
    """Recognise clips, and time each."""
    heard = []
    for clip in clips:
        pcm = read_wave(clip.path)
        started = time.process_time()
        transcript = recognizer.transcribe(pcm, hints=hints)
        heard.append(Heard(clip, transcript, time.process_time() - started))
    return heard


def word_errors(heard: list[Heard]) -> tuple[int, int]:
    """Return the words that are wrong, missing or too many, and the words that were said."""
    import jiwer

    normalize = normalizer()
    said = [normalize(one.clip.expected) for one in heard]
    measured = jiwer.process_words(said, [normalize(one.transcript.text) for one in heard])
    wrong = measured.substitutions + measured.deletions + measured.insertions
    return wrong, sum(len(text.split()) for text in said)


def is_loop(heard: Heard) -> bool:
    """Say whether the text repeats what was said once."""
    text = heard.transcript.text
    return len(text.split()) > 1.5 * len(heard.clip.expected.split()) and (
        loops.repeats(text) or loops.is_double(text)
    )


def report(group: str, heard: list[Heard]) -> str:
    """Return one row of the table: what was right, and what it cost."""
    kind = heard[0].clip.kind
    cost = f"{sum(one.cpu_seconds for one in heard) / len(heard):.2f} CPU s a clip"
    looping = f"{sum(map(is_loop, heard))} loops"
    taken = f"{sum(bool(one.command) for one in heard)} taken for commands"
    if kind in DICTATION:
        wrong, words = word_errors(heard)
        result = f"{100 * wrong / words:.1f} % WER ({wrong} of {words}), {looping}, {taken}"
    elif kind in COMMANDS:
        right = sum(one.command == one.clip.expected for one in heard)
        others = sum(bool(one.command) and one.command != one.clip.expected for one in heard)
        result = f"{right} of {len(heard)} right, {others} taken for others, {looping}"
    elif kind in ("wake", "notwake"):
        woken = sum(WakePhrase("hey codex").match(one.transcript.text) is not None for one in heard)
        result = f"{woken} of {len(heard)} woke"
    elif kind == "noise":
        written = sum(bool(one.transcript.text) for one in heard)
        result = f"{written} of {len(heard)} wrote something"
    else:
        result = f"{taken} of {len(heard)}"
    return f"  {group:20} {result}, {cost}"


def details(heard: list[Heard]) -> Iterable[str]:
    """Return a line for each clip that is not exactly right."""
    normalize = normalizer()
    for one in heard:
        text, expected = one.transcript.text, one.clip.expected
        right = one.command == expected if one.clip.kind in COMMANDS else False
        if not right and normalize(text) != normalize(expected):
            yield (
                f"    {one.clip.path.stem[:28]:28} {one.transcript.confidence:.2f} "
                f"{one.cpu_seconds:5.2f} s  {expected!r} -> {text!r}"
            )


def main() -> None:
    """Measure, and print a table for people."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", nargs="+", default=["base-q8_0", "tiny.en-q8_0"])
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=["now", "prompted"])
    parser.add_argument("--kinds", nargs="+")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--details", action="store_true")
    options = parser.parse_args()
    clips = clips_in(options.folder) if options.folder else shared_clips()
    groups: dict[str, list[Clip]] = defaultdict(list)
    for clip in clips:
        if not options.kinds or clip.kind in options.kinds:
            groups[clip.group].append(clip)
    for model in options.models:
        for name in options.variants:
            variant = VARIANTS[name]()
            recognizer = WhisperRecognizer(model_path(model), context=variant.context)
            print(f"{model}, {name}", flush=True)
            for group, members in groups.items():
                heard = hear(recognizer, members, variant.hints)
                print(report(group, heard), flush=True)
                if options.details:
                    print(*details(heard), sep="\n", flush=True)
            recognizer.close()


if __name__ == "__main__":
    main()
