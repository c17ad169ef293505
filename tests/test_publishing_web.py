"""The web page: semantic tables, every text escaped, one file that loads nothing, the same bytes every time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from tests.reports import (
    HOSTILE,
    NAMES,
    SAMPLES,
    checked,
    expected,
    merges,
    of_sample,
    web_cells,
    web_merges,
    web_square,
    web_tables,
)  # fmt: skip
from tests.test_publishing_word import SIMPLE, hostile
from toolkit.findings import Finding, Severity
from toolkit.report_out import html_bytes, report
from toolkit.report_out.printable import printable


def page(data: bytes) -> Any:
    return lxml.html.document_fromstring(data.decode("utf-8"))


@pytest.mark.parametrize("path", SAMPLES, ids=NAMES)
def test_tables_show_the_return_cell_by_cell(path: Path) -> None:
    """At every position stands the official label or the figure of the return, merged as the form merges them."""
    ret = checked(path).ret
    assert ret is not None
    tables = web_tables(html_bytes(of_sample(path)))
    assert len(tables) == 3
    for table, official in zip(tables, ret.form.tables, strict=True):
        assert web_square(table) == expected(ret, official)
        assert web_merges(table) == merges(official)


def test_tables_are_semantic() -> None:
    """Every label but the note is a th with a scope, every figure a td whose headers exist; heads stand in a thead."""
    for table, heads in zip(web_tables(html_bytes(SIMPLE)), (0, 3, 3), strict=True):
        assert table.find("caption") is not None
        assert len(table.findall("thead/tr")) == heads
        ids = {each.get("id") for each in table.iter("th")}
        assert None not in ids
        for cell in set(web_cells(table).values()):
            if cell.tag == "th":
                assert cell.get("scope") in ("row", "col", "rowgroup")
            elif cell.get("class") == "figure":
                assert cell.get("headers")
                assert set(cell.get("headers").split()) <= ids
    everything = page(html_bytes(SIMPLE))
    every_id = [each.get("id") for each in everything.iter() if each.get("id")]
    assert len(every_id) == len(set(every_id))


def test_headers_name_the_right_labels() -> None:
    """A screen reader that asks for the headers of a cell hears its row, its groups and its columns."""
    table = web_tables(html_bytes(SIMPLE))[1]
    by_id = {each.get("id"): each.text_content() for each in table.iter("th")}
    cell = web_cells(table)[7, 7]
    assert [by_id[each] for each in cell.get("headers").split()] == [
        "申请人情况", "法人或其他组织", "三、本年度办理结果", "（三）不予公开", "法律服务机构", "1.属于国家秘密",
    ]  # fmt: skip


def test_the_page_has_language_landmarks_and_order() -> None:
    """Chinese, one title that is also the h1, one main, the six parts as sections named by their h2, in order."""
    document = page(html_bytes(SIMPLE))
    assert document.get("lang") == "zh-CN"
    assert document.findtext("head/title") == SIMPLE.title
    assert [each.text_content() for each in document.iter("h1")] == [SIMPLE.title]
    (main,) = document.iter("main")
    assert [each.text_content() for each in main.iter("h2")] == [each.heading for each in SIMPLE.sections]
    for section in main.iter("section"):
        (heading,) = section.findall("h2")
        assert section.get("aria-labelledby") == heading.get("id")


def test_nothing_is_loaded_or_run() -> None:
    """No script, link, image, frame, form, handler, import or address of any kind, also with hostile text."""
    data = html_bytes(report(hostile(), findings=[], draft=True))
    document = page(data)
    for tag in ("script", "link", "img", "iframe", "object", "embed", "form", "a", "base", "svg", "video"):
        assert not list(document.iter(tag)), tag
    for element in document.iter():
        for name in element.attrib:
            assert not name.startswith("on")
            assert name not in ("src", "href", "action", "srcset", "background")
    (style,) = document.iter("style")
    assert not re.search(r"url\(|@import|expression\(", style.text)
    assert "default-src 'none'" in document.xpath("//meta[@http-equiv='Content-Security-Policy']")[0].get("content")


def test_hostile_text_is_text() -> None:
    """What respondents and findings say arrives as the same words, not as markup, template or turned text."""
    point = Finding("I1", Severity.ERROR, HOSTILE[0], HOSTILE[1])
    document = page(html_bytes(report(hostile(), findings=[point], draft=True)))
    assert [each.text_content() for each in document.iter("p")] == [printable(text) for text in HOSTILE] * 2
    assert HOSTILE[0] in next(document.iter("h1")).text_content()
    (item,) = document.iter("li")
    assert item.text_content().startswith(f"【错误】{printable(HOSTILE[0])}")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]", document.text_content())


def test_a_draft_is_marked_and_a_report_is_not() -> None:
    """The mark is on the screen and in print, hidden from screen readers, and the title says draft too."""
    ret = hostile()
    document = page(html_bytes(report(ret, findings=[], draft=True)))
    (mark,) = document.find_class("watermark")
    assert mark.text_content() == "草稿"
    assert mark.get("aria-hidden") == "true"
    assert document.findtext("head/title").endswith("（草稿）")
    assert "没有未办结事项" in document.text_content()
    assert "草稿" not in html_bytes(report(ret, findings=[])).decode()


def test_the_same_report_gives_the_same_bytes() -> None:
    """Two writings do not differ."""
    assert html_bytes(SIMPLE) == html_bytes(SIMPLE)


def test_the_page_is_set_for_a4() -> None:
    """A4 is the page, heads repeat and rows stay whole in print."""
    source = html_bytes(SIMPLE).decode()
    assert re.search(r"@page \{ size: A4", source)
    assert "table-header-group" in source
    assert "tr { break-inside: avoid; }" in source
    assert "@media print" in source
