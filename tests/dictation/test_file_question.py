"""Where a spoken name fits several files, a list asks which is meant."""

from __future__ import annotations

from codex_voice.agent.held_text import TypingOutcome
from codex_voice.dictation.notice import CHOICE_KEYS
from codex_voice.dictation.state import Dictated, FileChoice
from codex_voice.language.registry import Command
from tests.dictation.test_command_dispatch import Counter

PATHS = ("README.md", "docs/README.md")
HEARD = "Explain at file readme and add dash dash help."
GUESSED = Dictated(
    "u1",
    "Explain README.md and add --help.",
    0.0,
    heard=HEARD,
    changed=((8, 17), (26, 32)),
    choices=(FileChoice(8, 17, "at file readme", PATHS),),
)
AS_SAID = "Explain at file readme and add --help."


async def _asked(**changes: bool) -> Counter:
    """Have a text delivered in which it is not clear which file is meant."""
    counter = Counter()
    await counter.delivery.deliver(Dictated(**{**vars(GUESSED), **changes}))
    counter.codex.outcome = TypingOutcome.REMOVED
    return counter


async def test_the_words_stand_as_said_until_a_number_is() -> None:
    """Then the file's path takes their place; what else was changed stays."""
    counter = await _asked()
    assert counter.asked[0] == ("insert", AS_SAID, "u1")
    notice = counter.notices[-1]
    assert [notice.text[start:end] for start, end in notice.marked] == ["at file readme"]
    assert [offer.key for offer in notice.offers] == list(CHOICE_KEYS[:2])
    assert not counter.delivery.accepts(3)
    assert counter.delivery.accepts(2)
    await counter.delivery.choose(2)
    assert counter.asked[-2:] == [
        ("scratch", AS_SAID),
        ("insert", "Explain docs/README.md and add --help.", ""),
    ]
    assert not counter.delivery.accepts(1)


async def test_a_key_answers_too() -> None:
    """Each file of the list has its own."""
    counter = await _asked()
    await counter.notices[-1].offers[0].run()
    assert counter.asked[-1] == ("insert", "Explain README.md and add --help.", "")


async def test_cancel_keeps_what_was_said() -> None:
    """And does not interrupt Codex; nor does it once nothing is asked any more."""
    counter = await _asked()
    await counter.delivery.perform(Command.CANCEL)
    assert counter.messages[-1] == "The words stay as they were said."
    assert ("interrupt",) not in counter.asked
    await counter.delivery.choose(1)
    assert counter.asked[-1][0] == "arrived"


async def test_nobody_has_to_answer() -> None:
    """What is said next, or a notice that is gone, ends the question."""
    counter = await _asked()
    counter.notices[-1].gone()
    assert not counter.delivery.accepts(1)
    counter = await _asked()
    await counter.delivery.deliver(Dictated("u2", "Then stop.", 0.0))
    assert not counter.delivery.accepts(1)
    counter = await _asked()
    await counter.delivery.perform(Command.SEND)
    assert not counter.delivery.accepts(1)


async def test_a_text_that_is_to_be_sent_waits_for_the_answer() -> None:
    """Sent with the words as said it could not be mended."""
    counter = await _asked(send=True)
    assert counter.asked[0][0] == "insert"
    await counter.delivery.choose(1)
    assert counter.asked[-1] == ("send",)


async def test_files_are_asked_for_one_after_the_other() -> None:
    """The place of the second moves with the answer to the first."""
    counter = Counter()
    text = "Compare a/x.py with a/y.py."
    first, second = (
        FileChoice(8, 14, "at file x", ("a/x.py", "longer/x.py")),
        FileChoice(20, 26, "at file y", ("a/y.py", "b/y.py")),
    )
    spans = ((8, 14), (20, 26))
    await counter.delivery.deliver(
        Dictated("u1", text, 0.0, heard="Heard.", changed=spans, choices=(first, second))
    )
    counter.codex.outcome = TypingOutcome.REMOVED
    await counter.delivery.choose(2)
    await counter.delivery.choose(2)
    inserted = [asked[1] for asked in counter.asked if asked[0] == "insert"]
    assert inserted == [
        "Compare at file x with at file y.",
        "Compare longer/x.py with at file y.",
        "Compare longer/x.py with b/y.py.",
    ]
