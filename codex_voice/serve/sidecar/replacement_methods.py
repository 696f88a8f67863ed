"""The methods `replacements.*`, and what they do to a transcript."""

from __future__ import annotations

from collections.abc import Callable

from codex_voice.serve.sidecar.protocol import Fault, Params, Result, RpcError
from codex_voice.serve.sidecar.regex_process import RuleProcess
from codex_voice.serve.sidecar.replacements import PRESETS, Rule, parse_rules, prepare


class ReplacementMethods:
    """The rules of the host.

    Args:
        process: Applies them.
        own_words: Writes the user's own words in a transcript.
    """

    def __init__(self, process: RuleProcess, own_words: Callable[[str], str]) -> None:
        self._process = process
        self._own_words = own_words
        self._rules: tuple[Rule, ...] = ()

    def written(self, transcript: str) -> str:
        """Return what is written for a transcript.

        The user's own words come first, then it is normalised, and the host's macros and active
        rules are applied.

        Raises:
            RpcError: A rule takes too long.
        """
        return self._process.apply(prepare(self._own_words(transcript)), self._rules).text

    def set_rules(self, params: Params) -> Result:
        """Answer `replacements.set_rules`; a bad set changes nothing."""
        self._rules = parse_rules(params.value("rules"))
        return {"count": len(self._rules)}

    def get_rules(self, _params: Params) -> Result:
        """Answer `replacements.get_rules`."""
        return {"rules": [rule.as_json() for rule in self._rules]}

    def get_presets(self, _params: Params) -> Result:
        """Answer `replacements.get_presets`."""
        return {"presets": [preset.as_json() for preset in PRESETS]}

    def get_preset_rules(self, params: Params) -> Result:
        """Answer `replacements.get_preset_rules`."""
        preset_id = params.text("preset_id")
        for preset in PRESETS:
            if preset.id == preset_id:
                return {
                    "preset": preset.as_json(),
                    "rules": [rule.as_json() for rule in preset.rules],
                }
        raise RpcError(Fault.NOT_FOUND, f"there is no preset {preset_id[:100]!r}")

    def preview(self, params: Params) -> Result:
        """Answer `replacements.preview`: with the rules given, or the active ones."""
        given = params.value("rules")
        rules = self._rules if given is None else parse_rules(given)
        text = prepare(
            params.text("text"),
            normalise=not params.flag("skip_normalize"),
            macros=not params.flag("skip_macros"),
        )
        replaced = self._process.apply(text, rules)
        return {
            "result": replaced.text,
            "truncated": replaced.truncated,
            "applied_rules_count": replaced.applied,
        }
