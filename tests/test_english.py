"""Under ``--lang en`` nothing is Chinese but names: those of bodies, files and sheets, the form's labels, and quotations."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import tomli

from tests.commands import worked
from tests.soaking import soak
from tests.surfaces import typed
from toolkit.cli import words
from toolkit.findings.toml import shipped_text
from toolkit.forms import FORM_IDS
from toolkit.forms.sheets import SWITCH_ON

COUNTY = Path(__file__).parents[1] / "filled" / "样例县"
SHEETS = "封面 校验 审核意见 填报说明 导入情况 汇总说明 图表 名录 台账 来源 明细 调整 问题清单 说明 单位 文件 单位代码 计入汇总 计入差额"
WORDS = f"统一社会信用代码 年度 单位名称 未读到 本表空白均为零 仍适用 表 {SWITCH_ON} 未识别 收件 发件箱 发送计划 退回 第 轮审核"
"""What a person must type or look for as it stands in the workbooks and folders."""


@cache
def _names() -> re.Pattern[str]:
    roster = openpyxl.load_workbook(COUNTY / "名录.xlsx").worksheets[0]
    known = {str(value) for row in roster.iter_rows(values_only=True) for value in row if value}

    def texts(value: Any) -> None:
        if isinstance(value, str):
            known.update((value, *re.split("[·（）：、]", value), re.sub("[（(][^）)]*[）)]", "", value)))
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            texts(part)

    for form in FORM_IDS:
        data = tomli.loads(shipped_text("toolkit.forms", f"form_{form}.toml"))
        texts({key: value for key, value in data.items() if key not in ("rules", "phrases")})
    known |= {*SHEETS.split(), *WORDS.split(), "样例县"}
    return re.compile("|".join(sorted(map(re.escape, filter(None, known)), key=len, reverse=True)))


def chinese(text: str) -> str:
    """Return what is Chinese in a text and no name, path, quotation or expression of a rule."""
    if text.startswith("\texpression"):
        return ""
    text = re.sub(r"(?<!\S)/\S+|[^\s“”：；]+(?:\.(?:xlsx|xls|html|docx|txt|eml|zip|toml)|…)", "", text)
    while (plain := re.sub("“[^“”]*”|〔[^〕]*〕", "", text)) != text:
        text = plain
    return " ".join(re.findall("[㐀-鿿][^a-zA-Z]*", _names().sub("", text)))


def _english(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(words, "LANGUAGE", "en")
    ended = worked(*arguments)
    lines = f"{ended.out}\n{ended.err}".replace("（填报人）", "").splitlines()
    left = [line for line in lines if chinese(line)]
    assert left == [], [chinese(line) for line in left]


def _damaged(folder: Path) -> Path:
    folder.mkdir()
    sound = next((COUNTY / "2025").glob("财政局2025*")).read_bytes()
    marks = ["/", "无", "３", "12件", "约5", date(2026, 3, 5), True, "#DIV/0!", -1, 1.5, "=1+1", "1 2", "3.5万元"]
    cells = [
        f"t3.r{row}.{who}" for row in ("1", "3_1") for who in ("natural", "enterprise", "research", "legal", "other")
    ]
    (folder / "甲.xlsx").write_bytes(typed(sound, zip([*cells, "t2.fees.amount"], marks, strict=False)))
    (folder / "乙.xlsx").write_bytes(
        typed(sound, [(code, "/") for code in cells], {("三、依申请公开", "L30"): "另有三件"})
    )
    (folder / "丙.xlsx").write_bytes(
        typed(sound, [(code, None) for code in cells], {("封面", "C10"): "12", ("封面", "C11"): "2019"})
    )
    for name, data in {
        "丁.xlsx": b"<html>",
        "戊.xlsx": b"a,b",
        "己.xlsx": sound[:999],
        "庚.docx": b"PK\3\4",
        "辛.xls": b"\xd0\xcf\x11\xe0",
    }.items():
        (folder / name).write_bytes(data)
    book = openpyxl.load_workbook(folder / "甲.xlsx")
    book["三、依申请公开"].merge_cells("D9:E9")
    book["二、主动公开"].row_dimensions[10].hidden = True
    book["四、复议诉讼"].title = "Sheet4"
    book["二、主动公开"]["B13"].number_format = '0,"千"'
    book.save(folder / "壬.xlsx")
    return folder


def test_what_check_says_of_damaged_files_is_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every finding of what clerks type and of files that are none, and of the sample county against its last year."""
    _english(monkeypatch, "check", _damaged(tmp_path / "收件"), "--last-year", COUNTY / "2024")
    _english(monkeypatch, "check", COUNTY / "2025", "--roster", COUNTY / "名录.xlsx", "--last-year", COUNTY / "2024")


def test_what_import_and_explain_say_is_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report of which rows are lost, figures marked and headings changed, and what the rules say of themselves."""
    report = tmp_path / "报告.html"
    worked("publish", next((COUNTY / "2025").glob("财政局2025*")), "-o", report, "--draft")
    text = report.read_text(encoding="utf-8").replace("一、总体情况", "一、工作基本情况").replace("重复申请", "重申")
    text = re.sub(r"(行政强制.*?<td[^>]*>)", r"\1<sup>1</sup>", text, count=1, flags=re.DOTALL)
    report.write_text(
        re.sub(r"(<tr[^>]*>(?:(?!</tr>).)*不予处理.*?<td[^>]*>)", r"\1若干", text, count=1, flags=re.DOTALL),
        encoding="utf-8",
    )
    _english(
        monkeypatch, "import", report, "--year", "2025", "--respondent", "样例县财政局", "-o", tmp_path / "入.xlsx"
    )
    for form in FORM_IDS:
        _english(monkeypatch, "rules", "--form", form)


@soak
def test_what_the_season_and_the_proof_say_is_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demonstration, the proof with and without its files and of a changed roll-up, a season, its lists and letters."""
    shown, season, options = tmp_path / "演示", tmp_path / "季", ("--as-of", "2026-02-06")
    _english(monkeypatch, "demo", "-o", shown)
    rollup = shown / "3-汇总.xlsx"
    for sources in ((), (COUNTY / "2025",), (COUNTY / "2024",)):
        _english(monkeypatch, "prove", rollup, *sources)
    book = openpyxl.load_workbook(rollup)
    book["二、主动公开"]["B10"] = 7
    book["二、主动公开"].row_dimensions[11].hidden = True
    book["明细"]["F3"].font = openpyxl.styles.Font(strike=True)
    del book["图表"]
    book.save(tmp_path / "改.xlsx")
    _english(monkeypatch, "prove", tmp_path / "改.xlsx", COUNTY / "2025")
    worked("init", season, "--year", 2025, "--region", "样例县", "--roster", COUNTY / "名录.xlsx", "--last-year",
           COUNTY / "2024", "--deadline", "2026-01-31", "--office", "县政府办", "--contact", "0000-1")  # fmt: skip
    _english(monkeypatch, "season", season, COUNTY / "2025", _damaged(tmp_path / "另"), *options)
    for command in ("ledger", "reply", "send"):
        _english(monkeypatch, command, season, *options)
    _english(monkeypatch, "merge", season, *options, "-o", tmp_path / "汇总.xlsx")
