"""The configuration: frozen dataclasses, one a section of the TOML file.

Who reads what: `codex` the agent, `whisper` the recogniser, `audio` the microphone, `voice`
dictation, `language` and `words` what is written, `keys` and `ui` the screen, `history` the
journal, `moshi` the conversation with Moshi. `config.file` reads these from TOML, `config.editor`
writes them; the comments of the example file are the explanations of the fields.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Mode = Literal["push_to_talk", "hands_free", "wake_word"]
Sounds = Literal["off", "bell", "earcons"]
Engine = Literal["whisper.cpp", "ctranslate2"]
Theme = Literal[
    "auto", "dark", "light",
    # Textual's own.
    "textual-dark", "textual-light", "atom-one-dark", "atom-one-light", "catppuccin-frappe",
    "catppuccin-latte", "catppuccin-macchiato", "catppuccin-mocha", "dracula", "flexoki",
    "gruvbox", "monokai", "nord", "rose-pine", "rose-pine-dawn", "rose-pine-moon",
    "solarized-dark", "solarized-light", "tokyo-night",
]  # fmt: skip
Punctuation = Literal["recognised", "spoken"]
VoiceBarSize = Literal["full", "compact", "hidden"]


def setting(default: Any, explanation: str, **limits: Any) -> Any:
    """Declare a field with its explanation and its limits.

    Args:
        default: The value where the file has none.
        explanation: One line for the comments of the configuration file.
        limits: `minimum` and `maximum` of a number; for text a `pattern`, a regular expression
            that the whole value must match, with `allowed`, which says the same in words; `is_key`
            for the name of a key.
    """
    return field(default=default, metadata={"explanation": explanation, **limits})


@dataclass(frozen=True)
class CodexConfig:
    """The program in the pane."""

    command: str = setting(
        "codex",
        "The Codex program: a name on PATH or a path.",
        pattern=r".*\S.*",
        allowed="a program, not nothing",
    )
    args: tuple[str, ...] = setting((), "Arguments for Codex itself.")
    working_dir: str = setting("", 'Where Codex works; "" is the directory you start in.')


@dataclass(frozen=True)
class WhisperConfig:
    """The recogniser."""

    model: str = setting(
        "", 'A model name such as "base.en", or a file; "" takes the best one found on disk.'
    )
    engine: Engine = setting(
        "whisper.cpp",
        'What recognises; "ctranslate2" is faster on most processors (codex-voice[fast]).',
    )
    retry_model: str = setting(
        "", 'A larger model for "try again" in the history; "" uses the same one.'
    )
    listening_model: str = setting(
        "", 'A small model that listens for the wake phrase; "" uses the same one.'
    )
    language: str = setting(
        "en",
        'A language code such as "en" or "de", or "auto" (needs a multilingual model).',
        pattern="[a-z]{2,3}|auto",
        allowed='a language code such as "en", or "auto"',
    )
    translate: bool = setting(False, "Translate speech into English (needs a multilingual model).")
    threads: int = setting(
        0, "Threads of the recogniser; 0 leaves one core free.", minimum=0, maximum=64
    )
    server_url: str = setting(
        "",
        'A server: whisper.cpp\'s such as "http://127.0.0.1:8080", an OpenAI-compatible one that '
        'ends in "/v1", or "wyoming://127.0.0.1:10300"; "" recognises here.',
        pattern=r"(https?://[^\s/]+\S*|wyoming://\S+)?",
        allowed='"" or an address that begins with http://, https:// or wyoming://',
    )
    server_model: str = setting(
        "whisper-1",
        "The model of an OpenAI-compatible server.",
        pattern=r"\S+",
        allowed="the name of a model",
    )
    server_key_env: str = setting(
        "OPENAI_API_KEY",
        "The environment variable with its key, which is sent over https or to this machine only.",
        pattern=r"[A-Za-z_][A-Za-z0-9_]*",
        allowed="the name of a variable",
    )


@dataclass(frozen=True)
class AudioConfig:
    """The microphone."""

    device: str = setting("", 'The microphone, by (part of) its name; "" is the default one.')
    keep_open: bool = setting(
        False, "Keep the microphone open between captures: 300 ms of pre-roll, no opening time."
    )
    gain_db: float = setting(
        0.0, "Digital gain for a quiet microphone, in dB.", minimum=0.0, maximum=30.0
    )
    threshold_dbfs: float = setting(
        -60.0,
        'Quieter sound is never speech, in dBFS; "codex-voice mic" measures a good value.',
        minimum=-90.0,
        maximum=0.0,
    )
    noise_suppression: bool = setting(
        False, "Suppress steady noise before end-pointing (never before recognition)."
    )


@dataclass(frozen=True)
class VoiceConfig:
    """Dictation."""

    mode: Mode = setting(
        "push_to_talk", "How to talk: the talk key, always listening, or after a wake phrase."
    )
    send: bool = setting(False, "Send at once what was said, instead of only inserting it.")
    trailing_send: bool = setting(
        False, 'Let a last sentence "Send it." send what was said before it.'
    )
    approvals: bool = setting(
        False, 'Let the spoken words "approve" and "deny" answer an approval prompt on screen.'
    )
    wake_phrase: str = setting(
        "hey codex",
        "What wakes the wake-word mode.",
        pattern=r".*\w.*",
        allowed="at least one word",
    )
    sleep_after_seconds: float = setting(
        60.0,
        "Quiet time after which the wake-word mode sleeps again.",
        minimum=5.0,
        maximum=3600.0,
    )
    end_silence_ms: int = setting(1000, "Silence that ends a dictation.", minimum=200, maximum=5000)
    command_silence_ms: int = setting(
        500, "Silence that ends an utterance that is a spoken command.", minimum=200, maximum=5000
    )
    maximum_seconds: float = setting(
        30.0, "A longer utterance is cut at its last pause.", minimum=5.0, maximum=30.0
    )
    only_my_voice: bool = setting(
        False,
        "Hands-free, insert nothing that is clearly somebody else's voice "
        "(codex-voice mic --enrol); this is no security.",
    )
    partial_text: bool = setting(True, "Show the text while you speak.")


@dataclass(frozen=True)
class LanguageConfig:
    """How what you say is written, and what you say for commands."""

    code: bool = setting(
        True, 'Write code as code ("dash dash force", names of the project); false is plain prose.'
    )
    punctuation: Punctuation = setting(
        "recognised",
        'Who sets punctuation: the recogniser alone, or also your words "comma", "full stop".',
    )
    phrases: tuple[str, ...] = setting(
        (),
        'Your phrases for commands: ["send -> fire", "exit -> + log out"]; "+" keeps the others.',
    )
    hook: tuple[str, ...] = setting(
        (),
        "A program over each dictated text: JSON on its input, the text on its output in 5 s.",
    )


@dataclass(frozen=True)
class WordsConfig:
    """Your own words; those of one project stand in its .codex-voice.toml."""

    replace: tuple[str, ...] = setting(
        (), 'What is heard, and what is written: ["kay eight s -> k8s"]; "/a+/ -> b" is a pattern.'
    )
    macros: tuple[str, ...] = setting(
        (), 'Beginnings of an utterance: ["sign off -> Signed-off-by: {text}"].'
    )


@dataclass(frozen=True)
class KeysConfig:
    """The keys that are ours; all others are Codex's."""

    talk: str = setting("ctrl+space", "The talk key.", is_key=True)
    menu: str = setting("f1", "The menu key.", is_key=True)


@dataclass(frozen=True)
class UiConfig:
    """The screen."""

    theme: Theme = setting(
        "auto", "Colours of the bars and menus; auto, dark and light use the terminal's own."
    )
    voice_bar: VoiceBarSize = setting(
        "full", "The rows that appear while you speak; hidden shows only what does not work."
    )
    plain: bool = setting(
        False, "Bars in plain words, without symbols and meters, as screen readers want them."
    )
    show_status_bar: bool = setting(True, "Show the status bar.")
    sounds: Sounds = setting("off", "Cues: none, the terminal bell, or short sounds.")
    notifications: bool = setting(
        True, "Pass on desktop notifications when the terminal is not in focus."
    )
    clipboard: bool = setting(False, "Let Codex write to the clipboard (OSC 52).")
    scrollback_lines: int = setting(10_000, "Lines of scrollback.", minimum=0, maximum=1_000_000)


@dataclass(frozen=True)
class HistoryConfig:
    """The recordings that are kept, so that nothing said is lost."""

    keep: bool = setting(True, "Keep recordings on disk (in your own state directory, mode 0600).")
    maximum_count: int = setting(200, "Recordings kept at most.", minimum=1, maximum=100_000)
    maximum_days: int = setting(14, "Days a recording is kept at most.", minimum=1, maximum=3650)


@dataclass(frozen=True)
class MoshiConfig:
    """Moshi, for "codex-voice moshi" and "codex-voice serve --backend moshi"."""

    python: str = setting(
        "python3",
        "The Python that has the package moshi: a name on PATH or a path.",
        pattern=r".*\S.*",
        allowed="a program, not nothing",
    )
    module: str = setting(
        "moshi.server",
        'What it runs; "moshi_mlx.local_web" is the server for Apple silicon.',
        pattern=r"\S+",
        allowed="the name of a module",
    )
    arguments: tuple[str, ...] = setting(
        (), 'More arguments for it: ["--hf-repo", "kyutai/moshika-pytorch-bf16"].'
    )
    host: str = setting(
        "127.0.0.1",
        "The interface it listens on.",
        pattern=r"[\w.:-]+",
        allowed="a name or a number of an interface",
    )
    port: int = setting(8998, "Its port.", minimum=1, maximum=65535)
    minimum_vram_mb: int = setting(
        14_000,
        "Free graphics memory it needs, in megabytes; 0 does not check.",
        minimum=0,
        maximum=1_000_000,
    )
    server_url: str = setting(
        "",
        'A server that runs elsewhere, such as "ws://127.0.0.1:8998/api/chat"; "" runs it here.',
        pattern=r"(wss?://[^\s/]+\S*)?",
        allowed='"" or an address that begins with ws:// or wss://',
    )
    latency_ms: float = setting(
        2500.0,
        "A mean latency above this begins the conversation anew, which makes it fast again.",
        minimum=200.0,
        maximum=60_000.0,
    )


@dataclass(frozen=True)
class Config:
    """The whole configuration."""

    codex: CodexConfig = field(default_factory=CodexConfig)
    whisper: WhisperConfig = field(default_factory=WhisperConfig)
    audio: AudioConfig = field(default_factory=AudioConfig)
    voice: VoiceConfig = field(default_factory=VoiceConfig)
    language: LanguageConfig = field(default_factory=LanguageConfig)
    words: WordsConfig = field(default_factory=WordsConfig)
    keys: KeysConfig = field(default_factory=KeysConfig)
    ui: UiConfig = field(default_factory=UiConfig)
    history: HistoryConfig = field(default_factory=HistoryConfig)
    moshi: MoshiConfig = field(default_factory=MoshiConfig)
