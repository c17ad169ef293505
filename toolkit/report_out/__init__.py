"""Return → the official report: one neutral document, and its writers for Word (docx) and the web (HTML)."""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from toolkit.errors import ToolkitError
from toolkit.findings import Finding, Severity, Wording, fault
from toolkit.forms.definition import Part
from toolkit.report_out.annex import comparison
from toolkit.report_out.printable import printable
from toolkit.report_out.report import Report, ReportParagraph, Section
from toolkit.report_out.report_tables import table_grid
from toolkit.returns import Return
from toolkit.returns.extent import extent_of
from toolkit.returns.status import Status, level_of, status_of

__all__ = ["Report", "docx_bytes", "html_bytes", "report"]

MOST_POINTS = 100
_FIRST = 3


def report(
    ret: Return,
    *,
    findings: Sequence[Finding],
    draft: bool = False,
    last: Return | None = None,
    sentences: Sequence[str] = (),
    covered: Sequence[str] = (),
) -> Report:
    """Return the official report of a return, or of a roll-up with the chapters of its own workbook.

    Errors among the findings and a return without body or year raise ToolkitError, unless it is a draft: then what
    weighs is listed on top. ``last`` adds the annex 与上年对比, ``covered`` (names of bodies) the annex 汇总范围;
    ``sentences`` open chapter 一. Blank cells stay blank, declared ones are 0 (practice: no official rule is known).
    """
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors and not draft:
        raise _standing(errors, status_of(ret, findings))
    unit = printable(ret.identity.name or "")
    if ret.year is None or (not unit and not draft):
        raise fault("RETURN_WITHOUT_COVER")
    annexes = []
    if last is not None:
        annexes.append(comparison(ret, last))
    if covered:
        names = [printable(name) for name in covered]
        annexes.append(
            Section(
                "附件：汇总范围",
                (ReportParagraph(f"本报告各表由下列 {len(names)} 个单位的年报汇总而成：{'、'.join(names)}。"),),
            )
        )
    extent = extent_of(ret.identity)
    sections = [_section(part, ret, sentences) for part in ret.form.parts]
    if extent.uncounted:
        stage = ReportParagraph(printable(f"（本报告是{extent.words}。）"))
        sections[0] = replace(sections[0], paragraphs=(stage, *sections[0].paragraphs))
    return Report(
        f"{unit or '（单位未填）'}{ret.year}年{ret.form.title}{f'（{extent.label}）' if extent.uncounted else ''}",
        unit,
        ret.year,
        tuple(sections),
        tuple(annexes),
        draft,
        _points(findings) if draft else (),
    )


def _standing(errors: Sequence[Finding], status: Status) -> ToolkitError:
    shown = "；".join(f"{at}）{_place(error)}{error.message}" for at, error in enumerate(errors[:_FIRST], 1))
    more = f"；另有 {len(errors) - _FIRST} 处" if len(errors) > _FIRST else ""
    shown = f"{shown}{more}".replace("。；", "；").removesuffix("。")
    shown_en = "; ".join(error.message_en or error.message for error in errors[:_FIRST])
    return fault("ERRORS_STANDING", status=status.sentence, errors=Wording(printable(shown), printable(shown_en)))


def _place(one: Finding) -> str:
    place = "!".join(part for part in (one.sheet, one.cell) if part)
    return f"{place} " if place else ""


def _points(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return what is still open, the gravest first: errors and warnings that nobody has explained."""
    weighing = sorted((finding for finding in findings if finding.weighs), key=lambda finding: finding.severity.rank)
    lines = [printable(f"【{level_of(one)}】{_place(one)}{one.message}{one.remedy}") for one in weighing]
    if len(lines) > MOST_POINTS:
        lines = [*lines[:MOST_POINTS], f"另有 {len(lines) - MOST_POINTS} 处，见审核意见。"]
    return tuple(lines)


def _section(part: Part, ret: Return, sentences: Sequence[str]) -> Section:
    heading = f"{part.number}、{part.title}"
    if part.table is not None:
        return Section(heading, grid=table_grid(ret.form.table(part.table), ret))
    paragraphs: list[ReportParagraph] = []
    written = [(paragraph.head, printable(paragraph.text)) for paragraph in ret.text.get(part.number, ())]
    if part.number == ret.form.parts[0].number and sentences:
        written_text = "".join(text for _, text in written)
        opening = "".join(
            text for text in (printable(sentence) for sentence in sentences) if text and text not in written_text
        )
        paragraphs += [ReportParagraph(opening)] if opening else []
    paragraphs += [ReportParagraph(text) for head, text in written if head not in part.heads and text]
    for head in part.heads:
        texts = [text for under, text in written if under == head and text]
        if texts and not _bare(texts[0]).startswith(_bare(head)):
            paragraphs.append(ReportParagraph(head, "head"))
        paragraphs += [ReportParagraph(text) for text in texts]
    return Section(heading, tuple(paragraphs))


def _bare(text: str) -> str:
    return re.sub(r"[\s()（）]", "", text)


def docx_bytes(report: Report) -> bytes:
    """Return the report as a Word document, the same bytes for the same report; without python-docx it raises ToolkitError."""
    data: bytes = _writer("docx_report", "python-docx", "word").docx_bytes(report)
    return data


def html_bytes(report: Report) -> bytes:
    """Return the report as one self-contained HTML file in UTF-8; without Jinja2 it raises ToolkitError."""
    data: bytes = _writer("html_report", "Jinja2", "html").html_bytes(report)
    return data


def _writer(module: str, library: str, extra: str) -> Any:
    """Load a writer with its library only when it is wanted; a missing library raises ToolkitError."""
    try:
        return importlib.import_module(f"toolkit.report_out.{module}")
    except ImportError as error:
        raise fault("REPORT_LIBRARY_MISSING", library=library, extra=extra) from error
