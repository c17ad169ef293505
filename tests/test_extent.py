"""A partial figure looks partial: on every table and chart of the county, and one level up, in the city's words."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

import toolkit
from tests.commands import answer, run
from tests.rollups import SMALL, a_return, checked, code_of, error, merged, roster
from tests.soaking import soak
from toolkit import reading
from toolkit.merging import coverage, extent
from toolkit.returns import Checked, Region, RollUp
from toolkit.workbook.rollup import write_rollup

LABEL = "阶段性汇总（1/3）"
CITY = "阶段性汇总（3/3，其中 1 家是阶段性汇总）"


def county(number: int, name: str, bodies: range, *, known: bool = True, missing: int = 0) -> RollUp:
    """Return a county's roll-up: one return a body, of which ``missing`` more never came and one fails if any is."""
    files = [checked(a_return(at, SMALL), f"{at}.xlsx") for at in bodies]
    failing = [checked(a_return(bodies.stop, SMALL), "坏.xlsx", error())] if missing else []
    register = roster(*range(bodies.start, bodies.stop + missing)) if known else None
    return merged([*files, *failing], register, region=Region(name, code_of(number)))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the roll-ups of three counties: one of three bodies, one whole, one without a roster."""
    folder = tmp_path_factory.mktemp("市") / "收件"
    folder.mkdir()
    counties = (
        county(50, "甲县", range(1, 2), missing=2), county(51, "乙县", range(11, 13)),
        county(52, "丙县", range(21, 24), known=False),
    )  # fmt: skip
    for made in counties:
        (folder / f"{made.region}.xlsx").write_bytes(write_rollup(made))
    names = "".join(f"{code_of(at)},{name},县,是\n" for at, name in ((50, "甲县"), (51, "乙县"), (52, "丙县")))
    (folder.parent / "名录.csv").write_text(f"统一社会信用代码,单位名称,层级,计入汇总\n{names}", encoding="utf-8")
    return folder


def texts(sheet: Any) -> str:
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def charts(book: Any) -> list[str]:
    drawn = (chart for sheet in book for chart in sheet._charts)
    return ["".join(run.t for part in chart.title.tx.rich.p for run in part.r or ()) for chart in drawn]


def test_a_partial_rollup_says_so_on_every_table_and_chart(city: Path) -> None:
    """Cover and its status, the three tables, the charts, the leading figures, the statement; a whole one says nothing."""
    for name, label in (("甲县", LABEL), ("乙县", "")):
        book = openpyxl.load_workbook(city / f"{name}.xlsx", data_only=True)
        titled = [sheet for sheet in book if str(sheet["A2"].value).startswith("填报单位：") and sheet.max_column > 4]
        assert len(titled) == 3
        places = [*map(texts, titled), *charts(book)]
        places += [texts(book[sheet]) for sheet in ("封面", "各单位主要数", "汇总说明")]
        assert len(places) == 9
        assert [label in text if label else "阶段性" not in text for text in places] == [True] * 9
        status = next(line for line in texts(book["封面"]).splitlines() if line.startswith("填报情况："))
        assert status.startswith(f"填报情况：{label}")


@pytest.mark.parametrize(
    ("made", "counted", "uncounted"),
    [
        (county(50, "甲县", range(1, 3)), "2/2", ""),
        (county(50, "甲县", range(1, 3), known=False), "2", ""),
        (county(50, "甲县", range(1, 3), known=False, missing=1), "2/3", "样例3局"),
        (merged([checked(a_return(1, SMALL), "a.xlsx")], roster(1, outside=(2,))), "1/1", ""),
        (merged([checked(a_return(1, SMALL, year=2024), "a.xlsx")], roster(1)), "0/1", "样例1局"),
    ],
)
def test_the_extent_counts_the_bodies_whose_figures_are_there(made: RollUp, counted: str, uncounted: str) -> None:
    """Bodies outside the roll-up do not count; without a roster only what was left out is known."""
    assert (extent(made).counted, extent(made).uncounted) == (counted, uncounted)
    assert (extent(made).label == "") == (uncounted == "")


@soak
def test_the_city_names_the_coverage_of_every_county(city: Path, tmp_path: Path) -> None:
    """``check``, ``merge``, ``prove``, the city's own roll-up and its report: one county is partial, and so is the city."""
    roster_file = city.parent / "名录.csv"
    found = {
        file["file"]: {
            one["code"]: one["message"] for one in file["findings"] if one["code"] in ("FORM_071", "FORM_072")
        }
        for file in answer("check", city, "--roster", roster_file)["files"]
    }
    assert found == {
        "甲县.xlsx": {"FORM_071": f"甲县的汇总表是{LABEL}，没有计入：样例2局、样例3局。"},
        "乙县.xlsx": {"FORM_072": "乙县的汇总表：全部计入（2/2）。"},
        "丙县.xlsx": {"FORM_072": "丙县的汇总表：计入 3 家，没有名录，不知应有多少家。"},
    }
    out = tmp_path / "市汇总.xlsx"
    argv = ("merge", city, "--roster", roster_file, "--region", "样例市", "--region-level", "市", "-o", out)
    covered = answer(*argv)["coverage"]
    assert (covered["partial"], covered["label"]) == (True, CITY)
    assert covered["uncounted"] == f"甲县{LABEL}，没有计入：样例2局、样例3局"
    assert [(one["name"], one["counted"], one["partial"]) for one in covered["below"]] == [
        ("甲县", "1/3", True), ("乙县", "2/2", False), ("丙县", "3", False),
    ]  # fmt: skip
    below = f"下级汇总：甲县{LABEL}，没有计入：样例2局、样例3局、乙县全部计入（2/2）、丙县计入 3 家，没有名录"
    assert below in covered["statement"]
    proof = answer("prove", out, city)
    assert (proof["proved"], len(proof["coverage"])) == (True, 4)
    assert proof["coverage"][0].startswith(f"样例市：{CITY}，没有计入：甲县{LABEL}")
    assert proof["coverage"][1] == f"甲县：{LABEL}，没有计入：样例2局、样例3局"
    assert f"覆盖：甲县：{LABEL}" in run("prove", out, city).out
    book = openpyxl.load_workbook(out, data_only=True)
    assert all(f"甲县{LABEL}" in texts(book[name]) for name in ("汇总说明",))
    assert all(f"{LABEL}，没有计入：样例2局" in texts(book[name]) for name in ("台账", "来源"))
    assert all(CITY in title for title in charts(book))
    again = answer("check", out)["files"][0]["findings"]
    assert [one["message"][:30] for one in again if one["code"] == "FORM_071"] == [f"样例市的汇总表是{CITY}"[:30]]
    page = tmp_path / "市.html"
    assert run("publish", out, "-o", page).code == 0
    shown = page.read_text(encoding="utf-8")
    assert (
        f"（{CITY}）" in shown and f"（本报告是{CITY}，没有计入：甲县{LABEL}，没有计入：样例2局、样例3局。）" in shown
    )


def test_a_whole_city_is_whole() -> None:
    """Of whole roll-ups the city's is whole; one that does not say what it covers is named, and makes nothing partial."""
    ret = a_return(1, SMALL, kind="rollup", name="甲县")
    made = merged([Checked("a.xlsx", "a" * 64, ret, ())], roster(1))
    assert extent(made).label == ""
    assert "下级汇总：样例1局没有写明覆盖范围" in coverage(made)


@soak
def test_who_was_late_in_a_county_is_known_one_level_up(city: Path, tmp_path: Path) -> None:
    """The county's roll-up names its late bodies; the city's check, merge and JSON do, and its own roll-up again."""
    made = county(50, "甲县", range(1, 2), missing=2)
    bodies = tuple(replace(body, late=body.code == code_of(1)) for body in made.bodies)
    for path in city.iterdir():
        shutil.copy(path, tmp_path)
    (tmp_path / "甲县.xlsx").write_bytes(write_rollup(replace(made, bodies=bodies)))
    ret = reading.read(tmp_path / "甲县.xlsx", name="甲县.xlsx").ret
    assert ret is not None
    assert ret.identity.late == "样例1局"
    (words,) = (one.message for one in toolkit.check(tmp_path / "甲县.xlsx")[0].findings if one.code == "FORM_071")
    assert "；迟报：样例1局" in words
    out = tmp_path / "市.xlsx"
    covered = answer("merge", tmp_path, "--region", "样例市", "-o", out, "--year", "2025")["coverage"]
    assert [(one["name"], one["late"]) for one in covered["below"] if one["late"]] == [("甲县", "样例1局")]
    above = reading.read(out, name="市.xlsx").ret
    assert above is not None
    assert above.identity.late == "甲县（样例1局）"
    assert any("迟报：样例1局" in line for line in answer("prove", out, tmp_path)["coverage"])
