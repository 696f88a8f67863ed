"""Everything that can go wrong and is told to the user.

CodexVoiceError
├── ConfigError                the configuration file or a command-line value is wrong
├── AudioError
│   ├── PortAudioMissing       the PortAudio library is not installed
│   ├── MicrophoneUnavailable  no device, or it cannot be opened, or it went away
│   └── MicrophoneSilent       it is open and gives nothing but zeros
├── SpeechError
│   ├── ModelMissing           no such model, or none at all
│   ├── ModelInvalid           a file that whisper.cpp must not be given
│   ├── DownloadFailed         a model could not be fetched, or is not what was promised
│   ├── RecognitionFailed      the recogniser ended without an answer
│   ├── SpeakerProfileMissing  nobody's voice was enrolled
│   ├── SpeakerProfileInvalid  a voice cannot be enrolled, or its profile is no profile
│   └── ServerUnavailable      a speech server does not answer as it should
├── JournalError               a recording could not be kept or read
├── MoshiError
│   ├── MoshiNotInstalled      a package or an interpreter that it needs is missing
│   ├── MoshiServerFailed      the server cannot be started, or ended and was not restarted
│   ├── MoshiBusy              another client talks to the server
│   └── MoshiConnectionLost    the server cannot be reached, or went away, or is too slow
├── AgentError
│   ├── AgentNotFound          the Codex program is not there
│   └── AgentNotStarted        it is there and cannot be run
└── TerminalError
    └── EngineMismatch         the terminal engine is not the one this program was built for
"""

from __future__ import annotations

from codex_voice.own_command import runnable
from codex_voice.text_cleaning import clean_line


class CodexVoiceError(Exception):
    """An error with one line for the user and, where there is one, the command that fixes it.

    Both are cleaned of control characters: they quote servers, devices and file names.

    Args:
        message: What is wrong, as one line without a full stop at its end.
        remedy: A command or an action that fixes it; empty where nothing is known. A command of
            ours begins with "codex-voice", and is shown as it can be run here.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        self.message = clean_line(message)
        self.remedy = clean_line(runnable(remedy))
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} ({self.remedy})" if self.remedy else self.message


class ConfigError(CodexVoiceError):
    """The configuration file or a command-line value is wrong."""


class AudioError(CodexVoiceError):
    """Sound cannot be captured or played."""


class PortAudioMissing(AudioError):
    """The PortAudio library is not installed."""


class MicrophoneUnavailable(AudioError):
    """There is no such device, it cannot be opened, or it went away."""


class MicrophoneSilent(AudioError):
    """The device is open and gives nothing but zeros: muted, disconnected, or not allowed."""


class SpeechError(CodexVoiceError):
    """Speech cannot be turned into text."""


class ModelMissing(SpeechError):
    """There is no such speech model, or none at all."""


class ModelInvalid(SpeechError):
    """The file is not a model that whisper.cpp can be given safely."""


class DownloadFailed(SpeechError):
    """A model could not be fetched, or is not what was promised."""


class RecognitionFailed(SpeechError):
    """The recogniser ended without an answer."""


class SpeakerProfileMissing(SpeechError):
    """Nobody's voice was enrolled."""


class SpeakerProfileInvalid(SpeechError):
    """A voice cannot be enrolled, or the file is no profile of one."""


class ServerUnavailable(SpeechError):
    """A speech server does not answer as it should."""


class JournalError(CodexVoiceError):
    """A recording could not be kept or read."""


class MoshiError(CodexVoiceError):
    """There is no conversation with Moshi."""


class MoshiNotInstalled(MoshiError):
    """A package or an interpreter that Moshi needs is missing."""


class MoshiServerFailed(MoshiError):
    """The server cannot be started, or ended and was not restarted."""


class MoshiBusy(MoshiError):
    """Another client talks to the server, which serves one at a time."""


class MoshiConnectionLost(MoshiError):
    """The server cannot be reached, or went away, or is too slow."""


class AgentError(CodexVoiceError):
    """The hosted program cannot be run."""


class AgentNotFound(AgentError):
    """The Codex program is not there."""


class AgentNotStarted(AgentError):
    """The Codex program is there and cannot be run."""


class TerminalError(CodexVoiceError):
    """The terminal emulator cannot be used."""


class EngineMismatch(TerminalError):
    """The terminal engine is not the one this program was built for."""
