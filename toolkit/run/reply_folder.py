"""The replies to checked returns, and 审核汇总.xlsx, in a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from toolkit.files import made_folder, replaced
from toolkit.returns import Checked
from toolkit.returns.revisions import revisions
from toolkit.roster import Roster
from toolkit.roster.tokens import Key
from toolkit.run.job import SUMMARY_FILE
from toolkit.workbook.reply import by_body, remembering, reply, reply_names
from toolkit.workbook.summary import write_summary


class Written(Struct, frozen=True):
    """A reply that was written: its body and round, the file it answers and its own, both with their sha256."""

    code: str
    round: int
    answers: str
    name: str
    sha256: str


def write_replies(
    checked: Sequence[Checked], folder: Path, roster: Roster | None, key: Key | None = None
) -> tuple[Written, ...]:
    """Write the reply of every return and 审核汇总.xlsx into a folder; returns what was written.

    A file that came twice, byte by byte the same, has one reply.
    """
    made_folder(folder)
    names, bodies = reply_names(checked, roster), by_body(checked)
    written: dict[str, Written] = {}
    for file in checked:
        name = names.get(file.file)
        if name is None or name in written or file.ret is None:
            continue
        identity = file.ret.identity
        data = reply(remembering(file, bodies.get(identity.code or "", ())), key)
        if data is not None:
            saved, digest = replaced(folder / name, data), hashlib.sha256(data).hexdigest()
            written[name] = Written(identity.code or "", identity.round + 1, file.sha256, saved.name, digest)
    replaced(folder / SUMMARY_FILE, write_summary(checked, names, revisions(checked)))
    return tuple(written.values())
