"""How much of real speech is written right, command by command and word by word.

    python -m benchmarks.accuracy [--models base-q8_0 tiny.en-q8_0] [--variants now prompted]
                                  [--engines whisper.cpp ctranslate2] [--project DIR]
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
gives it the whole window, `now` is the recogniser alone, `prompted` one that knows the commands,
and `app` the application: its hints, and dictation written as its language layer writes it, in the
project of --project. Of dictation in a project it is counted, too, how many of the project's names
that were said are written as they are in the code.
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
from itertools import product
from pathlib import Path

from codex_voice.audio.sources.wav_file import read_wave
from codex_voice.dictation.hints import HintedRecognizer, HintSource, ProjectHints
from codex_voice.language.grammar import Grammar, grammar_for
from codex_voice.language.phrases import spoken_phrases
from codex_voice.language.pipeline import Interpreter
from codex_voice.language.project.background import ProjectNames
from codex_voice.language.project.names import split
from codex_voice.language.steps import writing_steps
from codex_voice.language.wake import WakePhrase
from codex_voice.speech import loops
from codex_voice.speech.engines.encoder_context import FULL_CONTEXT, fitted_context
from codex_voice.speech.engines.local_recognizer import LocalRecognizer
from codex_voice.speech.engines.whisper import WhisperRecognizer
from codex_voice.speech.recognizer import NO_HINTS, Hints, Recognizer, Transcript

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
DICTATION = ("human", "sentence")
COMMANDS = ("command", "quiet", "snr10", "snr3", "whisper")
"""The kinds after the first are the same commands in noise, from the noise folder."""


@dataclass(frozen=True)
class RatedClip:
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
class HeardClip:
    """What became of a clip, what is written of it as dictation, and the CPU seconds that took."""

    clip: RatedClip
    transcript: Transcript
    written: str
    cpu_seconds: float

    @property
    def command(self) -> str:
        """The command that the text is, or ""."""
        command = grammar_for("en").command(self.transcript.text)
        return command.value if command else ""


@dataclass(frozen=True)
class Variant:
    """A way to recognise and write.

    Args:
        context: Encoder positions for a clip's seconds; None takes the product's.
        hints: What the recogniser is told.
        likely: What knows what is likely to be said, as in the application.
        interpreter: Writes dictation; None leaves it as it was heard.
    """

    context: Callable[[float], int] | None = None
    hints: Hints = NO_HINTS
    likely: HintSource | None = None
    interpreter: Interpreter | None = None

    def write(self, transcript: Transcript) -> str:
        """Return what is written of dictation."""
        if self.interpreter is None:
            return transcript.text
        words = [(word.text, word.confidence) for word in transcript.words]
        return self.interpreter.interpret(transcript.text, transcript.confidence, words=words).text


def _app(names: ProjectNames) -> Variant:
    steps = writing_steps("en", names.vocabulary)
    return Variant(
        likely=ProjectHints("en", names), interpreter=Interpreter(Grammar(), steps=steps)
    )


VARIANTS: dict[str, Callable[[ProjectNames], Variant]] = {
    "floor256": lambda _: Variant(partial(fitted_context, smallest=256)),
    "full": lambda _: Variant(lambda _seconds: FULL_CONTEXT),
    "now": lambda _: Variant(),
    "prompted": lambda _: Variant(hints=Hints(commands=spoken_phrases("en"))),
    "app": _app,
}
ENGINES = ("whisper.cpp", "ctranslate2")


def load(engine: str, path: Path, context: Callable[[float], int] | None) -> LocalRecognizer:
    """Load a model into an engine.

    Raises:
        SpeechError: It cannot be used.
    """
    if engine == "whisper.cpp":
        return WhisperRecognizer(path, context=context)
    from codex_voice.speech.engines.ct2 import CTranslate2Recognizer

    return CTranslate2Recognizer(path, context=context)


def names_of(project: Path | None) -> ProjectNames:
    """Return the names of a project; none where there is no project."""
    names = ProjectNames(project or Path())
    if project is not None:
        names.refresh()
        names.wait(60)
    return names


def model_path(name: str) -> Path:
    """Return the file of a model: a path, or the name of one in the models' folder."""
    folder = Path(os.environ.get("CODEX_VOICE_TEST_MODELS", SHARED / "models"))
    path = Path(name)
    return path if path.is_file() else folder / f"ggml-{name}.bin"


def clips_in(folder: Path) -> list[RatedClip]:
    """Return the clips of a folder's manifest that have something to be compared with."""
    with (folder / "manifest.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return [
        RatedClip(
            folder / row["file"],
            row["expected"],
            row.get("kind") or folder.name,
            row.get("voice") or "",
        )
        for row in rows
        if row["expected"] or (row.get("kind") or folder.name) != "human"
    ]


def shared_clips() -> list[RatedClip]:
    """Return the clips of the shared folder; those with noise have no manifest."""
    audio = SHARED / "audio"
    natural = clips_in(audio / "natural")
    clips = clips_in(audio / "human") + natural
    commands = {clip.path.name: clip for clip in natural if clip.kind == "command"}
    for path in sorted((audio / "noise").glob("*.wav")):
        kind, _, rest = path.name.partition("_")
        if kind in COMMANDS and rest in commands:
            clips.append(RatedClip(path, commands[rest].expected, kind, commands[rest].voice))
        elif kind not in COMMANDS:
            clips.append(RatedClip(path, "", "noise", ""))
    return clips


@cache
def normalizer() -> Callable[[str], str]:
    """Return Whisper's own normaliser of English, which its word error rates are stated with."""
    from whisper_normalizer.english import EnglishTextNormalizer

    normalize: Callable[[str], str] = EnglishTextNormalizer()
    return normalize


def hear(
    recognizer: LocalRecognizer, clips: Iterable[RatedClip], variant: Variant
) -> list[HeardClip]:
    """Recognise clips, and time each."""
    heard = []
    hinted: Recognizer = recognizer
    if variant.likely is not None:
        hinted = HintedRecognizer(recognizer, variant.likely)
    for clip in clips:
        pcm = read_wave(clip.path)
        started = time.process_time()
        transcript = hinted.transcribe(pcm, hints=variant.hints)
        seconds = time.process_time() - started
        heard.append(HeardClip(clip, transcript, variant.write(transcript), seconds))
    return heard


def word_errors(heard: list[HeardClip]) -> tuple[int, int]:
    """Return the words that are wrong, missing or too many, and the words that were said."""
    import jiwer

    normalize = normalizer()
    said = [normalize(one.clip.expected) for one in heard]
    measured = jiwer.process_words(said, [normalize(one.written) for one in heard])
    wrong = measured.substitutions + measured.deletions + measured.insertions
    return wrong, sum(len(text.split()) for text in said)


def names_written(heard: list[HeardClip], known: Iterable[str]) -> tuple[int, int]:
    """Return how many names that were said are written as in the code, and how many were said.

    Args:
        heard: Dictation.
        known: The project's names.
    """
    spoken = {name: f" {' '.join(split(name)).lower()} " for name in known}
    said = [
        (name, one.written)
        for one in heard
        for name, words in spoken.items()
        if len(words.split()) > 1 and words in f" {one.clip.expected.replace('.', '')} "
    ]
    return sum(name in text for name, text in said), len(said)


def is_loop(heard: HeardClip) -> bool:
    """Return whether the text repeats what was said once."""
    text = heard.transcript.text
    return len(text.split()) > 1.5 * len(heard.clip.expected.split()) and (
        loops.repeats(text) or loops.is_double(text)
    )


def report(group: str, heard: list[HeardClip], known: Iterable[str] = ()) -> str:
    """Return one row of the table: what was right, and what it cost."""
    kind = heard[0].clip.kind
    cost = f"{sum(one.cpu_seconds for one in heard) / len(heard):.2f} CPU s a clip"
    looping = f"{sum(map(is_loop, heard))} loops"
    taken = f"{sum(bool(one.command) for one in heard)} taken for commands"
    if kind in DICTATION:
        wrong, words = word_errors(heard)
        result = f"{100 * wrong / words:.1f} % WER ({wrong} of {words}), {looping}, {taken}"
        if known:
            right, said = names_written(heard, known)
            result += f", {right} of {said} names"
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


def details(heard: list[HeardClip]) -> Iterable[str]:
    """Return a line for each clip that is not exactly right."""
    normalize = normalizer()
    for one in heard:
        text, expected = one.written, one.clip.expected
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
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=["whisper.cpp"])
    parser.add_argument("--project", type=Path, help="where the names that may be said are")
    parser.add_argument("--kinds", nargs="+")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--details", action="store_true")
    options = parser.parse_args()
    clips = clips_in(options.folder) if options.folder else shared_clips()
    groups: dict[str, list[RatedClip]] = defaultdict(list)
    for clip in clips:
        if not options.kinds or clip.kind in options.kinds:
            groups[clip.group].append(clip)
    names = names_of(options.project)
    known = names.vocabulary.known
    for model, engine, name in product(options.models, options.engines, options.variants):
        variant = VARIANTS[name](names)
        recognizer = load(engine, model_path(model), variant.context)
        print(f"{model}, {engine}, {name}", flush=True)
        for group, members in groups.items():
            heard = hear(recognizer, members, variant)
            print(report(group, heard, known), flush=True)
            if options.details:
                print(*details(heard), sep="\n", flush=True)
        recognizer.close()


if __name__ == "__main__":
    main()
