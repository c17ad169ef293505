"""What a roll-up tells of one body, and the letter that says it: the same for a season and for who has only the files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from toolkit.findings import phrase
from toolkit.outputs.letters import Letter, question, receipt, reissue, returned
from toolkit.outputs.letters.draft import Letterhead, Submission
from toolkit.returns import BodyState, Checked, FileState, RollUp
from toolkit.returns.file_states import COUNTING
from toolkit.roster import Respondent

SENTENCES = "一句话.txt"
"""The file of all sentences for phone and chat."""


class Occasion(Struct, frozen=True):
    """What is to be said to a body: its kind, what its letter is keyed by, what is open, the file, what else it is told."""

    kind: str
    what: str
    about: str
    file: FileState | None = None
    remedy: str = ""


class Occasions:
    """What the files of a roll-up ask of their bodies."""

    def __init__(self, rollup: RollUp) -> None:
        self.checked = {(file.file, file.sha256): file for file in rollup.checked}
        codes = {file.file: file.code for file in rollup.files}
        disputes = {codes[one.file]: one for one in rollup.findings if one.code in _DISPUTES and one.file in codes}
        self.disputes = {
            file.file: disputes[file.code] for file in rollup.files if in_question(file) and file.code in disputes
        }

    def of(self, body: BodyState, files: Sequence[FileState]) -> Occasion | None:
        """Return what is open with a body of these files; None when none of them is a return of the year or another's."""
        by_state: dict[str, list[FileState]] = {}
        for file in files:
            by_state.setdefault(file.state, []).append(file)
        counted = next((by_state[state][0] for state in COUNTING if state in by_state), None)
        disputed = next(iter(by_state.get("conflict", ())), None)
        if disputed is not None:
            dispute = self.disputes.get(disputed.file)
            versions = sorted(file.sha256 for file in by_state["conflict"])
            what = hashlib.sha256("".join(versions).encode()).hexdigest()[:16]
            ground = _DISPUTES["MERGE_001" if dispute is None else dispute.code]
            about = disputed.reason if dispute is None else dispute.wordings()["why"]
            return Occasion("versions", what, about, disputed, ground)
        if body.state == "waived":
            return Occasion("none", "", phrase("about_waived"), counted)
        if counted is not None:
            checked = self.checked[counted.file, counted.sha256]
            kind = "mend" if checked.verdict != "pass" else "final" if checked.status.settled else "explain"
            return Occasion(kind, counted.sha256[:16], "" if kind == "final" else counted.status, counted)
        for state in ("wrong_year", "wrong_form"):
            if state in by_state:
                file = by_state[state][-1]
                return Occasion("wrong_year", file.sha256[:16], file.reason, file)
        return None


def letter_about(
    head: Letterhead, files: Sequence[tuple[Checked, Submission]], kind: str, ground: str, *, at: datetime, name: str
) -> Letter:
    """Write the letter about a file that came, judged ``at`` a time, or versions that differ; ``name`` is its workbook."""
    checked, sent = files[0]
    if kind == "versions":
        return question(head, sorted(files, key=lambda one: one[1].version), ground=ground)
    if kind == "wrong_year":
        return reissue(head, checked, sent, name=name)
    if kind == "mend":
        return returned(head, checked, sent, reply_name=name or None)
    return receipt(head, checked, sent, at=at, reply_name=name or None)


def letter_stem(head: Letterhead, known: Respondent | None, letter: Letter) -> str:
    """Return what the files of a letter are called; ``known`` is the body on the roster."""
    short = "" if known is None else re.sub(r"[^\w（）()]", "", known.short or known.name)[:12]
    return f"{head.to.code}{f'_{short}' if short else ''}_{head.to.year}_{letter.kind}信"


def letter_files(letters: Mapping[str, Letter]) -> dict[str, bytes]:
    """Return the letters, by their stems, as files: text and HTML of each, and one file of their sentences."""
    files: dict[str, bytes] = {}
    for stem, letter in letters.items():
        files |= {f"{stem}.txt": letter.text.encode("utf-8"), f"{stem}.html": letter.html.encode("utf-8")}
    sentences = "".join(f"{letter.sentence}\n\n" for letter in letters.values())
    return files | {SENTENCES: f"\ufeff{sentences}".encode()}


_DISPUTES = {
    "MERGE_001": "看不出哪一份在后，都还没有计入。",
    "MERGE_011": "先前的一份已经通过，没有替换。",
    "MERGE_013": "轮次较后的不是在较前的那一份上改的，都还没有计入。",
}
"""The findings that tell of versions which differ, and what their body is told of that."""


def in_question(file: FileState) -> bool:
    """Tell whether a file may be one of those that a body is asked about."""
    return file.state in ("conflict", "merged")
