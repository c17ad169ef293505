"""What the roll-up says of every file and every body on 台账, and of which files at hand it says nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from toolkit.findings import Wording, phrase
from toolkit.proving.accounts import Claims, closed, header_of, text_in
from toolkit.proving.source_figures import is_return
from toolkit.returns.file_states import BODY_STATES, FILE_STATES

_MERGED, _MISSING, _PASSED = "已汇总", "未报", ("已通过", "已更正", "已豁免")


class Listed(Struct, frozen=True):
    """A row of 台账: a file with the first digits of its sha256, or a body with its files.

    A body that the roster does not have ``counted`` files for itself and is in no roll-up.
    """

    name: str
    code: str
    state: str
    reason: str
    files: tuple[str, ...]
    sha256: str = ""
    counted: bool = True


def listed(book: Any, *titles: str) -> tuple[Listed, ...]:
    """Return the rows of the list on 台账 that has these titles, up to the next empty row."""
    if "台账" not in book.sheetnames:
        return ()
    try:
        top, at = header_of(
            book["台账"], ("统一社会信用代码", "单位名称", "状态", "文件", *titles), rows=book["台账"].max_row
        )
    except KeyError:
        return ()
    rows: list[Listed] = []
    for row in book["台账"].iter_rows(min_row=top + 1, values_only=True):
        cell = {title: text_in(row[column]) for title, column in at.items()}
        if not cell["状态"]:
            break
        files = tuple(cell["文件"].splitlines())
        about = cell.get("原因", "") or cell.get("填报情况", "")
        rows.append(Listed(
            cell["单位名称"], cell["统一社会信用代码"], cell["状态"], about, files, cell.get("sha256", ""),
            cell.get("计入汇总") != "否",
        ))  # fmt: skip
    return tuple(rows)


def left_out(claims: Claims) -> Iterator[tuple[str, str]]:
    """Yield the files and bodies that 台账 leaves out, with the reason that it gives."""
    for file in listed(claims.book, "sha256", "原因"):
        if file.state != _MERGED:
            yield (
                "".join(file.files),
                phrase("proof_left_out", state=_word(file.state), reason=Wording(file.reason, f"“{file.reason}”")),
            )
    for body in listed(claims.book, "计入汇总"):
        if body.code not in {source.code for source in claims.sources}:
            why = "proof_not_counted" if body.counted else "proof_by_roster"
            yield body.name or body.code, phrase(why, state=_word(body.state))


def contradictions(claims: Claims) -> Iterator[tuple[str, str]]:
    """Yield where 台账 and 来源 do not say the same, file by file and body by body."""
    sources = {(source.file, source.sha256[:12]) for source in claims.sources}
    files = listed(claims.book, "sha256", "原因")
    merged = {("".join(file.files), file.sha256) for file in files if file.state == _MERGED}
    yield from ((file, phrase("proof_merged_alone")) for file, digest in sorted(merged - sources))
    yield from ((file, phrase("proof_source_alone")) for file, digest in sorted(sources - merged))
    codes = {source.code for source in claims.sources}
    bodies = {body.code: body for body in listed(claims.book, "计入汇总") if body.code}
    for code, body in bodies.items():
        if body.state in _PASSED and body.counted and code not in codes:
            yield body.name, phrase("proof_state_alone", state=_word(body.state))
        if body.state.startswith(_MISSING) and code in codes:
            yield body.name, phrase("proof_silent_source")
        if not body.counted and code in codes:
            yield body.name, phrase("proof_uncounted_source")
    yield from ((code, phrase("proof_unlisted")) for code in sorted(codes - bodies.keys() - {""}))


def _word(state: str) -> Wording:
    """Return the word of a state, in English too where it is known."""
    known = {str(word): word for word in (*FILE_STATES.values(), *BODY_STATES.values())}
    return known.get(state, Wording(state, f"“{state}”"))


def unknown(claims: Claims, digests: dict[Path, str], names: dict[Path, str]) -> Iterator[tuple[str, bool]]:
    """Yield the files of which the roll-up knows nothing, and whether they are, or may be, returns of its year."""
    known = {source.sha256 for source in claims.sources}
    short = {file.sha256 for file in listed(claims.book, "sha256", "原因")}
    stated = {source.file for source in claims.sources}
    for path, digest in digests.items():
        if digest in known or digest[:12] in short or names[path] in stated:
            continue
        yield names[path], closed(path) != "" or is_return(claims.form, path, claims.year)
