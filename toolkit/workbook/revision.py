"""What the lines of 审核意见 are about: their cells as they were reviewed, and how a line stands once these have changed.

``_核对`` notes each cell beside what stood there; a line is 未改 until one of its cells is another (all of them, where it
stands for several equal faults; none is blank, where it asks for what is missing) or until a doubt is explained. What an
error was about that the rebuilt workbook no longer has – a row that somebody inserted – only the one who sent it can put
right: it keeps the reply back until it is answered in 说明.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from toolkit.answers import Filled, Number, Unreadable
from toolkit.cells import Area, a1
from toolkit.excel_out import Worksheet
from toolkit.findings import Finding, Severity, sorted_findings
from toolkit.forms import Form
from toolkit.forms.layout import Layout
from toolkit.forms.sheets import COVER, REVIEW, REVIEW_LINK, TALLY
from toolkit.returns.numbers import show, unread
from toolkit.returns.status import MISSING, level_of
from toolkit.workbook import styles
from toolkit.workbook.filling import Filling, ReviewedCell
from toolkit.workbook.formulas import BLANK_STATE, counted, how_many, more_in, rectangles, switch_on

OPEN, CHANGED, EXPLAINED, LOOK = "未改", "已改，待复核", "已说明", "请核对"
"""How a line stands; LOOK is for one of which this workbook can tell nothing: it is about the file that was sent."""
DONE = "已全部处理，可以报回"


class Watched(Struct, frozen=True):
    """A cell as it was reviewed: the reference to it, what stood there, and what else answers it: the table's switch."""

    now: str
    value: Number | str
    switch: str = ""


class ReviewLine(Struct, frozen=True):
    """A line of 审核意见, its row, where it points to, and the explanation in its cell.

    ``watched`` are references to the cells it is about, of which one or ``every`` one is to change; ``blanks`` the inputs it
    asks for.
    """

    finding: Finding
    row: int
    targets: tuple[ReviewedCell, ...]
    watched: tuple[str, ...]
    every: bool
    blanks: tuple[str, ...]
    text: str

    @property
    def number(self) -> int:
        """Return the number in front of it."""
        return self.row - REVIEW.first_row + 1

    @property
    def level(self) -> str:
        """Return the word of its level."""
        return level_of(self.finding)

    @property
    def followed(self) -> bool:
        """Tell whether the workbook can see when something is done about it."""
        return self.finding.severity is not Severity.INFO and bool(self.watched or self.blanks)

    @property
    def weighs(self) -> bool:
        """Tell whether it comes back to be mended, filled or explained."""
        explained = self.finding.explained is not None and self.level != MISSING
        return self.finding.severity is not Severity.INFO and not explained

    @property
    def stands(self) -> str:
        """Return its state while nothing has changed."""
        if self.finding.severity is Severity.INFO:
            return ""
        if self.explains and self.text and self.finding.explained is not None:
            return EXPLAINED
        return OPEN if self.followed else LOOK

    @property
    def explains(self) -> bool:
        """Tell whether a reason settles it."""
        return self.finding.explainable and self.level != MISSING

    @property
    def confirms(self) -> bool:
        """Tell whether somebody has to say that it is done: an error that the workbook cannot see mended."""
        return self.level == Severity.ERROR.zh and not self.followed and not self.explains

    @property
    def state(self) -> str:
        """Return the reference to its state from other sheets."""
        return REVIEW.reference(self.row, "state")


class Review:
    """The lines of a reply, and the cells that they are about."""

    def __init__(self, layout: Layout, filling: Filling, blank: Collection[str]) -> None:
        self._layout, self._filling, self._blank = layout, filling, blank
        self._texts = {
            (text.rule, text.items): text.text for text in reversed(filling.explanations) if text.in_cell
        }  # fmt: skip
        listed = sorted_findings(filling.review) if filling.kind == "reply" else ()
        self.cells: dict[str, Watched] = {}
        self.lines = tuple(self._line(row, one) for row, one in enumerate(listed, REVIEW.first_row))
        order = {layout.reference(code): at for at, code in enumerate(layout.form.inputs)}
        places = sorted(self.cells, key=lambda cell: order.get(cell, len(order)))
        self.rows: Mapping[str, int] = {cell: row for row, cell in enumerate(places, TALLY.first_row)}

    def _line(self, row: int, finding: Finding) -> ReviewLine:
        inputs = inputs_of(self._layout.form, finding.items)
        text = self._texts.get((finding.rule or finding.code, finding.subject), finding.explained or "")
        targets = self._filling.targets.get((finding.sheet or "", finding.cell or ""), ())
        missing = finding.code == "BLANK_002" and not inputs
        blanks = tuple(self._layout.form.inputs) if missing else inputs
        asks = bool(blanks) and all(code in self._blank for code in blanks)
        watched = [] if asks or not self._mendable(finding) else [self._input(code) for code in inputs]
        if self._mendable(finding):
            watched += [self._cell(target) for target in targets if self._open(target)]
        return ReviewLine(finding, row, targets, tuple(watched), finding.alike, blanks if asks else (), text)

    def _mendable(self, finding: Finding) -> bool:
        """Tell whether the workbook still has what a finding is about: its form is whole again, and so is who it is of."""
        whole = finding.code.startswith(("FORM_", "FILE_")) and not (finding.code[:7] == "FORM_04" and finding.weighs)
        return not whole and not finding.waits

    def _open(self, target: ReviewedCell) -> bool:
        """Tell whether somebody can type into a cell: a body that is known stands fixed on the cover."""
        return target.sheet != COVER.name or not any(
            COVER.cells[key] == (target.row, target.column) and self._filling.fixed(key) for key in COVER.cells
        )

    def _input(self, code: str) -> str:
        cell = self._layout.reference(code)
        if cell not in self.cells:
            item, answer = self._layout.form.items[code], self._filling.answers.get(code)
            value: Number | str = ""
            if isinstance(answer, Filled):
                value = answer.value
            elif isinstance(answer, Unreadable):
                value = entry_text(answer, item.kind)
            open_ = not isinstance(answer, Filled) and item.table not in self._filling.declared
            self.cells[cell] = Watched(cell, value, switch_on(self._layout, item.table) if open_ else "")
        return cell

    def _cell(self, target: ReviewedCell) -> str:
        cell = f"'{target.sheet}'!{a1(target.row, target.column, absolute=True)}"
        if target.texts is None:
            self.cells[cell] = Watched(cell, target.text)
        else:
            last = a1(target.row + 399, target.column, absolute=True)
            self.cells[cell] = Watched(f'COUNTIF({cell}:{last},"?*")', target.texts)
        return cell

    @cached_property
    def at(self) -> Mapping[tuple[str, int, int], Sequence[ReviewLine]]:
        """Return the lines about fields of the cover and paragraphs, by their cell."""
        about: dict[tuple[str, int, int], list[ReviewLine]] = {}
        for line in self.lines:
            for target in line.targets if line.followed else ():
                about.setdefault((target.sheet, target.row, target.column), []).append(line)
        return about

    def numbered(self, numbers: Collection[int]) -> list[ReviewLine]:
        """Return the lines of these numbers that can be followed."""
        return [line for line in self.lines if line.number in numbers and line.followed]

    def state(self, line: ReviewLine) -> str:
        """Return the formula of a line's state."""
        explanation, carried = REVIEW.a1(line.row, "explanation"), REVIEW.a1(line.row, "carried")
        stands = f'"{OPEN if line.followed else LOOK}"'
        if line.explains or line.confirms:
            yields = line.finding.yields
            counts = f"({how_many(explanation)}>0)*" if yields else ""
            written = counts + more_in(explanation, counted=yields) if line.explains else f"LEN(TRIM({explanation}))"
            refused = f",EXACT({explanation},{carried})=FALSE" if line.finding.explained is None else ""
            stands = f'IF(AND({written}>0{refused}),"{EXPLAINED}",{stands})'
        if not line.followed:
            return stands
        if line.blanks:
            left = f"{counted(self._layout, line.blanks, BLANK_STATE)}>0"
        else:
            at = TALLY.column("changed")
            cells = rectangles((self.rows[cell], at) for cell in dict.fromkeys(line.watched))
            changed = "+".join(f"SUM('{TALLY.name}'!{area})" for area in cells)
            left = f"{changed}<{len(dict.fromkeys(line.watched)) if line.every else 1}"
        return f'IF({left},{stands},"{CHANGED}")'

    def shown(self, code: str) -> str:
        """Return what an input held when it was reviewed, in words."""
        cell = self.cells.get(self._layout.reference(code))
        if cell is None:
            return ""
        return (cell.value or "空白") if isinstance(cell.value, str) else show(cell.value)

    def closed(self, cell: str, lines: Sequence[ReviewLine]) -> str:
        """Return the condition that nothing is left to do in a cell about these lines."""
        parts = [f'{line.state}<>"{OPEN}"' for line in lines]
        if cell in self.rows and any(line.every for line in lines):
            own = TALLY.reference(self.rows[cell], "changed")
            parts = [
                f"OR({part},{own}=1)" if line.every else part for part, line in zip(parts, lines, strict=True)
            ]  # fmt: skip
        return f"AND({','.join(parts)})"

    def sentence(self, formula: str, value: str) -> tuple[str, str]:
        """Return the one sentence of the workbook as a formula and its value, made from that of its checks."""
        weighing = [line for line in self.lines if line.weighs]
        if not weighing:
            return formula, value
        levels = [line.level for line in weighing]
        head = f"第 {self._filling.round} 轮退回：" + "、".join(
            f"{word} {levels.count(word)}"
            for word in (Severity.ERROR.zh, Severity.WARNING.zh, str(MISSING))
            if word != MISSING or word in levels
        )
        block, levels_of = (REVIEW.block(self.lines[0].row, self.lines[-1].row, code) for code in ("state", "severity"))
        count, look = (f'COUNTIF({block},"{state}")' for state in (OPEN, LOOK))
        error = styles.signed(Severity.ERROR.zh)
        waits = f'SUMPRODUCT(({levels_of}="{error}")*({block}="{LOOK}"))'
        stand = [line.stands for line in self.lines]
        left, seen = stand.count(OPEN), stand.count(LOOK)
        kept = sum(line.confirms and line.stands == LOOK for line in self.lines)
        tail = f"（另请核对 {seen} 条）" if seen else ""
        after = f"{DONE}{value[4:]}{tail}" if value.startswith("可以上报") else f"退回的已全部处理，{value}"
        after = f"{head}，还有 {kept} 处请核对" if kept else after
        text = (
            f'IF({count}>0,"{head}，还有 "&{count}&" 处未改",IF({waits}>0,"{head}，还有 "&{waits}&" 处请核对",'
            f'IF(LEFT({formula},4)="可以上报","{DONE}"&MID({formula},5,60)&IF({look}>0,"（另请核对 "&{look}&" 条）",""),'
            f'"退回的已全部处理，"&{formula})))'
        )
        return text, f"{head}，还有 {left} 处未改" if left else after


def inputs_of(form: Form, items: Sequence[str]) -> tuple[str, ...]:
    """Return the inputs that items are, or come from."""
    inputs: dict[str, None] = {}
    for code in items:
        side = form.formulas.get(code)
        if side is not None:
            inputs |= dict.fromkeys(inputs_of(form, [term.item for term in side.terms]))
        elif code in form.items:
            inputs[code] = None
    return tuple(inputs)


def entry_text(answer: Unreadable, kind: str) -> str:
    """Return what a cell shows of an answer that could not be read.

    Without a reason nobody has judged it yet: it is what a respondent types, as it stands.
    """
    return unread(answer.raw, kind) if answer.reason else answer.raw


def put_watched(sheet: Worksheet, review: Review) -> None:
    """Write beside each other, on ``_核对``, what was reviewed and whether it has changed."""
    for cell, row in review.rows.items():
        watched, at = review.cells[cell], TALLY.column("reviewed")
        if isinstance(watched.value, str):
            sheet.text(row, at, watched.value, styles.plain)
        else:
            sheet.number(row, at, watched.value, styles.plain)
        now, before = watched.now, TALLY.a1(row, "reviewed")
        formula = (
            f"IF(ISERROR({now}),1,IF(ISNUMBER({now})<>ISNUMBER({before}),1,"
            f"IF(ISNUMBER({now}),IF({now}={before},0,1),IF(EXACT({now},{before}),0,1))))"
        )
        if watched.switch:
            formula = f"IF({watched.switch},1,{formula})"
        sheet.formula(row, TALLY.column("changed"), formula, styles.plain, 0)


def back_link(lines: Sequence[ReviewLine]) -> tuple[str, str]:
    """Return the link from a row back to its lines, as a formula and its value: it says whether they are done."""
    worst = min(lines, key=lambda line: line.finding.severity.rank)
    head = f"{REVIEW_LINK} {'、'.join(str(line.number) for line in lines)} 条（{styles.signed(worst.level)}）："
    undone = ",".join(f'{line.state}="{OPEN}"' for line in lines)
    target = f"#'{REVIEW.name}'!{REVIEW.a1(worst.row, 'place')}"
    value = OPEN if any(line.stands == OPEN for line in lines) else "已处理"
    return f'HYPERLINK("{target}","{head}"&IF(OR({undone}),"{OPEN}","已处理"))', f"{head}{value}"


def put_targets(sheet: Worksheet, review: Review, column: int) -> None:
    """Mark the cells of a sheet that lines are about while these are undone, with a link back in a column beside them."""
    for (name, row, at), lines in review.at.items():
        if name != sheet.name:
            continue
        worst = min((line.finding.severity for line in lines), key=lambda severity: severity.rank)
        undone = f"=({review.closed('', lines)})=FALSE"
        options = {"type": "formula", "criteria": undone, "format": styles.marked(worst), "stop_if_true": True}
        sheet.colour(Area(row, at, row, at), options)
        formula, value = back_link(lines)
        sheet.formula(row, column, formula, styles.back, value)
