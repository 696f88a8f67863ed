"""The sound server and its microphone fail in the middle of a sentence."""

from __future__ import annotations

import pytest

from tests.end_to_end.conftest import CLIPS, TALK_KEY, Person, Start
from tests.support.virtual_mic import VirtualMic

pytestmark = [pytest.mark.codex, pytest.mark.microphone]

PRINT = CLIPS / "10_espeak_print_the_size.wav"
EXPLAIN = CLIPS / "15_espeak_now_explain_this_function.wav"
# Ctrl-Space in the kitty protocol: while it is held nothing but a fault ends the utterance.
HOLD, RELEASE = b"\x1b[32;5u", b"\x1b[32;5:3u"


@pytest.fixture
async def speaker(start: Start, room: None) -> Person:
    """Return somebody who holds the talk key down, and whose first sentence is heard."""
    person = await start(kitty=True)
    await person.sees("Ask Codex to do anything")
    await person.sees("mini.en-q8_0 │")
    await person.sees("hold or tap")
    person.press(HOLD)
    await person.sees("LISTENING")
    await person.speaks(PRINT)
    await person.sees("Print the size.")
    return person


async def say_more(person: Person) -> None:
    """Speak another sentence, which is inserted behind the first one."""
    person.press(HOLD)
    await person.sees("LISTENING")
    await person.speaks(EXPLAIN)
    await person.sees("Now explain this function.")
    person.press(RELEASE)
    await person.inserts("Print the size. Now explain this function.")


async def test_a_crash_of_the_sound_server_keeps_the_words(speaker: Person) -> None:
    """What was said so far is inserted; when the server is back, talking works again."""
    speaker.microphone.crash()
    await speaker.sees("no microphone")
    await speaker.inserts("Print the size.")
    speaker.press(RELEASE)
    speaker.microphone.restart()
    await say_more(speaker)


async def test_devices_that_vanish_keep_the_words(speaker: Person) -> None:
    """Without any device what was said is inserted, the bar says what is wrong, and it mends."""
    speaker.microphone.vanish()
    await speaker.sees("no microphone")
    await speaker.inserts("Print the size.")
    speaker.press(RELEASE)
    speaker.microphone.replug()
    await say_more(speaker)


async def test_a_microphone_that_is_unplugged_is_found_again(speaker: Person) -> None:
    """The server moves the stream to another device in silence: what was said is kept."""
    speaker.microphone.unplug()
    await speaker.sees("no microphone")
    await speaker.inserts("Print the size.")
    speaker.press(RELEASE)
    speaker.microphone.replug()
    await say_more(speaker)


async def test_a_frozen_sound_server_is_noticed(speaker: Person) -> None:
    """The bar says that nothing comes, as long as nothing comes; the utterance goes on."""
    speaker.microphone.freeze(True)
    await speaker.sees("does not answer")
    speaker.microphone.freeze(False)
    await speaker.no_longer_sees("does not answer")
    speaker.press(RELEASE)
    await speaker.inserts("Print the size.")
    await say_more(speaker)


async def test_a_muted_microphone_is_noticed(speaker: Person) -> None:
    """Digital zeros are no silence of a room: the bar asks whether it is muted."""
    speaker.microphone.mute(True)
    await speaker.sees("is it muted")
    speaker.press(RELEASE)
    await speaker.inserts("Print the size.")


async def test_without_a_microphone_codex_is_hosted_all_the_same(start: Start) -> None:
    """The app starts, says that there is no microphone, and keys reach Codex."""
    person = await start(environment=VirtualMic.no_device_environment())
    await person.sees("Ask Codex to do anything")
    await person.sees("no microphone")
    person.press(TALK_KEY)
    await person.sees("connect one, or start the sound server")
    # Codex shows its composer before it has started, and forgets what is typed into it.
    await person.sees("● idle")
    person.sends("hello")
    await person.sees("Worked for")
