"""`codex-voice doctor`: says what is here, what is missing, and the command that fixes it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from codex_voice import __version__
from codex_voice.own_command import runnable
from codex_voice.setup.checks import Status, Surroundings, run_all


def run(surroundings: Surroundings, only: Iterable[str], *, as_json: bool = False) -> bool:
    """Print one line for each thing that was checked.

    Args:
        surroundings: What to look at.
        only: Names of the checks to run.
        as_json: Whether to print one JSON object instead: `version`, `ok`, and `checks`, a list of
            objects with `id`, `name`, `status` (ok, warning or failed), `message` and `remedy`.

    Returns:
        Whether nothing failed.
    """
    findings = []
    for finding in run_all(surroundings, only):
        findings.append(finding)
        if not as_json:
            print(finding, flush=True)
    failed = [finding.name for finding in findings if finding.status is Status.FAILED]
    if as_json:
        checks = [finding.as_dictionary() for finding in findings]
        print(json.dumps({"version": __version__, "ok": not failed, "checks": checks}, indent=2))
    elif failed:
        practice = runnable("codex-voice --practice")
        print(f"\nMissing: {', '.join(failed)}. To see it work without: {practice}")
    return not failed
