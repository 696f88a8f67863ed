"""The text of an utterance while it grows: what is certain is committed and not heard again.

Whisper hears 7.7 s at the cost of one, so whatever fits into that is heard as a whole. Beyond it
the text up to an earlier pause is committed, and only the sound after that pause is heard.

A piece that ends in a pause gets a full stop, and the next one a capital, whether or not a
sentence ends there. So the committed words are taken from a later transcript, which heard on
across the pause, as far as its letters agree with those of the transcript that ended there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from codex_voice.audio.endpointing import PAUSE_MS
from codex_voice.pcm import BYTES_PER_SECOND, FRAME_BYTES, frames_in
from codex_voice.speech.recognizer import Transcript, Word

WINDOW_BYTES = int(7.7 * BYTES_PER_SECOND)
"""What is heard as a whole: 512 encoder positions of 20 ms, without the 128 that follow the
sound. Fewer make real models loop, so that less sound costs no less."""

WORTH_KEEPING_BYTES = 3 * BYTES_PER_SECOND
"""A pass over as much as this is let run when speech goes on: its text may be committed."""

# A pause is marked when it is so long; its middle is far from the words on both sides.
_SEAM_BYTES = frames_in(PAUSE_MS / 2) * FRAME_BYTES
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")
# Of the letters of a text, so many may be heard otherwise in a longer context.
_MOST_DIFFERENT = 0.25
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
        self._counts = {0: 0}
        """For each position from which on was heard how many words were committed."""
        self._language = ""
        self._next_word = ""
        """The first word after the committed ones, as a transcript across the seam has it."""
        self._heard: list[_HeardStretch] = []

    @property
    def committed(self) -> str:
        """The text that will not change any more."""
        return " ".join(word.text for word in self._committed)

    def fits(self, stop: int) -> bool:
        """Return whether all that is not committed up to a position can be heard as a whole."""
        return stop - self._start <= WINDOW_BYTES

    def stretch(self, stop: int) -> Stretch:
        """Return what is to be heard for the text up to a position; commits what is before it."""
        if not self.fits(stop):
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
            self._heard.append(_HeardStretch(stretch, words, pause))

    def whole(self, stretch: Stretch, transcript: Transcript) -> Transcript:
        """Return the transcript of the utterance from its beginning to a stretch's end."""
        before = self._committed[: self._counts[stretch.start]]
        if not before:
            return transcript
        after = _words(transcript)
        words = (*before, *self._continued(before, after, transcript.language))
        has_words = self._has_confidences and bool(transcript.words or not after)
        return replace(
            transcript,
            text=" ".join(word.text for word in words),
            confidence=min(self._confidence, transcript.confidence if after else 1.0),
            audio_seconds=stretch.stop / BYTES_PER_SECOND,
            words=words if has_words else (),
        )

    def _commit(self, stop: int) -> None:
        """Commit the text up to the pause that suits best: what follows it fits the window."""
        known = [heard for heard in self._heard if heard.pause and heard.seam > self._start]
        if not known:
            return
        fitting = [heard for heard in known if stop - heard.seam <= WINDOW_BYTES]
        choices = [self._committable(heard) for heard in fitting or known[-1:]]
        # Best where a sentence ends, for there the seam is right however it was heard; otherwise
        # where the most can be heard again.
        chosen = next((choice for choice in choices if choice.ends_sentence), choices[0])
        seam = chosen.heard.seam
        self._committed += self._continued(self._committed, chosen.words, self._language)
        self._next_word = chosen.next_word
        self._start = seam
        self._counts[seam] = len(self._committed)
        self._heard = [
            _HeardStretch(Stretch(seam, heard.stretch.stop), heard.words[split:], heard.pause)
            for heard in self._heard
            if heard.seam > seam
            and (split := split_point(chosen.heard.words, heard.words)) is not None
        ]

    def _committable(self, heard: _HeardStretch) -> _Choice:
        for across in reversed(self._heard):
            if across.stretch.stop > heard.stretch.stop:
                split = split_point(heard.words, across.words)
                if split is not None:
                    following = across.words[split].text if split < len(across.words) else ""
                    return _Choice(heard, across.words[:split], following)
        return _Choice(heard, heard.words, "")

    def _continued(
        self, before: Sequence[Word], after: Sequence[Word], language: str
    ) -> tuple[Word, ...]:
        """Return words as they follow others: only a new sentence begins with a capital."""
        if not before or not after or before[-1].text.endswith(_SENTENCE_ENDS):
            return tuple(after)
        first, *others = after
        same = bool(self._next_word) and _letters(self._next_word) == _letters(first.text)
        if same:
            lower = self._next_word[:1].islower()
        else:
            # Other languages write more than names with a capital.
            lower = language == "en" and _only_begins_with_capital(first.text)
        if lower:
            first = replace(first, text=first.text[:1].lower() + first.text[1:])
        return (first, *others)


@dataclass(frozen=True)
class _Choice:
    """A pause at which text can be committed, the words up to it, and the one after it."""

    heard: _HeardStretch
    words: tuple[Word, ...]
    next_word: str

    @property
    def ends_sentence(self) -> bool:
        return bool(self.next_word and self.words) and self.words[-1].text.endswith(_SENTENCE_ENDS)


def split_point(known: Sequence[Word], longer: Sequence[Word]) -> int | None:
    """Return how many words of a longer transcript say what a shorter one says.

    Compares letters, for a longer context joins and parts words ("end point", "endpoint").

    Returns:
        The number of words, or None where too many letters differ to tell.
    """
    target = "".join(_letters(word.text) for word in known)
    if not target:
        return 0
    # The distances (Levenshtein) of what was read so far to all beginnings of the target.
    row = list(range(len(target) + 1))
    best, best_distance = None, _MOST_DIFFERENT * len(target)
    read = 0
    for count, word in enumerate(longer, 1):
        for letter in _letters(word.text):
            read += 1
            above, row[0] = row[0], read
            for position, expected in enumerate(target, 1):
                diagonal, above = above, row[position]
                row[position] = min(
                    above + 1, row[position - 1] + 1, diagonal + (letter != expected)
                )
        if row[-1] < best_distance or (best is None and row[-1] <= best_distance):
            best, best_distance = count, row[-1]
    return best


def _words(transcript: Transcript) -> tuple[Word, ...]:
    """Return the words of a transcript, with its own confidence where theirs is not known."""
    texts = transcript.text.split()
    if [word.text for word in transcript.words] == texts:
        return transcript.words
    return tuple(Word(text, transcript.confidence) for text in texts)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _only_begins_with_capital(word: str) -> bool:
    letters = word.rstrip(".,!?;:…")
    return letters.istitle() and len(letters) > 1 and letters.casefold() not in _ALWAYS_CAPITAL
