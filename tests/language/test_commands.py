"""Spoken commands: found when they are all that was said, and only then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_voice.language.commands import OTHER_PHRASES, SENTENCE_MARKS, Command, parse

PHRASES = [
    (phrase, command)
    for command in Command
    for phrase in (command.value, *OTHER_PHRASES.get(command, ()))
]

ORDINARY_SENTENCES = """
Send the report to the server.
Send me the log.
Send a message to the queue.
Run the tests. Send.
Do not send.
Don't send message.
Can you send?
Stop.
Stop recording the macro when the buffer is full.
Start recording the metrics.
Clear the cache.
Clear the input buffer.
Clear all.
Clear.all
Cancel the request.
Cancel that.
Scroll up to the top of the file.
Why does it scroll up?
The page goes down.
Page up is broken.
Bind page down to the space bar.
Go to the top of the function.
Go to line ten.
Go to bed.
Exit the loop early.
Exit with status one.
Quit the program on control C.
Do not quit.
Approve the pull request.
I approve.
Approved.
Do not approve.
Deny by default.
Deny all traffic.
Yes.
No.
Okay.
Mute the logger.
Mute all warnings.
Unmute the tests.
Help me.
Help me with this function.
Print the help.
Use hands-free mode in the settings.
Push to main.
Push to talk to the server.
Add a wake word mode.
Let it go to sleep for a second.
Please.
Please please.
Please add a docstring to this function.
Send, clear and exit.
Send send.
/clear
exit()
--help
help?!(
$send
send_message
@exit
quit.py
scroll.up
send 2
""".strip().splitlines()


@pytest.mark.parametrize(("phrase", "command"), PHRASES)
def test_every_phrase_is_its_command(phrase: str, command: Command) -> None:
    """Each phrase of the list is understood."""
    assert parse(phrase) is command


@given(
    phrase=st.sampled_from(PHRASES),
    before=st.sampled_from(["", " ", "- ", "Please ", "please, ", "\n"]),
    mark=st.text(SENTENCE_MARKS, max_size=3),
    polite=st.booleans(),
    shape=st.sampled_from([str.upper, str.lower, str.title, str.capitalize]),
    gap=st.sampled_from([" ", "  ", ", ", "-", ""]),
)
def test_case_marks_and_spacing_do_not_matter(
    phrase: tuple[str, Command],
    before: str,
    mark: str,
    polite: bool,
    shape: Callable[[str], str],
    gap: str,
) -> None:
    """However the recogniser writes a command, it is one."""
    words, command = phrase
    written = shape(words).replace(" ", gap)
    after = " please" if polite and "lease" not in before else ""
    assert parse(f"{before}{written}{mark}{after} ") is command


@pytest.mark.parametrize("sentence", ORDINARY_SENTENCES)
def test_ordinary_sentences_are_dictation(sentence: str) -> None:
    """Sentences that hold the words of a command are not one."""
    assert parse(sentence) is None


@given(
    phrase=st.sampled_from(PHRASES),
    more=st.from_regex(r"[a-z]{2,8}( [a-z]{2,8}){0,3}", fullmatch=True),
    first=st.booleans(),
)
def test_a_command_with_more_words_is_dictation(
    phrase: tuple[str, Command], more: str, first: bool
) -> None:
    """Nothing that goes on after a command, or before it, is taken for one."""
    utterance = f"{phrase[0]} {more}" if first else f"{more} {phrase[0]}"
    joined = utterance.replace(" ", "").replace("please", "")
    if joined not in {words.replace(" ", "").replace("-", "") for words, _ in PHRASES}:
        assert parse(utterance) is None


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    """Whatever comes out of a recogniser, it is a command of the list or dictation."""
    assert parse(text) in (None, *Command)
