"""The keys that are the program's own and not Codex's, and what each of them does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from codex_voice.config.schema import KeysConfig
from codex_voice.dictation.notice import KeyOffer
from codex_voice.key_names import canonical_name
from codex_voice.session.codex_control import Offer
from codex_voice.terminal.keys import KeyPress, needs_all_keys
from codex_voice.ui.bars.end_panel import EndPanel
from codex_voice.ui.bars.notices import Notices

if TYPE_CHECKING:
    from codex_voice.dictation.voice_control import VoiceControl

_SUSPEND_KEY = "ctrl+z"
PRACTICE_KEY = "f2"
# Ours only for some seconds after something was cancelled.
BRING_BACK_KEY = "f4"


def need_all_keys(keys: KeysConfig) -> bool:
    """Return whether one of them is a key that terminals report only when they are asked to."""
    return any(needs_all_keys(canonical_name(key)) for key in (keys.talk, keys.menu))


class KeyHost(Protocol):
    """What the keys need of the application."""

    def suspend_program(self) -> bool:
        """Give the terminal back to the shell; return `False` where that is not possible."""

    def open_menu(self) -> None:
        """Show the menu."""

    def play_practice(self) -> bool:
        """Play the next recording of practice mode; return `False` in any other mode."""

    def accept_notice_offer(self, offer: KeyOffer) -> None:
        """Do what a message offers a key for."""

    def accept_end_offer(self, offer: Offer) -> None:
        """Do what the panel under an ended Codex offers a key for."""

    def show_message(self, text: str) -> None:
        """Show one line."""


class OwnKeys:
    """Handles the talk key, the menu key, and keys that are ours for a while.

    Args:
        host: The application.
        keys: The configured keys.
        notices: The messages, which may offer something for a key.
        end_panel: What offers something for a key while Codex is not running.
        voice_wanted: Whether voice input is on (no --no-voice).
    """

    def __init__(
        self,
        host: KeyHost,
        keys: KeysConfig,
        notices: Notices,
        end_panel: EndPanel,
        *,
        voice_wanted: bool,
    ) -> None:
        self.voice: VoiceControl | None = None
        """Voice input; None until it has loaded."""
        self._host = host
        self._notices = notices
        self._end_panel = end_panel
        self._voice_wanted = voice_wanted
        self.use_keys(keys)

    def use_keys(self, keys: KeysConfig) -> None:
        """Use other keys from now on."""
        self._talk_key = canonical_name(keys.talk)
        self.menu_key = canonical_name(keys.menu)

    def handle(self, key: KeyPress) -> bool:
        """Handle our own keys; return `False` for all others, which are Codex's."""
        if self.voice is not None and self.voice.handle_talk_key(key):
            return True
        if key.name == self._talk_key and self._voice_wanted:
            if key.action == "press":
                self._host.show_message("Voice input is loading …")
            return True
        if key.name == _SUSPEND_KEY and key.action == "press":
            # Codex by itself would suspend; here it is in a session of its own, where it cannot.
            return self._host.suspend_program()
        if key.name == self.menu_key:
            if key.action == "press":
                self._host.open_menu()
            return True
        return key.action == "press" and self._handle_temporary_key(key.name)

    def _handle_temporary_key(self, name: str) -> bool:
        """Handle a key that is ours only in the present state."""
        dictation = self.voice.dictation if self.voice is not None else None
        if name == "escape" and dictation is not None and dictation.listening:
            dictation.cancel()
            return True
        if name == BRING_BACK_KEY and dictation is not None and dictation.can_bring_back:
            dictation.bring_back()
            return True
        if notice_offer := self._notices.offer_for(name):
            self._host.accept_notice_offer(notice_offer)
            return True
        if name == PRACTICE_KEY and self._host.play_practice():
            return True
        if end_offer := self._end_panel.offer_for(name):
            self._host.accept_end_offer(end_offer)
            return True
        return False
