"""Returns and roll-ups as long tables for other programs: a pandas frame, csv, xlsx and parquet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import category

from toolkit.answers import Blank, Filled, Number, Unreadable
from toolkit.cells import Area
from toolkit.errors import ToolkitError
from toolkit.excel_out import Page, Workbook, cell_format, render
from toolkit.files import replaced, sound
from toolkit.returns import Return, RollUp
from toolkit.returns.numbers import show

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("code", "name", "year", "item", "table", "row", "column", "state", "value")
"""The columns: the body's code and name, the report year, the item with its official labels, its state and figure."""

_TITLES = ("统一社会信用代码", "单位名称", "年度", "指标代码", "表", "行", "列", "状态", "数值")
_WIDTHS = (150, 200, 50, 170, 40, 260, 160, 80, 90)
_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
_CONTROLS = frozenset(("Cc", "Cf", "Zl", "Zp"))
_UNSEEN = frozenset(("Cc", "Cf", "Zl", "Zp", "Mn"))
_TEXTS = ("code", "name", "item", "table", "row", "column", "state")

Row = tuple[str, str, int | None, str, str, str, str, str, Number | None]


def frame(what: Sequence[Return] | RollUp) -> pd.DataFrame:
    """Return one row an item of every return, or of a roll-up's region.

    ``state`` is filled, blank, unreadable or computed. ``value`` is an object column of int for counts, Decimal for
    money in 万元 and None for what is blank or unreadable; nothing becomes a float.
    """
    import pandas as pd

    found = _rows(what)
    table = pd.DataFrame(
        {name: [row[at] for row in found] for at, name in enumerate(COLUMNS[:-1])}, columns=list(COLUMNS[:-1])
    )
    table["year"] = table["year"].astype("Int64")
    table["value"] = pd.Series([row[-1] for row in found], dtype=object, index=table.index)
    return table


def csv_bytes(what: Sequence[Return] | RollUp) -> bytes:
    """Return the rows as csv: UTF-8 with a byte order mark, as Excel and WPS expect it.

    A text that a spreadsheet would take for a formula is prefixed with an apostrophe; figures never are.
    """
    table = frame(what)
    for name in _TEXTS:
        table[name] = [harmless(str(text)) for text in table[name]]
    table["value"] = ["" if value is None else show(value) for value in table["value"]]
    return str(table.to_csv(index=False, lineterminator="\r\n")).encode("utf-8-sig")


def xlsx_bytes(what: Sequence[Return] | RollUp) -> bytes:
    """Return the rows as a workbook with one sheet; texts are texts whatever they begin with."""
    found = _rows(what)
    years = [row[2] for row in found if row[2] is not None]
    book = Workbook(datetime(max(years, default=2025) + 1, 1, 1), title="年报数据", structure_locked=False)
    sheet = book.sheet("数据")
    head = cell_format(font_name="黑体", bg_color="#DCE6F1", bottom=1, align="center")
    text, count, money = cell_format(), cell_format(num_format="#,##0"), cell_format(num_format="#,##0.####")
    for at, (title, width) in enumerate(zip(_TITLES, _WIDTHS, strict=True)):
        sheet.column(at, at, width, None)
        sheet.text(0, at, title, head)
    for number, row in enumerate(found, 1):
        for at, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.text(number, at, value, text)
            else:
                sheet.number(number, at, value, money if isinstance(value, Decimal) else count if at > 2 else text)
    sheet.filter = Area(0, 0, max(len(found), 1), len(COLUMNS) - 1)
    sheet.frozen = (1, 2)
    sheet.page = Page(landscape=True, rows=(0, 0))
    return render(book)


def parquet_bytes(what: Sequence[Return] | RollUp) -> bytes:
    """Return the rows as parquet, figures as decimal(18, 4); without pyarrow ToolkitError says how to get it."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as fault:
        raise ToolkitError(
            "没有安装 pyarrow，不能写 parquet。",
            "请运行 pip install 'nianbao[parquet]'，或改用 csv、xlsx。",
            english="pyarrow is not installed: run pip install 'nianbao[parquet]', or use csv or xlsx.",
        ) from fault
    found = _rows(what)
    columns: dict[str, Any] = {
        name: pa.array([row[at] for row in found], pa.int64() if name == "year" else pa.string())
        for at, name in enumerate(COLUMNS[:-1])
    }
    figures = [None if row[-1] is None else Decimal(row[-1]) for row in found]
    columns["value"] = pa.array(figures, pa.decimal128(18, 4))
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def write_csv(what: Sequence[Return] | RollUp, path: Path) -> Path:
    """Write the rows as csv; returns where they went."""
    return replaced(path, csv_bytes(what))


def write_xlsx(what: Sequence[Return] | RollUp, path: Path) -> Path:
    """Write the rows as a workbook; returns where they went."""
    return replaced(path, xlsx_bytes(what))


def write_parquet(what: Sequence[Return] | RollUp, path: Path) -> Path:
    """Write the rows as parquet; returns where they went."""
    return replaced(path, parquet_bytes(what))


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs: one that begins like a formula is prefixed with an apostrophe.

    Blanks and signs that nobody sees do not hide the beginning: some programs drop them before they look. They
    become blanks, so that a text stays one line and says nothing to a terminal.
    """
    seen = "".join(" " if category(each) in _CONTROLS else each for each in text)
    begins = next((each for each in text if not each.isspace() and category(each) not in _UNSEEN), "")
    return f"'{seen}" if (begins in _FORMULA_STARTS and begins) or (text[:1] in _FORMULA_STARTS and text) else seen


def _rows(what: Sequence[Return] | RollUp) -> list[Row]:
    if isinstance(what, RollUp):
        return [
            (sound(what.region_code), sound(what.region), what.year, code, item.table, item.row, item.column,
             "computed" if item.computed else "filled", what.figures[code])
            for code, item in what.form.items.items()
        ]  # fmt: skip
    return [row for ret in what for row in _return(ret)]


def _return(ret: Return) -> list[Row]:
    body = (sound(ret.identity.code or ""), sound(ret.identity.name or ""), ret.identity.year)
    found: list[Row] = []
    for code, item in ret.form.items.items():
        state, value = ("computed", ret.figures[code]) if item.computed else _answer(ret, code)
        found.append((*body, code, item.table, item.row, item.column, state, value))
    return found


def _answer(ret: Return, code: str) -> tuple[str, Number | None]:
    answer = ret.answers.get(code, Blank())
    if isinstance(answer, Filled):
        return "filled", answer.value
    return ("unreadable" if isinstance(answer, Unreadable) else "blank"), None
