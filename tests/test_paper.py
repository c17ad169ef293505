"""What is printed and sealed: cover, tables, every paragraph – no instructions, no 校验, no pages of empty rows."""

from __future__ import annotations

import io
import math
import re
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from tests.office import convert, requires_office, typed
from tests.soaking import soak
from tests.test_reading_files import filling, saved
from tests.test_rollup import rolled, three
from toolkit.excel_out.measures import text_width
from toolkit.forms import load_form
from toolkit.forms.sheets import COVER, HOW_TO, LEADING_SHEET, REPORTED, REVIEW
from toolkit.reading import read
from toolkit.workbook import Filling, Text, reply, write
from toolkit.workbook.rollup import write_rollup

HEADS = load_form("2021").parts[0].heads
MARGIN = 36
"""Points at each side of a page that stay blank: the workbook asks for 0.55 inches."""
LONG = "全年主动公开政府信息，回应社会关切，做好政策解读，加强平台建设。" * 6


def paragraphs(count: int, heads: tuple[str, ...] = HEADS) -> tuple[Text, ...]:
    """Return so many long paragraphs over the sub-headings, each with a mark at its end."""
    return tuple(Text(heads[at * len(heads) // count], f"{LONG}到此第{at}段") for at in range(count))


def printed(data: bytes, folder: Path) -> list[str]:
    """Return the text of every page that LibreOffice prints of a workbook; none of it runs into a margin."""
    (folder / "a.xlsx").write_bytes(data)
    (pdf,) = convert([folder / "a.xlsx"], "pdf", folder)
    places = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    for page in places.split("<page ")[1:]:
        width = float(page.partition('width="')[2].partition('"')[0])
        sides = [
            (float(left), float(right)) for left, right in re.findall(r'xMin="([-0-9.]+)".*?xMax="([-0-9.]+)"', page)
        ]
        assert all(left >= MARGIN and right <= width - MARGIN for left, right in sides), (width, sides)
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    return [re.sub(r"\s", "", page) for page in done.stdout.split("\f")[:-1]]


@soak
@requires_office
def test_the_whole_workbook_prints_what_is_sealed(tmp_path: Path) -> None:
    """A return with 67 long paragraphs prints all of them, title to seal, and nothing that only helps to fill it."""
    content = replace(
        filling("2021", "reply"), text={"一": paragraphs(67), "五": paragraphs(3, ("",)), "六": (Text("", "无。"),)}
    )
    pages = printed(write(content), tmp_path)
    whole = "".join(pages)
    assert all(f"到此第{at}段" in whole for at in range(67))
    assert "单位盖章" in pages[0]
    assert not [advice for advice in (*HOW_TO, "表内校验", REVIEW.name, "注：") if re.sub(r"\s", "", advice) in whole]
    # 67 paragraphs of six lines take nine pages; cover, three tables and two chapters six.
    assert len(pages) <= 17


@soak
@requires_office
@pytest.mark.parametrize(("count", "most"), [(0, 7), (15, 9), (200, 40)])
def test_empty_rows_take_no_paper(count: int, most: int, tmp_path: Path) -> None:
    """A blank is seven pages, a return of fifteen long paragraphs nine; no page is without text."""
    text = {} if count == 0 else {"一": paragraphs(count), "五": paragraphs(3, ("",))}
    pages = printed(write(Filling(load_form("2021"), 2025, text=text)), tmp_path)
    assert len(pages) <= most
    assert all(len(page) > 30 for page in pages)


def clipped(data: bytes) -> list[tuple[str, str, str]]:
    """Return the texts that are higher than their rows, whose heights are written: (sheet, cell, text)."""
    places = []
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        width = {
            at: dim.width * 7 + 5 for dim in sheet.column_dimensions.values() for at in range(dim.min, dim.max + 1)
        }
        areas = {area.coord.split(":")[0]: area.bounds for area in sheet.merged_cells.ranges}
        for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
            left, top, right, bottom = areas.get(cell.coordinate, (cell.column, cell.row, cell.column, cell.row))
            heights = [sheet.row_dimensions[row].height for row in range(top, bottom + 1)]
            wraps = cell.alignment.wrap_text and not cell.alignment.textRotation and not cell.value.startswith("=")
            if not wraps or None in heights:
                continue
            room = sum(width.get(column, 64) for column in range(left, right + 1)) - 4
            lines = sum(max(1, math.ceil(text_width(part, cell.font.sz) / room)) for part in cell.value.split("\n"))
            if lines * cell.font.sz * 1.15 > sum(heights) + 1:
                places.append((sheet.title, cell.coordinate, cell.value))
    return places


def test_no_text_is_higher_than_its_row() -> None:
    """Of a blank, a reply and a roll-up: every head, label, note and name is seen whole."""
    books = [write(filling("2021", kind)) for kind in ("blank", "reply")] + [write_rollup(rolled(three()))]
    assert [clipped(book) for book in books] == [[], [], []]


@soak
@requires_office
def test_a_roll_up_prints_its_accounts(tmp_path: Path) -> None:
    """Statement, tables, the leading figures, 台账, 问题清单 and charts; not 明细 and its 200 columns, not 调整."""
    pages = printed(write_rollup(rolled(three())), tmp_path)
    whole = "".join(pages)
    for words in ("汇总说明", LEADING_SHEET, "应报单位", "办理结果", "三、收到和处理政府信息公开申请情况"):
        assert words in whole, words
    for words in ("t3.r1.natural", "核对", "表内校验"):
        assert words not in whole, words
    assert len(pages) < 14


@soak
@requires_office
def test_rows_grow_with_what_is_typed(tmp_path: Path) -> None:
    """Forty long paragraphs typed below a sub-heading of a blank are printed whole and read; the locks let them in."""
    (tmp_path / "a.xlsx").write_bytes(write(Filling(load_form("2021"), 2025)))
    cells = {("一、总体情况", 3 + at, 0): f"{LONG}到此第{at}段" for at in range(40)}
    book, pdf = typed(tmp_path / "a.xlsx", cells, ("xlsx", "pdf"), tmp_path)
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    whole = re.sub(r"\s", "", done.stdout)
    assert all(f"到此第{at}段" in whole for at in range(40))
    ret = read(book, name="a.xlsx").ret
    assert ret is not None
    assert [(one.head, one.text) for one in ret.text["一"]] == [(HEADS[0], text) for text in cells.values()]


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_rows_with_text_are_high_enough_and_free_to_grow(form_id: str) -> None:
    """A written paragraph has a height for all its lines, a waiting row next to none, and none of them a fixed one."""
    heads = load_form(form_id).parts[0].heads
    data = write(replace(filling(form_id), text={"一": paragraphs(45, heads[:1])}))
    xml = sheet_xml(data, 2)
    rows = dict(re.findall(r'<row r="(\d+)"([^>]*)>', xml))
    for at in range(4, 4 + 45):
        assert 'customHeight="1"' not in rows[str(at)]
        assert float(re.findall(r'ht="([0-9.]+)"', rows[str(at)])[0]) > 80
    assert 'ht="0.75"' in xml
    assert re.findall(r'ht="0.75"[^>]*customHeight', xml) == []


def sheet_xml(data: bytes, number: int) -> str:
    """Return the XML of a sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml").decode()


@pytest.mark.parametrize("typed", ["2026年1月20日", "2026-1-20", 46042])
def test_the_date_on_the_cover_is_kept(typed: object, tmp_path: Path) -> None:
    """What is typed as 报出日期 comes back in the reply; without it nothing is said of it."""
    before = read(saved(filling("2021"), tmp_path / "a.xlsx"), name="a.xlsx").ret
    assert before is not None
    assert REPORTED not in before.cover
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    row, column = COVER.reported
    cell = book[COVER.name].cell(row + 1, column + 1)
    cell.value = typed
    if isinstance(typed, int):
        cell.number_format = "yyyy-m-d"
    book.save(tmp_path / "b.xlsx")
    ret = read(tmp_path / "b.xlsx", name="b.xlsx").ret
    assert ret is not None
    day = "2026-1-20" if isinstance(typed, int) else typed
    assert ret.cover[REPORTED].value == day
    (tmp_path / "c.xlsx").write_bytes(write(reply.filling(ret, ret.findings)))
    assert openpyxl.load_workbook(tmp_path / "c.xlsx")[COVER.name].cell(row + 1, column + 1).value == day
