"""Whether an open microphone still works: PortAudio raises nothing when it does not."""

from __future__ import annotations

from enum import Enum, auto

from codex_voice.audio.level import SILENCE_DBFS, measure
from codex_voice.pcm import FRAME_BYTES, FRAME_SECONDS

# A hanging sound server gives everything it held back when it goes on, so that the stream is
# given up later than the trouble is told.
STALLED_SECONDS = 1.0
HOPELESS_SECONDS = 3.0
# How often `check` is to be called; what a much later call finds late was held up with it.
CHECK_SECONDS = 0.25
# Muted, or moved by the sound server to a source that does not exist: exact zeros, for ever.
ZEROS_SECONDS = 1.8
# No microphone gives exact zeros for so long between two sounds, unless a noise gate is in it.
GATE_SECONDS = 0.1
# A gate closes when a sound has died away; a switch, or a stream that is moved, in mid-word.
_DIED_AWAY_DB = 12.0
# What is so much softer than speech for so long is the room, which a gate would keep out: gates
# hold on for half a second at most.
_ROOM_DB = 20.0
_ROOM_SECONDS = 1.0
# How fast the loudest sound is forgotten, so that one bang does not make all that follows a room.
_FORGOTTEN_DB = 5.0 * FRAME_SECONDS
# Reopening may find the microphone where the sound server lost it.
_MOST_SECONDS_BETWEEN_REOPENING = 30.0

_ZEROS = bytes(FRAME_BYTES)


class Health(Enum):
    """The condition of a microphone."""

    GOOD = auto()
    DOUBTFUL = auto()
    STALLED = auto()
    HOPELESS = auto()
    SILENT = auto()


class Watchdog:
    """Follows the frames of one microphone, across its openings.

    A microphone with a noise gate gives exact zeros whenever nobody speaks. It is known by a short
    run of them between two sounds, the first of which had just died away, and its zeros mean
    nothing until the room is heard.

    Attributes:
        interruptions: How often sound has turned into zeros that lasted until `SILENT`.
    """

    def __init__(self) -> None:
        self.interruptions = 0
        self._looked = 0.0
        self._waited = 0.0
        self._zeros = 0
        self._patience = ZEROS_SECONDS
        self._sounded = False
        self._gated = False
        self._hung = False
        # In dBFS: the last sound, and the loudest lately.
        self._last = self._loudest = SILENCE_DBFS
        self._soft_frames = 0

    @property
    def stopped(self) -> bool:
        """Whether sound has turned into exact zeros: the microphone is muted, or gone."""
        return self._sounded and not self._gated and self._zeros * FRAME_SECONDS >= GATE_SECONDS

    @property
    def stalled_seconds(self) -> float:
        """How long no frame has come, where that is longer than it ever takes, else 0."""
        return self._waited if self._waited >= STALLED_SECONDS else 0.0

    def opened(self, now: float) -> None:
        """Note that it is open, at a time of the monotonic clock."""
        self._looked, self._waited = now, 0.0
        self._zeros = 0
        self._sounded = False
        self._last = self._loudest = SILENCE_DBFS
        self._soft_frames = 0

    def frame_came(self, frame: bytes, now: float) -> Health:
        """Note a frame.

        Returns:
            `GOOD` for sound, `DOUBTFUL` for zeros, `SILENT` when it is time to do something
            about them.
        """
        self._looked, self._waited = now, 0.0
        if frame != _ZEROS:
            if self._sounded and self._gap_is_a_gate():
                self._gated = True
            self._hung = False
            self._weigh(measure(frame).dbfs)
            self._sounded = True
            self._zeros, self._patience = 0, ZEROS_SECONDS
            return Health.GOOD
        self._zeros += 1
        if self._gated or self._zeros * FRAME_SECONDS < self._patience:
            return Health.DOUBTFUL
        self.interruptions += self._sounded
        self._patience = min(2 * self._patience, _MOST_SECONDS_BETWEEN_REOPENING)
        return Health.SILENT

    def _weigh(self, dbfs: float) -> None:
        """Note the level of a sound."""
        self._last = dbfs
        self._loudest = max(dbfs, self._loudest - _FORGOTTEN_DB)
        soft = dbfs <= self._loudest - _ROOM_DB
        self._soft_frames = self._soft_frames + 1 if soft else 0
        if self._room_is_heard:
            self._gated = False

    @property
    def _room_is_heard(self) -> bool:
        return self._soft_frames * FRAME_SECONDS >= _ROOM_SECONDS

    def _gap_is_a_gate(self) -> bool:
        """Return whether the zeros that end now were a noise gate's."""
        return (
            # A sound server that comes back may leave a gap.
            not self._hung
            and not self._room_is_heard
            and GATE_SECONDS <= self._zeros * FRAME_SECONDS < ZEROS_SECONDS
            and self._last <= self._loudest - _DIED_AWAY_DB
        )

    def check(self, now: float) -> Health:
        """Check why no frame came for `CHECK_SECONDS`.

        A process that was stopped, or a machine that was asleep, is back before its frames are: of
        that time only a check's share counts.
        """
        self._waited += min(now - self._looked, 2 * CHECK_SECONDS)
        self._looked = now
        self._hung = self._hung or self._waited >= STALLED_SECONDS
        if self._waited >= HOPELESS_SECONDS:
            return Health.HOPELESS
        return Health.STALLED if self._waited >= STALLED_SECONDS else Health.GOOD
