"""The states of Moshi's server."""

from __future__ import annotations

import pytest

from codex_voice.serve.moshi.configuration import ServerManagerConfig
from codex_voice.serve.moshi.server_state import (
    ImpossibleMove,
    ServerEvent,
    ServerMachine,
    ServerStatus,
)


def machine(*events: ServerEvent) -> ServerMachine:
    """Return a machine to which these happened."""
    made = ServerMachine(ServerManagerConfig())
    for event in events:
        made.handle(event)
    return made


_TO_READY = (ServerEvent.START_WANTED, ServerEvent.LAUNCHED, ServerEvent.ANSWERED)


def test_it_is_started_loads_and_is_ready() -> None:
    """Each step has a state of its own."""
    made = machine()
    seen = [made.status, *(made.handle(event) for event in _TO_READY)]
    assert [status.value for status in seen] == ["stopped", "starting", "loading_model", "ready"]


def test_restarts_wait_twice_as_long_each_time_and_are_five() -> None:
    """A server that ends while it loads is given up after the fifth restart."""
    made = machine(ServerEvent.START_WANTED, ServerEvent.LAUNCHED)
    waits = []
    while made.handle(ServerEvent.ENDED) is ServerStatus.RESTARTING:
        waits.append(made.wait_seconds)
        made.handle(ServerEvent.WAIT_OVER)
        made.handle(ServerEvent.LAUNCHED)
    assert waits == [1, 2, 4, 8, 16]
    assert made.status is ServerStatus.ERROR


def test_one_that_ends_as_soon_as_it_is_ready_is_given_up_too() -> None:
    """To be ready is no success yet."""
    made = machine(*_TO_READY)
    restarts = 0
    while made.handle(ServerEvent.ENDED) is ServerStatus.RESTARTING:
        restarts += 1
        for event in (ServerEvent.WAIT_OVER, ServerEvent.LAUNCHED, ServerEvent.ANSWERED):
            made.handle(event)
    assert restarts == 5


def test_a_minute_of_answers_forgives_earlier_restarts() -> None:
    """Twelve health checks, five seconds apart."""
    made = machine(*_TO_READY, ServerEvent.ENDED, ServerEvent.WAIT_OVER, *_TO_READY[1:])
    for _ in range(11):
        made.handle(ServerEvent.CHECK_PASSED)
    assert made.restarts == 1
    made.handle(ServerEvent.CHECK_PASSED)
    assert made.restarts == 0


def test_three_questions_in_a_row_without_an_answer_restart_it() -> None:
    """A single one may come while it computes."""
    made = machine(*_TO_READY, ServerEvent.CHECK_FAILED, ServerEvent.CHECK_FAILED)
    assert made.handle(ServerEvent.CHECK_PASSED) is ServerStatus.READY
    made.handle(ServerEvent.CHECK_FAILED)
    assert made.handle(ServerEvent.CHECK_FAILED) is ServerStatus.READY
    assert made.handle(ServerEvent.CHECK_FAILED) is ServerStatus.RESTARTING


def test_what_cannot_help_is_not_tried_again() -> None:
    """A missing interpreter stays missing; the user may start it again."""
    made = machine(ServerEvent.START_WANTED, ServerEvent.REFUSED)
    assert made.status is ServerStatus.ERROR
    assert made.handle(ServerEvent.START_WANTED) is ServerStatus.STARTING


@pytest.mark.parametrize("status", ServerStatus)
def test_it_can_be_stopped_in_every_state(status: ServerStatus) -> None:
    """And counts anew when it is started again."""
    made = machine()
    made.status = status
    assert made.handle(ServerEvent.STOP_WANTED) is ServerStatus.STOPPED
    assert made.restarts == 0


def test_what_cannot_happen_is_an_error() -> None:
    """A server that is stopped does not answer."""
    with pytest.raises(ImpossibleMove):
        machine(ServerEvent.ANSWERED)
