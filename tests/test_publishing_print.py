"""The report on paper: Chromium prints the page, LibreOffice the Word document; pages counted, nothing clipped."""

from __future__ import annotations

import logging
import os
import subprocess
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pdfplumber
import pytest

from tests import browser
from tests.browser import requires_chromium
from tests.builders import a_return
from tests.office import FONTS, SOFFICE
from tests.reports import SAMPLES, checked, of_sample
from tests.soaking import soak
from toolkit.forms import load_form
from toolkit.report_out import Report, docx_bytes, html_bytes, report
from toolkit.returns import Identity, Return

A4 = (595, 842)
LEFT, RIGHT = 28 / 25.4 * 72, (210 - 26) / 25.4 * 72
Printer = Callable[[Report], Path]


def sample(verdict: str) -> Report:
    """Return the report of the first sample with a verdict."""
    return of_sample(next(path for path in SAMPLES if checked(path).verdict == verdict))


def wide() -> Report:
    """Return a report with seven digits in every cell: the widest that tables get."""
    form = load_form("2021")
    ret = a_return(dict.fromkeys(form.inputs, 1234567))
    ret = Return(ret.form, Identity("2021", 2025, None, "样例县公共资源交易中心和其他名称很长的单位"), ret.answers)
    return report(ret, findings=[], draft=True, last=ret)


CASES = {
    "sound": lambda: sample("pass"),
    "draft": lambda: sample("fail"),
    "real2019": lambda: of_sample(next(path for path in SAMPLES if "2019" in path.name)),
    "wide": wide,
}  # fmt: skip
PAGES = {"sound": (3, 5), "draft": (3, 5), "real2019": (3, 5), "wide": (7, 14)}


def writer_pdf(source: Path, folder: Path) -> Path:
    """Print a document as LibreOffice does; skips where its word processor is not installed."""
    assert SOFFICE is not None
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [SOFFICE, "--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", "pdf", "--outdir",
             str(folder), str(source)],
            capture_output=True, text=True, check=False, timeout=300,
            env={**os.environ, "FONTCONFIG_FILE": str(FONTS), "HOME": profile},
        )  # fmt: skip
    made = folder / f"{source.stem}.pdf"
    if not made.exists() and "could not be loaded" in done.stdout + done.stderr:
        pytest.skip(
            "LibreOffice has no Writer here: the Word document is NOT printed (apt-get install libreoffice-writer)"
        )
    assert made.exists(), done.stdout + done.stderr
    return made


@pytest.fixture(params=["web", "word"])
def printed(request: pytest.FixtureRequest, tmp_path: Path) -> Printer:
    """Return a function that prints a report by one of the two ways."""

    def by(made: Report) -> Path:
        if request.param == "web":
            if browser.CHROMIUM is None:
                pytest.skip("Chromium is not installed: the web page is NOT looked at")
            (tmp_path / "a.html").write_bytes(html_bytes(made))
            return browser.printed(tmp_path / "a.html", tmp_path)
        if SOFFICE is None:
            pytest.skip("LibreOffice is not installed: the Word document is NOT printed")
        (tmp_path / "a.docx").write_bytes(docx_bytes(made))
        return writer_pdf(tmp_path / "a.docx", tmp_path)

    return by


def _bare(text: str) -> str:
    """Return text without spaces; Chromium writes some characters as the radicals that look the same."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.fixture(autouse=True)
def quiet() -> None:
    """Let the PDF reader keep its remarks about fonts to itself."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)


@soak
@pytest.mark.office
@pytest.mark.parametrize("case", CASES)
def test_it_prints_on_a4_with_nothing_clipped(case: str, printed: Printer) -> None:
    """A sane number of A4 pages; every word and every line of a table stands within the margins; all are numbered."""
    with pdfplumber.open(printed(CASES[case]())) as pdf:
        assert PAGES[case][0] <= len(pdf.pages) <= PAGES[case][1]
        for number, page in enumerate(pdf.pages, 1):
            assert (round(page.width), round(page.height)) == A4
            upright = page.filter(lambda each: each["object_type"] != "char" or each["upright"])
            words = [each for each in upright.extract_words() if "草" not in each["text"] and "稿" not in each["text"]]
            assert words
            assert min(each["x0"] for each in words) >= LEFT - 3
            assert max(each["x1"] for each in words) <= RIGHT + 8
            assert max(each["bottom"] for each in words) <= A4[1] - 20
            for edge in page.edges:
                assert LEFT - 6 <= edge["x0"] <= edge["x1"] <= RIGHT + 6
            assert str(number) in [each["text"].strip("—") for each in words[-3:]]


@soak
@pytest.mark.office
def test_each_table_is_whole_on_its_page(printed: Printer) -> None:
    """The heading, the first and the last row of each table are on one page, in the order of the parts."""
    with pdfplumber.open(printed(sample("pass"))) as pdf:
        pages = [_bare(page.extract_text()) for page in pdf.pages]
    for words in (
        ("二、主动公开政府信息情况", "行政事业性收费"),
        ("三、收到和处理政府信息公开申请情况", "申请人情况", "四、结转下年度继续办理"),
        ("四、政府信息公开行政复议、行政诉讼情况", "复议后起诉"),
    ):
        assert sum(all(word in page for word in words) for page in pages) == 1


@soak
@pytest.mark.office
def test_figures_of_seven_digits_stay_on_one_line(printed: Printer) -> None:
    """In the widest report no figure is broken or runs into its neighbour."""
    with pdfplumber.open(printed(wide())) as pdf:
        words = [each["text"] for page in pdf.pages for each in page.extract_words(x_tolerance=1)]
    assert words.count("1234567") >= len(load_form("2021").inputs)
    assert not [each for each in words if "12345671234567" in each]


@soak
@pytest.mark.office
def test_a_long_table_repeats_its_head(printed: Printer) -> None:
    """The annex runs over several pages and each of them begins with its head."""
    with pdfplumber.open(printed(wide())) as pdf:
        pages = [_bare(page.extract_text()) for page in pdf.pages]
    assert sum("指标项目" in page for page in pages) >= 3


@soak
@pytest.mark.office
def test_a_draft_is_marked_on_every_page(printed: Printer) -> None:
    """Every page of a draft differs from the report by its mark: coloured shapes or turned letters on each."""
    with pdfplumber.open(printed(sample("fail"))) as pdf:
        for page in pdf.pages:
            turned = [
                each for each in page.chars if each["text"] in "草稿" and (not each["upright"] or each["size"] > 60)
            ]
            assert turned or [each for each in page.curves if each["width"] > 60 and each["height"] > 60]


LOOK = (
    "[document.documentElement.scrollWidth, innerWidth,"
    " [...document.querySelectorAll('td,th')].filter(e => e.scrollWidth > e.clientWidth + 1).length,"
    " performance.getEntriesByType('resource').length, ...refused]"
)
"""Width of the page, of the window, cells whose text is wider than they are, what was loaded, and what was not let in."""


@requires_chromium
@pytest.mark.office
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_the_screen_and_loads_nothing(width: int, tmp_path: Path) -> None:
    """On a desk and on a telephone the page does not scroll sideways, its tables may; it asks nobody for anything."""
    page, inner, cut, loaded, *refused = browser.looked_at(html_bytes(sample("pass")).decode(), LOOK, width, tmp_path)
    assert int(inner) == width
    assert int(page) <= width
    assert (cut, loaded, refused) == ("0", "0", [])


@requires_chromium
@pytest.mark.office
def test_a_page_that_does_not_fit_or_asks_is_noticed(tmp_path: Path) -> None:
    """The look from inside sees a picture from outside, a page that is too wide and a cell that is cut."""
    bad = '<p style="width:900px">x</p><img src="http://127.0.0.1:9/x.png">'
    bad += '<table style="min-width:0;width:20px"><tr><td class="figure">12345678</td></tr></table>'
    source = html_bytes(sample("pass")).decode().replace("</main>", f"{bad}</main>")
    page, inner, cut, _, *refused = browser.looked_at(source, LOOK, 390, tmp_path)
    assert int(page) > int(inner)
    assert cut == "1"
    assert refused == ["http://127.0.0.1:9/x.png"]


@soak
@pytest.mark.office
def test_every_figure_is_on_paper(printed: Printer) -> None:
    """The printed report holds every figure of the tables as often as the return does."""
    form = load_form("2021")
    figures = {code: str(1_000 + at) for at, code in enumerate(form.inputs)}
    ret = a_return({code: int(each) for code, each in figures.items()})
    made = report(Return(ret.form, Identity("2021", 2025, None, "样例县"), ret.answers), findings=[])
    with pdfplumber.open(printed(made)) as pdf:
        words = [each["text"] for page in pdf.pages for each in page.extract_words(x_tolerance=1)]
    wanted = Counter(
        cell.text
        for part in made.sections
        if part.grid
        for row in part.grid.rows
        for cell in row
        if cell.role == "figure"
    )
    assert set(figures.values()) <= set(wanted)
    assert {each: words.count(each) for each in wanted} == wanted
