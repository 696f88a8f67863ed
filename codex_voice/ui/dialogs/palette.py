"""The command palette: every action in a list that is searched by typing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import Matcher
from textual.geometry import Size
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from codex_voice.ui.dialogs.dialog import SMALL_ROWS, Dialog, list_rows
from codex_voice.ui.dialogs.dialog_list import DialogList

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

Handler = Callable[[], Awaitable[None]]

HINTS = "type to search · ↑↓ choose · Enter run · Esc close"
# As in app.tcss: the dialog's width, its border and padding, and the scroll bar of its list.
_WIDTH = 76
_FRAME_COLUMNS = 4
_SCROLL_BAR_COLUMNS = 1
# Two lines under an empty one; on a smaller screen the list needs the room.
_HELP_ROWS = 3
_HELP_SCREEN_ROWS = 16
_GAP = "  "


@dataclass(frozen=True)
class Action:
    """Something the user can do.

    Attributes:
        label: What it does, as the first words of its row.
        run: Does it; None where the row only says something.
        value: The current value of what it changes.
        key: The key that does the same, such as "Ctrl-Space".
        phrase: What can be said instead, such as "send".
        group: Actions of one group stand together, set apart from the next.
        unavailable: Why it cannot be done now; empty where it can.
        help: Explains it while it is the chosen one.
    """

    label: str
    run: Handler | None
    value: str = ""
    key: str = ""
    phrase: str = ""
    group: str = ""
    unavailable: str = ""
    help: str = ""


def search_actions(query: str, actions: list[Action]) -> list[Action]:
    """Return the actions that match a query, the best match first.

    A match in the label goes before one in the value, the key or the spoken form, and letters that
    stand together go before scattered ones.
    """
    query = query.strip()
    if not query:
        return actions
    matcher = Matcher(query)
    scores = {
        index: 2 * matcher.match(action.label)
        + matcher.match(f"{action.value} {action.phrase} {action.key}")
        + 10 * (query.casefold() in action.label.casefold())
        for index, action in enumerate(actions)
    }
    found = sorted((index for index in scores if scores[index]), key=lambda i: -scores[i])
    return [actions[index] for index in found]


def format_action(action: Action, width: int) -> Content:
    """Return the row of an action: label and value at the left, spoken form and key at the right.

    Args:
        action: What is shown.
        width: Columns; where they do not suffice, the spoken form goes first, then the key, and
            the value is cut.
    """
    value = action.unavailable or action.value
    left = Content.assemble(action.label, (f"{_GAP}{value}" if value else "", "dim"))
    phrase = f"“{action.phrase}”" if action.phrase else ""
    for parts in ([phrase, action.key], [action.key], []):
        shown = [part for part in parts if part]
        right = Content.assemble(
            *((part, "bold" if part is action.key else "dim italic") for part in _spaced(shown))
        )
        room = width - left.cell_length - right.cell_length
        if room >= len(_GAP):
            return Content.assemble(left, " " * room, right)
    return left.truncate(width, ellipsis=True)


def _spaced(parts: list[str]) -> list[str]:
    """Return the parts with gaps between them."""
    return [piece for part in parts for piece in (_GAP, part)][1:]


class PaletteScreen(Dialog[Action]):
    """Lists actions; returns the one that is chosen, or None on Escape."""

    BINDINGS: ClassVar = [
        Binding("up", "move('cursor_up')", "Up", show=False),
        Binding("down", "move('cursor_down')", "Down", show=False),
        Binding("pageup", "move('page_up')", "Page up", show=False),
        Binding("pagedown", "move('page_down')", "Page down", show=False),
    ]

    def __init__(
        self,
        title: str,
        actions: list[Action],
        position: int = 0,
        *,
        explanation: str = "",
        hints: str = HINTS,
    ) -> None:
        """Show actions.

        Args:
            title: What stands in the frame.
            actions: What can be chosen.
            position: Which one is chosen at first.
            explanation: One line under the search field.
            hints: Which keys do what, for the frame.
        """
        super().__init__()
        self._title = title
        self._actions = actions
        self._shown = actions
        self._position = position
        self._explanation = explanation
        self._hints = hints
        self._fitted = Size(0, 0)

    def compose(self) -> ComposeResult:
        """Lay out the search field, the list and the help for the chosen action."""
        with Vertical(id="dialog", classes="palette") as dialog:
            dialog.border_title = self._title
            dialog.border_subtitle = self._hints
            # Blinking would draw the dialog twice a second.
            search = Input(placeholder="Search actions", compact=True)
            search.cursor_blink = False
            yield search
            if self._explanation:
                yield Static(self._explanation, id="explanation", markup=False)
            rows = DialogList(*self._options(), markup=False, compact=True)
            # The keys that move in the list come from the search field.
            rows.can_focus = False
            # Without a message to itself, which would draw it again.
            rows.set_reactive(OptionList.highlighted, self._position)
            yield rows
            explained = any(action.help for action in self._actions)
            first_help = self._actions[self._position].help if explained else ""
            chosen_help = Static(first_help, id="help", markup=False) if explained else None
            if chosen_help is not None:
                yield chosen_help
            # Already now: to fit it later would draw it twice.
            self._fit(self.app.size, rows, chosen_help)

    def on_mount(self) -> None:
        """Show the action that was chosen before."""
        self.query_one(OptionList).scroll_to_highlight()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the list to the screen; its height stays while a search makes it shorter."""
        if event.size == self._fitted:
            return
        rows = self.query_one(OptionList)
        self._fit(event.size, rows, next(iter(self.query("#help").results(Static)), None))
        if rows.option_count == len(self._shown):
            for index, action in enumerate(self._shown):
                rows.replace_option_prompt_at_index(index, format_action(action, self._columns))

    def _fit(self, size: Size, rows: OptionList, chosen_help: Static | None) -> None:
        self._fitted = size
        whole = len(self._actions) + len({action.group for action in self._actions}) - 1
        others = 1 if size.height < SMALL_ROWS else 2
        if self._explanation:
            others += 2
        if chosen_help is not None:
            chosen_help.display = size.height >= _HELP_SCREEN_ROWS
            others += _HELP_ROWS if chosen_help.display else 0
        rows.styles.height = list_rows(whole, size.height, others)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Explain the chosen action."""
        if self._shown:
            for explanation in self.query("#help").results(Static):
                explanation.update(self._shown[event.option_index].help)

    def on_input_changed(self, event: Input.Changed) -> None:
        """List the actions that match."""
        self._shown = search_actions(event.value, self._actions)
        rows = self.query_one(OptionList)
        rows.set_options(self._options() or [Option("Nothing matches.", disabled=True)])
        rows.action_first()

    def on_input_submitted(self) -> None:
        """Return the chosen action."""
        self.query_one(OptionList).action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Return the chosen action."""
        self.dismiss(self._shown[event.option_index])

    def action_move(self, way: str) -> None:
        """Move in the list."""
        getattr(self.query_one(OptionList), f"action_{way}")()

    @property
    def _columns(self) -> int:
        """Columns of a row."""
        width, height = self.app.size
        frame = 0 if height < SMALL_ROWS else _FRAME_COLUMNS
        return max(1, min(_WIDTH, width) - frame - _SCROLL_BAR_COLUMNS)

    def _options(self) -> list[Option | None]:
        """Return the rows; groups are set apart while all actions are listed."""
        grouped = self._shown is self._actions
        options: list[Option | None] = []
        for index, action in enumerate(self._shown):
            if grouped and index and action.group != self._shown[index - 1].group:
                options.append(None)
            prompt = format_action(action, self._columns)
            options.append(Option(prompt, disabled=bool(action.unavailable)))
        return options
