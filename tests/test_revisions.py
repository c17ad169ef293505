"""修改对照 in the coordinator's summary: what each version changed, mended and brought."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from tests.rollups import SMALL, a_return, checked
from toolkit.findings import Finding, Severity
from toolkit.returns.revisions import Revision, revise
from toolkit.workbook.summary import REVISIONS, write_summary


def a_revision() -> Revision:
    """Return a revision with a changed figure, a figure that appeared, one finding mended and one new."""
    gone, fresh = (
        Finding("X", Severity.ERROR, said, "r", sheet="表", cell="B2", rule=said) for said in ("旧的", "新的")
    )
    old = checked(a_return(1, SMALL), "一稿.xlsx", gone)
    new = checked(a_return(1, SMALL | {"t3.r1.natural": 1, "t4.review.upheld": 4}), "=二稿.xlsx", fresh)
    return revise(old, new)


def rows_of(data: bytes) -> list[tuple[object, ...]]:
    sheet = load_workbook(io.BytesIO(data))[REVISIONS]
    return [tuple(row) for row in sheet.iter_rows(min_row=3, values_only=True)]


def test_the_sheet_lists_changes_then_findings() -> None:
    """Each changed item has place, both sides and difference; a blank is no zero; then mended and new findings."""
    revision = a_revision()
    rows = rows_of(write_summary([revision.new], {}, [revision]))
    assert all(row[:3] == ("样例1局", "一稿.xlsx", "=二稿.xlsx") for row in rows)
    by_item = {str(row[6]): row for row in rows}
    assert by_item["一、本年新收政府信息公开申请数量·自然人"][7:] == (3, 1, -2)
    assert any(row[7:9] == ("空白", 4) and not row[9] for row in rows)
    assert [(row[3], row[6]) for row in rows[-2:]] == [("已改正", "旧的"), ("新出现", "新的")]


def test_without_revisions_there_is_no_sheet_and_equal_versions_say_so() -> None:
    """No revision, no sheet; a version that changed nothing is one row; the same input gives the same bytes."""
    revision = a_revision()
    assert REVISIONS not in load_workbook(io.BytesIO(write_summary([revision.new], {}))).sheetnames
    (row,) = rows_of(write_summary([revision.new], {}, [revise(revision.old, revision.old)]))
    assert row[3] == "无改动"
    assert write_summary([revision.new], {}, [revision]) == write_summary([revision.new], {}, [revision])
