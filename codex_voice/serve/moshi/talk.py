"""The command `moshi talk`: a conversation with this machine's microphone and loudspeaker."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from codex_voice.audio.sources.frame_source import FrameSource
from codex_voice.config.schema import MoshiConfig
from codex_voice.errors import AudioError
from codex_voice.serve.moshi import claim, opus
from codex_voice.serve.moshi.agent_state import AgentState
from codex_voice.serve.moshi.api import Happening, MoshiAgentAPI
from codex_voice.serve.moshi.commands import START_ROLE, ended_by_signals
from codex_voice.serve.moshi.configuration import agent_config, server_config
from codex_voice.serve.moshi.loudspeaker import Loudspeaker
from codex_voice.serve.moshi.microphone import MoshiMicrophone
from codex_voice.serve.moshi.server_state import ServerStatus
from codex_voice.text_cleaning import clean_line

Report = Callable[[str], None]


def conversation(config: MoshiConfig, role: str) -> MoshiAgentAPI:
    """Return the conversation that the configuration asks for.

    The server is run here, unless the configuration names one elsewhere, or `codex-voice moshi
    start` runs it already.
    """
    note, managed = claim.look(config.port)
    elsewhere = bool(config.server_url) or (managed and note.role == START_ROLE)
    return MoshiAgentAPI(
        server_config(config), agent_config(config), own_server=not elsewhere, role=role
    )


async def talk(config: MoshiConfig, make_source: Callable[[], FrameSource], report: Report) -> None:
    """Talk until SIGTERM or SIGINT; what Moshi says is written on standard output.

    Args:
        config: Which server, and how it is run.
        make_source: Finds the microphone.
        report: Reports the server, the connection and the microphone, in one line each.

    Raises:
        CodexVoiceError: There is no conversation, and nothing more is tried.
    """
    opus.load()
    api = conversation(config, "codex-voice moshi talk")
    given_up = asyncio.Event()
    follower = _Follower(api, report, given_up)
    microphone = MoshiMicrophone(make_source, report)
    loop = asyncio.get_running_loop()

    def trouble(error: AudioError) -> None:
        loop.call_soon_threadsafe(report, str(error))

    loudspeaker = Loudspeaker(trouble)
    follower.play = loudspeaker.play
    async with ended_by_signals() as ended:
        tasks = [
            asyncio.create_task(work)
            for work in (
                ended.wait(),
                given_up.wait(),
                microphone.run(api.agent.send_audio),
            )
        ]
        try:
            await api.start_all(wait_ready=False)
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            error = api.error
            follower.end()
            await api.stop_all()
            await asyncio.to_thread(loudspeaker.close)
    for task in done:
        task.result()
    if given_up.is_set() and not ended.is_set() and error is not None:
        raise error


class _Follower:
    """Reports what changes, writes what Moshi says, and notices when nothing is tried any more."""

    def __init__(self, api: MoshiAgentAPI, report: Report, given_up: asyncio.Event) -> None:
        self.play: Callable[[opus.Samples], None] = lambda _samples: None
        self._api = api
        self._report = report
        self._given_up = given_up
        self._said = ""
        self._in_line = False
        self._end = api.follow(self._follow)

    def end(self) -> None:
        """Follow no more."""
        self._end()
        if self._in_line:
            _write("\n")

    def _follow(self, happening: Happening, content: Any) -> None:
        match happening:
            case Happening.SOUND:
                self.play(content)
            case Happening.TEXT:
                self._in_line = True
                _write(clean_line(content))
            case Happening.STATUS:
                self._follow_status()

    def _follow_status(self) -> None:
        said = self._status()
        if said != self._said:
            self._said = said
            if self._in_line:
                _write("\n")
                self._in_line = False
            self._report(said)
        server = self._api.server_manager
        if server is not None:
            if server.status is ServerStatus.ERROR:
                self._given_up.set()
            if not server.is_ready:
                return
        # With a server of our own it is connected again once that is ready again.
        if self._api.agent.state is AgentState.DISCONNECTED and self._api.agent.error is not None:
            self._given_up.set()

    def _status(self) -> str:
        server, agent = self._api.server_manager, self._api.agent
        if server is not None and not server.is_ready:
            error = f": {server.error}" if server.status is ServerStatus.RESTARTING else ""
            return f"Moshi's server: {server.status.value.replace('_', ' ')}{error}"
        if agent.state is AgentState.STREAMING:
            return "talk: Moshi hears you (with headphones it does not hear itself)"
        if agent.error is not None:
            return f"{agent.error.message}; trying again"
        return "connecting to Moshi"


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
