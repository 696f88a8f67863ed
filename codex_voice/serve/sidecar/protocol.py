"""Messages of the sidecar protocol v1: one JSON object a line.

Codes and kinds are those of OpenVoicy's published contract (`IPC_PROTOCOL_V1.md`,
`sidecar.rpc.v1.json`); every error carries its kind in `data.kind`.
"""

from __future__ import annotations

import enum
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

PROTOCOL = "v1"
LONGEST_LINE = 1 << 20
"""Bytes of a line with its line break, both ways."""

Id = str | int | float
Result = Mapping[str, Any]


class Fault(enum.Enum):
    """What can go wrong: the code and the kind of an error."""

    PARSE = (-32700, "E_INTERNAL")
    INVALID_REQUEST = (-32600, "E_INVALID_PARAMS")
    METHOD_NOT_FOUND = (-32601, "E_METHOD_NOT_FOUND")
    INVALID_PARAMS = (-32602, "E_INVALID_PARAMS")
    NOT_FOUND = (-32602, "E_NOT_FOUND")
    INTERNAL = (-32603, "E_INTERNAL")
    NOT_READY = (-32001, "E_NOT_READY")
    NOT_INITIALIZED = (-32001, "E_NOT_INITIALIZED")
    MIC_PERMISSION = (-32002, "E_MIC_PERMISSION")
    DEVICE_NOT_FOUND = (-32003, "E_DEVICE_NOT_FOUND")
    AUDIO_IO = (-32004, "E_AUDIO_IO")
    METER_RUNNING = (-32004, "E_METER_RUNNING")
    NETWORK = (-32005, "E_NETWORK")
    DISK_FULL = (-32006, "E_DISK_FULL")
    CACHE_CORRUPT = (-32007, "E_CACHE_CORRUPT")
    MODEL_LOAD = (-32008, "E_MODEL_LOAD")
    TRANSCRIBE = (-32009, "E_TRANSCRIBE")
    ALREADY_RECORDING = (-32010, "E_ALREADY_RECORDING")
    NOT_RECORDING = (-32011, "E_NOT_RECORDING")
    INVALID_SESSION = (-32012, "E_INVALID_SESSION")

    @property
    def code(self) -> int:
        """The number of the error."""
        return self.value[0]

    @property
    def kind(self) -> str:
        """The name of the error, as `data.kind` tells it."""
        return self.value[1]


class RpcError(Exception):
    """A request cannot be answered with a result.

    Args:
        fault: What kind of error it is.
        message: One line for people.
        request_id: The request's id where it could be read; None otherwise.
        details: More for programs, in `data.details`.
    """

    def __init__(
        self,
        fault: Fault,
        message: str,
        request_id: Id | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.fault = fault
        self.request_id = request_id
        self.details = details

    def answer(self, request_id: Id | None) -> dict[str, Any]:
        """Return the message that answers a request with this error."""
        data: dict[str, Any] = {"kind": self.fault.kind}
        if self.details is not None:
            data["details"] = dict(self.details)
        error = {"code": self.fault.code, "message": str(self), "data": data}
        return {"jsonrpc": "2.0", "id": request_id, "error": error}


class Params:
    """The parameters of a request, checked as they are read; unknown ones are ignored."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; without a default it must be there."""
        value = self._values.get(name, default)
        if not isinstance(value, str):
            invalid_params(f"{name} must be a string")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a text, or None where it is missing or null."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            invalid_params(f"{name} must be a string or null")
        return value

    def integer(self, name: str, default: int) -> int:
        """Return a whole number."""
        value = self._values.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            invalid_params(f"{name} must be an integer")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self._values.get(name, default)
        if not isinstance(value, bool):
            invalid_params(f"{name} must be true or false")
        return value

    def group(self, name: str) -> Params:
        """Return the parameters in an object; empty where it is missing or null."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, dict):
            invalid_params(f"{name} must be an object")
        return Params(value or {})

    def value(self, name: str) -> Any:
        """Return a parameter as it came, or None."""
        return self._values.get(name)


@dataclass(frozen=True)
class Request:
    """A call of a method.

    Args:
        method: Its name.
        params: Its parameters.
        request_id: What the answer is to carry; None for a notification, which has no answer.
    """

    method: str
    params: Params
    request_id: Id | None


def invalid_params(message: str) -> NoReturn:
    """Refuse a request because of its parameters.

    Raises:
        RpcError: Always.
    """
    raise RpcError(Fault.INVALID_PARAMS, message)


def parse(line: bytes) -> Request:
    """Read one line.

    Raises:
        RpcError: It is no request.
    """
    try:
        message = json.loads(line.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        # Also bytes that are not UTF-8, numbers of thousands of digits, 200,000 brackets.
        raise RpcError(Fault.PARSE, f"no JSON: {str(error)[:200]}") from None
    if not isinstance(message, dict):
        raise RpcError(Fault.INVALID_REQUEST, "a request is one object; there are no batches")
    request_id = message.get("id")
    if request_id is not None and not _is_id(request_id):
        raise RpcError(Fault.INVALID_REQUEST, "id must be a string or a number")
    if message.get("jsonrpc") != "2.0":
        raise RpcError(Fault.INVALID_REQUEST, 'jsonrpc must be "2.0"', request_id)
    method, params = message.get("method"), message.get("params")
    if not isinstance(method, str):
        raise RpcError(Fault.INVALID_REQUEST, "method must be a string", request_id)
    if params is not None and not isinstance(params, dict):
        raise RpcError(Fault.INVALID_REQUEST, "params must be an object", request_id)
    return Request(method, Params(params or {}), request_id)


def encode(message: Mapping[str, Any]) -> bytes:
    """Write one line, in ASCII: a lone surrogate or a control character harms nobody."""
    return json.dumps(message, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def event(name: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notification to the host."""
    return {"jsonrpc": "2.0", "method": f"event.{name}", "params": dict(params)}


def _is_id(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, (str, int)) and not isinstance(value, bool)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
