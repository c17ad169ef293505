"""Returns, roll-ups and findings as long tables for other programs: a pandas frame, csv, xlsx and parquet."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import category

from toolkit.answers import Blank, Filled, Number, Unreadable
from toolkit.cells import Area
from toolkit.excel_out import Page, Workbook, cell_format, render
from toolkit.files import sound
from toolkit.findings import fault
from toolkit.returns import Identity, ReadFile, Return, RollUp
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

FINDING_COLUMNS = (
    "file", "code", "name", "year", "finding", "severity", "rule", "sheet", "cell", "items", "message", "remedy",
    "expected", "found", "difference", "explained",
)  # fmt: skip
"""The columns of findings: the file and whose it is, the finding's own code, and what it says."""

Values = RollUp | Return | ReadFile | Sequence[Return] | Sequence[ReadFile]
"""What tables are made of: a roll-up stands for the returns that were merged."""
Row = tuple[str, str, int | None, str, str, str, str, str, Number | None]


def frame(values: Values, kind: Literal["items", "findings"] = "items") -> pd.DataFrame:
    """Return one row an item of every return, or one row a finding of every file.

    Of items: COLUMNS and ``file``. ``state`` is filled, blank, unreadable or computed; ``value`` is an object column of
    int for counts, Decimal for money in 万元 and None for what is blank or unreadable; nothing becomes a float.
    Of findings: FINDING_COLUMNS, the ``items`` as codes with a blank between.
    """
    import pandas as pd

    if kind == "findings":
        table = pd.DataFrame(
            [row for file in _files(values, whole=True) for row in _findings(file)], columns=list(FINDING_COLUMNS)
        )
    else:
        rows = [(*row, file.file) for file in _files(values) if file.ret is not None for row in _return(file.ret)]
        columns = (*COLUMNS, "file")
        table = pd.DataFrame(
            {name: pd.Series([row[at] for row in rows], dtype=object) for at, name in enumerate(columns)}
        )
    table["year"] = table["year"].astype("Int64")
    return table


def _files(values: Values, *, whole: bool = False) -> Sequence[ReadFile]:
    """Return the files that values come from; of a roll-up those that were merged, or all of them."""
    if isinstance(values, RollUp):
        return values.checked if whole else values.merged
    listed = [values] if isinstance(values, Return | ReadFile) else values
    return [ReadFile(value.file or "", value.sha256 or "", value, value.findings) if isinstance(value, Return) else value
            for value in listed]  # fmt: skip


def _findings(file: ReadFile) -> Iterator[tuple[object, ...]]:
    identity = Identity() if file.ret is None else file.ret.identity
    for finding in file.findings:
        yield (
            file.file, identity.code, identity.name, identity.year, finding.code, finding.severity.value, finding.rule,
            finding.sheet, finding.cell, " ".join(finding.items), finding.message, finding.remedy, finding.expected,
            finding.actual, finding.difference, finding.explained,
        )  # fmt: skip


def csv_bytes(values: Values) -> bytes:
    """Return the rows as csv: UTF-8 with a byte order mark, as Excel and WPS expect it.

    A text that a spreadsheet would take for a formula is prefixed with an apostrophe; figures never are.
    """
    table = frame(values).drop(columns="file")
    for name in _TEXTS:
        table[name] = [harmless(str(text)) for text in table[name]]
    table["value"] = ["" if value is None else show(value) for value in table["value"]]
    return str(table.to_csv(index=False, lineterminator="\r\n")).encode("utf-8-sig")


def xlsx_bytes(values: Values) -> bytes:
    """Return the rows as a workbook with one sheet; texts are texts whatever they begin with."""
    rows = _rows(values)
    years = [row[2] for row in rows if row[2] is not None]
    book = Workbook(datetime(max(years, default=2025) + 1, 1, 1), title="年报数据", structure_locked=False)
    sheet = book.sheet("数据")
    head = cell_format(font_name="黑体", bg_color="#DCE6F1", bottom=1, align="center")
    text, count, money = cell_format(), cell_format(num_format="#,##0"), cell_format(num_format="#,##0.####")
    for at, (title, width) in enumerate(zip(_TITLES, _WIDTHS, strict=True)):
        sheet.column(at, at, width, None)
        sheet.text(0, at, title, head)
    for number, row in enumerate(rows, 1):
        for at, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, str):
                sheet.text(number, at, value, text)
            else:
                sheet.number(number, at, value, money if isinstance(value, Decimal) else count if at > 2 else text)
    sheet.filter = Area(0, 0, max(len(rows), 1), len(COLUMNS) - 1)
    sheet.frozen = (1, 2)
    sheet.page = Page(landscape=True, rows=(0, 0))
    return render(book)


def parquet_bytes(values: Values) -> bytes:
    """Return the rows as parquet, figures as decimal(18, 4); without pyarrow ToolkitError says how to get it."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise fault("PYARROW_MISSING_FOR_EXPORT") from error
    rows = _rows(values)
    columns: dict[str, Any] = {
        name: pa.array([row[at] for row in rows], pa.int64() if name == "year" else pa.string())
        for at, name in enumerate(COLUMNS[:-1])
    }
    figures = [None if row[-1] is None else Decimal(row[-1]) for row in rows]
    columns["value"] = pa.array(figures, pa.decimal128(18, 4))
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


WRITERS: Mapping[str, Callable[[Values], bytes]] = {"csv": csv_bytes, "xlsx": xlsx_bytes, "parquet": parquet_bytes}
"""How tables are written, by format."""


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs: one that begins like a formula is prefixed with an apostrophe.

    Blanks and signs that nobody sees do not hide the beginning: some programs drop them before they look. They
    become blanks, so that a text stays one line and says nothing to a terminal.
    """
    seen = "".join(" " if category(sign) in _CONTROLS else sign for sign in text)
    begins = next((sign for sign in text if not sign.isspace() and category(sign) not in _UNSEEN), "")
    return f"'{seen}" if (begins in _FORMULA_STARTS and begins) or (text[:1] in _FORMULA_STARTS and text) else seen


def _rows(values: Values) -> list[Row]:
    return [row for file in _files(values) if file.ret is not None for row in _return(file.ret)]


def _return(ret: Return) -> list[Row]:
    body = (sound(ret.identity.code or ""), sound(ret.identity.name or ""), ret.identity.year)
    rows: list[Row] = []
    for code, item in ret.form.items.items():
        state, value = ("computed", ret.figures[code]) if item.computed else _answer(ret, code)
        rows.append((*body, code, item.table, item.row, item.column, state, value))
    return rows


def _answer(ret: Return, code: str) -> tuple[str, Number | None]:
    answer = ret.answers.get(code, Blank())
    if isinstance(answer, Filled):
        return "filled", answer.value
    return ("unreadable" if isinstance(answer, Unreadable) else "blank"), None
