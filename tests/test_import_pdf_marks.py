"""Digits of a PDF that are raised, lowered, small or struck out are no part of a figure: the cell is not read, and said to be so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pdf_pages import WIDE, Draw, end_of, report_page, words
from tests.soaking import only
from tests.test_report_cases import good
from toolkit.answers import Filled
from toolkit.report_in import PublishedReport, read_report
from toolkit.report_in.left_out import MARKED

CODE = "t2.licensing.decisions"


def read(tmp_path: Path, draw: Draw) -> PublishedReport:
    """Read a right report in which one figure, 7531, is drawn otherwise."""
    path = tmp_path / "r.pdf"
    path.write_bytes(report_page(good(**{CODE.replace(".", "__"): 7531}), {"7531": draw}))
    return read_report(path, year=2024, name=path.name)


def behind(up: float, size: float = 10, font: str = "L") -> Draw:
    """Return a figure with a digit behind it, moved up."""

    def draw(text: str, x: float, y: float) -> str:
        digit = words("1", end_of(text, x), y + up, size=size)
        return words(text, x, y) + digit.replace("/L", f"/{font}").replace("(1)", "(1)" if font == "L" else "<0031>")

    return draw


def stroke(*parts: float, bar: bool = False) -> Draw:
    """Return a figure with a line: from and to, each across (parts of its width) and up (points)."""

    def draw(text: str, x: float, y: float) -> str:
        width = end_of(text, x) - x
        left, low, right, high = x + width * parts[0], y + parts[1], x + width * parts[2], y + parts[3]
        line = f"{left} {low} {right - left} 0.6 re f\n" if bar else f"{left} {low} m {right} {high} l S\n"
        return words(text, x, y) + line

    return draw


def risen(text: str, x: float, y: float) -> str:
    return words(text, x, y) + words("1", end_of(text, x), y, rise=3)


MARKS = {
    "raised": (behind(3), "7531〔上标 1〕"),
    "raised far": (behind(5), "7531〔上标 1〕"),
    "raised by the rise of the text": (risen, "7531〔上标 1〕"),
    "raised in another font": (behind(3, font="C"), "7531〔上标 1〕"),
    "small": (behind(0, 6), "7531〔上标 1〕"),
    "lowered": (behind(-2), "7531〔下标 1〕"),
    "struck out": (stroke(0, 3, 1, 3), "〔删除线 7531〕"),
    "struck out by a bar": (stroke(0, 3, 1, 3, bar=True), "〔删除线 7531〕"),
    "partly struck out": (stroke(0.5, 3, 1, 3), "75〔删除线 31〕"),
    "aslant": (stroke(0, -1, 1, 8), "〔删除线 7531〕"),
    "through the whole cell": (stroke(-0.3, 3, 14, 3), "〔删除线 7531〕"),
}


@pytest.mark.parametrize("name", only(MARKS, "raised", "raised by the rise of the text", "struck out"))
def test_a_digit_beside_the_figure_is_no_part_of_it(tmp_path: Path, name: str) -> None:
    """All other figures are read as they are."""
    draw, seen = MARKS[name]
    report = read(tmp_path, draw)
    assert (report.lost, CODE in report.figures) == ((CODE,), False)
    assert [(one.raw, one.why) for one in report.not_placed] == [(seen, MARKED)]
    assert {"IMPORT_008"}.isdisjoint(finding.code for finding in report.findings)


def across(text: str, x: float, y: float) -> str:
    """Draw a figure that runs over the right edge of its cell, all but its last digit's half."""
    return words(text, x - 8 + WIDE - end_of(text, 0) + 2, y)


UNMARKED = {
    "plain": (words, "7531"),
    "underlined": (stroke(0, -1.5, 1, -1.5), "7531"),
    "underlined by a bar": (stroke(0, -2.5, 1, -2.5, bar=True), "7531"),
    "a line above": (stroke(0, 9, 1, 9), "7531"),
    "a digit of another font": (behind(0, font="C"), "75311"),
    "over the edge": (across, "7531"),
}


@pytest.mark.parametrize("name", only(UNMARKED, "underlined", "a digit of another font"))
def test_what_is_no_mark(tmp_path: Path, name: str) -> None:
    """Underlines, fonts that change, and a digit that touches the edge of its cell leave a figure what it is."""
    draw, figure = UNMARKED[name]
    report = read(tmp_path, draw)
    assert report.answers[CODE] == Filled(int(figure), figure)
    assert (report.lost, report.not_placed) == ((), ())
