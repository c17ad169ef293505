"""``import``: a published report becomes a filled workbook, with where every figure was found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from toolkit.cli.frame import Command
from toolkit.cli.lines import FAULTY, line, status_of
from toolkit.cli.parameters import ROSTER, PathArgument, collected, everywhere, format_option
from toolkit.cli.printing import clean, out, out_json, say
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import t
from toolkit.errors import ToolkitError
from toolkit.outputs.outside_objects import import_json
from toolkit.roster import LEVELS
from toolkit.run import verbs
from toolkit.run.importing import Imported


@click.command(
    "import",
    cls=Command,
    help=t(
        "把已发布的年报变成填好的工作簿，可审核，也可作 --last-year。能读：网页（.html）、Word（.docx）、从网页或 PDF 复制的文本（.txt）、"
        "照官方表样自制的 .xlsx/.xls、有文字层的 PDF。按项目名称找格，拿不准的格标为“未读到”并列出；公布的总计只核对，不填入；"
        "别的年度的报告和附件不混入，标题有误会指出。给出文件夹就导入其中每一份，按标题在名录里找单位，写到 -o 的文件夹。\n\n"
        "例：nianbao import 2024年报.html --year 2024 --code 11370830MB2800001X -o 2024年报.xlsx；"
        "nianbao import 去年的报告 --year 2024 --roster 名录.xlsx -o 去年的年报",
        "Turn a published report (.html, .docx, .txt, hand-made .xlsx/.xls, PDF with text) into a filled workbook. Cells "
        "are found by their labels; what is not certain is marked 未读到 and listed. Published totals are only compared; reports "
        "of other years and annexes are left out, wrong headings are named. Of a folder every report is imported into the "
        "folder -o; each body is found on the roster by the title."
        "\n\nExample: nianbao import report.html --year 2024 -o 2024.xlsx",
    ),
)
@click.argument("report", type=PathArgument, metavar=t("报告或文件夹", "REPORT"))
@click.option("--year", required=True, type=int, help=t("报告的年度。", "Year of the report."))
@collected(
    "whose",
    dict,
    click.option(
        "--respondent", default="", help=t("填报单位；不写则取自标题。", "The body; default: from the title.")
    ),
    click.option(
        "--code",
        default="",
        help=t("统一社会信用代码（作 --last-year 时需要）。", "Code of the body (for --last-year)."),
    ),
    click.option(
        "--region-level",
        "level",
        type=click.Choice(LEVELS),
        callback=lambda _ctx, _param, value: value or "",
        help=t("填报单位的层级，如 县级部门、乡镇、市（规章一行按它审核）。", "Level of the body; C2 is judged by it."),
    ),
    ROSTER,
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=PathArgument,
    help=t("写到这个 .xlsx 文件；导入文件夹时是一个文件夹。", "Write to this .xlsx file; a folder for a folder."),
)
@format_option("text", "json", text=t("输出格式：text 或 json。", "Output: text or json."))
@everywhere
def import_report(report: Path, year: int, whose: dict[str, Any], output: Path, fmt: str, terminal: Terminal) -> int:
    """Import a report, or all of a folder, and say how sure it is."""
    roster = whose.pop("roster")
    if report.is_dir():
        return _folder(report, output, year, roster, terminal)
    done = verbs.import_report(report, output, year=year, **whose)
    if fmt == "json":
        out_json(import_json(done.report, done.checked, done.findings, done.file, done.output.name))
    else:
        _text(done)
    terminal.hint(t(f"已写出 {done.output}。", f"Wrote {done.output}."))
    return status_of(done.findings)


def _folder(folder: Path, output: Path, year: int, roster: Path | None, terminal: Terminal) -> int:
    """Import every report of a folder and tell of each."""
    codes = [0]
    for name, done in verbs.import_folder(folder, output, year=year, roster=roster):
        if isinstance(done, ToolkitError):
            say(clean(t(f"{name}：没有导入。{done}", f"{name}: not imported. {done}")))
            codes.append(FAULTY)
        else:
            out(clean(str(done.output)))
            _text(done)
            codes.append(status_of(done.findings))
    terminal.hint(t(f"共 {len(codes) - 1} 份，写到 {output}。", f"{len(codes) - 1} reports, into {output}."))
    return max(codes)


def _text(done: Imported) -> None:
    report = done.report
    ret = done.checked.ret
    body = clean((ret.identity.name if ret is not None else None) or t("（标题未写明单位）", "(no body in the title)"))
    out(
        t(
            f"{clean(done.file)}：{body}，{report.year} 年，{report.form.id} 年格式",
            f"{clean(done.file)}: {body}, {report.year}, form {report.form.id}",
        )
    )
    for table in report.tables:
        out(
            t(
                f"  {table.title}：应有 {table.expected} 格，读到 {table.filled}，空白 {table.blank}，没有找到 {table.missing}；"
                f"另有 {table.not_placed} 个数没有放进表",
                f"  {table.title}: {table.expected} cells, {table.filled} read, {table.blank} blank, {table.missing} not found; "
                f"{table.not_placed} figures not placed",
            )
        )
    for finding in done.findings:
        out(line(finding))
