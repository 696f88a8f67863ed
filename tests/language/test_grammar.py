"""Spoken commands: found when they are all that was said, and only then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_voice.errors import ConfigError
from codex_voice.language.grammar import Grammar, grammar_for
from codex_voice.language.phrases import LANGUAGES, own_phrases, phrasebook, users_phrasebook
from codex_voice.language.registry import Command
from tests.language.shown import require_shown, rows

PHRASES = [
    (phrase, command) for command, phrases in phrasebook("en").phrases.items() for phrase in phrases
]
EXTRA_WORDS = ["server", "because", "function", "tests", "the", "buffer"]
ENGLISH = grammar_for("en")
parse = ENGLISH.command

ORDINARY_SENTENCES = """
Send the report to the server.
Send me the log.
Send a message to the queue.
Run the tests. Send.
Do not send.
Don't send message.
Can you send?
Stop it.
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
    mark=st.text(".,!?;:…", max_size=3),
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
    more=st.lists(st.sampled_from(EXTRA_WORDS), min_size=1),
    first=st.booleans(),
)
def test_a_command_with_more_words_is_dictation(
    phrase: tuple[str, Command], more: list[str], first: bool
) -> None:
    """Nothing that goes on after a command, or before it, is taken for one."""
    words = [phrase[0], *more] if first else [*more, phrase[0]]
    assert parse(" ".join(words)) is None


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    """Whatever comes out of a recogniser, it is a command of the list or dictation."""
    assert parse(text) in (None, *Command)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Uh, send.", Command.SEND),
        ("Okay, send it.", Command.SEND),
        ("Send it, please.", Command.SEND),
        ("Can you scroll down?", Command.SCROLL_DOWN),
        ("Stop, stop, stop!", Command.CANCEL),
        ("Scroll up, scroll up.", Command.SCROLL_UP),
        ("No, stop.", Command.CANCEL),
        ("“Send it.”", Command.SEND),
        ("Hey codecs.", Command.WAKE_UP),
        ("Hey Codex, wake up.", Command.WAKE_UP),
        ("Hey codex, send it.", Command.SEND),
        ("Scroll op.", Command.SCROLL_UP),
        ("Uh, deny.", Command.DENY),
        ("Well, just send it.", Command.SEND),
        ("Please go ahead and send it.", Command.SEND),
        ("Oh no, scratch that.", Command.SCRATCH),
        ("No, no, stop.", Command.CANCEL),
        ("Scroll up a little bit.", Command.SCROLL_UP),
        ("Scroll town.", Command.SCROLL_DOWN),
        ("Weak up.", Command.WAKE_UP),
        ("Knew line.", Command.NEW_LINE),
        ("Scratch dat.", Command.SCRATCH),
    ],
)
def test_fillers_politeness_repetition_and_mishearing_hide_no_command(
    text: str, command: Command
) -> None:
    """What people say around a command, and how a recogniser bends it, does not hide it."""
    assert parse(text) is command


@pytest.mark.parametrize(
    "text",
    [
        "Scrolls up.",
        "Sent messages.",
        "New lines.",
        "Selected all.",
        "Woke up.",
        "A proof.",
        "Approves it.",
        "Denies it.",
        "Denied it.",
        "No, exit.",
        "Can you help?",
        "Please please.",
        "Go too deep.",
        "Just approve it.",
        "So, exit.",
        "Report that.",
        "Catch that.",
        "Show comments.",
        "Clean the input.",
        "Clear the output.",
        "Go to the tab.",
        "Go to the type.",
        "Send ID.",
        "Scroll app.",
        "Stop decoding.",
        "Stop reading.",
        "Open strings.",
        "Push to dock.",
    ],
)
def test_inflections_and_answers_are_never_guessed(text: str) -> None:
    """Another form of a command's word reports something; an answer must be its exact phrase."""
    assert parse(text) is None


def test_a_doubtful_text_must_be_exact() -> None:
    """What the recogniser is not sure of is not stretched into a command."""
    assert ENGLISH.command("Scroll op.", confidence=0.3) is None
    assert ENGLISH.command("Scroll up.", confidence=0.3) is Command.SCROLL_UP


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Run the tests. Send it.", "Run the tests."),
        ("What is that? Send, please.", "What is that?"),
        ("Run it and then. Send it.", None),
        ("Run the tests and send it.", None),
        ("Run the tests, send it.", None),
        ("Send it.", None),
    ],
)
def test_a_last_sentence_of_its_own_sends(text: str, written: str | None) -> None:
    """A trailing "send it" sends what stands before, where that is switched on."""
    parsed = ENGLISH.parse(text, trailing_send=True)
    assert parsed.send == (written is not None)
    if written is not None:
        assert text[parsed.start : parsed.end] == written
    assert not ENGLISH.parse(text).send


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_phrase_for_every_command(language: str) -> None:
    """Each command can be said in each language, and no phrase has two meanings."""
    book = phrasebook(language)
    grammar = Grammar(language)
    for command in Command:
        assert book.first(command), command
        for phrase in (*book.phrases[command], *book.misheard.get(command, ())):
            assert grammar.command(phrase) is command, phrase


def test_the_users_phrases_replace_or_join_those_that_are_there() -> None:
    """A phrase can be renamed, or one more be added with "+"."""
    grammar = Grammar("en", own_phrases={"send": ["fire"], "exit": ["+", "log me out"]})
    assert grammar.command("Fire!") is Command.SEND
    assert grammar.command("Log me out.") is Command.EXIT
    assert grammar.command("Exit.") is Command.EXIT


@pytest.mark.parametrize(
    ("language", "text", "command"),
    [
        ("de", "Scroll mal hoch.", Command.SCROLL_UP),
        ("de", "Schick's ab!", Command.SEND),
        ("de", "Mikro ausschalten bitte.", Command.MUTE),
        ("es", "Envíalo, por favor.", Command.SEND),
        ("fr", "Envoie le message.", Command.SEND),
        ("ja", "送ってください。", Command.SEND),
        ("zh", "請發送。", Command.SEND),
        ("zh", "打開設定", Command.SETTINGS),
        ("zh", "開始錄音", Command.START_RECORDING),
    ],
)
def test_other_languages_have_their_own_wordings_and_characters(
    language: str, text: str, command: Command
) -> None:
    """Polite forms, contractions, and either script of Chinese."""
    assert grammar_for(language).command(text) is command


@require_shown
def test_no_ordinary_sentence_of_the_set_is_a_command() -> None:
    """0 of the ordinary sentences are taken for commands."""
    sentences = [row["text"] for row in rows("commands_negative")]
    sentences += [row["text"] for row in rows("trailing_send")]
    sentences += [row["wanted"] for row in rows("dictation")]
    assert [text for text in sentences if parse(text)] == []


@require_shown
def test_all_strict_and_most_fuzzy_forms_of_the_set_are_commands() -> None:
    """All strict forms, 30 of 51 fuzzy ones at least; an escape makes text of any."""
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for row in rows("commands_positive"):
        found = parse(row["text"])
        wanted = None if row["match"] == "escape" else Command(row["action"])
        count[row["match"]] += 1
        right[row["match"]] += found is wanted
    assert right["strict"] == count["strict"]
    assert right["escape"] == count["escape"]
    assert right["fuzzy"] >= count["fuzzy"] * 30 / 51


@require_shown
def test_all_trailing_sends_of_the_set_are_found() -> None:
    """All of them, and no other."""
    for row in rows("trailing_send"):
        parsed = ENGLISH.parse(row["text"], trailing_send=True)
        assert parsed.send == (row["expected"] == "text then send"), row["text"]


@require_shown
def test_all_forms_of_five_languages_are_commands() -> None:
    """Every phrase of the set, as it is spelled and as Whisper writes it."""
    for row in rows("multilingual"):
        grammar = grammar_for(row["language"])
        for column in ("phrase", "whisper"):
            assert grammar.command(row[column]) is Command(row["action"]), row


def test_phrases_of_the_configuration_rename_and_add() -> None:
    """A list of "command -> phrase"; what is wrong with one is said in a line."""
    phrases = own_phrases(["send -> fire", "send -> off you go", "exit -> + log me out"])
    grammar = Grammar("en", own_phrases=phrases)
    for text in ("Fire!", "Off you go."):
        assert grammar.command(text) is Command.SEND
    assert grammar.command("Send it.") is None
    assert grammar.command("Log me out.") is Command.EXIT
    assert grammar.command("Quit.") is Command.EXIT
    assert users_phrasebook("en", ["send -> fire"]).first(Command.SEND) == "fire"
    assert users_phrasebook("en", ["sind -> fire"]).first(Command.SEND) == "send"
    for entry in ("send", "send ->", "send -> +", "send -> ..."):
        with pytest.raises(ConfigError, match="must be"):
            own_phrases([entry])
    with pytest.raises(ConfigError, match="no command 'sind'"):
        own_phrases(["sind -> fire"])


@pytest.mark.parametrize(
    ("language", "said", "number"),
    [
        ("en", "Two.", 2),
        ("en", "Uh, the second one, please.", 2),
        ("en", "To.", 2),
        ("en", "Number 3.", 3),
        ("en", "Two tests.", 0),
        ("en", "Five.", 0),
        ("de", "Die zweite.", 2),
        ("de", "Two.", 2),
        ("es", "Dos.", 2),
        ("fr", "Le premier.", 1),
        ("ja", "二番。", 2),
        ("zh", "第二个。", 2),
    ],
)
def test_a_number_picks_one_of_a_list(language: str, said: str, number: int) -> None:
    """As a recogniser writes it, and only where it is all that was said."""
    assert grammar_for(language).choice(said) == number


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_picks_four(language: str) -> None:
    """As many as a list has; no wording picks two."""
    wordings = phrasebook(language).choices
    assert len(wordings) == 4
    assert len({word for words in wordings for word in words}) == sum(map(len, wordings))
