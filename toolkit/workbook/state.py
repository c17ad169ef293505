"""What the formulas of a workbook evaluate to: every one is written with its true value."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from toolkit.answers import Filled, Number, Unreadable
from toolkit.findings import Severity
from toolkit.forms import Check, Rule, Verdict, View, judge
from toolkit.forms.definition import Question
from toolkit.forms.layout import CheckLine, lay_out
from toolkit.forms.sheets import CHAPTER, CHECKS, COVER, PANEL_ROWS, TALLY, Cell, EntryState
from toolkit.returns import checksum, counts, unanswered
from toolkit.returns.numbers import not_found
from toolkit.returns.reasons import says_more
from toolkit.returns.status import PartStatus, Status
from toolkit.roster import ALPHABET, check_character, without_rules
from toolkit.workbook.filling import Filling
from toolkit.workbook.revision import Review


class LineValues(Struct, frozen=True):
    """The values of one line of 校验; ``level`` is None where its rule does not apply, a side None while it is unknown.

    One that ``yields`` has the level that the text beside it gives it.
    """

    level: Severity | None
    left: Number | None
    right: Number | None
    verdict: Verdict | None
    bad: int
    empty: int
    stands_out: bool = False
    yields: bool = False

    @property
    def difference(self) -> Number | None:
        """Return left − right."""
        return None if self.left is None or self.right is None else self.left - self.right


class State:
    """The figures of a filling as its sheets show them: blanks and texts add nothing."""

    def __init__(self, filling: Filling) -> None:
        self.filling, self._layout = filling, lay_out(filling.form)
        form, answers = filling.form, filling.answers
        untouched = {code for code in filling.prefilled if isinstance(answers.get(code), Filled)}
        self.bad = frozenset(code for code in form.inputs if isinstance(answers.get(code), Unreadable))
        self.unread = frozenset(code for code in self.bad if answers[code] == not_found())
        self.blank = unanswered(form, answers, filling.declared, untouched)
        stated = ((code, answers.get(code)) for code in form.inputs)
        shown: dict[str, Number | None] = {
            code: answer.value if isinstance(answer, Filled) else 0 for code, answer in stated
        }
        self.shown: Mapping[str, Number | None] = form.complete(shown)
        read = form.complete(shown | dict.fromkeys(self.bad)) if self.bad else self.shown
        self._view = View(read, self.blank, {}, {} if filling.sharers else filling.last_year, self._ask)
        self.entries = {code: self._entry(code) for code in form.inputs}
        self.code = _code_state(filling.fields.get("code", ""), any_kind=filling.kind == "rollup")
        self.written = {(text.rule, text.items): text.text for text in reversed(filling.explanations) if text.in_cell}
        on_sheet = {(line.check.rule, line.check.items) for line in self._layout.checks.lines}
        apart = (
            text
            for text in filling.explanations
            if text.in_cell and (not text.items or (not text.state and (text.rule, text.items) not in on_sheet))
        )
        self.free = [*islice(apart, len(self._layout.checks.free))]
        self._lines: dict[str, LineValues] = {}

    def _entry(self, code: str) -> EntryState:
        if code in self.bad:
            # Whatever could not be read is written as a text.
            return EntryState.UNREAD if code in self.unread else EntryState.TEXT
        if code in self.blank:
            return EntryState.BLANK
        return EntryState.FIGURE if isinstance(self.filling.answers.get(code), Filled) else EntryState.ZERO

    def _ask(self, question: Question) -> Number | None:
        """Answer what a sheet can be asked: how many inputs of a table are no figures."""
        return sum(1 for code in self.bad - self.unread if self.filling.form.items[code].table == question.arguments[0])

    def total(self, code: str) -> Number:
        """Return what a formula item shows."""
        value = self.shown[code]
        return 0 if value is None else value

    def line(self, line: CheckLine) -> LineValues:
        """Return the values of a line; worked out once."""
        known = self._lines.get(line.check.key)
        if known is None:
            values = self._line(line)
            known = replace(values, stands_out=self._stands_out(line, values))
            self._lines[line.check.key] = known
        return known

    def _line(self, line: CheckLine) -> LineValues:
        check = line.check
        judged = judge(check, self._view)
        assert judged is not None, "last year's figures are at hand, if only unknown"
        empty, wrong = (self.blank | self.unread, self.bad - self.unread) if line.asked else (self.blank, self.bad)
        blank = sum(1 for code, _ in check.inputs if code in empty)
        bad = sum(1 for code, _ in check.inputs if code in wrong) if wrong else 0
        level = self._level(line.rule, check)
        verdict, left, right = judged.verdict, judged.left, judged.right
        if bad:
            verdict = Verdict.UNCONFIRMED if line.asked else verdict
            left, right = (bad, 0) if line.asked else (None, None)
        yields = (
            line.rule.yields and level is not None and None not in map(self.filling.last_year.get, check.last_items)
        )
        return LineValues(level, left, right, None if level is None else verdict, bad, blank, yields=yields)

    def _stands_out(self, line: CheckLine, values: LineValues) -> bool:
        """Tell whether something is to be done about a line: it fails, follows from no other and is not explained."""
        # What last year's figure leaves undecided is a doubt; a total follows from its columns.
        undecided = values.verdict is Verdict.UNDECIDED and line.check.needs_last and not line.sums and not values.bad
        unknown = undecided and values.empty < len(line.check.inputs)
        if line.asked or not (unknown or values.verdict is Verdict.FAIL):
            return False
        explained = values.level is Severity.WARNING and any(map(says_more, self.texts(line.check)))
        before = [self.line(other) for other in self._layout.checks.lines if other.row in line.after]
        follows = (
            any(other.difference != 0 for other in before)
            if line.sums
            else any(other.verdict is Verdict.FAIL for other in before)
        )
        return not explained and not follows

    def texts(self, check: Check) -> tuple[str, ...]:
        """Return what explains a line: the text beside it, and those beside its rule in the free lines."""
        free = (text.text for text in self.free if text.rule == check.rule)
        return (self.written.get((check.rule, check.items), ""), *free)

    def _level(self, rule: Rule, check: Check) -> Severity | None:
        """Return how grave a break of a rule is in this workbook, None where it is not known to be in force."""
        filling, last = self.filling, check.needs_last
        if not rule.applies(filling.year) or (last and (filling.sharers or not filling.last_year)):
            return None
        if rule.level is not None and not without_rules(filling.level):
            return None
        if last and None in map(filling.last_year.get, check.last_items):
            return Severity.WARNING
        text = "".join(self.texts(check))
        return Severity.WARNING if rule.yields and counts(text) and says_more(text, counted=True) else rule.severity

    @cached_property
    def review(self) -> Review:
        """Return the lines of 审核意见 with what they are about."""
        return Review(self._layout, self.filling, self.blank)

    @property
    def sentence(self) -> str:
        """Return the one sentence: that of the checks, in a reply what of 审核意见 is still to be done."""
        return self.review.sentence("", self.status.sentence)[1]

    @cached_property
    def checksum(self) -> str:
        """Return the 校验码 of the figures as they stand."""
        code = self.filling.fields.get("code", "").replace(" ", "").upper()
        return checksum(self.filling.form, self.shown, self.filling.year, code)

    @cached_property
    def status(self) -> Status:
        """Return how the workbook stands, as far as it can tell itself."""
        layout, filling = self._layout, self.filling
        asked = [key for key in COVER.cells if key != "year" and (key in BODY or filling.kind != "rollup")]
        empty = [key for key in asked if not filling.fields.get(key)]
        parts = {
            COVER.name: PartStatus(
                COVER.name, len(empty), int(self.code > EntryState.TEXT), 0, int(self.code is EntryState.TEXT)
            )
        }
        for part in filling.form.parts:
            if part.table is None:
                missing = filling.kind != "rollup" and not any(text.text for text in filling.text.get(part.number, ()))
                parts[part.number] = PartStatus(part.number, int(missing))
                continue
            states = [self.entries[item.code] for item in filling.form.table(part.table).inputs]
            failing = [known for line in layout.lines[part.number] if (known := self.line(line)).stands_out]
            errors = sum(known.level is Severity.ERROR for known in failing)
            doubts = len(failing) - errors
            to_fill = states.count(EntryState.BLANK) + states.count(EntryState.UNREAD)
            parts[part.number] = PartStatus(part.number, to_fill, errors, doubts, states.count(EntryState.TEXT))
        parts[CHECKS.name] = PartStatus(CHECKS.name)
        chapters = [parts[part.number].missing for part in filling.form.chapters]
        untouched = (
            len(self.blank) == len(self.entries) and all(chapters) and {*empty} >= {*COVER.cells} - {*BODY, "year"}
        )
        return Status(tuple(parts.values()), not untouched)

    def first_blank(self, name: str) -> int:
        """Return where the first cell to fill of a part is, as a number: of a table 0 where none is blank."""
        layout = self._layout
        part = layout.part(name)
        if part is not None and part.table is not None:
            own = (code for code in layout.tally if layout.form.items[code].table == part.table)
            open_ = sorted((code for code in own if code in self.blank | self.unread), key=self.unread.__contains__)
            return layout.place_number(*layout.cell(open_[0])) if open_ else 0
        sheet, place = self.start(name)
        return layout.place_number(sheet, *place)

    def start(self, name: str) -> tuple[str, Cell]:
        """Return the sheet of a part and the first cell to go to on it."""
        layout = self._layout
        part = layout.part(name)
        place = (CHAPTER.first_row + bool(part and part.heads), CHAPTER.column("text"))
        if name == COVER.name:
            place = COVER.cells["name" if self.filling.kind == "blank" else "preparer"]
        elif name == CHECKS.name:
            place = (PANEL_ROWS[0], CHECKS.column("link"))
        elif part is not None and part.table is not None:
            place = layout.table(part.table).cells[layout.form.table(part.table).inputs[0].code]
        return layout.sheets[layout.parts[name] - TALLY.first_row], place

    @property
    def to_do(self) -> int:
        """Return how many things 校验 lists to be done."""
        states = (self.code, *self.entries.values())
        lines = sum(self.line(line).stands_out for line in self._layout.checks.lines)
        return (
            sum(state > EntryState.ZERO for state in states)
            + lines
            + sum(part.missing > 0 for part in self.status.parts)
        )


BODY = ("name", "code")
"""The fields of the cover that say whose return it is."""


def _code_state(text: str, *, any_kind: bool) -> EntryState:
    """Return how a 统一社会信用代码 stands; that of a region may be of ``any_kind``."""
    code = text.replace(" ", "").upper()
    if not code:
        return EntryState.BLANK
    if any_kind:
        return EntryState.FIGURE
    if len(code) != 18:
        return EntryState.CODE
    if not set(code) <= set(ALPHABET):
        return EntryState.TEXT
    return EntryState.FIGURE if check_character(code[:17]) == code[17] else EntryState.CODE
