"""How much graphics memory is free, by the driver's own program."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping

_SECONDS = 30.0


def free_megabytes(environment: Mapping[str, str]) -> int | None:
    """Return the free memory of the card that a program with this environment would use.

    Of several, that with the most: which one CUDA calls the first is not known without it.

    Returns:
        Megabytes; None where there is no NVIDIA driver, or it does not answer.
    """
    program = shutil.which("nvidia-smi", path=environment.get("PATH"))
    if program is None:
        return None
    command = [program, "--query-gpu=memory.free", "--format=csv,noheader,nounits"]
    visible = environment.get("CUDA_VISIBLE_DEVICES", "")
    if visible:
        command.append(f"--id={visible}")
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False, env=environment
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    sizes = [int(row) for row in map(str.strip, answer.splitlines()) if row.isdecimal()]
    return max(sizes, default=None)
