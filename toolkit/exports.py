"""Returns as frames and files for others' programs: csv, xlsx, parquet. One line an item."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.errors import ToolkitError
from toolkit.excel_out import Workbook
from toolkit.layout import lay_out
from toolkit.numbers import show
from toolkit.returns import Return, RollUp

if TYPE_CHECKING:
    import pandas

COLUMNS = (
    "file",
    "code",
    "name",
    "year",
    "form",
    "item",
    "table",
    "row",
    "column",
    "state",
    "value",
    "raw",
    "sheet",
    "cell",
)
_STARTERS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

Line = tuple[object, ...]


def lines(returns: Iterable[Return]) -> Iterator[Line]:
    """Yield one line an item, in the order of the form, with the fields of COLUMNS; a figure is int or Decimal."""
    for ret in returns:
        layout = lay_out(ret.form)
        for code, item in ret.form.items.items():
            place = ret.place(code)
            sheet = place.sheet if place is not None else layout.cell(code)[0]
            cell = place.cell if place is not None else layout.address(code)
            state, value, raw = (
                ("computed", ret.figures[code], "") if item.computed else _said(ret.answers.get(code, Blank()))
            )
            yield (
                ret.file, ret.identity.code, ret.identity.name, ret.year, ret.form.id, code, item.table, item.row,
                item.column, state, value, raw, sheet, cell,
            )  # fmt: skip


def _said(answer: Answer) -> tuple[str, Number | None, str]:
    if isinstance(answer, Filled):
        return "filled", answer.value, answer.raw
    if isinstance(answer, Unreadable):
        return "unreadable", None, answer.raw
    return "blank", None, answer.raw


def frame(data: Return | RollUp | Sequence[Return]) -> pandas.DataFrame:
    """Return a frame of returns or of a roll-up's sources: one row an item, figures as int and Decimal objects."""
    import pandas

    return pandas.DataFrame(list(lines(_returns(data))), columns=list(COLUMNS), dtype=object)


def _returns(data: Return | RollUp | Sequence[Return]) -> Sequence[Return]:
    if isinstance(data, Return):
        return (data,)
    if isinstance(data, RollUp):
        return [each.ret for each in data.merged if each.ret is not None]
    return data


def _plain(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else show(value)  # type: ignore[arg-type]


def _safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula when it opens the csv."""
    return f"'{text}" if text.startswith(_STARTERS) else text


def csv_bytes(returns: Sequence[Return]) -> bytes:
    """Return a csv, UTF-8 with a byte order mark so that Excel and WPS read it; texts cannot become formulas."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in lines(returns):
        writer.writerow([_plain(field) if not isinstance(field, str) else _safe(field) for field in line])
    return buffer.getvalue().encode("utf-8-sig", "replace")


def xlsx_bytes(returns: Sequence[Return]) -> bytes:
    """Return a plain workbook with one line an item; figures are numbers, texts are texts."""
    book = Workbook(datetime(2000, 1, 1), title="年报明细", structure_locked=False)
    sheet = book.sheet("明细")
    head = book.format(bold=True, bg_color="#DCE6F1", border=1, border_color="#A6A6A6")
    for at, title in enumerate(COLUMNS):
        sheet.text(0, at, title, head)
    for row, line in enumerate(lines(returns), 1):
        for at, field in enumerate(line):
            if field is None:
                continue
            if isinstance(field, str):
                sheet.text(row, at, field[:32000])
            else:
                sheet.number(row, at, field)  # type: ignore[arg-type]
    sheet.freeze(1, 0)
    return book.bytes()


def parquet_bytes(returns: Sequence[Return]) -> bytes:
    """Return a Parquet file; figures as decimal(18, 4). Without pyarrow ToolkitError says what to install."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ToolkitError("写 parquet 需要 pyarrow。", "请运行 pip install 'nianbao[parquet]'。") from None
    rows = list(lines(returns))
    types = dict.fromkeys(COLUMNS, pyarrow.string()) | {"year": pyarrow.int32(), "value": pyarrow.decimal128(18, 4)}
    arrays = {
        name: pyarrow.array([_parquet(line[at], name) for line in rows], types[name]) for at, name in enumerate(COLUMNS)
    }
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(arrays), buffer)
    return buffer.getvalue()


def _parquet(field: object, name: str) -> object:
    return Decimal(field) if name == "value" and isinstance(field, int) else field
