"""The wake phrase: heard through misspellings, and not in ordinary talk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_voice.language.wake import WakePhrase

HEARD = [
    ("Hey Codex, push the changes.", "push the changes."),
    ("Hey, Codex. Run the tests.", "Run the tests."),
    ("hey codecs run the tests", "run the tests"),
    ("A codex, do it", "do it"),
    ("Hey Kodex, stop", "stop"),
    ("Hey code X, go", "go"),
    ("Hey co-decks open it", "open it"),
    ("Hey Kotex, open it", "open it"),
    ("Hey Cortex open it", "open it"),
    ("Hey codec, open it", "open it"),
    ("Hay Codex - open it", "open it"),
    ("Hi Codex!", ""),
    (" HEY CODEX ", ""),
    ("Hey Codex, open the codex file", "open the codex file"),
]

# What is said in a room where people program, most of it built to be near the phrase.
ORDINARY_TALK = """
Hey, could you look at this?
Hey Cody, are you there?
Hey, Cody's here.
Hey code is broken again.
Hey coders unite.
Hey, go deeper.
Hey guys, code review in five minutes.
Hey.
Codex is slow today.
The codex is here.
The codecs are missing.
A codec is missing.
A code example would help.
A code excerpt.
Okay, codex it is.
I code extensively.
I code, exactly.
He codes well.
He goes to work.
Hate code execution.
They coded X and Y.
Say codex.
Play decks of cards.
Take the next exit.
Add a comment to this function.
Please add a docstring to this function.
Why is the session manager failing?
Create a file called parser dot py.
Move the script to a new file.
And so my fellow Americans, ask not what your country can do for you.
It is raining again and the coffee is cold.
Did you see the game last night?
Let us have lunch at noon.
The build has been red since yesterday.
Can you hear me now?
Thank you.
You
""".strip().splitlines()


@pytest.mark.parametrize(("transcript", "rest"), HEARD)
def test_the_phrase_is_heard_however_it_is_spelled(transcript: str, rest: str) -> None:
    """Every spelling wakes, and the rest of the breath is the utterance."""
    assert WakePhrase("hey codex").match(transcript) == rest


@pytest.mark.parametrize("sentence", ORDINARY_TALK)
def test_ordinary_talk_does_not_wake(sentence: str) -> None:
    """No sentence that is not addressed to us is taken."""
    assert WakePhrase("hey codex").match(sentence) is None


@pytest.mark.parametrize(
    ("phrase", "said", "rest"),
    [
        ("okay computer", "OK, computer, go", None),
        ("okay computer", "Okay, Computer: go", "go"),
        ("Jarvis", "Jarvis, lights", "lights"),
        ("Jarvis", "Jervis lights", "lights"),
        ("Jarvis", "Java runs slowly", None),
        ("écoute codex", "Ecoute, codecs, lance les tests", "lance les tests"),
        ("", "anything", None),
        ("...", "anything", None),
    ],
)
def test_the_phrase_is_configurable(phrase: str, said: str, rest: str | None) -> None:
    """Other phrases are matched by the same rules; an empty one never wakes."""
    assert WakePhrase(phrase).match(said) == rest


@given(st.text())
def test_the_rest_is_a_part_of_what_was_said(text: str) -> None:
    """Nothing is invented: the rest stands, as it is, at the end of the transcript."""
    rest = WakePhrase("hey codex").match(text)
    assert rest is None or text.rstrip().endswith(rest)
