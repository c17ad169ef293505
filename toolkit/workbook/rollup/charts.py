"""The sheet 图表: who applied, what came of it, and where – native charts over live figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toolkit.answers import Number
from toolkit.cells import a1
from toolkit.excel_out import Chart, Page, Workbook, Worksheet
from toolkit.forms.layout import lay_out
from toolkit.workbook import registers, styles
from toolkit.workbook.registers import words
from toolkit.workbook.rollup.sums import Sums

CHART_SHEET = "图表"
MOST_BODIES = 15
_GROUPS = (
    ("予以公开", "r3_1"),
    ("部分公开", "r3_2"),
    ("不予公开", "r3_3"),
    ("无法提供", "r3_4"),
    ("不予处理", "r3_5"),
    ("其他处理", "r3_6"),
    ("结转下年度", "r4"),
)
_FONT = {"name": "宋体", "size": 10, "color": "#404040"}
_HEIGHT, _ROW = 330, 24


def put_charts(book: Workbook, sums: Sums) -> None:
    """Write 图表: three charts, and below them the figures they show."""
    sheet = book.sheet(CHART_SHEET)
    registers.columns(sheet, (260, 90, 40, 260, 90, 40, 330, 90))
    for row in range(64):
        sheet.row(row, _ROW, styles.plain)
    data = 34
    place = "明细" if sums.elsewhere is None else words(sums.elsewhere.name)
    heads = ("本年新收申请（按申请人）", "办理结果", f"新收申请最多的单位（前 {MOST_BODIES} 家，按{place}）")
    looks = (((0, 0), "column", "#2E75B6"), ((0, 4), "column", "#548235"), ((16, 0), "bar", "#BF8F00"))
    sheet.charts = [
        _chart(where, kind, title, _figures(sheet, (data, 3 * at), head, rows), colour)
        for at, ((title, rows), head, (where, kind, colour)) in enumerate(zip(charted(sums), heads, looks, strict=True))
    ]
    registers.finish(sheet, tab="#7030A0", last=(data + MOST_BODIES, 7), page=Page(landscape=True, pages_high=1))


def charted(sums: Sums) -> tuple[tuple[str, list[tuple[str, str, Number]]], ...]:
    """Return what the charts show: of each its title, and label, formula ("" for none) and figure of every row."""
    columns = [column for column in sums.form.table("t3").columns if column.code != "total"]
    applicants = [(column.label, f"t3.r1.{column.code}") for column in columns]
    first = [(label, lay_out(sums.form).reference(code), sums.total(code)) for label, code in applicants]
    title = f"{words(sums.rollup.region)} {sums.rollup.year} 年度".strip()
    return (
        (f"{title}新收政府信息公开申请（按申请人，件）{sums.stage}", first),
        (f"{title}申请办理结果（件）{sums.stage}", _results(sums)),
        (f"{title}新收申请最多的单位（件）{sums.stage}", _bodies(sums)),
    )


def _results(sums: Sums) -> list[tuple[str, str, Number]]:
    """Return the groups of results, each the sum of the totals of its rows."""
    layout = lay_out(sums.form)
    results = []
    for label, prefix in _GROUPS:
        rows = [
            row.code for row in sums.form.table("t3").rows if row.code == prefix or row.code.startswith(f"{prefix}_")
        ]
        totals = [f"t3.{row}.total" for row in rows]
        value: Number = 0
        for code in totals:
            value = value + sums.rollup.figures[code]
        results.append((label, "+".join(layout.reference(code) for code in totals), value))
    return results


def _bodies(sums: Sums) -> list[tuple[str, str, Number]]:
    """Return the bodies with most new applications, by the row of each on 明细 if it has one."""
    codes = [code for code in sums.form.inputs if code.startswith("t3.r1.")]
    counted: list[tuple[Number, str, int]] = []
    places = [at for at, code in enumerate(sums.form.inputs) if code in codes]
    for row, (_, ret) in enumerate(sums.rows, sums.sheet.first_row):
        entries = ret.entries
        value: Number = sum(entry for at in places if (entry := entries[at]) is not None)
        counted.append((value, words(ret.identity.name or ret.identity.code or ""), row))
    counted.sort(key=lambda body: (-body[0], body[1], body[2]))
    sheet = sums.sheet
    return [
        (
            name,
            f"SUM('{sheet.name}'!{sheet.a1(row, codes[0])}:{sheet.a1(row, codes[-1])})"
            if sums.elsewhere is None
            else "",
            value,
        )
        for value, name, row in counted[:MOST_BODIES]
    ]


def _figures(
    sheet: Worksheet, place: tuple[int, int], title: str, rows: Sequence[tuple[str, str, Number]]
) -> tuple[str, str, int]:
    """Write labels and figures below a title; returns the ranges of both and how many there are."""
    top, column = place
    sheet.text(top, column, title, registers.head)
    sheet.text(top, column + 1, "件", registers.head)
    for row, (label, formula, value) in enumerate(rows, top + 1):
        sheet.text(row, column, label, registers.text)
        if formula:
            sheet.formula(row, column + 1, formula, registers.number("count"), value)
        else:
            sheet.number(row, column + 1, value, registers.number("count"))
    bottom = top + max(len(rows), 1)
    labels = f"='{CHART_SHEET}'!{a1(top + 1, column, absolute=True)}:{a1(bottom, column, absolute=True)}"
    values = f"='{CHART_SHEET}'!{a1(top + 1, column + 1, absolute=True)}:{a1(bottom, column + 1, absolute=True)}"
    return labels, values, len(rows)


def _chart(place: tuple[int, int], kind: str, title: str, data: tuple[str, str, int], colour: str) -> Chart:
    labels, values, count = data
    series = {
        "name": "件数", "categories": labels, "values": values, "fill": {"color": colour}, "gap": 60,
        "data_labels": {"value": True, "font": _FONT | {"size": 9}},
    }  # fmt: skip
    axis: dict[str, Any] = {"num_font": _FONT, "line": {"color": "#BFBFBF"}, "major_tick_mark": "none"}
    light = {"visible": True, "line": {"color": "#E7E6E6", "width": 0.5}}
    figures = axis | {"major_gridlines": light, "num_format": "#,##0", "min": 0, "line": {"none": True}}
    wide = kind == "bar"
    settings: dict[str, dict[str, Any]] = {
        "title": {"name": title, "name_font": {"name": "黑体", "size": 13, "bold": False, "color": "#1F1F1F"}},
        "legend": {"none": True},
        "x_axis": figures if wide else axis,
        "y_axis": axis | {"reverse": True, "crossing": "max"} if wide else figures,
        "chartarea": {"border": {"color": "#D9D9D9"}},
    }
    height = min(130 + 17 * max(count, 4), 400) if wide else _HEIGHT
    return Chart(place, kind, series, settings, size=(1190 if wide else 540, height), description=title)
