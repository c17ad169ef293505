"""One season of some thirty bodies, a case each, and what every surface then says of each return."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from msgspec.structs import replace

from tests.builders import a_return
from tests.commands import answer, worked
from tests.samples import REGION, chapters, code_of, sound, workbook
from toolkit.answers import Answer, Filled
from toolkit.forms import Form, load_form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import CHECKS, STATUS_ROW
from toolkit.returns import Return
from toolkit.returns.last_year import LastYear
from toolkit.run.sources import sound_roster
from toolkit.workbook import Filling, write
from toolkit.workbook.issuing import fillings
from toolkit.workbook.rosters import roster_bytes

AS_OF = ("--as-of", "2026-02-06")
FORM, YEAR = load_form("2021"), 2025
REASON = "2025年承接市级下放事项318项，许可件数随之增加，见县政府办〔2025〕12号文件"


@dataclass(frozen=True)
class Body:
    """A body of the season: its number, what was issued to it, last year's return, and sound figures for this year."""

    number: str
    issued: Filling
    before: Return
    figures: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name on the roster."""
        return self.issued.name

    def filled(self, **changes: Any) -> Filling:
        """Return the issued workbook filled soundly; figures under ``figures`` differ, None is left blank."""
        figures = dict(self.figures) | changes.pop("figures", {})
        answers: dict[str, Answer] = {code: Filled(value) for code, value in figures.items() if value is not None}
        whole = self.issued.form.complete({code: figures[code] or 0 for code in self.issued.form.inputs})
        cover = {"preparer": "甲", "reviewer": "乙", "head": "丙", "phone": "0000-0000000"}
        text = chapters(self.name, self.issued.year, whole)
        return replace(self.issued, **{"answers": answers, "cover": cover, "text": text, **changes})

    def sound(self, **figures: Any) -> bytes:
        """Return the bytes of a sound return with some figures changed."""
        return write(self.filled(figures=figures))

    def typed(self, *cells: tuple[str, Any], **figures: Any) -> bytes:
        """Return a sound return into whose inputs something was typed."""
        return typed(self.sound(**figures), cells)


def typed(data: bytes, cells: Iterable[tuple[str, Any]], sheets: Mapping[tuple[str, str], Any] | None = None) -> bytes:
    """Return a workbook as another program saves it: something typed into inputs, or into cells of sheets."""
    book, layout = openpyxl.load_workbook(io.BytesIO(data)), lay_out(FORM)
    for code, value in cells:
        sheet, row, column = layout.cell(code)
        cell = book[sheet].cell(row + 1, column + 1)
        cell.value = value
        cell.data_type = "e" if value == "#DIV/0!" else cell.data_type
        if isinstance(value, date | bool):
            # LibreOffice takes a logical value under a format of numbers for one.
            cell.number_format = "yyyy-mm-dd" if isinstance(value, date) else "General"
    for (name, address), value in (sheets or {}).items():
        book[name][address] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@dataclass(frozen=True)
class Case:
    """What a body sends, the sentence of the check, and that of the sheet where it is another (None: it has none)."""

    send: Callable[[Body], bytes | Mapping[str, bytes]]
    sentence: str
    verdict: str = "pass"
    sheet: str | None = ""
    counts: tuple[int, int, int] = (0, 0, 0)
    """Errors, cells to fill and doubts that the sentence must count."""


@dataclass
class Told:
    """What the surfaces say: by file, by body, and the folder of the season."""

    folder: Path
    bodies: Mapping[str, Body]
    check: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    lists: Mapping[tuple[str, str], Mapping[str, list[str]]] = field(default_factory=dict)

    def letter(self, name: str) -> tuple[str, str]:
        """Return the letter to a body as its kind and its text; "" when there is none."""
        code = code_of(self.bodies[name].number)
        found = sorted((self.folder / "退回").glob(f"{code}*信.txt"))
        return (found[-1].stem.rpartition("_")[2], found[-1].read_text(encoding="utf-8")) if found else ("", "")


def body_of(at: int) -> tuple[str, str, str, str, bool]:
    """Return the body of a case as the samples describe bodies."""
    return f"{at + 10}", f"样{at + 10}局", f"样例{at + 10}局", "县", True


def season(folder: Path, cases: Mapping[str, Case], form: Form = FORM, year: int = YEAR) -> Told:
    """Issue, let every body send its case, and run every command on it."""
    bodies: dict[str, Body] = {}
    made = [body_of(at) for at in range(len(cases))]
    rows = [[code_of(n), name, short, level, "", "是", "", "", ""] for n, short, name, level, _ in made]
    folder.mkdir(parents=True)
    roster_file = folder.parent / "名录.xlsx"
    roster_file.write_bytes(roster_bytes(REGION, rows))
    before_folder, inbox = folder.parent / "上年", folder / "收件"
    before_folder.mkdir()
    inbox.mkdir()
    last: dict[str, Return] = {}
    for at, body in enumerate(made):
        old = dict(sound(form, 900 + at, 30 + at, None))
        (before_folder / f"{body[1]}.xlsx").write_bytes(workbook(form, year - 1, body, old))
        before = a_return(old, form=form.id, year=year - 1)
        last[code_of(body[0])] = replace(before, identity=replace(before.identity, code=code_of(body[0])))
    roster = sound_roster(roster_file)
    assert roster is not None
    known = LastYear({(code, year - 1): ret for code, ret in last.items()})
    for at, ((respondent, issued), name) in enumerate(zip(fillings(form, year, roster, known), cases, strict=True)):
        before = last[respondent.code]
        bodies[name] = Body(made[at][0], issued, before, sound(form, 950 + at, 30 + at, before))
        sent = cases[name].send(bodies[name])
        for suffix, data in (sent if isinstance(sent, dict) else {"": sent}).items():
            (inbox / f"{name}{suffix}{'.docx' if data[:4] == b'none' else '.xlsx'}").write_bytes(data)
    told = Told(folder, bodies)
    options = ("--year", year, "--roster", roster_file, "--last-year", before_folder)
    told.check = {file["file"]: file for file in answer("check", inbox, *options)["files"]}
    told.text = worked("check", inbox, *options).err
    worked("init", folder, "--year", year, "--region", REGION, "--roster", roster_file, "--last-year", before_folder,
           "--deadline", f"{year + 1}-01-31", "--office", "县政府办", "--contact", "0000-1")  # fmt: skip
    worked("ledger", folder, *AS_OF)
    worked("reply", folder, *AS_OF)
    worked("merge", folder, *AS_OF, "-o", folder.parent / "汇总.xlsx")
    worklist, rollup = openpyxl.load_workbook(folder / "台账.xlsx"), openpyxl.load_workbook(folder.parent / "汇总.xlsx")
    told.lists = {
        ("worklist", "files"): _listed(worklist["文件"], "文件", "填报情况"),
        ("worklist", "bodies"): _listed(worklist["单位"], "单位名称", "填报情况"),
        ("worklist", "states"): _listed(worklist["单位"], "单位名称", "状态"),
        ("rollup", "files"): _listed(rollup["台账"], "文件", "填报情况"),
        ("rollup", "bodies"): _listed(rollup["台账"], "单位名称", "填报情况"),
    }
    return told


def sentence_of_sheet(book: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """Return the one sentence that a workbook says of itself on 校验, of the rows of its sheets."""
    return book[CHECKS.name][STATUS_ROW][0]


def _listed(sheet: Any, key: str, value: str) -> dict[str, list[str]]:
    """Return of every table on a sheet that has both titles what stands under one by what stands under the other."""
    found: dict[str, list[str]] = {}
    columns: tuple[int, int] | None = None
    for line in sheet.iter_rows(values_only=True):
        if key in line and value in line:
            columns = line.index(key), line.index(value)
        elif columns is not None and line[columns[0]]:
            found.setdefault(str(line[columns[0]]), []).append(str(line[columns[1]] or ""))
    return found
