"""The replies to checked returns, and 审核汇总.xlsx, in a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from toolkit.files import made_folder, replaced
from toolkit.returns import Checked
from toolkit.returns.last_year import LastYear, before
from toolkit.returns.revisions import revisions
from toolkit.roster import Roster
from toolkit.roster.tokens import Key
from toolkit.run.job import SUMMARY_FILE
from toolkit.workbook.issuing import is_of_another, reissued
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
    checked: Sequence[Checked], folder: Path, roster: Roster | None, key: Key | None = None, year: int | None = None,
    last: LastYear | None = None,
) -> tuple[Written, ...]:  # fmt: skip
    """Write what ``replies`` makes into a folder; returns the replies that were written."""
    made_folder(folder)
    written = []
    for name, data, answer in replies(checked, roster, key, year, last):
        saved = replaced(folder / name, data)
        if answer is not None:
            written.append(replace(answer, name=saved.name))
    return tuple(written)


def replies(
    checked: Sequence[Checked], roster: Roster | None, key: Key | None = None, year: int | None = None,
    last: LastYear | None = None,
) -> Iterator[tuple[str, bytes, Written | None]]:  # fmt: skip
    """Yield name and bytes of the reply of every return, one after the other, and of 审核汇总.xlsx, which answers none.

    A file that came twice, byte by byte the same, has one reply. Instead of a return of another ``year`` its body gets
    that year's template, prefilled from ``last`` year's returns, unless it has sent one of the year too; a reply carries
    last year's figures as well.
    """
    names, bodies = reply_names(checked, roster, year), by_body(checked)
    done, back = set[str](), dict(names)
    for file in checked:
        name, ret, data = names.get(file.file), file.ret, None
        others = () if ret is None else bodies.get(ret.identity.code or "", ())
        if ret is not None and year is not None and is_of_another(ret, year):
            if not any(one.file in names for one in others):
                name, data = reissued(ret, year, roster, last, key)
        elif name is not None and name not in done and ret is not None:
            data = reply(remembering(file, others), key, before(last, ret, roster))
        if name is not None and data is not None and ret is not None:
            digest, turn = hashlib.sha256(data).hexdigest(), ret.identity.round + 1 if file.file in names else 0
            back[file.file] = name
            done.add(name)
            yield name, data, Written(ret.identity.code or "", turn, file.sha256, name, digest)
    yield SUMMARY_FILE, write_summary(checked, back, revisions(checked), () if last is None else last.findings), None
