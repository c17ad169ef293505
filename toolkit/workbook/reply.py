"""Findings → what goes back: each return as a clean workbook of ours with its faults marked, ready to fill."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from toolkit.answers import Filled
from toolkit.cells import a1
from toolkit.checking.explaining import to_carry
from toolkit.findings import Finding, Severity, phrase, sorted_findings
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import CHAPTER, COVER
from toolkit.returns import Checked, Explanation, PackageEntry, Return, mark_of
from toolkit.returns.last_year import Before
from toolkit.returns.status import own_lines
from toolkit.roster import Roster, code_fault
from toolkit.roster.tokens import Key, token
from toolkit.workbook import Filling, Mark, ReviewedCell, Text, write
from toolkit.workbook.chapters import paragraph_rows
from toolkit.workbook.issuing import is_of_another


def by_body(checked: Sequence[Checked]) -> Mapping[str, list[Checked]]:
    """Return the files of every body that states its code, the latest first."""
    bodies: dict[str, list[Checked]] = {}
    for file in sorted(checked, key=lambda one: (0 if one.ret is None else -one.ret.identity.round, -one.modified)):
        if file.ret is not None and file.ret.identity.code:
            bodies.setdefault(file.ret.identity.code, []).append(file)
    return bodies


def remembering(file: Checked, others: Sequence[Checked]) -> Checked:
    """Return a file with what its body wrote in its other files of the year: to be confirmed, not in force."""
    ret, past = file.ret, list[Explanation]()
    for one in others:
        if ret is not None and one.ret is not None and one.ret.year == ret.year and one.sha256 != file.sha256:
            texts = {(text.rule, text.items, text.text) for text in (*ret.explanations, *ret.earlier)}
            past += [
                text for text in to_carry(one.ret, one.findings) if (text.rule, text.items, text.text) not in texts
            ]
    alive = [
        replace(text, state="lapsed") for text in past if text.items and text.state in ("accepted", "lapsed", "cleared")
    ]
    return file if ret is None else replace(file, ret=replace(ret, earlier=(*ret.earlier, *alive)))


def reply(checked: Checked, key: Key | None = None, before: Before | None = None) -> bytes | None:
    """Write the returned workbook of one file: their figures, faults marked, 审核意见, the round counted up.

    With a key it carries the token of its body, as a template does: it goes to the address on the roster alone.
    It carries the figures of last year that are known, as the issued template does.
    Returns None for a file that holds no return: there is nothing to rebuild.
    """
    ret = checked.ret
    return None if ret is None or ret.year is None else write(filling(ret, checked.findings, key, before))


def filling(ret: Return, findings: Sequence[Finding], key: Key | None = None, before: Before | None = None) -> Filling:
    """Return what the rebuilt workbook of a return holds."""
    identity = ret.identity
    code = identity.code if identity.code is not None and code_fault(identity.code) is None else ""
    year = identity.year or 0
    return Filling(
        ret.form, year, kind="reply", code=code, token="" if key is None or code == "" else token(key,
        form=ret.form.id, version=ret.form.version, year=year, code=code), name=identity.name or "",
        level=identity.level or "", region=identity.region or "", round=identity.round + 1,
        lineage=(mark_of(ret.content, ret.sha256 or ""), *ret.lineage), cover={key: field.value for key,
        field in ret.cover.items() if key != "year"}, answers=ret.answers, declared=ret.declared,
        prefilled=ret.untouched, last_year={} if before is None else before.ret.last_figures,
        last_of="" if before is None else before.whose, sharers="" if before is None else before.sharers,
        text={number: tuple(Text(paragraph.head, paragraph.text) for paragraph in paragraphs) for number,
        paragraphs in ret.text.items()}, explanations=to_carry(ret, findings), marks=marks(ret, findings),
        targets=targets_of(ret), review=_reviewed(findings),
        remarks=tuple(f"{remark.place.sheet}!{remark.place.cell}：{remark.value}" for remark in ret.remarks),
        package=tuple(map(_listed, ret.package)),
    )  # fmt: skip


def _reviewed(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings that 审核意见 lists, in its order."""
    return sorted_findings(one for one in own_lines(findings) if not one.code.startswith(("FILE_09", "EXPLAIN_003")))


def targets_of(ret: Return) -> Mapping[tuple[str, str], tuple[ReviewedCell, ...]]:
    """Return where the fields of the cover and the paragraphs that a file holds stand in its reply, by sheet and cell."""
    layout = lay_out(ret.form)
    targets: dict[tuple[str, str], tuple[ReviewedCell, ...]] = {
        (field.place.sheet, field.place.cell): (
            ReviewedCell(COVER.name, *COVER.cells.get(key, COVER.reported), field.value),
        )
        for key, field in ret.cover.items()
        if key != "year"
    }
    for chapter in layout.chapters:
        paragraphs, column = ret.text.get(chapter.part.number, ()), CHAPTER.column("text")
        texts = [Text(paragraph.head, paragraph.text) for paragraph in paragraphs]
        for row, paragraph in zip(paragraph_rows(ret.form, chapter.part, texts)[1], paragraphs, strict=True):
            place = (paragraph.place.sheet, paragraph.place.cell)
            targets[place] = (*targets.get(place, ()), ReviewedCell(chapter.sheet, row, column, paragraph.text))
        if not paragraphs:
            row, below = chapter.paragraphs[0][0], max(0, len(chapter.heads) - 1)
            targets[chapter.sheet, a1(row, column)] = (ReviewedCell(chapter.sheet, row, column, texts=below),)
    return targets


def _listed(entry: PackageEntry) -> str:
    """Return the line of what stands beside the form: what it is, where, what became of it, what stands in it."""
    where = f"{entry.place.sheet}!{entry.place.cell}" if entry.place.cell else entry.place.sheet
    author = f"（{entry.author}）" if entry.author else ""
    return f"{where} {entry.kind_words}{author}，{entry.state_words}" + (f"：{entry.text}" if entry.text else "。")


def marks(ret: Return, findings: Sequence[Finding]) -> Mapping[str, Mark]:
    """Return the mark of every item that a finding points at: the gravest one colours, all of them are noted.

    Only the cells a finding names outright are coloured: its own cell and, for an identity, the terms of its sides.
    Blank cells are not marked one by one; the finding of their table lists them.
    """
    layout = lay_out(ret.form)
    notes: dict[str, list[tuple[int, Finding]]] = {}
    for number, finding in ((at, one) for at, line in enumerate(_reviewed(findings), 1) for one in line.singles):
        if finding.code.startswith("BLANK_") or (finding.severity is Severity.INFO and finding.rule is not None):
            continue
        for item in finding.items:
            if item in layout.names:
                notes.setdefault(item, []).append((number, finding))
    marked: dict[str, Mark] = {}
    for item, about in notes.items():
        worst = min((one.severity for _, one in about), key=lambda severity: severity.rank)
        answer = ret.answers.get(item)
        words = [f"{phrase('note_line', line=at)}{one.code} {one.message} {one.for_agency}" for at, one in about[:3]]
        if isinstance(answer, Filled) and answer.repair is not None:
            words.insert(0, phrase("note_read_as", raw=answer.raw, value=answer.value))
        if len(about) > 3:
            words.append(phrase("note_more", count=len(about) - 3))
        marked[item] = Mark(worst, "\n".join(words), tuple(dict.fromkeys(at for at, _ in about)))
    return marked


def reply_name(checked: Checked, roster: Roster | None, twice: bool) -> str:
    """Return the file name of a reply, made from the code, the roster's short name, the year and the round.

    ``twice`` adds the first six digits of the file's sha256: two files of one body get two replies. Nothing that a
    respondent wrote goes into the name.
    """
    ret = checked.ret
    assert ret is not None
    stated = ret.identity.code or ""
    code = stated if code_fault(stated) is None else f"无代码{checked.sha256[:6]}"
    short = _short(code, ret, roster)
    mark = f"_{checked.sha256[:6]}" if twice else ""
    return f"{code}{short}_{ret.year}_第{ret.identity.round + 1}轮审核{mark}.xlsx"


def _short(code: str, ret: Return, roster: Roster | None) -> str:
    if roster is None or ret.year is None:
        return ""
    body = next((body for body in roster.expected(ret.year) if body.code == code), None)
    name = "" if body is None else re.sub(r"[^\w（）()]", "", body.short or body.name)[:12]
    return f"_{name}" if name else ""


def reply_names(checked: Sequence[Checked], roster: Roster | None, year: int | None = None) -> dict[str, str]:
    """Return the reply's name of every file that has a return, by the file's name; one of another year has none."""
    dated = [file for file in checked if file.ret is not None and file.ret.year is not None]
    with_return = [file for file in dated if file.ret is not None and not is_of_another(file.ret, year)]
    bodies = [file.ret.identity.code for file in with_return if file.ret is not None]
    return {
        file.file: reply_name(file, roster, file.ret is not None and bodies.count(file.ret.identity.code) > 1)
        for file in with_return
    }
