"""What is used of Textual and Rich beyond their public names is still there, and does the same."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.strip import Strip
from textual.widgets import Static

from codex_voice import ui
from codex_voice.session.first_screen import INPUT_FLAGS, LOCAL_FLAGS
from codex_voice.ui import textual_compat
from codex_voice.ui.textual_compat import ENTER_ALTERNATE_SCREEN, TerminalDriverBase

UI = Path(ui.__file__).parent


class Page(App[None]):
    """Two widgets, one under the other."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[Size] = []

    def compose(self) -> ComposeResult:
        """Lay them out."""
        yield Static("above", id="above")
        yield Static("below", id="below")

    def on_resize(self, event: events.Resize) -> None:
        """Note the size."""
        self.sizes.append(event.size)


def private_names_of_libraries(path: Path, own: set[str]) -> list[str]:
    """Return the private names a module uses that no module of the user interface defines."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("textual", "rich")):
            names = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            found += [name for name in names if name.startswith("_")]
        elif isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            found += {node.attr} - own
    return found


def test_no_other_module_uses_private_names() -> None:
    """An upgrade can break one module only."""
    modules = [path for path in UI.rglob("*.py") if path.name != "textual_compat.py"]
    own = {"__init__", "__missing__", "__file__", "__setitem__"}
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                own.add(node.name)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                attributes = [target for target in targets if isinstance(target, ast.Attribute)]
                own |= {name.attr for name in attributes if ast.unparse(name.value) == "self"}
    used = {path.name: private_names_of_libraries(path, own) for path in modules}
    assert {name: names for name, names in used.items() if names} == {}


async def test_names_of_app_and_screen() -> None:
    """The driver, the layout from the top down, and what the terminal can do."""
    app = Page()
    assert textual_compat.driver_of(app) is None
    async with app.run_test(size=(40, 10)):
        assert textual_compat.driver_of(app) is app._driver
        assert textual_compat.has_synchronized_output(app) is False
        layout = textual_compat.visible_widgets(app.screen)
        regions = {widget.id: region for widget, (region, _clip) in layout.items()}
        assert regions["above"].bottom <= regions["below"].y
        assert textual_compat.visible_widgets(app.screen) is layout, "unmoved, the same object"
        # Whoever is above in the stack of layers comes first: the screen itself is last.
        assert list(layout)[-1] is app.screen


async def test_a_forgotten_size_counts_again() -> None:
    """Textual drops a `Resize` to the size it thinks it has, until that is forgotten."""
    app = Page()
    async with app.run_test(size=(40, 10)) as pilot:
        size = app.size
        before = len(app.sizes)
        textual_compat.forget_size(app)
        app.post_message(events.Resize(size, size))
        await pilot.pause()
        assert app.size == size
        assert len(app.sizes) > before


def test_names_of_keys() -> None:
    """Punctuation has names, letters are their own."""
    assert [textual_compat.key_identifier(key) for key in "/a "] == ["slash", "a", "space"]


def test_a_strip_is_written_as_it_was_told() -> None:
    """The text in its cache is what `render` returns."""
    strip = Strip([Segment("ab")], 2)
    textual_compat.set_rendered(strip, "\x1b[1Gab")
    assert strip.render(Console()) == "\x1b[1Gab"


def test_a_style_is_written_as_it_was_told() -> None:
    """Its parameters are used as they are; a style that was given none has none."""
    style = Style()
    assert textual_compat.style_sequence(style) == ""
    textual_compat.set_style_sequence(style, "4:3")
    assert textual_compat.style_sequence(style) == "4:3"
    console = Console(force_terminal=True, color_system="truecolor")
    assert Strip([Segment("ab", style)], 2).render(console) == "\x1b[4:3mab\x1b[0m"


def test_the_driver_has_the_methods_that_are_replaced() -> None:
    """A method that Textual renames would be replaced no more, and nobody would see it."""
    ours = {name for name in vars(TerminalDriverBase) if name.startswith("_")}
    for name in ours - {"__module__", "__doc__", "__firstlineno__", "__static_attributes__"}:
        assert hasattr(LinuxDriver, name), name
    source = inspect.getsource(LinuxDriver)
    assert "self._query_in_band_window_resize()" in source
    assert "signal.signal(signal.SIGCONT, self._sigcont_application)" in source
    for name in ("attrs_before", "exit_event", "_must_signal_resume"):
        assert f"self.{name}" in source
    assert "def _get_terminal_size(self) -> tuple[int, int]" in source


async def test_the_parser_reads_a_mouse_report() -> None:
    """Reports that are not the pane's go through Textual's own parser."""
    (message,) = textual_compat.make_input_parser().feed("\x1b[<0;3;2M")
    assert isinstance(message, events.MouseDown)
    assert (message.x, message.y) == (2, 1)


def test_textual_enters_the_alternate_screen_with_this_sequence() -> None:
    """Where the screen is ours already the driver leaves out exactly this write."""
    source = inspect.getsource(LinuxDriver.start_application_mode)
    written = ENTER_ALTERNATE_SCREEN.replace("\x1b", "\\x1b")
    assert f'self.write("{written}")' in source


def test_textual_makes_a_terminal_raw_as_the_first_screen_has() -> None:
    """The driver takes the terminal over in these modes; one that differs would change keys."""
    everything = (1 << 32) - 1
    assert LinuxDriver._patch_lflag(everything) == everything & ~LOCAL_FLAGS
    assert LinuxDriver._patch_iflag(everything) == everything & ~INPUT_FLAGS
