"""What the recogniser is told before it hears."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codex_voice.dictation.hints import HintedRecognizer, ProjectHints, SpokenContext, hints_for
from codex_voice.errors import SpeechError
from codex_voice.language.phrases import spoken_phrases
from codex_voice.language.project.background import ProjectNames
from codex_voice.language.prompted_names import Replacement
from codex_voice.speech.recognizer import (
    NO_HINTS,
    Hints,
    RecognitionAborted,
    Transcript,
    Word,
    never_aborted,
)
from tests.language.shown import make_repository


class Listening:
    """A recogniser that notes its hints, and hears one thing with names in them and one without."""

    name = "noting"

    def __init__(self, prompted: str = "", unprompted: str | SpeechError = "") -> None:
        self.hints: list[Hints] = []
        self._prompted = prompted
        self._unprompted = unprompted

    def describe(self) -> str:
        """Say nothing of interest."""
        return ""

    def transcribe(
        self,
        pcm: bytes,
        aborted: Callable[[], bool] = never_aborted,
        *,
        thorough: bool = True,
        hints: Hints = NO_HINTS,
    ) -> Transcript:
        """Note the hints; of every word of what is heard without names it is half sure."""
        self.hints.append(hints)
        text = self._prompted if hints.words else self._unprompted
        if isinstance(text, SpeechError):
            raise text
        sureness = 0.9 if hints.words else 0.5
        words = tuple(Word(word, sureness) for word in text.split())
        return Transcript(text, 1.0, "en", 0.0, 0.5, self.name, words)

    def close(self) -> None:
        """Have nothing to close."""


class Known:
    """Knows what is likely, and takes nothing back."""

    def __init__(self, hints: Hints) -> None:
        self._hints = hints

    def __call__(self) -> Hints:
        """Return what is likely."""
        return self._hints

    def taken_back(self, prompted: str, unprompted: str) -> list[Replacement]:
        """Take nothing back."""
        return []


@pytest.fixture
def shop(tmp_path: Path) -> ProjectHints:
    """Know the names of a small project."""
    identifiers = ["PriceList", "max_items", "open_price_list"]
    names = ProjectNames(make_repository(tmp_path / "p", ["cart.py"], identifiers, ["main"]))
    names.refresh()
    assert names.wait(60)
    return ProjectHints("en", names)


def test_names_of_the_project_and_commands_are_hints(tmp_path: Path) -> None:
    """As soon as they are read; an approval is never guided."""
    root = make_repository(tmp_path / "p", ["cart.py"], ["CartItem", "max_items"], ["main"])
    names = ProjectNames(root)
    assert hints_for("en", names).words == ()
    names.refresh()
    assert names.wait(60)
    hints = hints_for("en", names)
    assert set(hints.words) == {"CartItem", "max_items"}
    assert hints.commands == spoken_phrases("en")
    assert "approve" in hints.commands
    assert {"approve", "approve it", "deny", "reject it"} < set(hints.answers)
    assert not set(hints.answers) & set(hints.guided)
    assert set(hints.guided) < set(hints.commands)


def test_names_on_the_screen_and_of_the_last_texts_are_the_likeliest(tmp_path: Path) -> None:
    """However seldom they are in the files; those of changed files follow."""
    often = [f"name_of_thing_{letter}" for letter in "abcdefghijklmnop"] * 3
    seldom = ["CartItem", "open_price_list", "DraftOrder"]
    root = make_repository(tmp_path / "p", ["cart.py", "x.py"], [*often, *seldom], ["main"])
    (root / "draft.py").write_text("DraftOrder", encoding="utf-8")
    names = ProjectNames(root)
    names.refresh()
    assert names.wait(60)
    context = SpokenContext()
    context.on_screen = "• Edited cart.py\n  class CartItem:  # for InventedName"
    context.note_text("Rename open_price_list.")
    words = hints_for("en", names, context=context).words
    assert words[-3:] == ("DraftOrder", "open_price_list", "CartItem")
    assert "InventedName" not in words
    assert "CartItem" not in hints_for("en", names).words


def test_names_are_read_again_when_they_are_old(tmp_path: Path) -> None:
    """A new name is found without a new start."""
    root = make_repository(tmp_path / "p", ["cart.py"], ["CartItem"], ["main"])
    names = ProjectNames(root, fresh_seconds=0.0)
    names.refresh()
    assert names.wait(60)
    (root / "cart.py").write_text("price_list = 1\n", encoding="utf-8")
    names.refresh()
    assert names.wait(60)
    assert set(names.vocabulary.prompt_names()) == {"price_list"}


def test_what_the_caller_knows_goes_first() -> None:
    """That it goes on is kept, and its names replace the likely ones."""
    noting = Listening()
    likely = Hints(words=("max_items",), commands=("send",))
    recognizer = HintedRecognizer(noting, Known(likely))
    recognizer.transcribe(b"")
    recognizer.transcribe(b"", hints=Hints(words=("CartItem",), continued=True))
    assert noting.hints == [likely, Hints(("CartItem",), ("send",), (), continued=True)]


def test_the_users_own_phrases_are_hints(tmp_path: Path) -> None:
    """Their commands are looked for, and their answers are kept from being guessed."""
    own = ["approve -> + do it", "deny -> no way", "send -> fire"]
    hints = hints_for("en", ProjectNames(tmp_path), own)
    assert {"approve", "do it", "no way"} <= set(hints.answers)
    assert {"no way", "fire"} <= set(hints.commands)
    assert "deny" not in hints.answers
    assert "no way" not in hints.guided
    assert "fire" in hints.guided


def test_answers_of_every_language_that_counts_are_kept_from_being_guessed(tmp_path: Path) -> None:
    """English phrases count beside those of another language."""
    german = hints_for("de", ProjectNames(tmp_path)).answers
    assert {"approve", "Genehmigen"} <= set(german)
    assert set(german) < set(hints_for("auto", ProjectNames(tmp_path)).answers)


@pytest.mark.parametrize(
    ("prompted", "unprompted", "written"),
    [
        # Options that the prompt's style swallowed.
        ("Run install-savedev now.", "Run install dash dash save dev now.", None),
        ("Set max_items with dash-dry_run.", "Set max items with dash dash dry run.", None),
        # A name that only the prompt knew how to write, and one that it invented.
        ("Rename the PriceList class.", "Rename the prize Liszt class.", ""),
        ("PlaceBounce the idea.", "Place bounce the idea.", None),
        # A name without any sound for it.
        ("Explain open_price_list.", "Explain it.", None),
        ("The prices rise.", "", ""),
    ],
    ids=["option", "both", "name", "invented", "no sound", "no name"],
)
def test_what_a_prompt_spoiled_is_taken_back(
    prompted: str, unprompted: str, written: str | None, shop: ProjectHints
) -> None:
    """Stretch by stretch, and what it improved is kept."""
    heard = HintedRecognizer(Listening(prompted, unprompted), shop).transcribe(b"")
    assert heard.text == (unprompted if written is None else prompted)
    assert " ".join(word.text for word in heard.words) == heard.text
    # The sound is heard once more only where there is a doubt.
    assert heard.seconds == (1.0 if unprompted else 0.5)


def test_only_the_spoiled_stretch_is_taken_back(shop: ProjectHints) -> None:
    """Each word has the confidence of the text that it comes from."""
    prompted = "Rename the PriceList and run install-savedev."
    unprompted = "Rename the prize Liszt and run install dash dash save dev."
    heard = HintedRecognizer(Listening(prompted, unprompted), shop).transcribe(b"")
    assert heard.text == "Rename the PriceList and run install dash dash save dev."
    assert [word.confidence for word in heard.words] == [0.9] * 5 + [0.5] * 5


def test_a_second_look_that_fails_changes_nothing(shop: ProjectHints) -> None:
    """What a server has answered stands, though it is gone by now; an abort is one."""
    prompted = "Run install-savedev now."
    failing = Listening(prompted, SpeechError("the server is gone", "start it"))
    assert HintedRecognizer(failing, shop).transcribe(b"").text == prompted
    with pytest.raises(RecognitionAborted):
        HintedRecognizer(Listening(prompted, RecognitionAborted("")), shop).transcribe(b"")


def test_text_that_is_only_shown_is_heard_once(shop: ProjectHints) -> None:
    """So is what is listened to for the wake phrase."""
    for options in ({"thorough": False}, {"hints": Hints(asleep=True)}):
        listening = Listening("Run install-savedev now.", "Never heard.")
        HintedRecognizer(listening, shop).transcribe(b"", **options)
        assert len(listening.hints) == 1
