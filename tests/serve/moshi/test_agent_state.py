"""The states of the connection to Moshi."""

from __future__ import annotations

import pytest

from codex_voice.serve.moshi.agent_state import (
    STEADY_SECONDS,
    AgentEvent,
    AgentMachine,
    AgentState,
    ImpossibleStep,
)
from codex_voice.serve.moshi.configuration import AgentConfig

_TO_STREAMING = (AgentEvent.CONNECT_WANTED, AgentEvent.OPENED, AgentEvent.TURN_BEGAN)


def machine(*events: AgentEvent, auto_reconnect: bool = True) -> AgentMachine:
    """Return a machine to which these happened at the time 0."""
    made = AgentMachine(AgentConfig(auto_reconnect=auto_reconnect))
    for event in events:
        made.handle(event, 0)
    return made


def test_it_connects_waits_for_its_turn_and_streams() -> None:
    """Each step has a state of its own."""
    made = machine()
    seen = [made.state, *(made.handle(event, 0) for event in _TO_STREAMING)]
    names = ["disconnected", "connecting", "handshake", "streaming"]
    assert [state.value for state in seen] == names


def test_ten_tries_in_a_row_with_longer_and_longer_waits() -> None:
    """At most half a minute apart."""
    made = machine(AgentEvent.CONNECT_WANTED)
    waits = []
    while made.handle(AgentEvent.FAILED, 0) is AgentState.RECONNECTING:
        waits.append(made.wait_seconds)
        made.handle(AgentEvent.WAIT_OVER, 0)
    assert len(waits) == 10
    assert waits[:3] == [1, 1.5, 2.25]
    assert waits[-1] == 30
    assert made.state is AgentState.DISCONNECTED


@pytest.mark.parametrize(("seconds", "tries"), [(STEADY_SECONDS - 1, 2), (STEADY_SECONDS, 1)])
def test_a_steady_connection_forgives_earlier_tries(seconds: float, tries: int) -> None:
    """One that is too slow soon after each time it is made is given up in the end."""
    made = machine(AgentEvent.CONNECT_WANTED, AgentEvent.FAILED, AgentEvent.WAIT_OVER)
    made.handle(AgentEvent.OPENED, 0)
    made.handle(AgentEvent.TURN_BEGAN, 0)
    assert made.handle(AgentEvent.TOO_SLOW, seconds) is AgentState.RECONNECTING
    assert made.attempts == tries


def test_without_reconnecting_one_failure_is_the_end() -> None:
    """The caller decides then."""
    made = machine(*_TO_STREAMING, auto_reconnect=False)
    assert made.handle(AgentEvent.FAILED, 0) is AgentState.DISCONNECTED


def test_what_cannot_help_is_not_tried_again() -> None:
    """A missing package stays missing."""
    made = machine(AgentEvent.CONNECT_WANTED, AgentEvent.REFUSED)
    assert made.state is AgentState.DISCONNECTED


@pytest.mark.parametrize("state", AgentState)
def test_it_can_hang_up_in_every_state(state: AgentState) -> None:
    """Whatever it was doing."""
    made = machine()
    made.state = state
    assert made.handle(AgentEvent.DISCONNECT_WANTED, 0) is AgentState.DISCONNECTED


def test_what_cannot_happen_is_an_error() -> None:
    """Nobody gets a turn before the connection is open."""
    with pytest.raises(ImpossibleStep):
        machine(AgentEvent.CONNECT_WANTED, AgentEvent.TURN_BEGAN)
