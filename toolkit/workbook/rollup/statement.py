"""The sheet 汇总说明, which comes first: what the figures cover, how files and figures balance, what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.answers import Number
from toolkit.cells import Area
from toolkit.excel_out import Format, Page, Workbook, Worksheet, cell_format, line_height, wrapped_lines
from toolkit.forms.layout import lay_out
from toolkit.merging import EXCLUDED, chain_words, covered
from toolkit.merging.coverage import listed
from toolkit.returns import FILE_STATES, RollUp
from toolkit.returns.file_states import WAITING
from toolkit.workbook import registers, styles
from toolkit.workbook.registers import words
from toolkit.workbook.rollup.sums import Sums
from toolkit.workbook.styles import BLUE, GREY, HEAD, LINE, RED

STATEMENT_SHEET = "汇总说明"
MOST_FILES = 30
MOST_NAMES = 60
"""Names in one paragraph: a row of Excel is 409 points high at most, and has room for no more."""
_WIDTHS = (150, 150, 150, 150, 150, 150)
_LAST = len(_WIDTHS) - 1


def put_statement(sheet: Worksheet, book: Workbook, sums: Sums, cut: str = "") -> None:
    """Write 汇总说明 and let the workbook open on it; ``cut`` says what 问题清单 does not list."""
    _Statement(sheet, book, sums, cut).put()


class _Statement:
    def __init__(self, sheet: Worksheet, book: Workbook, sums: Sums, cut: str) -> None:
        self.sheet = sheet
        self.book = book
        self.sums = sums
        self.rollup = sums.rollup
        self.cut = cut
        self.at = 0

    def put(self) -> None:
        """Write every section from the top down."""
        rollup = self.rollup
        registers.columns(self.sheet, _WIDTHS)
        title = f"{words(rollup.region)} {rollup.year} 年度政府信息公开年报汇总说明{self.sums.stage}".strip()
        self._line(title, cell_format(font_name="黑体", font_size=17, align="center"), 56)
        about = f"截至 {rollup.as_of}　　{rollup.form.title}（{rollup.form.id} 年格式，{rollup.form.notice}）"
        self._line(about, cell_format(font_size=9.5, font_color=GREY, align="center"), 28)
        self._cards()
        self._head("一、覆盖情况")
        self._covered()
        self._elsewhere()
        if self.cut:
            self._paragraph(f"问题清单：{self.cut}。")
        self._head("二、对账")
        self._files()
        self._figures()
        for sentence in chain_words(rollup):
            self._paragraph(f"与上年衔接：{sentence}")
        self._left_out()
        self._head("四、下一步" if self._excluded else "三、下一步")
        for number, step in enumerate(self._steps(), 1):
            self._paragraph(f"{number}. {step}")
        registers.finish(self.sheet, tab="#C00000", last=(self.at - 1, _LAST), page=Page())
        self.book.opens_on = self.sheet.name
        self.sheet.cursor = (0, 0)

    @property
    def _excluded(self) -> list[tuple[str, str, str, str]]:
        return [
            (file.file, file.name or file.code or "（单位不明）", file.words, file.reason)
            for file in self.rollup.files
            if file.state in EXCLUDED
        ]

    def _line(self, text: str, fmt: Format, pixels: int) -> None:
        self.sheet.row(self.at, pixels, styles.plain)
        self.sheet.merge(Area(self.at, 0, self.at, _LAST), words(text), fmt)
        self.at += 1

    def _head(self, text: str) -> None:
        self.sheet.row(self.at, 12, styles.plain)
        self.at += 1
        fmt = cell_format(font_name="黑体", font_size=13, font_color=BLUE, bottom=1, bottom_color=LINE)
        self._line(text, fmt, 34)

    def _paragraph(self, text: str) -> None:
        fmt = cell_format(font_size=11, text_wrap=True, valign="vcenter")
        lines = wrapped_lines(words(text), sum(_WIDTHS) - 12, 11)
        self._line(text, fmt, 12 + lines * line_height(11))

    def _cards(self) -> None:
        """Write the six numbers by which a season is judged."""
        rollup = self.rollup
        expected = [body for body in rollup.bodies if body.state != "not_expected"]
        missing = sum(body.state == "missing" for body in expected)
        cards: tuple[tuple[str, int | None, bool], ...] = (
            ("应报单位", rollup.expected, False),
            ("已报", len(expected) - missing, False),
            ("未报", None if rollup.expected is None else missing, missing > 0),
            ("已汇总", len(rollup.merged), False),
            ("未计入的文件", len(self._excluded), bool(self._excluded)),
            ("带未说明的存疑", rollup.unexplained, rollup.unexplained > 0),
        )
        self.sheet.row(self.at, 12, styles.plain)
        self.sheet.row(self.at + 1, 30, styles.plain)
        self.sheet.row(self.at + 2, 52, styles.plain)
        for column, (word, number, alarming) in enumerate(cards):
            frame = {"border": 1, "border_color": LINE, "align": "center"}
            self.sheet.text(self.at + 1, column, word, cell_format(bg_color=HEAD, font_name="黑体", **frame))
            colour = RED if alarming else "#1F1F1F"
            fmt = cell_format(font_name="黑体", font_size=20, font_color=colour, **frame)
            if number is None:
                self.sheet.text(self.at + 2, column, "—", fmt)
            else:
                self.sheet.number(self.at + 2, column, number, fmt)
        self.at += 3

    def _covered(self) -> None:
        """Write what the figures cover: a line a kind, and who."""
        spans = ((0, 1), (2, _LAST))
        self._row(spans, ("情况", "单位"), (registers.head, registers.head))
        lines = covered(self.rollup, MOST_NAMES)
        missing = [f"{body.name}（{body.code}）" for body in self.rollup.bodies if body.state == "missing"]
        lines[0] = (lines[0][0], listed(missing, MOST_NAMES))
        for what, names in lines:
            self._row(spans, (what, names or "—"), (registers.text, registers.text))

    def _row(self, spans: Sequence[tuple[int, int]], texts: Sequence[str], formats: Sequence[Format]) -> None:
        """Write a row of texts over spans of columns, as tall as they are."""
        sound = [words(text) for text in texts]
        widths = [sum(_WIDTHS[first : last + 1]) - 18 for first, last in spans]
        lines = max(wrapped_lines(text, width, 9.5) for text, width in zip(sound, widths, strict=True))
        self.sheet.row(self.at, 12 + line_height(9.5) * lines, styles.plain)
        for (first, last), text, fmt in zip(spans, sound, formats, strict=True):
            self.sheet.merge(Area(self.at, first, self.at, last), text, fmt)
        self.at += 1

    def _elsewhere(self) -> None:
        """Say where the bodies' figures are, when they are not in this workbook."""
        if self.sums.elsewhere is None:
            return
        name = self.sums.elsewhere.name
        self._paragraph(
            f"各单位的数：{len(self.sums.rows)} 家，每家一行，在同一文件夹的 {name}，本文件“明细”只有它们的合计一行。"
            f"两个文件要放在一起、保持原名，一起保存、一起报送；{name} 的 sha256 写在“明细”“来源”，换过、改过都能看出。"
        )

    def _files(self) -> None:
        """Balance the files: what came in is what every state adds up to."""
        counts = {
            word: sum(one.words == word for one in self.rollup.files) for word in (*FILE_STATES.values(), WAITING)
        }
        shown = [(word, count) for word, count in counts.items() if count]
        self._paragraph(
            f"收到文件 {len(self.rollup.files)} 个 ＝ " + " ＋ ".join(f"{word} {count}" for word, count in shown) + "。"
            if shown
            else "没有收到文件。"
        )

    def _figures(self) -> None:
        """Balance the main figures: what the table shows against the column of 明细 and the corrections."""
        layout, sums = lay_out(self.rollup.form), self.sums
        self.sheet.row(self.at, 30, styles.plain)
        for column, title in enumerate(("指标", "", "各表", "明细相加", "调整", "差额")):
            self.sheet.text(self.at, column, title, registers.head)
        self.sheet.merge(Area(self.at, 0, self.at, 1), "指标", registers.head)
        for label, codes, whole in self._main():
            self.at += 1
            row = self.at + 1
            self.sheet.row(self.at, 28, styles.plain)
            self.sheet.merge(Area(self.at, 0, self.at, 1), label, registers.text)
            kind = self.rollup.form.items[whole].kind
            fmt = registers.number(kind)
            shown = self.rollup.figures[whole]
            before: Number = 0
            for code in codes:
                before = before + sums.added[code]
            changed = shown - before
            blocks = ",".join(sums.block(code) for code in codes)
            corrections = "+".join(sums.correction(code) for code in codes)
            self.sheet.formula(self.at, 2, layout.reference(whole), fmt, shown)
            self.sheet.formula(self.at, 3, f"SUM({blocks})", fmt, before)
            self.sheet.formula(self.at, 4, corrections, fmt, changed)
            self.sheet.formula(self.at, 5, f"ROUND(C{row}-D{row}-E{row},4)", fmt, 0)
        self.at += 1

    def _main(self) -> list[tuple[str, tuple[str, ...], str]]:
        """Return the figures that are balanced: label, the inputs they come from, the item that shows them."""
        form = self.rollup.form
        figures: list[tuple[str, tuple[str, ...], str]] = []
        for label, row in (("本年新收申请（件）", "r1"), ("上年结转申请（件）", "r2"), ("结转下年度办理（件）", "r4")):
            total = f"t3.{row}.total"
            figures.append((label, tuple(term.item for term in form.formulas[total].terms), total))
        for code in form.inputs:
            if form.items[code].kind == "money":
                figures.append((f"{form.items[code].short}（万元）", (code,), code))
        return figures

    def _left_out(self) -> None:
        rows = self._excluded
        if not rows:
            return
        self._head(f"三、没有计入的文件（{len(rows)} 个）")
        spans = ((0, 1), (2, 2), (3, 3), (4, 5))
        self._row(spans, ("文件", "单位", "状态", "原因"), [registers.head] * 4)
        for row in rows[:MOST_FILES]:
            self._row(spans, row, (registers.text, registers.text, registers.bad, registers.text))
        if len(rows) > MOST_FILES:
            self._paragraph(f"……另有 {len(rows) - MOST_FILES} 个，见“台账”。")

    def _steps(self) -> list[str]:
        """Return what the coordinator does next, only what applies."""
        return _steps(self.rollup, self.sums)


def _steps(rollup: RollUp, sums: Sums) -> list[str]:
    states = [file.state for file in rollup.files]
    missing = sum(body.state == "missing" for body in rollup.bodies)
    steps = []
    if missing:
        steps.append(f"催报：{missing} 家未报，名单见上和“台账”；催报信由 nianbao season 写好。")
    if "failing" in states:
        steps.append(
            f"退回：{states.count('failing')} 份有错误，退回件和信由 nianbao season 写好；改好的收到后重新汇总。"
        )
    if "conflict" in states:
        steps.append("定案：两份不一致的，在 台账.xlsx 的“采用哪一份”中选定，或选“问单位”发信问明。")
    waiting = sum(file.waits for file in rollup.files)
    if waiting:
        steps.append(f"确认：{waiting} 份导入，待确认，信由 nianbao season 写好；急需计入的在台账选“导入件”并写理由。")
    others = sum(state in EXCLUDED - {"failing", "conflict"} for state in states) - waiting
    if others:
        steps.append(f"核对：{others} 个文件没有用上，原因见上和“台账”；信由 nianbao season 写好，请对方重报。")
    if rollup.unexplained:
        steps.append(f"说明：{rollup.unexplained} 份带未说明的存疑，见“问题清单”，请报送单位写明原因。")
    where = "填在“调整”" if sums.elsewhere is None else "填在“调整”（单位代码选“全部”，改的是合计）"
    steps.append(f"核实：运行 nianbao prove，用另一种方法从原始文件重新计算本表；个别数要更正的，{where}，不要改各表。")
    steps.append(
        "报出：在“封面”和第一、五、六部分填写本地区的内容，“校验”显示“可以上报”后报送上级；本文件可直接作为下级年报汇总。"
    )
    return steps
