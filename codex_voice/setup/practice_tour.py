"""The lines of practice mode: what comes next, and what is missing for real use."""

from __future__ import annotations

from codex_voice.practice.recordings import MODEL_WORDS, PracticeRecording, tour
from codex_voice.setup.checks import Finding

MICROPHONE = "Microphone"


class PracticeTour:
    """The recordings one after the other, and the lines that explain them."""

    def __init__(self) -> None:
        self._missing: list[str] = []
        self._recordings = tour()
        self._position = 0

    def advance(self) -> PracticeRecording:
        """Return the next recording; after the last one comes the first."""
        recording = self._recordings[self._position]
        self._position = (self._position + 1) % len(self._recordings)
        return recording

    def set_findings(self, findings: list[Finding]) -> None:
        """Set what real use needs and this machine lacks, and how to get it."""
        missing = [finding for finding in findings if finding.needed and finding.trouble]
        # Commands first: they are what a narrow terminal must not cut off.
        missing.sort(key=lambda finding: finding.name == MICROPHONE)
        self._missing = [_remedy_of(finding) for finding in missing]

    def lines(self) -> list[str]:
        """Return what the voice bar says in practice, the line that matters most last."""
        following = self._recordings[self._position].text
        missing = ["Missing: " + " · ".join(self._missing)] if self._missing else []
        return [*missing, f"Practice · {MODEL_WORDS} words · F2 says “{following}”"]


def _remedy_of(finding: Finding) -> str:
    if finding.trouble is None or not finding.trouble.remedy or finding.name == MICROPHONE:
        return finding.name.lower()
    return finding.trouble.remedy
