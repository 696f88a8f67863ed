"""Talk to Moshi from a program of your own: its server, a client, and both together.

    from codex_voice.moshi import AgentConfig, MoshiAgentAPI, ServerManagerConfig

    api = MoshiAgentAPI(ServerManagerConfig(python_exe="/opt/moshi/bin/python"))
    api.follow(lambda happening, content: print(happening, content))
    if await api.start_all():                   # loads the model: minutes
        await api.agent.send_audio(samples)     # float32, -1 to 1, one channel, 24 kHz
    await api.stop_all()

Needs `pip install 'codex-voice[moshi]'`, and for the server an interpreter with the package moshi.
"""

from codex_voice.errors import (
    MoshiBusy,
    MoshiConnectionLost,
    MoshiError,
    MoshiNotInstalled,
    MoshiServerFailed,
)
from codex_voice.serve.moshi.agent import AgentStats, MoshiAgent
from codex_voice.serve.moshi.agent_state import AgentState
from codex_voice.serve.moshi.api import Happening, MoshiAgentAPI
from codex_voice.serve.moshi.configuration import (
    FRAME_SAMPLES,
    SAMPLE_RATE,
    AgentConfig,
    ServerManagerConfig,
)
from codex_voice.serve.moshi.manager import MoshiServerManager
from codex_voice.serve.moshi.server_state import ServerStatus

__all__ = [
    "FRAME_SAMPLES",
    "SAMPLE_RATE",
    "AgentConfig",
    "AgentState",
    "AgentStats",
    "Happening",
    "MoshiAgent",
    "MoshiAgentAPI",
    "MoshiBusy",
    "MoshiConnectionLost",
    "MoshiError",
    "MoshiNotInstalled",
    "MoshiServerFailed",
    "MoshiServerManager",
    "ServerManagerConfig",
    "ServerStatus",
]
