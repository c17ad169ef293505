"""The one writer: a filling → the workbook, sheet by sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from toolkit.excel_out import Workbook, render
from toolkit.forms import Form
from toolkit.forms.layout import Layout, lay_out
from toolkit.forms.sheets import CHECKS, COVER, GUIDE, META, REVIEW, TALLY
from toolkit.workbook.chapters import put_chapter
from toolkit.workbook.checks import put_checks
from toolkit.workbook.cover import put_cover
from toolkit.workbook.filling import Filling
from toolkit.workbook.guide import put_guide
from toolkit.workbook.meta import properties, put_meta, put_names
from toolkit.workbook.review import put_review
from toolkit.workbook.state import State
from toolkit.workbook.tables import put_table
from toolkit.workbook.tally import put_tally


def write(filling: Filling) -> bytes:
    """Return the workbook of a filling; the same filling gives the same bytes."""
    return render(describe(filling))


def describe(filling: Filling) -> Workbook:
    """Return the workbook of a filling as a value."""
    book = new_book(filling)
    put_sheets(book, filling)
    return book


def new_book(filling: Filling) -> Workbook:
    """Begin the workbook of a filling: its only time is the first day on which the year can be reported."""
    return Workbook(
        datetime(filling.year + 1, 1, 1),
        title=f"{filling.form.title}（{filling.year} 年度）",
        subject=filling.form.notice,
        properties=properties(filling),
    )


def put_sheets(book: Workbook, filling: Filling) -> None:
    """Write every sheet of a filling into a workbook; a roll-up adds its own afterwards."""
    layout, state = lay_out(filling.form), State(filling)
    book.opens_on = REVIEW.name if filling.kind == "reply" else COVER.name
    put_cover(book.sheet(COVER.name), layout, filling, state)
    if filling.kind == "reply":
        put_review(book.sheet(REVIEW.name), layout, filling, state)
    for part in filling.form.parts:
        if part.table is not None:
            table = layout.table(part.table)
            put_table(book.sheet(table.sheet), layout, table, filling, state)
        else:
            chapter = layout.chapter(part.number)
            put_chapter(book.sheet(chapter.sheet), layout, chapter, filling, state)
    put_checks(book.sheet(CHECKS.name), layout, filling, state)
    put_guide(book.sheet(GUIDE.name), filling.form)
    put_tally(book.sheet(TALLY.name), layout, filling, state)
    put_meta(book.sheet(META.name), filling)
    put_names(book, filling)
    book.names |= _item_names(layout)


@lru_cache(maxsize=8)
def _item_names(layout: Layout) -> Mapping[str, str]:
    return {name: f"={layout.reference(code)}" for code, name in layout.names.items()}


def blank_name(form: Form, year: int) -> str:
    """Return the file name of the blank of a form and year."""
    return f"政府信息公开年报_{year}年_{form.id}格式_空白表.xlsx"
