"""What of a long utterance is committed, and that its seams read as if it was heard at once."""

from __future__ import annotations

import pytest

from codex_voice.dictation.running_text import RunningText, Stretch
from codex_voice.pcm import BYTES_PER_SECOND
from codex_voice.speech.recognizer import Transcript, Word


def at(seconds: float) -> int:
    """Return a position in the sound."""
    return int(seconds * BYTES_PER_SECOND) // 2 * 2


def transcript(text: str, confidence: float = 0.9, language: str = "en") -> Transcript:
    """Return what a recogniser answers."""
    words = tuple(Word(word, confidence) for word in text.split())
    return Transcript(text, confidence, language, 1.0, 0.5, "test", words)


class GrowingTalk:
    """An utterance that is heard from pause to pause."""

    def __init__(self) -> None:
        self.running = RunningText()

    def pauses(self, seconds: float, text: str, *, pause: bool = True) -> str:
        """Hear a text up to a pause, or in the middle of speech; return all of it so far."""
        stretch = self.running.stretch(at(seconds))
        answer = transcript(text)
        whole = self.running.whole(stretch, answer)
        self.running.note(stretch, answer, pause=pause)
        return whole.text


def test_what_fits_is_heard_as_a_whole() -> None:
    """Nothing is committed, and the transcript is the recogniser's own."""
    talk = GrowingTalk()
    for seconds, text in ((2.0, "I want to."), (4.0, "I want to go home."), (8.5, "I want to go.")):
        assert talk.running.stretch(at(seconds)) == Stretch(0, at(seconds))
        assert talk.pauses(seconds, text) == text
    assert talk.running.committed == ""


def test_what_does_not_fit_is_committed_as_it_was_heard_across_the_pause() -> None:
    """Without the full stop of the piece that ended there, and the capital of the next one."""
    talk = GrowingTalk()
    talk.pauses(4.0, "I want to.")
    talk.pauses(7.0, "I want to go home and sleep.")
    assert talk.pauses(10.0, "Go home and sleep. Then") == "I want to go home and sleep. Then"
    assert talk.running.committed == "I want to"


def test_a_partial_text_shows_how_a_pause_is_crossed_too() -> None:
    """It was heard before any other pause came."""
    talk = GrowingTalk()
    talk.pauses(5.0, "Open the file.")
    talk.pauses(7.0, "Open the file that London wrote last", pause=False)
    assert talk.pauses(10.0, "That London wrote.") == "Open the file that London wrote."


def test_what_ends_in_a_pause_goes_before_what_ends_within_a_word() -> None:
    """Though that one heard a little more."""
    talk = GrowingTalk()
    talk.pauses(3.0, "Some of its.")
    talk.pauses(7.0, "Some of its noises insisted on its being received.")
    talk.pauses(7.2, "Some of its noises insisted on it being received", pause=False)
    assert talk.pauses(11.5, "Noises insisted on its being so.").startswith(
        "Some of its noises insisted on its being"
    )


def test_a_sentence_that_ends_is_the_best_seam() -> None:
    """Though another pause would leave more to be heard again."""
    talk = GrowingTalk()
    talk.pauses(3.0, "Please.")
    talk.pauses(4.5, "Please run the tests.")
    talk.pauses(7.0, "Please run the tests. Fix what.")
    assert talk.pauses(10.0, "Fix what fails.") == "Please run the tests. Fix what fails."
    assert talk.running.committed == "Please run the tests."


def test_before_a_pause_is_a_seam_it_is_heard_across() -> None:
    """Words without what follows them are guesses: "ask not" was "asked not"."""
    talk = GrowingTalk()
    talk.pauses(4.8, "And so my fellow Americans asked not.")
    assert talk.running.stretch(at(10.0)) == Stretch(0, at(10.0))
    talk.pauses(10.0, "And so my fellow Americans ask not what your country can do for you.")
    assert talk.pauses(12.0, "What your country can do for you, ask.") == (
        "And so my fellow Americans ask not what your country can do for you, ask."
    )
    assert talk.running.committed == "And so my fellow Americans ask not"


def test_a_seam_that_was_heard_across_is_worth_a_longer_stretch() -> None:
    """Rather than one at a pause that nothing was heard after."""
    talk = GrowingTalk()
    talk.pauses(2.7, "The period was.")
    talk.pauses(7.0, "The period was so noisy that they insisted on it.")
    assert talk.running.stretch(at(12.1)).start == pytest.approx(at(2.7), abs=at(0.2))


def test_whether_the_rest_can_be_heard_at_once() -> None:
    """It can where a good seam is known, and otherwise the pass that makes one is waited for."""
    talk = GrowingTalk()
    talk.pauses(4.0, "Open the file.")
    assert talk.running.fits(at(10.0))
    assert not talk.running.fits(at(12.0))
    talk.pauses(8.0, "Open the file that London wrote.")
    assert talk.running.fits(at(12.0))
    assert not talk.running.fits(at(20.0))


def test_both_sides_of_a_seam_are_heard_with_their_neighbours() -> None:
    """Its beginning by who heard what is before it, and its end by who heard on."""
    talk = GrowingTalk()
    talk.pauses(4.0, "He insisted.")
    talk.pauses(8.5, "He insisted for good or for evil on the health chat.")
    assert talk.pauses(11.0, "For good author evil on the health check and more.") == (
        "He insisted for good or for evil on the health check and more."
    )


def test_of_two_hearings_the_surer_words_count() -> None:
    """With the punctuation of the one that heard on."""
    running = RunningText()
    for seconds, text, sure in (
        (4.0, "Create the branch called dark mode.", {"dark": 0.5}),
        (7.0, "Create the branch called Style mode, please. Thank", {"Style": 0.2}),
    ):
        heard = tuple(Word(word, sure.get(word, 0.9)) for word in text.split())
        answer = Transcript(text, 0.9, "en", seconds, 0.5, "test", heard)
        running.note(running.stretch(at(seconds)), answer, pause=True)
    stretch = running.stretch(at(11.5))
    assert running.committed == "Create the branch called dark mode,"
    assert running.whole(stretch, transcript("Please. Thank you.")).text == (
        "Create the branch called dark mode, please. Thank you."
    )


def test_words_after_a_seam_that_were_heard_otherwise_count() -> None:
    """What heard the seam may have written a loop."""
    talk = GrowingTalk()
    talk.pauses(4.0, "Open it.")
    talk.pauses(8.5, "Open it. Move the helper. Move the helper. Move the helper.")
    assert talk.pauses(11.0, "Move the helper. Sort the results.") == (
        "Open it. Move the helper. Sort the results."
    )


def test_names_keep_their_capitals() -> None:
    """A word that was heard with one across the pause has one; so has "I"."""
    talk = GrowingTalk()
    talk.pauses(5.0, "Ask")
    talk.pauses(7.0, "Ask Anna about it.")
    assert talk.pauses(10.0, "Anna about it.") == "Ask Anna about it."
    other = GrowingTalk()
    other.pauses(5.0, "What am")
    assert other.pauses(11.5, "I to do?") == "What am I to do?"


@pytest.mark.parametrize(
    ("language", "text"), [("en", "The house is red."), ("de", "The House is red.")]
)
def test_a_word_that_nothing_is_known_of(language: str, text: str) -> None:
    """In English it goes on in lower case; other languages write nouns with a capital."""
    running = RunningText()
    first = transcript("The", language=language)
    running.note(running.stretch(at(5.0)), first, pause=True)
    stretch = running.stretch(at(11.5))
    assert running.whole(stretch, transcript("House is red.", language=language)).text == text


def test_an_acronym_stays_one() -> None:
    """Only a capital that begins a word is the piece's."""
    talk = GrowingTalk()
    talk.pauses(5.0, "Send it over")
    assert talk.pauses(11.5, "HTTP please.") == "Send it over HTTP please."


def test_without_any_pause_all_is_heard_again() -> None:
    """There is no place for a seam."""
    talk = GrowingTalk()
    talk.pauses(5.0, "One two", pause=False)
    assert talk.running.stretch(at(20.0)) == Stretch(0, at(20.0))


def test_an_answer_that_was_asked_for_before_a_commitment_counts() -> None:
    """It begins where it began, and nothing of it is doubled."""
    talk = GrowingTalk()
    talk.pauses(3.0, "First part")
    asked = talk.running.stretch(at(7.0))
    talk.pauses(7.5, "First part second part", pause=False)
    later = talk.running.stretch(at(11.5))
    assert later.start > asked.start
    early = transcript("First part second part")
    assert talk.running.whole(asked, early).text == "First part second part"
    talk.running.note(asked, early, pause=True)
    assert talk.running.whole(later, transcript("Second part third")).text == (
        "First part second part third"
    )


def test_two_minutes_lose_and_double_nothing() -> None:
    """Pause by pause, each piece hears what is not committed, and the text is whole."""
    said = [f"word{number}" for number in range(120)]
    running = RunningText()
    whole = ""
    for second in range(2, 121, 2):
        stretch = running.stretch(at(second))
        assert stretch.stop - stretch.start <= at(9.0)
        first = round(stretch.start / BYTES_PER_SECOND + 0.12)
        answer = transcript(" ".join(said[first:second]).capitalize() + ".")
        whole = running.whole(stretch, answer).text
        running.note(stretch, answer, pause=True)
    assert whole == " ".join(said).capitalize() + "."


def test_the_whole_is_as_sure_as_its_weakest_piece() -> None:
    """And knows its words' confidences where every piece knew its own."""
    running = RunningText()
    running.note(running.stretch(at(5.0)), transcript("Open the", 0.4), pause=True)
    stretch = running.stretch(at(11.5))
    whole = running.whole(stretch, transcript("door.", 0.8))
    assert whole.confidence == 0.4
    assert whole.words == (Word("Open", 0.4), Word("the", 0.4), Word("door.", 0.8))
    assert whole.audio_seconds == pytest.approx(11.5)
    unknown = running.whole(stretch, Transcript("door.", 0.8, "en", 1.0, 0.1, "server"))
    assert unknown.words == ()
    silence = running.whole(stretch, Transcript("", 0.0, "en", 1.0, 0.1, "test"))
    assert (silence.text, silence.confidence) == ("Open the", 0.4)
