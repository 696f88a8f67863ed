"""What the recogniser is told before it hears."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codex_voice.dictation.hints import HintedRecognizer, SpokenContext, hints_for
from codex_voice.language.phrases import spoken_phrases
from codex_voice.language.project.background import ProjectNames
from codex_voice.speech.recognizer import NO_HINTS, Hints, Transcript, never_aborted
from tests.language.shown import make_repository


class Listening:
    """A recogniser that notes its hints."""

    name = "noting"

    def __init__(self) -> None:
        self.hints: list[Hints] = []

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
        """Note the hints."""
        self.hints.append(hints)
        return Transcript("", 1.0, "en", 0.0, 0.0, self.name)

    def close(self) -> None:
        """Have nothing to close."""


def test_names_of_the_project_and_commands_are_hints(tmp_path: Path) -> None:
    """As soon as they are read; an approval is never guided."""
    root = make_repository(tmp_path / "p", ["cart.py"], ["CartItem", "max_items"], ["main"])
    names = ProjectNames(root)
    assert hints_for("en", names).words == ()
    names.refresh()
    assert names.wait(10)
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
    assert names.wait(10)
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
    assert names.wait(10)
    (root / "cart.py").write_text("price_list = 1\n", encoding="utf-8")
    names.refresh()
    assert names.wait(10)
    assert set(names.vocabulary.prompt_names()) == {"price_list"}


def test_what_the_caller_knows_goes_first() -> None:
    """Its text before is kept, and its names replace the likely ones."""
    noting = Listening()
    likely = Hints(words=("max_items",), commands=("send",))
    recognizer = HintedRecognizer(noting, lambda: likely)
    recognizer.transcribe(b"")
    recognizer.transcribe(b"", hints=Hints(words=("CartItem",), before="Open it."))
    assert noting.hints == [likely, Hints(("CartItem",), ("send",), (), "Open it.")]


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
