"""`codex-voice init`: says what is here, and writes the configuration."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from codex_voice.config import editor
from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config
from codex_voice.errors import AgentNotFound, CodexVoiceError, ModelMissing
from codex_voice.install_hints import install_codex
from codex_voice.own_command import PROGRAM, runnable
from codex_voice.setup.checks import Finding, missing, survey
from codex_voice.setup.discovery import USUAL_SERVER, find_codex, find_server
from codex_voice.setup.model_commands import get, recommended_name
from codex_voice.speech.models.catalogue import published


def first_configuration(project: Path | None = None) -> Config:
    """Return a configuration of what was found on this machine.

    Args:
        project: A directory in whose `node_modules` Codex may be; None does not look there.
    """
    return _complete(Config(), project)


def run(
    path: Path,
    *,
    ask: Callable[[str], bool],
    sure: bool = False,
    only_print: bool = False,
) -> None:
    """Print one line for each thing that is needed, offer what is missing, write the configuration.

    A configuration that is there keeps its values, comments and order, and gets the keys that it
    lacks.

    Args:
        path: The configuration file.
        ask: Asks a question that is answered with yes or no.
        sure: Write without asking, and install nothing.
        only_print: Print the configuration instead, and change nothing at all.

    Raises:
        ConfigError: The configuration that is there is wrong, or it cannot be written.
    """
    project = Path.cwd()
    before = configuration_file.read(path) if path.exists() else None
    config = _complete(before or Config(), project)
    findings = []
    for finding in survey(config, project):
        findings.append(finding)
        print(finding, flush=True)
    if only_print:
        print(f"\n{editor.render(config)}", end="")
        return
    if not sure:
        _offer_what_is_missing(findings, ask)
        config = _complete(config, project)
    _write(path, config, before, sure, ask)
    command = PROGRAM if _all_found(config) else f"{PROGRAM} --practice"
    print(f"Next: {runnable(command)}")


def _offer_what_is_missing(findings: list[Finding], ask: Callable[[str], bool]) -> None:
    """Install Codex and download a model where that is wanted; an error ends neither."""
    troubles = {finding.id: finding.trouble for finding in findings if finding.trouble}
    install = install_codex()
    if isinstance(troubles.get("codex"), AgentNotFound) and ask(f"Install Codex now ({install})?"):
        subprocess.run(install, shell=True, check=False)
    if isinstance(troubles.get("speech-model"), ModelMissing):
        model = published(recommended_name())
        if ask(f"Download the speech model {model.name} now ({model.mebibytes} MiB)?"):
            try:
                get(model.name)
            except CodexVoiceError as error:
                print(f"codex-voice: {error}")


def _write(
    path: Path, config: Config, before: Config | None, sure: bool, ask: Callable[[str], bool]
) -> None:
    name = "Configuration"
    if before is None:
        editor.write(path, config)
        print(f"{'written':9}{name:14}{path}")
    elif config == before and not configuration_file.lacks_keys(path):
        print(f"{'kept':9}{name:14}{path}, which has every key")
    elif sure or ask(f"Add what is missing to {path}? Your values stay."):
        copy = path.with_name(f"{path.name}.before")
        shutil.copyfile(path, copy)
        editor.complete(path, config)
        print(f"{'completed':9} {name:14}{path}; as it was: {copy}")
    else:
        print(f"{'kept':9}{name:14}{path}, as it was")


def _all_found(config: Config) -> bool:
    return not missing(config)


def _complete(config: Config, project: Path | None) -> Config:
    """Fill in what the defaults do not find: Codex off PATH, a server where no model is."""
    try:
        program = find_codex(config.codex.command, project, ask_npm=True)
    except AgentNotFound:
        program = None
    if program is not None and not shutil.which(Path(config.codex.command).expanduser()):
        codex = dataclasses.replace(config.codex, command=str(program))
        config = dataclasses.replace(config, codex=codex)
    if not config.whisper.server_url and _only_server(config):
        whisper = dataclasses.replace(config.whisper, server_url=USUAL_SERVER)
        config = dataclasses.replace(config, whisper=whisper)
    return config


def _only_server(config: Config) -> bool:
    """Tell whether a whisper.cpp server answers here and no speech model is on the disk."""
    from codex_voice.speech.models.installed import resolve

    try:
        resolve(config.whisper.model)
    except CodexVoiceError:
        try:
            find_server(USUAL_SERVER)
        except CodexVoiceError:
            return False
        return True
    return False
