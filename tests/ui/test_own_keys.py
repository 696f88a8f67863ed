"""Which keys are the program's own, and which are Codex's."""

from __future__ import annotations

import pytest

from codex_voice.config.schema import KeysConfig
from codex_voice.dictation.notice import KeyOffer, Notice
from codex_voice.session.codex_control import Offer
from codex_voice.terminal.keys import KeyPress
from codex_voice.ui.bars.end_panel import EndPanel
from codex_voice.ui.bars.notices import Notices
from codex_voice.ui.own_keys import OwnKeys, need_all_keys
from tests.support.manual_timers import ManualTimers

KEYS = KeysConfig(talk="f9", menu="f1")


class RecordingHost:
    """Notes what the keys did.

    Args:
        practice: Whether it is in practice mode.
    """

    def __init__(self, *, practice: bool = False) -> None:
        self.done: list[str] = []
        self._practice = practice

    def suspend_program(self) -> bool:
        """Suspend."""
        self.done.append("suspend")
        return True

    def open_menu(self) -> None:
        """Open the menu."""
        self.done.append("menu")

    def play_practice(self) -> bool:
        """Play, in practice mode."""
        if self._practice:
            self.done.append("play")
        return self._practice

    def accept_notice_offer(self, offer: KeyOffer) -> None:
        """Accept an offer of a message."""
        self.done.append(offer.label)

    def accept_end_offer(self, offer: Offer) -> None:
        """Accept an offer of the end panel."""
        self.done.append(offer.label)

    def show_message(self, text: str) -> None:
        """Show a line."""
        self.done.append(text)


async def nothing() -> None:
    """Do nothing."""


class Keys:
    """The keys of an application whose voice input has not loaded yet."""

    def __init__(self, *, practice: bool = False, voice_wanted: bool = True) -> None:
        self.host = RecordingHost(practice=practice)
        timers = ManualTimers()
        self.notices = Notices(timers.set_timer, timers.changed)
        self.end_panel = EndPanel()
        self.end_panel.display = False
        self.own = OwnKeys(self.host, KEYS, self.notices, self.end_panel, voice_wanted=voice_wanted)

    def press(self, name: str) -> bool:
        """Press a key; return whether it was the program's."""
        return self.own.handle(KeyPress(name))


def test_what_is_not_ours_is_codexs() -> None:
    """Also the keys that are ours at other times, and Escape."""
    keys = Keys()
    assert not any(keys.press(name) for name in ("a", "escape", "enter", "f2", "f4", "r", "ctrl+c"))
    assert keys.host.done == []


def test_menu_and_suspend_act_when_they_go_down() -> None:
    """Their repeats and releases are not Codex's either, as far as the menu key goes."""
    keys = Keys()
    assert keys.press("f1")
    assert keys.own.handle(KeyPress("f1", "release"))
    assert keys.press("ctrl+z")
    assert keys.host.done == ["menu", "suspend"]


def test_until_voice_input_has_loaded_the_talk_key_says_so() -> None:
    """It is never typed into Codex; without voice input it is a key like any other."""
    keys = Keys()
    assert keys.press("f9")
    assert keys.own.handle(KeyPress("f9", "release"))
    assert keys.host.done == ["Voice input is loading …"]
    assert not Keys(voice_wanted=False).press("f9")


def test_practice_has_a_key_of_its_own() -> None:
    """F2 plays the next recording there."""
    keys = Keys(practice=True)
    assert keys.press("f2")
    assert keys.host.done == ["play"]


def test_a_message_lends_a_key_as_long_as_it_is_shown() -> None:
    """After that the key is Codex's again."""
    keys = Keys()
    keys.notices.show_notice(Notice("Written.", offers=(KeyOffer("f3", "puts back", nothing),)))
    assert keys.press("f3")
    keys.notices.show_message("Sent.")
    assert not keys.press("f3")
    assert keys.host.done == ["puts back"]


def test_the_end_panel_lends_its_keys() -> None:
    """While it accepts any."""
    keys = Keys()
    keys.end_panel.display = True
    keys.end_panel.offers = (Offer("r", "Restart", nothing),)
    keys.end_panel.accepting = True
    assert keys.press("r")
    assert not keys.press("x")
    assert keys.host.done == ["Restart"]


def test_changed_keys_count_from_now_on() -> None:
    """The old ones are Codex's."""
    keys = Keys()
    keys.own.use_keys(KeysConfig(talk="f8", menu="f7"))
    assert keys.press("f7")
    assert not keys.press("f1")
    assert keys.host.done == ["menu"]


@pytest.mark.parametrize(
    ("talk", "needed"), [("ctrl+space", False), ("right_ctrl", True)], ids=["chord", "modifier"]
)
def test_some_keys_are_reported_only_on_request(talk: str, needed: bool) -> None:
    """Those of modifiers by themselves."""
    assert need_all_keys(KeysConfig(talk=talk)) is needed
