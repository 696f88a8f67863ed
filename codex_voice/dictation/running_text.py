"""The text of an utterance while it grows: what is certain is committed and not heard again.

Whisper hears 7.7 s at the cost of one, and 9 s at little more, so whatever fits into that is heard
as a whole. Beyond it the text up to an earlier pause is committed, and only the sound after that
pause is heard.

A piece that ends in a pause gets a full stop, and the next one a capital, whether or not a
sentence ends there; and the words at both ends of a piece are guessed at without their
neighbours. So a seam is made where the pause was heard across, and the words at both of its sides
are taken from the transcript that heard what is around them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from codex_voice.audio.endpointing import PAUSE_MS
from codex_voice.dictation.word_alignment import letters_of, spliced, split_point, surer
from codex_voice.pcm import BYTES_PER_SECOND, FRAME_BYTES, frames_in
from codex_voice.speech.recognizer import Transcript, Word

WINDOW_BYTES = 9 * BYTES_PER_SECOND
"""What is heard as a whole: 578 encoder positions of 20 ms with the 128 that follow the sound. Real
models loop with fewer than 512, so that one second costs seven eighths of this. With 7.7 s, which
512 positions hold, two short sentences seldom fit, and each alone is understood worse
(docs/speech.md)."""

LONGEST_BYTES = 11 * BYTES_PER_SECOND
"""What is heard as a whole where no good seam is known."""

WORTH_KEEPING_BYTES = BYTES_PER_SECOND
"""A pass over as much as this is let run when speech goes on: its text may be committed, and the
encoder, which is most of its cost, cannot be stopped in any case."""

# A pause is marked when it is so long; its middle is far from the words on both sides.
_SEAM_BYTES = frames_in(PAUSE_MS / 2) * FRAME_BYTES
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")
# A seam was heard across where the words after it are no guess: so much sound follows it.
_HEARD_ACROSS_BYTES = int(0.8 * BYTES_PER_SECOND)
# Words at the end of a stretch that ends in the middle of speech, which may be guesses.
_UNCERTAIN_WORDS = 2
_ALWAYS_CAPITAL = ("i", "i'm", "i'll", "i've", "i'd")


@dataclass(frozen=True)
class Stretch:
    """A part of an utterance's sound that is heard in one pass, as positions in bytes."""

    start: int
    stop: int


@dataclass(frozen=True)
class _HeardStretch:
    """The words of a stretch; `pause` says that the stretch ends in one."""

    stretch: Stretch
    words: tuple[Word, ...]
    pause: bool

    @property
    def seam(self) -> int:
        return self.stretch.stop - _SEAM_BYTES


class RunningText:
    """Decides what of an utterance is heard again, and puts its text together.

    Positions are bytes of the utterance's sound (int16 mono 16 kHz), counted from its beginning.
    """

    def __init__(self) -> None:
        self._committed: list[Word] = []
        self._confidence = 1.0
        self._has_confidences = True
        self._start = 0
        self._seams = {0: _Seam(0, ())}
        """Where each position lies in the text from which on was heard."""
        self._language = ""
        self._heard: list[_HeardStretch] = []

    @property
    def committed(self) -> str:
        """The text that will not change any more."""
        return " ".join(word.text for word in self._committed)

    def fits(self, stop: int) -> bool:
        """Return whether all up to a position can be heard as a whole, but for what is certain."""
        if stop - self._start <= LONGEST_BYTES:
            return True
        choice = self._best_choice(stop)
        return (
            choice is not None
            and (choice.heard_across or choice.ends_sentence)
            and stop - choice.heard.seam <= LONGEST_BYTES
        )

    def worth_keeping(self, stretch: Stretch) -> bool:
        """Return whether the text of a stretch may be committed, should speech go on."""
        return stretch.stop - stretch.start >= WORTH_KEEPING_BYTES

    def stretch(self, stop: int) -> Stretch:
        """Return what is to be heard for the text up to a position; commits what is before it."""
        if stop - self._start > WINDOW_BYTES:
            self._commit(stop)
        return Stretch(self._start, stop)

    def note(self, stretch: Stretch, transcript: Transcript, *, pause: bool) -> None:
        """Remember what was heard in a stretch.

        Args:
            stretch: As `stretch` returned it.
            transcript: Its text.
            pause: Whether it ends in a pause, in which the text can be committed.
        """
        if stretch.start == self._start:
            words = _words(transcript)
            self._has_confidences = self._has_confidences and bool(transcript.words or not words)
            self._language = transcript.language
            if words:
                self._confidence = min(self._confidence, transcript.confidence)
            words = spliced(self._seams[stretch.start].following, words)
            self._heard.append(_HeardStretch(stretch, words, pause))

    def whole(self, stretch: Stretch, transcript: Transcript) -> Transcript:
        """Return the transcript of the utterance from its beginning to a stretch's end."""
        seam = self._seams[stretch.start]
        before = self._committed[: seam.count]
        if not before:
            return transcript
        heard = _words(transcript)
        after = spliced(seam.following, heard)
        words = (*before, *_continued(before, after, seam.following, transcript.language))
        has_words = self._has_confidences and bool(transcript.words or not heard)
        return replace(
            transcript,
            text=" ".join(word.text for word in words),
            confidence=min(self._confidence, transcript.confidence if heard else 1.0),
            audio_seconds=stretch.stop / BYTES_PER_SECOND,
            words=words if has_words else (),
        )

    def _commit(self, stop: int) -> None:
        """Commit the text up to the best pause, unless it is better to hear more first."""
        choice = self._best_choice(stop)
        if choice is None:
            return
        seam = choice.heard.seam
        following = self._seams[self._start].following
        self._committed += _continued(self._committed, choice.words, following, self._language)
        self._start = seam
        self._seams[seam] = _Seam(len(self._committed), choice.following)
        self._heard = [
            _HeardStretch(Stretch(seam, heard.stretch.stop), heard.words[split:], heard.pause)
            for heard in self._heard
            if heard.seam > seam
            and (split := split_point(choice.heard.words, heard.words)) is not None
        ]

    def _best_choice(self, stop: int) -> _Choice | None:
        """Return the pause to commit the text at, or None to hear everything once more.

        Best is a pause where a sentence ends, for there the seam is right however it was heard,
        then one that was heard across; of those, what leaves the most to be heard again. A pause
        after which nothing was heard yet is the last resort: its words were guessed at without
        what follows them, and what follows without them.
        """
        choices = [
            self._choice(heard) for heard in self._heard if heard.pause and heard.seam > self._start
        ]
        within = [choice for choice in choices if stop - choice.heard.seam <= WINDOW_BYTES]
        for choice in within:
            if choice.ends_sentence:
                return choice
        across = [choice for choice in choices if choice.heard_across]
        for choice in across:
            if stop - choice.heard.seam <= WINDOW_BYTES:
                return choice
        if stop - self._start <= LONGEST_BYTES:
            return None
        for choice in across:
            if stop - choice.heard.seam <= LONGEST_BYTES:
                return choice
        return next(iter(within or choices[-1:]), None)

    def _choice(self, heard: _HeardStretch) -> _Choice:
        later = [one for one in self._heard if one.stretch.stop > heard.stretch.stop]
        # What ends in a pause before what ends in the middle of a word, then what heard the most.
        for across in sorted(later, key=lambda one: (one.pause, one.stretch.stop), reverse=True):
            split = split_point(heard.words, across.words)
            if split is not None:
                certain = None if across.pause else -_UNCERTAIN_WORDS
                return _Choice(
                    heard,
                    surer(across.words[:split], heard.words),
                    across.words[split:certain],
                    across.words[split:],
                    across.stretch.stop - heard.seam >= _HEARD_ACROSS_BYTES,
                )
        return _Choice(heard, heard.words, (), (), heard_across=False)


@dataclass(frozen=True)
class _Seam:
    """Where the text goes on at a position of the sound.

    Args:
        count: How many words are before it.
        following: The first words after it, as they were heard together with those before it.
    """

    count: int
    following: tuple[Word, ...]


@dataclass(frozen=True)
class _Choice:
    """A pause at which text can be committed.

    Args:
        heard: What ends in it.
        words: The words up to it.
        following: Those after it that are certain.
        guessed: Those after it, certain or not.
        heard_across: Whether the pause was heard with what follows it.
    """

    heard: _HeardStretch
    words: tuple[Word, ...]
    following: tuple[Word, ...]
    guessed: tuple[Word, ...]
    heard_across: bool

    @property
    def ends_sentence(self) -> bool:
        return bool(self.guessed and self.words) and self.words[-1].text.endswith(_SENTENCE_ENDS)


def _continued(
    before: Sequence[Word], after: Sequence[Word], following: Sequence[Word], language: str
) -> tuple[Word, ...]:
    """Return words as they follow others: a new sentence, and nothing else, begins with a capital.

    Args:
        before: The words before.
        after: The words to be continued with.
        following: Those that were heard after them across the seam.
        language: What is spoken.
    """
    if not before or not after:
        return tuple(after)
    first, *others = after
    initial = first.text[:1]
    heard_across = bool(following) and letters_of(following[0].text) == letters_of(first.text)
    if before[-1].text.endswith(_SENTENCE_ENDS):
        if heard_across:
            initial = initial.upper()
    elif heard_across:
        initial = following[0].text[:1]
    elif language == "en" and _only_begins_with_capital(first.text):
        # Other languages write more than names with a capital.
        initial = initial.lower()
    return (replace(first, text=initial + first.text[1:]), *others)


def _words(transcript: Transcript) -> tuple[Word, ...]:
    """Return the words of a transcript, with its own confidence where theirs is not known."""
    texts = transcript.text.split()
    if [word.text for word in transcript.words] == texts:
        return transcript.words
    return tuple(Word(text, transcript.confidence) for text in texts)


def _only_begins_with_capital(word: str) -> bool:
    letters = word.rstrip(".,!?;:…")
    return letters.istitle() and len(letters) > 1 and letters.casefold() not in _ALWAYS_CAPITAL
