"""The user's own words on the settings screen: a list whose entries are added, edited, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codex_voice.language.own_words import WordFault, own_words
from codex_voice.ui.dialogs.choice import Choice, ChoiceScreen
from codex_voice.ui.dialogs.question import QuestionScreen

if TYPE_CHECKING:
    from codex_voice.ui.dialogs.dialog import DialogHost

ADD = "Add one …"
_ADD_INDEX = -1
EDIT = "Heard -> written. An empty line deletes it."


async def edit_entry(
    host: DialogHost, title: str, explanation: str, key: str, entries: tuple[str, ...]
) -> tuple[str, ...] | None:
    """Let one entry of a list be added, edited or deleted.

    Args:
        host: Shows the dialogs.
        title: What the list is called.
        explanation: What its entries are.
        key: Its name in `[words]`: "replace" or "macros".
        entries: The list as it is.

    Returns:
        The list with the change; None where nothing was changed, or the entry is wrong, which is
        said.
    """
    choices = [Choice(entry, index) for index, entry in enumerate(entries)]
    index = await host.show(ChoiceScreen(title, [*choices, Choice(ADD, _ADD_INDEX)], explanation))
    if index is None:
        return None
    before = "" if index == _ADD_INDEX else entries[index]
    text = await host.show(QuestionScreen(title, EDIT, before))
    if text is None or text.strip() == before:
        return None
    changed = list(entries)
    if index != _ADD_INDEX:
        del changed[index]
    if text.strip():
        changed.insert(len(changed) if index == _ADD_INDEX else index, text.strip())
    try:
        own_words(**_as_arguments(key, changed))
    except WordFault as fault:
        host.show_message(f"[words] {fault}")
        return None
    return tuple(changed)


def _as_arguments(key: str, entries: list[str]) -> dict[str, Any]:
    return {"words": entries} if key == "replace" else {"words": (), "macros": entries}
