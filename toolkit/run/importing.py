"""A published report → a filled workbook of ours, checked like any return, with a sheet that says where everything was found."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

from msgspec import Struct

from toolkit import workers
from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.cells import a1
from toolkit.errors import ToolkitError
from toolkit.excel_in import Refused
from toolkit.excel_out import Workbook, render
from toolkit.files import made_folder, replaced, writable_file
from toolkit.findings import Finding, fault
from toolkit.forms import Form, form_for_year, own_forms
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import IMPORT_SHEET
from toolkit.report_in import FOREIGN_UNIT, Figure, PublishedReport, read_report
from toolkit.returns import Checked
from toolkit.roster import Respondent, Roster, code_fault, folded
from toolkit.run.chain import run
from toolkit.run.job import Job
from toolkit.run.sources import inputs
from toolkit.workbook import registers
from toolkit.workbook.filling import Filling, Text
from toolkit.workbook.registers import ListColumns
from toolkit.workbook.writing import new_book, put_sheets

SECONDS = 90.0
"""How long one report may take: a PDF of forty pages takes some ten seconds."""
MEMORY = 1024 * 2**20
"""How much memory reading one may take: PDFs keep every character with its place."""


class Imported(Struct, frozen=True):
    """A published report as it was read, the workbook that was written from it, and that workbook checked."""

    file: str
    report: PublishedReport
    output: Path
    checked: Checked

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what was found on importing, then what the check of the workbook found.

        Who filled the cover (TEXT_003) is no matter of a published report; what was not found was said (IMPORT_002).
        """
        elsewhere = ("TEXT_003", "VALUE_021")
        return (*self.report.findings, *(finding for finding in self.checked.findings if finding.code not in elsewhere))


def import_report(
    path: Path, output: Path, *, year: int, respondent: str = "", code: str = "", level: str = ""
) -> Imported:
    """Read a published report of a year, write it as a workbook and check that.

    ``respondent`` is the body where the title does not name it, ``code`` its 统一社会信用代码: without one the workbook
    can be checked, but not found as last year's return of a body.
    ``level`` decides what a body may have (C2). A report that cannot be read or counts in a unit that
    the form does not use, a missing library, a code that is none and an output that is not .xlsx raise ToolkitError.
    Nothing is written then: the workbook appears only when it gave back what was read.
    """
    _sound(path, output, code)
    return import_as(path, output, year, lambda report: (respondent or report.name, code, level))


def import_folder(
    folder: Path, output: Path, *, year: int, roster: Roster | None = None
) -> Iterator[tuple[str, Imported | ToolkitError]]:
    """Import every report of a folder into another one, each body found on the roster by the title of its report.

    Yields the name of each file with what came of it; one that cannot be imported stops none of the others. An output
    in the folder itself is no report.
    """
    made_folder(output)
    taken: set[str] = set()

    def whose(report: PublishedReport) -> Whose:
        body = titled(report.name, roster, year)
        return (report.name, "", "") if body is None else (body.name, body.code, body.level)

    for path, name in inputs((folder,), without=[output]).files:
        assert isinstance(path, Path), "a folder holds paths"
        stems = (f"{path.stem}{f'（{number}）' if number > 1 else ''}" for number in count(1))
        stem = next(one for one in stems if one not in taken)
        taken.add(stem)
        try:
            yield name, import_as(path, output / f"{stem}.xlsx", year, whose)
        except ToolkitError as error:
            yield name, error


def titled(title: str, roster: Roster | None, year: int) -> Respondent | None:
    """Return the one body that a title names: by its whole name, else by the longest name that stands in it."""
    if roster is None or not title:
        return None
    known, text = roster.by_name(title), folded(title)
    inside = [body for body in roster.expected(year) if folded(body.name) in text]
    longest = max((len(body.name) for body in inside), default=0)
    longest_ones = [body for body in inside if len(body.name) == longest]
    return known or (longest_ones[0] if len(longest_ones) == 1 else None)


Whose = tuple[str, str, str]
"""Name, code and level of a body, "" for what is not known."""


def import_as(path: Path, output: Path, year: int, whose: Callable[[PublishedReport], Whose]) -> Imported:
    """Read a report and write it as a workbook of the body that ``whose`` tells."""
    form_for_year(year)
    writable_file(output)
    report = _read(path, year)
    refused = [finding for finding in report.findings if finding.code == FOREIGN_UNIT]
    if refused:
        raise _refusal(path, refused[0])
    data = _workbook(report, *whose(report))
    checked = _proved(data, report, output.name)
    return Imported(path.name, report, replaced(output, data), checked)


def _sound(path: Path, output: Path, code: str) -> None:
    if not path.is_file():
        raise fault("FILE_MISSING", path=path)
    if output.suffix.lower() != ".xlsx":
        raise fault("OUTPUT_NO_WORKBOOK", output=output)
    if output.exists() and output.samefile(path):
        raise fault("OUTPUT_IS_INPUT")
    wrong = code_fault(code) if code else None
    if wrong is not None:
        raise fault("CODE_INVALID", code=code, why=wrong)


def _read(path: Path, year: int) -> PublishedReport:
    """Read the report in a process that can be stopped."""
    ((_, got),) = workers.results(partial(_published, own_forms()), [(path, year)], seconds=SECONDS, memory=MEMORY)
    if isinstance(got, workers.Lost):
        raise fault("REPORT_READING_STOPPED", file=path.name, why=got.why)
    if isinstance(got, Finding):
        raise _refusal(path, got)
    if isinstance(got, str):
        raise fault("IMPORT_LIBRARY_MISSING", library=got)
    return got


def _refusal(path: Path, why: Finding) -> ToolkitError:
    """Return the error that says why a report is not imported."""
    return fault("REPORT_REFUSED", file=path.name, code=why.code, **why.wordings())


def _published(_forms: tuple[Form, ...], task: tuple[Path, int]) -> PublishedReport | Finding | str:
    """Return the report, why it cannot be read, or the library that is missing."""
    path, year = task
    try:
        return read_report(path, year=year, name=path.name)
    except Refused as refused:
        return refused.finding(path.name)
    except ImportError as error:
        return error.name or "nianbao[import]"


def _workbook(report: PublishedReport, name: str, code: str, level: str) -> bytes:
    """Return the workbook: the figures as they were published, the text, and the sheet 导入情况."""
    texts = {number: tuple(Text(head, text) for head, text, _ in parts) for number, parts in report.text.items()}
    filling = Filling(report.form, report.year, name=name, code=code, level=level, answers=report.answers, text=texts)
    book = new_book(filling)
    put_sheets(book, filling)
    _put_origins(book, report)
    return render(book)


_WIDTHS = (230, 190, 130, 130, 200, 330)


def _put_origins(book: Workbook, report: PublishedReport) -> None:
    """Write 导入情况: how sure each table is, what was not placed, published totals, and the place of every figure."""
    sheet = book.sheet(IMPORT_SHEET)
    registers.columns(sheet, _WIDTHS)
    counts = ("表", "应有格数", "读到", "空白", "没有找到", "没有放进表的数")
    rows: list[tuple[str | Number, ...]] = [
        (table.title, table.expected, table.filled, table.blank, table.missing, table.not_placed)
        for table in report.tables
    ]
    last = registers.table(sheet, 0, ListColumns(counts, _WIDTHS), rows)
    if report.not_placed:
        titles = ("表", "没有放进表的数", "", "", "报告中的位置", "原因")
        rows = [(figure.table, figure.raw, "", "", figure.where, figure.why) for figure in report.not_placed]
        last = registers.table(sheet, last + 1, ListColumns(titles, _WIDTHS), rows)
    if report.left:
        titles = ("没有收入的行", "", "", "", "报告中的位置", "")
        rows = [(line.text, "", "", "", line.where, "") for line in report.left]
        last = registers.table(sheet, last + 1, ListColumns(titles, _WIDTHS), rows)
    if report.totals:
        titles = ("公布的总计", "指标", "公布", "按各项计算", "报告中的位置", "")
        rows = [(report.form.items[code].short, code, total.raw, _shown(report, code), total.where,
                 _agrees(report, total)) for code, total in report.totals.items()]  # fmt: skip
        last = registers.table(sheet, last + 1, ListColumns(titles, _WIDTHS), rows)
    titles = ("读到的数", "指标", "报告原文", "填入", "报告中的位置", "工作簿里的格")
    layout, answers = lay_out(report.form), report.answers
    rows = [(report.form.items[code].short, code, figure.raw, _taken(answers[code]), figure.where,
             f"{layout.cell(code)[0]}!{a1(*layout.cell(code)[1:])}")
            for code, figure in report.figures.items() if figure.raw]  # fmt: skip
    last = registers.table(sheet, last + 1, ListColumns(titles, _WIDTHS), rows)
    registers.finish(sheet, tab="#7F7F7F", last=(last - 1, len(_WIDTHS) - 1))


def _shown(report: PublishedReport, code: str) -> str | Number:
    right = report.recomputed[code]
    return "无法计算" if right is None else right


def _agrees(report: PublishedReport, figure: Figure) -> str:
    if isinstance(figure.answer, Blank):
        return "未公布"
    same = isinstance(figure.answer, Filled) and figure.answer.value == report.recomputed[figure.code]
    return "一致" if same else "不一致"


def _taken(answer: Answer) -> str | Number:
    if isinstance(answer, Filled):
        return answer.value
    return "（照原样填入，请更正）" if isinstance(answer, Unreadable) else "（空白）"


def _proved(data: bytes, report: PublishedReport, name: str) -> Checked:
    """Check the workbook where nobody sees it, and make sure that it gives back what was read.

    A difference would be a fault of ours and raises ToolkitError.
    """
    with tempfile.TemporaryDirectory(prefix="nianbao-") as folder:
        (checked,) = run(Job((replaced(Path(folder) / name, data),), year=report.year)).checked
    answers, published = checked.ret.answers if checked.ret is not None else {}, report.answers
    for code in report.form.inputs:
        wanted, got = published.get(code, Blank()), answers.get(code)
        if type(got) is not type(wanted) or (
            isinstance(wanted, Filled) and isinstance(got, Filled) and got.value != wanted.value
        ):
            raise fault("REPORT_NOT_GIVEN_BACK", code=code)
    return checked
