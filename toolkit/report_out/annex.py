"""The annex 与上年对比: every item that both years have, last year, this year and the difference."""

from __future__ import annotations

from toolkit.answers import Number
from toolkit.forms import Item, Table
from toolkit.report_out.printable import figure
from toolkit.report_out.report import ReportCell, ReportParagraph, ReportTable, Section
from toolkit.report_out.report_tables import WIDE, figure_size, in_rows
from toolkit.returns import Return
from toolkit.returns.numbers import show

_SHARES = (0.43, 0.21, 0.12, 0.12, 0.12)


def comparison(ret: Return, last: Return) -> Section:
    """Return the annex; items that are nought or blank in both years are left out."""
    number = 0
    cells: list[ReportCell] = []
    heads = ("指标", "项目", f"{last.year}年", f"{ret.year}年", "增减")
    for column, text in enumerate(heads):
        cells.append(ReportCell(f"annex-h{column}", 0, column, 0, column, text, "head"))
    bodies: list[tuple[int, int]] = []
    for table in ret.form.tables:
        lines = _lines(table, ret, last)
        if not lines:
            continue
        number += 1
        caption = ReportCell(f"annex-{table.id}", number, 0, number, 4, table.title, "caption")
        cells.append(caption)
        first = number
        for code, texts in lines:
            number += 1
            item = ret.form.items[code]
            stub = ReportCell(f"annex-{number}", number, 0, number, 0, _row(table, item.row_code, item.row), "stub")
            cells += [
                stub,
                ReportCell(f"annex-{number}-c", number, 1, number, 1, _column(table, item), "text", (stub.id,)),
            ]
            cells += [
                ReportCell(
                    f"annex-{number}-{at}",
                    number,
                    at,
                    number,
                    at,
                    text,
                    "figure",
                    (caption.id, stub.id, f"annex-h{at}"),
                )
                for at, text in enumerate(texts, 2)
            ]
        bodies.append((first, number))
    grid = ReportTable(
        "annex", "与上年对比", "单位：件；金额：万元", _SHARES, 1, in_rows(cells, number + 1), tuple(bodies),
        WIDE,
        figure_size(cells, _SHARES, WIDE),
    )  # fmt: skip
    note = "两个年度均为零或空白的指标不列。"
    if last.form.id != ret.form.id:
        note += f"两个年度使用的格式不同（{last.form.id} 年格式、{ret.form.id} 年格式），只列两种格式共有的指标。"
    return Section("附件：与上年对比", (ReportParagraph(note),), grid if bodies else None)


def _lines(table: Table, ret: Return, last: Return) -> list[tuple[str, tuple[str, str, str]]]:
    lines = []
    for item in table.items:
        if item.code not in last.form.items:
            continue
        before, now = figure(last, item.code)[0], figure(ret, item.code)[0]
        if before in ("", "0") and now in ("", "0"):
            continue
        old, new = last.figures[item.code], ret.figures[item.code]
        change = "" if "" in (before, now) or old is None or new is None else _signed(new - old)
        lines.append((item.code, (before, now, change)))
    return lines


def _signed(value: Number) -> str:
    return f"+{show(value)}" if value > 0 else show(value)


def _column(table: Table, item: Item) -> str:
    """Return the label of a column without its unit, which the annex states once."""
    return next((line.short for line in table.columns if line.label == item.column), item.column)


def _row(table: Table, code: str, label: str) -> str:
    """Return the label of a row with its group, e.g. （三）1.属于国家秘密."""
    return next((line.short for line in table.rows if line.code == code and "）" in line.short[:3]), label)
