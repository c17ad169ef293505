"""What a roll-up claims: its form, its sources, its details, its corrections and its tables, read with openpyxl."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec import Struct

from toolkit.findings import fault, phrase
from toolkit.forms import Form, form_ids, load_form
from toolkit.proving.label_search import folded
from toolkit.proving.plain_numbers import figure, in_words
from toolkit.proving.seen_cells import FAULTS, SeenSheet
from toolkit.returns import ground_lacking
from toolkit.returns.extent import Extent


class Claimed(Struct, frozen=True):
    """A source that 来源 lists."""

    file: str
    sha256: str
    code: str
    name: str


class DetailRow(Struct, frozen=True):
    """A row of 明细, or of the file that takes its place: the values as the cells hold them."""

    file: str
    sha256: str
    code: str
    name: str
    values: Mapping[str, object]


class Correction(Struct, frozen=True):
    """A line of 调整; ``fault`` says why it cannot count ("" when it does)."""

    row: int
    code: str
    item: str
    old: Decimal
    new: Decimal
    words: str
    fault: str


class Claims(Struct, frozen=True):
    """A roll-up as it stands in its file."""

    form: Form
    book: Any
    formulas: Any
    sources: tuple[Claimed, ...]
    rows: tuple[DetailRow, ...]
    corrections: tuple[Correction, ...]
    year: str = ""
    doubts: tuple[str, ...] = ()
    """Cells of 明细 and 调整 that show another figure than they hold."""
    coverage: str = ""
    """What the roll-up says that it covers."""
    partial: bool = False


def load(path: Path, *, values: bool) -> Any:
    """Open a workbook with openpyxl, for its cached values or for its formulas; one whose formats it misses raises."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", "Workbook contains no stylesheet")
        with zipfile.ZipFile(path) as archive:
            archive.getinfo("xl/styles.xml")  # openpyxl looks for the cell formats nowhere else
        return openpyxl.load_workbook(path, data_only=values, rich_text=True)


def closed(path: Path) -> str:
    """Return in Chinese why openpyxl sees nothing in a file that begins as .xls, .et and encrypted workbooks do, else ""."""
    try:
        with path.open("rb") as file:
            return phrase("proof_xls") if file.read(4) == b"\xd0\xcf\x11\xe0" else ""
    except OSError:
        return ""


def claims(path: Path) -> Claims:
    """Read a roll-up; a file that is none raises ToolkitError."""
    try:
        book, formulas = load(path, values=True), load(path, values=False)
    except FAULTS as error:
        raise fault("ROLLUP_UNREADABLE", path=path, why=closed(path) or error) from error
    return claims_in(book, formulas, path)


def claims_in(book: Any, formulas: Any, path: Path) -> Claims:
    """Return what an opened workbook claims, ``book`` with its values, ``formulas`` with its formulas."""
    meta = pairs(book)
    if meta.get("kind") != "rollup" or meta.get("form") not in form_ids():
        raise fault("NO_ROLLUP", path=path)
    form = load_form(meta["form"])
    doubts: list[str] = []
    try:
        sources = _sources(book)
        rows = _rows(book, form, doubts)
        corrections = _corrections(book, formulas, form, rows, doubts)
    except KeyError as error:
        raise fault("ROLLUP_INCOMPLETE", path=path, why=error) from error
    year, partial = meta.get("year", ""), bool(meta.get("uncounted"))
    return Claims(form, book, formulas, sources, rows, corrections, year, tuple(doubts), covers(book), partial)


def covers(book: Any) -> str:
    """Return what a roll-up says that it covers, "" for any other workbook."""
    meta = pairs(book)
    if meta.get("kind") != "rollup":
        return ""
    extent = Extent(meta.get("coverage", ""), meta.get("uncounted", ""), meta.get("late", ""))
    return phrase("proof_covers", name=meta.get("name", ""), words=extent.words)


def pairs(book: Any) -> dict[str, str]:
    """Return what ``_meta`` says."""
    if "_meta" not in book.sheetnames:
        return {}
    return {
        in_words(key): value if isinstance(value, str) else in_words(value)
        for key, value in book["_meta"].iter_rows(max_col=2, values_only=True)
        if key
    }


def text_in(value: object) -> str:
    """Return what a cell holds as text, "" for nothing."""
    return "" if value is None else str(value).strip()


def header_of(sheet: Any, wanted: Sequence[str], *, rows: int = 10) -> tuple[int, dict[str, int]]:
    """Return the row in which all the titles stand and their columns (from 0); none raises KeyError."""
    for number, row in enumerate(sheet.iter_rows(max_row=rows, values_only=True), 1):
        columns = {folded(text_in(value)): at for at, value in reversed(list(enumerate(row))) if text_in(value)}
        if all(title in columns for title in wanted):
            return number, columns
    raise KeyError(f"{sheet.title}（{'、'.join(wanted[:3])}）")


def _sources(book: Any) -> tuple[Claimed, ...]:
    sheet = book["来源"]
    top, at = header_of(sheet, ("文件", "sha256", "统一社会信用代码", "单位名称"))
    sources = []
    for row in sheet.iter_rows(min_row=top + 1, values_only=True):
        file, digest = text_in(row[at["文件"]]), text_in(row[at["sha256"]])
        if file or digest:
            sources.append(Claimed(file, digest, text_in(row[at["统一社会信用代码"]]), text_in(row[at["单位名称"]])))
    return tuple(sources)


def _rows(book: Any, form: Form, doubts: list[str]) -> tuple[DetailRow, ...]:
    sheet = book["明细"]
    seen = SeenSheet(sheet)
    top, at = header_of(sheet, ("code", "name", "file", "sha256", *form.inputs))
    rows = []
    for row in sheet.iter_rows(min_row=top + 1):
        code, name, file, digest = (text_in(row[at[key]].value) for key in ("code", "name", "file", "sha256"))
        values: dict[str, object] = {item: row[at[item]].value for item in form.inputs}
        doubts += filter(None, (seen.shown_otherwise(row[at[item]]) for item in form.inputs))
        if code or name or file or any(value is not None for value in values.values()):
            rows.append(DetailRow(file, digest, code, name, values))
    return tuple(rows)


def _corrections(
    book: Any, formulas: Any, form: Form, rows: Sequence[DetailRow], doubts: list[str]
) -> tuple[Correction, ...]:
    """Read 调整 by the grammar of its own formulas: numbers are numbers, case does not count, spaces do."""
    if "调整" not in book.sheetnames:
        return ()
    sheet = book["调整"]
    titles = ("单位代码", "指标代码", "原值", "新值", "理由", "经办人")
    top, at = header_of(sheet, (*titles, "计入差额"))
    stands = {
        (row.code.upper(), item): figure(row.values[item], form.items[item].kind) or Decimal(0)
        for row in reversed(rows)
        for item in form.inputs
    }
    seen = SeenSheet(sheet)
    corrections: list[Correction] = []
    for number, row in enumerate(sheet.iter_rows(min_row=top + 1), top + 1):
        code, item, old, new, reason, who = values = tuple(row[at[title]].value for title in titles)
        doubts += filter(None, (seen.shown_otherwise(row[at[title]]) for title in ("原值", "新值")))
        note = text_in(code).startswith("说明：") and not any(text_in(value) for value in values[1:])
        if note or not any(text_in(value) for value in values):
            continue
        key = (str(code).upper() if isinstance(code, str) else "", str(item).lower())
        kind = form.items[key[1]].kind if key[1] in form.items else "signed"
        before, after = (None if value in (None, "") else figure(value, kind) for value in (old, new))
        fault: str | None = None
        if formulas["调整"].cell(number, at["计入差额"] + 1).data_type != "f":
            fault = phrase("change_apart")
        elif any(cell.data_type == "e" for cell in (row[at[title]] for title in titles)):
            fault = phrase("change_error")
        elif key not in stands:
            fault = phrase("change_unknown")
        elif before is None or after is None or max(abs(before), abs(after)) >= 10**12:
            fault = phrase("change_figure", old=in_words(old), new=in_words(new))
        elif before != stands[key]:
            fault = phrase("change_other", stands=in_words(stands[key]))
        else:
            fault = ground_lacking(text_in(reason))
        if fault is None and after is not None:
            stands[key] = after
        words = phrase(
            "change_words", row=number, code=text_in(code), item=text_in(item), old=in_words(old), new=in_words(new),
            ground=text_in(reason), who=text_in(who) or phrase("change_nobody"),
        )  # fmt: skip
        if fault is not None:
            words = phrase("change_refused", change=words, fault=fault)
        corrections.append(Correction(number, *key, before or Decimal(0), after or Decimal(0), words, fault or ""))
    return tuple(corrections)
