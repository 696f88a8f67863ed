"""`codex-voice init`: a short talk that finds what is here and writes the configuration."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from codex_voice.config import editor
from codex_voice.config import file as configuration_file
from codex_voice.config.schema import Config, KeysConfig
from codex_voice.errors import AgentNotFound, CodexVoiceError, ModelMissing
from codex_voice.install_hints import install_codex
from codex_voice.own_command import PROGRAM, runnable
from codex_voice.setup.checks import Finding, missing, survey
from codex_voice.setup.first_configuration import complete
from codex_voice.setup.model_commands import get, recommended_name
from codex_voice.speech.models.catalogue import published

if TYPE_CHECKING:
    from codex_voice.setup.microphone_setup import FindSource
    from codex_voice.setup.questions import Questions


def run(
    path: Path,
    questions: Questions,
    *,
    sure: bool = False,
    only_print: bool = False,
    find_source: FindSource | None = None,
) -> None:
    """Print one line for each thing that is needed, offer what is missing, write the configuration.

    Somebody who answers is let to choose the microphone, to have the room measured and to see a
    sentence recognised. A configuration that is there keeps its values, comments and order, and
    gets the keys that it lacks.

    Args:
        path: The configuration file.
        questions: Whom to ask.
        sure: Write without asking, and install nothing.
        only_print: Print the configuration instead, and change nothing at all.
        find_source: Gives the microphone of a name; without it, those of this machine are used.

    Raises:
        ConfigError: The configuration that is there is wrong, or it cannot be written.
    """
    project = Path.cwd()
    before = configuration_file.read(path) if path.exists() else None
    config = complete(before or Config(), project)
    findings = []
    for finding in survey(config, project):
        findings.append(finding)
        print(finding, flush=True)
    if only_print:
        print(f"\n{editor.render(config)}", end="")
        return
    talk = questions.answered and not sure
    if not sure:
        _offer_what_is_missing(findings, questions)
        config = complete(config, project)
    if talk and any(finding.id == "microphone" and not finding.trouble for finding in findings):
        # These load numpy.
        from codex_voice.audio.sources.microphone import Microphone
        from codex_voice.setup import spoken_setup

        config = spoken_setup.run(config, questions, find_source or Microphone)
    _write(path, config, before, sure, questions)
    if talk:
        _explain_keys(config.keys)
    command = PROGRAM if _all_found(config) else f"{PROGRAM} --practice"
    print(f"Next: {runnable(command)}")


def _offer_what_is_missing(findings: list[Finding], questions: Questions) -> None:
    """Install Codex and download a model where that is wanted; an error ends neither."""
    troubles = {finding.id: finding.trouble for finding in findings if finding.trouble}
    install = install_codex()
    if isinstance(troubles.get("codex"), AgentNotFound) and questions.ask(
        f"Install Codex now ({install})?"
    ):
        subprocess.run(install, shell=True, check=False)
    if isinstance(troubles.get("speech-model"), ModelMissing):
        model = published(recommended_name())
        if questions.ask(f"Download the speech model {model.name} now ({model.mebibytes} MiB)?"):
            try:
                get(model.name)
            except CodexVoiceError as error:
                print(f"codex-voice: {error}")


def _write(
    path: Path, config: Config, before: Config | None, sure: bool, questions: Questions
) -> None:
    name = "Configuration"
    if before is None:
        editor.write(path, config)
        print(f"{'written':9}{name:14}{path}")
    elif config == before and not configuration_file.lacks_keys(path):
        print(f"{'kept':9}{name:14}{path}, which has every key")
    elif sure or questions.ask(f"Add what is missing to {path}? Your values stay."):
        copy = path.with_name(f"{path.name}.before")
        shutil.copyfile(path, copy)
        editor.complete(path, config)
        print(f"{'completed':9} {name:14}{path}; as it was: {copy}")
    else:
        print(f"{'kept':9}{name:14}{path}, as it was")


def _explain_keys(keys: KeysConfig) -> None:
    """Print what the two keys do in this terminal."""
    from codex_voice.setup.terminal_probe import probe
    from codex_voice.terminal.key_labels import describe_key

    abilities = probe()
    talk = "tap it to begin and to end"
    if abilities is None:
        talk += ", or hold it where the terminal reports key releases"
    elif abilities.key_release:
        talk = "hold it while you speak, or tap it to begin and to end"
    print(f"{'':9}{'Talk key':14}{describe_key(keys.talk)}: {talk}; Esc cancels")
    print(f"{'':9}{'Menu key':14}{describe_key(keys.menu)}: everything else")


def _all_found(config: Config) -> bool:
    return not missing(config)
