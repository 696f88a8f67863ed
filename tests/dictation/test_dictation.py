"""Orders of events that real sound does not produce whenever a test wants them."""

from __future__ import annotations

import asyncio

import pytest

from codex_voice.audio.events import (
    Cancelled,
    CaptureEvent,
    Closed,
    DeviceBack,
    DeviceTrouble,
    Found,
    NothingHeard,
    Opened,
    PartialAudio,
    SpeechResumed,
)
from codex_voice.audio.utterance import EndReason
from codex_voice.dictation.state import Phase, Trouble, TroubleOver
from codex_voice.errors import (
    AudioError,
    JournalError,
    MicrophoneSilent,
    MicrophoneUnavailable,
    ModelMissing,
    ServerUnavailable,
)
from codex_voice.language.registry import Command
from codex_voice.pcm import BYTES_PER_SECOND
from codex_voice.speech.worker import ModelFailed, ModelReady
from tests.audio.scripted import ScriptedSource
from tests.dictation.desk import Desk


async def test_a_text_that_is_ready_is_there_the_moment_the_utterance_ends(desk: Desk) -> None:
    """What was recognised in the pause is shown meanwhile, and not recognised again."""
    desk.starts("a")
    desk.pauses("a", "Print the size.")
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.answers == ["Print the size."])
    assert desk.texts == []
    assert desk.state().partial == "Print the size."
    desk.ends("a", "Print the size.")
    assert desk.texts == ["Print the size."]
    assert desk.state().partial == ""


async def test_a_text_that_is_not_ready_is_awaited(desk: Desk) -> None:
    """The utterance ends while it is being recognised: that goes on, and happens once."""
    desk.starts("a")
    desk.pauses("a", "Print the size.")
    await desk.hears("Print the size.")
    desk.ends("a", "Print the size.")
    assert desk.state().phase is Phase.TRANSCRIBING
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.texts == ["Print the size."])
    assert desk.state().phase is Phase.IDLE
    assert desk.ear.begun.empty()


async def test_speech_that_goes_on_drops_the_text_of_the_pause(desk: Desk) -> None:
    """Half a sentence is never inserted, whenever its text arrives."""
    desk.starts("a")
    desk.pauses("a", "Print")
    await desk.hears("Print")
    desk.dictation.handle(SpeechResumed("a"))
    desk.ear.may_finish.set()
    desk.pauses("a", "Print the size.")
    desk.ends("a", "Print the size.")
    await desk.until(lambda: bool(desk.texts))
    assert desk.texts == ["Print the size."]
    assert "Print" not in desk.answers


async def test_what_a_key_ended_in_the_middle_of_a_word_is_heard_to_its_end(desk: Desk) -> None:
    """The text of the pause is not trusted where something came after it."""
    desk.starts("a")
    desk.pauses("a", "Print the")
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.answers == ["Print the"])
    desk.ends("a", "Print the size.", complete=False)
    await desk.until(lambda: desk.texts == ["Print the size."])


async def test_a_text_arrives_while_the_next_utterance_is_spoken(desk: Desk) -> None:
    """The first text is passed on, and the second utterance goes on being captured."""
    desk.starts("a")
    desk.pauses("a", "First.")
    desk.ends("a", "First.")
    desk.starts("b")
    assert desk.dictation.speaking
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.texts == ["First."])
    assert desk.dictation.speaking
    desk.pauses("b", "Second.")
    desk.ends("b", "Second.")
    await desk.until(lambda: desk.texts == ["First.", "Second."])


async def test_a_slow_recogniser_loses_no_utterance(desk: Desk) -> None:
    """Three utterances are spoken before the first is recognised: three texts, in order."""
    for name, text in (("a", "First."), ("b", "Second."), ("c", "Third.")):
        desk.starts(name)
        desk.pauses(name, text)
        desk.ends(name, text, complete=name != "c")
    await desk.hears("First.")
    desk.ear.may_finish.set()
    await desk.until(lambda: len(desk.texts) == 3)
    assert desk.texts == ["First.", "Second.", "Third."]


async def test_a_cancelled_utterance_is_not_recognised_to_its_end(desk: Desk) -> None:
    """The recogniser is free for the next one at once."""
    desk.starts("a")
    desk.pauses("a", "Never mind.")
    await desk.hears("Never mind.")
    desk.dictation.handle(Cancelled("a"))
    desk.starts("b")
    desk.pauses("b", "Print the size.")
    await desk.hears("Print the size.")
    desk.ends("b", "Print the size.")
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.texts == ["Print the size."])


async def test_a_command_ends_sooner_than_a_dictation(desk: Desk) -> None:
    """The pause after a command is cut short; the utterance still ends as any other."""
    desk.starts("a")
    desk.pauses("a", "Send message.")
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.answers == ["Send message."])
    await asyncio.sleep(0)
    assert ("endpoint", "a") in desk.orders.given
    assert desk.commands == []
    desk.ends("a", "Send message.")
    assert desk.commands == [Command.SEND]
    assert desk.texts == []


async def test_an_old_closing_ends_no_new_utterance(desk: Desk) -> None:
    """The microphone of the last utterance may close after the key was pressed again."""
    desk.dictation.listen()
    desk.dictation.handle(Closed())
    desk.dictation.handle(Opened("microphone", 0.05))
    assert desk.state().phase is Phase.LISTENING


async def test_without_a_model_nobody_speaks_in_vain(desk: Desk) -> None:
    """A model that cannot be loaded leaves the one before it at work; without any, one is told."""
    error = ModelMissing("no speech model", "codex-voice models get base.en")
    desk.dictation.handle(ModelFailed(error))
    assert str(error) in desk.messages
    desk.dictation.listen()
    assert desk.dictation.listening
    assert desk.state().model == "obedient"


async def test_a_recording_played_while_somebody_speaks_is_heard_whole(desk: Desk) -> None:
    """What was being said is given up, and its end is not taken for the recording's.

    Nor is the recording taken for a microphone.
    """
    desk.starts("spoken")
    microphone = desk.state().microphone
    desk.dictation.play(ScriptedSource)
    desk.dictation.handle(Cancelled("spoken"))
    assert desk.state().playing
    desk.dictation.handle(Opened("recording", 0.0))
    desk.dictation.handle(Found("recording"))
    assert desk.state().microphone == microphone
    desk.starts("played")
    desk.ends("played", "Print the size.")
    assert not desk.state().playing
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.texts == ["Print the size."])


async def test_partial_texts_go_on_after_a_pause(desk: Desk) -> None:
    """The pause aborts the one that runs, and an aborted one asks for no other."""
    desk.starts("a")
    desk.dictation.handle(PartialAudio("a", b"Print"))
    await desk.hears("Print")
    desk.pauses("a", "Print")
    await desk.hears("Print")
    desk.orders.given.clear()
    desk.dictation.handle(SpeechResumed("a"))
    await desk.until(lambda: ("snapshot",) in desk.orders.given)


@pytest.mark.parametrize(
    ("reason", "cut_short"),
    [
        (EndReason.LOST, "the microphone went away or fell silent"),
        (EndReason.SUSPENDED, "codex-voice was suspended"),
        (EndReason.CUT, ""),
    ],
    ids=["lost", "suspended", "cut"],
)
@pytest.mark.parametrize(
    "text", ["Clear.", "Send message.", "Approve.", "Exit.", "Print the size."]
)
async def test_what_its_speaker_did_not_end_is_text_and_incomplete(
    desk: Desk, reason: EndReason, cut_short: str, text: str
) -> None:
    """A dying microphone, a stopped program or a cut: no command, nothing that may be sent."""
    desk.ear.may_finish.set()
    desk.starts("a")
    desk.ends("a", text, reason=reason, complete=False)
    await desk.until(lambda: desk.texts == [text])
    (dictated,) = desk.dictations
    assert not dictated.complete
    assert dictated.cut_short == cut_short
    assert desk.commands == []


@pytest.mark.parametrize("text", ["Clear.", "Send message.", "Print the size."])
async def test_the_last_piece_of_a_long_dictation_is_complete_text(desk: Desk, text: str) -> None:
    """It sends, where that is configured, and is no command: more was said than that."""
    desk.ear.may_finish.set()
    desk.starts("a")
    desk.ends("a", "First piece", reason=EndReason.CUT, complete=False)
    desk.starts("b")
    desk.pauses("b", text)
    await desk.until(lambda: desk.answers[-1:] == [text])
    await asyncio.sleep(0)
    assert ("endpoint", "b") not in desk.orders.given
    desk.ends("b", text, continued=True)
    await desk.until(lambda: len(desk.texts) == 2)
    assert [dictated.complete for dictated in desk.dictations] == [False, True]
    assert desk.commands == []


async def test_a_long_dictation_that_ends_without_words_is_complete_too(desk: Desk) -> None:
    """What follows the last piece is a silence, or a sound without words."""
    desk.ear.may_finish.set()
    desk.starts("a")
    desk.ends("a", "First piece", reason=EndReason.CUT, complete=False)
    desk.starts("b")
    desk.ends("b", "", continued=True)
    await desk.until(lambda: desk.texts == ["First piece", ""])
    desk.dictation.handle(NothingHeard("c", continued=True))
    assert [dictated.complete for dictated in desk.dictations] == [False, True, True]
    assert desk.messages == []


async def test_a_recording_out_of_the_history_is_never_complete(desk: Desk) -> None:
    """A crash may have cut it short: it is inserted, and no command."""
    desk.ear.may_finish.set()
    desk.dictation.recognize_again("a", b"Send message.")
    await desk.until(lambda: desk.texts == ["Send message."])
    assert not desk.dictations[0].complete
    assert desk.commands == []


async def test_what_was_cancelled_can_be_brought_back_once(desk: Desk) -> None:
    """It is recognised and inserted after all; the next cancelled one takes its place."""
    can = [desk.dictation.can_bring_back]
    desk.ear.may_finish.set()
    for name, text in (("a", "First."), ("b", "Second.")):
        desk.starts(name)
        desk.dictation.handle(Cancelled(name, text.encode()))
    assert desk.messages == ["Cancelled."] * 2
    can.append(desk.dictation.can_bring_back)
    desk.dictation.bring_back()
    can.append(desk.dictation.can_bring_back)
    assert can == [False, True, False]
    desk.dictation.bring_back()
    await desk.until(lambda: desk.texts == ["Second."])
    assert desk.commands == []


async def test_a_cancelled_silence_is_not_worth_a_word(desk: Desk) -> None:
    """There is nothing to bring back."""
    desk.starts("a")
    desk.dictation.handle(Cancelled("a"))
    assert desk.messages == []
    assert not desk.dictation.can_bring_back


@pytest.mark.parametrize(
    ("reason", "by_itself"), [(EndReason.ENDPOINT, True), (EndReason.FINISHED, False)]
)
@pytest.mark.parametrize("words", [True, False])
async def test_it_is_known_for_a_moment_that_silence_ended_an_utterance(
    desk: Desk, reason: EndReason, by_itself: bool, words: bool
) -> None:
    """A closing tap may come a little late; where a key has ended it, none comes."""
    assert not desk.dictation.ended_by_itself(60)
    desk.dictation.listen()
    desk.starts("a")
    if words:
        desk.ends("a", "Print the size.", reason=reason)
    else:
        desk.dictation.handle(NothingHeard("a", reason))
    assert desk.dictation.ended_by_itself(60) == by_itself
    assert not desk.dictation.ended_by_itself(-1)


@pytest.mark.parametrize(
    "end",
    [DeviceBack("microphone"), Opened("microphone", 0.1), Found("microphone")],
)
@pytest.mark.parametrize(
    "error",
    [
        MicrophoneUnavailable("the microphone went away"),
        MicrophoneSilent("the microphone gives no sound"),
        MicrophoneUnavailable("no microphone"),
    ],
)
async def test_a_warning_about_the_microphone_ends_when_it_works(
    desk: Desk, error: AudioError, end: CaptureEvent
) -> None:
    """Whichever it was, and however it came back; a new one takes the place of the old one."""
    desk.dictation.handle(DeviceTrouble(MicrophoneUnavailable("something else")))
    desk.dictation.handle(DeviceTrouble(error))
    assert desk.warnings == [str(error)]
    troubles = [desk.state().microphone_trouble]
    desk.dictation.handle(end)
    assert desk.warnings == []
    troubles.append(desk.state().microphone_trouble)
    assert troubles == [error, None]


async def test_other_warnings_end_with_their_causes(desk: Desk) -> None:
    """Recordings that can be kept again, a model that is there, a server that is back."""
    await desk.until(lambda: desk.state().model == "obedient")
    handle = desk.dictation.handle
    handle(ModelReady("server box", "whisper.cpp server", 0.0))
    handle(Trouble(JournalError("recordings cannot be kept")))
    handle(Trouble(ServerUnavailable("the server is down")))
    handle(ModelFailed(ModelMissing("no speech model")))
    assert len(desk.warnings) == 3
    handle(ModelReady("base.en", "CPU", 0.1))
    assert desk.warnings == ["recordings cannot be kept", "the server is down"]
    handle(ModelReady("server box", "whisper.cpp server", 0.0))
    assert desk.warnings == ["recordings cannot be kept"]
    handle(TroubleOver(JournalError))
    assert desk.warnings == []


def sound(text: str, seconds: float) -> str:
    """Return a sound that is heard as a text, and is so long."""
    return text.ljust(int(seconds * BYTES_PER_SECOND))


async def test_what_was_said_before_a_pause_is_not_heard_twice(desk: Desk) -> None:
    """The end is recognised from the last pause that leaves a window's worth; text is whole."""
    journal = desk.dictation.recordings.journal
    journal.keep = True
    journal.begin("a")
    desk.ear.may_finish.set()
    desk.starts("a")
    first = sound("Open the", 5.0)
    desk.pauses("a", first)
    await desk.until(lambda: len(desk.answers) == 1)
    desk.dictation.handle(SpeechResumed("a"))
    second = sound(first + "door", 7.0)
    desk.pauses("a", second)
    await desk.until(lambda: len(desk.answers) == 2)
    desk.dictation.handle(SpeechResumed("a"))
    third = sound(second + "Quietly.", 12.0)
    desk.pauses("a", third)
    await desk.until(lambda: len(desk.answers) == 3)
    assert desk.answers[-1].split() == ["door", "Quietly."]
    assert desk.state().partial == "Open the door Quietly."
    journal.finish("a")
    desk.ends("a", third)
    await desk.until(lambda: desk.texts == ["Open the door Quietly."])
    await desk.dictation.close()
    (entry,) = journal.entries()
    assert entry.text == "Open the door Quietly."


async def test_what_is_committed_is_in_the_journal_while_one_speaks(desk: Desk) -> None:
    """A crash in the middle keeps it, and the recording of all is not taken for recognised."""
    journal = desk.dictation.recordings.journal
    journal.keep = True
    journal.begin("a")
    journal.append("a", bytes(640))
    desk.ear.may_finish.set()
    desk.starts("a")
    first = sound("Open the", 5.0)
    desk.pauses("a", first)
    await desk.until(lambda: len(desk.answers) == 1)
    desk.dictation.handle(SpeechResumed("a"))
    desk.dictation.handle(PartialAudio("a", sound(first + "door", 11.5).encode()))
    await desk.until(lambda: len(desk.answers) == 2)
    await desk.dictation.close()
    (entry,) = journal.entries()
    assert (entry.heard, entry.text, entry.outcome) == ("Open the", "", "pending")


async def test_an_end_that_comes_too_soon_waits_for_what_is_being_committed(desk: Desk) -> None:
    """What is heard already is not heard once more with the rest."""
    desk.starts("a")
    first = sound("Open the", 6.0)
    desk.pauses("a", first)
    await asyncio.to_thread(desk.ear.begun.get, timeout=60)
    desk.dictation.handle(SpeechResumed("a"))
    desk.ends("a", sound(first + "door.", 12.0), complete=False)
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.texts == ["Open the door."])
    assert [answer.split() for answer in desk.answers] == [["Open", "the"], ["door."]]


async def test_a_short_utterance_waits_for_no_commitment(desk: Desk) -> None:
    """All of it is heard at once, and what was being recognised is aborted."""
    desk.starts("a")
    first = sound("Open the", 4.0)
    desk.pauses("a", first)
    await asyncio.to_thread(desk.ear.begun.get, timeout=60)
    desk.dictation.handle(SpeechResumed("a"))
    desk.ends("a", sound(first + "door.", 6.0), complete=False)
    desk.ear.may_finish.set()
    await desk.until(lambda: len(desk.texts) == 1)
    assert desk.texts[0].split() == ["Open", "the", "door."]
    assert len(desk.answers) == 1


@pytest.mark.parametrize("answered", [False, True], ids=["awaited", "answered"])
async def test_a_piece_that_is_cut_in_a_pause_is_not_heard_again(
    desk: Desk, answered: bool
) -> None:
    """What was recognised up to that pause is its text, though speech has gone on since."""
    desk.starts("a")
    first = sound("Open the door.", 5.0)
    desk.pauses("a", first)
    await asyncio.to_thread(desk.ear.begun.get, timeout=60)
    if answered:
        desk.ear.may_finish.set()
        await desk.until(lambda: len(desk.answers) == 1)
    desk.dictation.handle(SpeechResumed("a"))
    desk.ends("a", first[:-2000], reason=EndReason.CUT)
    desk.starts("b")
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.texts == ["Open the door."])
    assert len(desk.answers) == 1


async def test_a_text_to_be_committed_is_shown_while_one_speaks_on(desk: Desk) -> None:
    """It is the newest there is, and spares a partial one."""
    desk.starts("a")
    desk.pauses("a", sound("Open the", 5.0))
    await asyncio.to_thread(desk.ear.begun.get, timeout=60)
    desk.dictation.handle(SpeechResumed("a"))
    desk.ear.may_finish.set()
    await desk.until(lambda: desk.state().partial == "Open the")


async def test_a_partial_text_that_says_no_more_than_the_pause_is_not_asked_for(
    desk: Desk,
) -> None:
    """The recogniser would be busy with what it has heard when the next pause comes."""
    desk.starts("a")
    first = sound("Open the", 5.0)
    desk.pauses("a", first)
    await asyncio.to_thread(desk.ear.begun.get, timeout=60)
    desk.dictation.handle(SpeechResumed("a"))
    desk.ear.may_finish.set()
    desk.dictation.handle(PartialAudio("a", sound(first, 5.3).encode()))
    desk.dictation.handle(PartialAudio("a", sound(first + "door", 5.6).encode()))
    await desk.until(lambda: len(desk.answers) == 2)
    assert desk.answers[-1].split() == ["Open", "the", "door"]


async def test_a_commitment_that_fails_leaves_all_to_the_end(desk: Desk) -> None:
    """The rest is then the whole."""
    desk.starts("a")
    desk.pauses("a", sound("fault", 6.0))
    desk.dictation.handle(SpeechResumed("a"))
    desk.ear.may_finish.set()
    desk.ends("a", sound("Open the door.", 12.0), complete=False)
    await desk.until(lambda: desk.texts == ["Open the door."])


async def test_a_command_is_the_whole_utterance_however_much_of_it_is_committed(
    desk: Desk,
) -> None:
    """One that ends with "clear" after more than a window is none."""
    desk.ear.may_finish.set()
    desk.starts("a")
    first = sound("Now I say", 6.0)
    desk.pauses("a", first)
    await desk.until(lambda: len(desk.answers) == 1)
    desk.dictation.handle(SpeechResumed("a"))
    desk.pauses("a", sound(first + "clear", 12.0))
    await desk.until(lambda: len(desk.answers) == 2)
    assert desk.answers[-1] == "clear"
    assert ("endpoint", "a") not in desk.orders.given
    desk.ends("a", sound(first + "clear", 12.0))
    await desk.until(lambda: desk.texts == ["Now I say clear"])
    assert desk.commands == []
