"""Starts the program in the pane."""

from __future__ import annotations

from codex_voice.agent.process import AgentProcess
from codex_voice.errors import AgentError
from codex_voice.session.launch import Launch


def start_agent(
    launch: Launch, columns: int, rows: int, arguments: tuple[str, ...] = ()
) -> AgentProcess:
    """Start Codex, or the stand-in for it.

    Args:
        launch: Which program, and where.
        columns: Width of its terminal in cells.
        rows: Height of its terminal in cells.
        arguments: Further arguments, such as a session to resume.

    Raises:
        AgentError: It is not there or cannot be run.
    """
    if isinstance(launch.agent, AgentError):
        raise launch.agent
    return AgentProcess.spawn(
        (*launch.agent, *arguments),
        columns,
        rows,
        launch.working_directory,
        launch.environment,
    )
