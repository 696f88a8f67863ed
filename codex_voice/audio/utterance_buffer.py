"""The sound of one utterance while it is being captured."""

from __future__ import annotations

import time
from collections.abc import Sequence
from secrets import token_hex

from codex_voice.audio.background_speech import prominence
from codex_voice.audio.utterance import EndReason, Recorder, Utterance
from codex_voice.pcm import FRAME_BYTES, FRAME_SECONDS

# With fewer loud frames an utterance begun by key holds nothing: a slip of the finger.
_LOUD_FRAMES_NEEDED = 5
# An utterance that began by itself, with less speech than that, was a click or a cough.
_SPEECH_SECONDS_NEEDED = 0.2


class UtteranceBuffer:
    """Collects frames in memory and on disk.

    Args:
        recorder: Keeps them on disk.
        by_key: It was begun by key, and not by speech.
        before: The one whose leftover it goes on with.
    """

    def __init__(
        self,
        recorder: Recorder | None,
        by_key: bool,
        before: UtteranceBuffer | None = None,
    ) -> None:
        self.started_at = time.time()
        stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(self.started_at))
        self.id = f"{stamp}-{token_hex(3)}"
        self.by_key = by_key
        self.continued = before is not None
        self.prominence_db: float | None = before.prominence_db if before is not None else None
        self._recorder = recorder
        self._recording = False
        self._frames: list[bytes] = []
        self._loud_frames = 0
        self._heard_frames = 0

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self._frames) * FRAME_SECONDS

    def append(self, frame: bytes, loud: bool) -> None:
        """Add a frame, on disk first."""
        if self._recorder is not None:
            if not self._recording:
                self._recorder.begin(self.id)
                self._recording = True
            self._recorder.append(self.id, frame)
        self._frames.append(frame)
        if loud:
            self._loud_frames += 1
            self._heard_frames = len(self._frames)

    def pcm(self, start: int = 0, stop: int | None = None) -> bytes:
        """Return the sound from one frame up to another."""
        return b"".join(self._frames[start:stop])

    def after(self, position: int) -> list[bytes]:
        """Return the frames from a position on."""
        return self._frames[position:]

    def quiet_after(self, position: int) -> bool:
        """Return whether no frame from a position on is loud."""
        return self._heard_frames <= position

    def worthwhile(self, reason: EndReason, started: bool, speech_seconds: float) -> bool:
        """Return whether there is anything in it that may have been said."""
        if self.by_key and not self.continued:
            return started or self._loud_frames >= _LOUD_FRAMES_NEEDED
        if reason in (EndReason.LOST, EndReason.SUSPENDED) and not self.continued:
            return started
        return speech_seconds >= _SPEECH_SECONDS_NEEDED

    def weigh(self, speech: Sequence[bool]) -> None:
        """Measure how far its speech, the frames marked so, is above the noise around it, in dB."""
        if not self.by_key:
            # A piece without a pause in it is as prominent as the piece before.
            found = prominence(self.pcm(), speech)
            self.prominence_db = self.prominence_db if found is None else found

    def keep(self, frames: int | None = None) -> None:
        """Close the recording, after so many frames where another goes on with the others."""
        if self._recorder is not None and self._recording:
            self._recorder.finish(self.id, None if frames is None else frames * FRAME_BYTES)

    def discard(self) -> None:
        """Delete the recording."""
        if self._recorder is not None and self._recording:
            self._recorder.discard(self.id)

    def utterance(
        self,
        bounds: tuple[int, int],
        reason: EndReason,
        speech_seconds: float,
        trailing_silence_seconds: float,
        complete_at_pause: bool = False,
    ) -> Utterance:
        """Return what was said, from one frame up to another."""
        return Utterance(
            id=self.id,
            pcm=self.pcm(*bounds),
            reason=reason,
            started_at=self.started_at,
            speech_seconds=speech_seconds,
            trailing_silence_seconds=trailing_silence_seconds,
            continues=reason is EndReason.CUT,
            continued=self.continued,
            complete_at_pause=complete_at_pause,
            prominence_db=self.prominence_db,
        )
