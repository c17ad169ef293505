"""Every paragraph of a report ends carried or listed, wherever it stands and whatever it looks like: a property over random reports."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.claim_sentences import CLAIMS
from tests.layouts import html_official, text_tabs
from tests.soaking import first_of
from tests.test_report_cases import good
from toolkit.report_in import PublishedReport, read_report

SHAPES = (
    "{}", "{}", "{}", "1.{}", "（一）{}", "(2) {}", "·{}", "●　{}", "第一，{}", "{}表格如下：", "附：{}", "注：{}", "【{}】", "一是{}",
    "单位：{}", "现将2024年政府信息公开工作年度报告如下：{}", "某单位2024年政府信息公开工作年度报告由六部分组成，{}",
)  # fmt: skip
SHORT = (
    "（一）主动公开第{}批", "（五）监督保障{}", "联系地址{}号", "{}、其他有关事项的说明", "发布机构：第{}科", "索引号：{}号文",
    "1.第{}个不足", "整改措施{}：",
    "信息来源第{}股", "编写说明：请写第{}点",
)  # fmt: skip
HEADS = ("{}、{}", "{}、{}", "{}、工作基本情况", "{}．{}", "第{}部分 {}", "（{}）{}")


def paragraph(dice: random.Random, number: int) -> str:
    """Return a paragraph that is like no other: it names its number."""
    if dice.random() < 0.4:
        return dice.choice(SHORT).format(f"{number}")
    return dice.choice(SHAPES).format(f"第{number}组：{dice.choice(CLAIMS)[1]}")


def report_of(dice: random.Random, *, web: bool) -> tuple[str, list[str]]:
    """Return a right report with paragraphs put in everywhere, and these."""
    form = good().form
    text = (html_official if web else text_tabs)(good()).decode()
    extra: list[str] = []

    def more() -> str:
        lines = [paragraph(dice, len(extra) + at) for at in range(101, 101 + dice.randint(0, 3))]
        extra.extend(lines)
        return "".join(f"<p>{line}</p>" for line in lines) if web else "".join(f"{line}\n" for line in lines)

    before = more()
    extra[:] = [line for line in extra if "。" in line]  # what a page prints above the report is none of it
    if web:
        text = text.replace("<h1>", f"{before}<h1>").replace("</h1>", f"</h1>{more()}", 1)
    else:
        title, rest = text.split("\n", 1)
        text = f"{before}{title}\n{more()}{rest}\n"
    for part in form.parts:
        official = f"{part.number}、{part.title}"
        head = dice.choice(HEADS[:4] if part.number == "一" else HEADS).format(part.number, part.title)
        text = (
            text.replace(f"<p><strong>{official}</strong></p>", f"<p><strong>{head}</strong></p>{more()}")
            if web
            else text.replace(f"{official}\n", f"{head}\n{more()}")
        )
    # Below the line that ends a report, sentences are listed.
    below = ["【打印】【关闭】", f"第999组：{dice.choice(CLAIMS)[1]}", "相关链接：上一年的报告没有收入本页。"]
    extra += below[1:]
    if web:
        end = more() + "".join(f"<p>{line}</p>" for line in below)
        return text.replace("</table>", f"</table>{more()}").replace("</body>", f"{end}</body>"), extra
    return text + more() + "\n".join(below), extra


def lost_of(report: PublishedReport, lines: list[str]) -> list[str]:
    """Return the paragraphs that ended nowhere."""
    places = [
        finding.message for finding in report.findings if finding.code in ("IMPORT_009", "IMPORT_010", "IMPORT_011")
    ]
    ends = [words for lines in report.text.values() for _, words, _ in lines] + [line.text for line in report.left]
    ends += (
        [head for lines in report.text.values() for head, _, _ in lines]
        + [one.raw for one in report.not_placed]
        + places
    )
    seen = "\n".join("".join(words.split()) for words in ends)
    prompted = sum(finding.code == "IMPORT_011" for finding in report.findings)
    lost = [line for line in lines if "".join(line.split()) not in seen]
    prompts = [line for line in lost if line.startswith("编写说明")]
    return [line for line in lost if line not in prompts] + prompts[prompted:]


@pytest.mark.parametrize("web", [True, False], ids=["web", "text"])
@pytest.mark.parametrize("seed", first_of(range(0, 400, 8), 1))
def test_every_paragraph_ends_carried_or_listed(tmp_path: Path, seed: int, *, web: bool) -> None:
    """Before and after the title, under each heading, before and behind tables, at the end."""
    for one in range(seed, seed + 8):
        text, extra = report_of(random.Random(one), web=web)
        path = tmp_path / ("r.html" if web else "r.txt")
        path.write_text(text, encoding="utf-8")
        report = read_report(path, year=2024, name=path.name)
        assert lost_of(report, extra) == [], one
