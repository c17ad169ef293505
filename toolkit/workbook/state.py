"""What the formulas of a workbook evaluate to: every one is written with its true value."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from msgspec import Struct

from toolkit.answers import Filled, Number, Unreadable
from toolkit.findings import Severity
from toolkit.forms import Check, Judgement, Verdict, View, judge
from toolkit.forms.definition import Question
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import InputState
from toolkit.workbook.filling import Filling

Counts = tuple[int, int, int, int]


class CheckValues(Struct, frozen=True):
    """The values of one line of 校验."""

    left: Number
    right: Number
    verdict: Verdict
    bad: int
    empty: int
    more: int
    less: int


class State:
    """The figures of a filling as its sheets show them: blanks and texts add nothing."""

    def __init__(self, filling: Filling) -> None:
        self.filling = filling
        form = filling.form
        bad: set[str] = set()
        blank: set[str] = set()
        shown: dict[str, Number | None] = {}
        for code in form.inputs:
            answer = filling.answers.get(code)
            shown[code] = answer.value if isinstance(answer, Filled) else 0
            if isinstance(answer, Unreadable):
                bad.add(code)
            elif not isinstance(answer, Filled) and form.items[code].table not in filling.declared:
                blank.add(code)
        self.bad, self.blank = frozenset(bad), frozenset(blank)
        self.inputs = {code: self._input(code, filling) for code in form.inputs}
        self.shown: Mapping[str, Number | None] = form.complete(shown)
        self._on_sheet = View(self.shown, self.blank, {}, None, self._ask)
        self._view = self._on_sheet
        if self.bad:
            read = form.complete(shown | dict.fromkeys(self.bad))
            self._view = View(read, self.blank, {}, None, self._ask)
        self._lines: dict[str, CheckValues] = {}

    def _input(self, code: str, filling: Filling) -> InputState:
        if code in self.bad:
            # Whatever could not be read is written as a text.
            return InputState.TEXT
        if code in self.blank:
            return InputState.BLANK
        return InputState.FIGURE if isinstance(filling.answers.get(code), Filled) else InputState.ZERO

    def _ask(self, question: Question) -> Number | None:
        """Answer what a sheet can be asked: how many inputs of a table are no figures."""
        return sum(1 for code in self.bad if self.filling.form.items[code].table == question.arguments[0])

    def total(self, code: str) -> Number:
        """Return what a formula item shows."""
        value = self.shown[code]
        return 0 if value is None else value

    def line(self, check: Check) -> CheckValues:
        """Return the values of a check's line; worked out once."""
        known = self._lines.get(check.key)
        if known is None:
            known = self._lines[check.key] = self._line(check)
        return known

    def _line(self, check: Check) -> CheckValues:
        shown = read = self._judged(check, self._on_sheet)
        if self._view is not self._on_sheet:
            read = self._judged(check, self._view)
        blank = [weight for code, weight in check.inputs if code in self.blank]
        asked = check.comparison.left.question is not None
        more = 0 if asked else sum(1 for weight in blank if weight is None or weight > 0)
        less = 0 if asked else sum(1 for weight in blank if weight is None or weight < 0)
        bad = sum(1 for code, _ in check.inputs if code in self.bad) if self.bad else 0
        left, right = shown.left, shown.right
        assert left is not None
        assert right is not None
        return CheckValues(left, right, read.verdict, bad, len(blank), more, less)

    def _judged(self, check: Check, view: View) -> Judgement:
        judged = judge(check, view)
        assert judged is not None, "a check on the sheet needs no other year"
        return judged

    @cached_property
    def counts(self) -> Counts:
        """Return how many checks fail with an error and with a doubt, cells are to be filled, checks are pending."""
        verdicts = [
            (line.rule.severity, self.line(line.check).verdict) for line in lay_out(self.filling.form).checks.lines
        ]
        failed = [severity for severity, verdict in verdicts if verdict is Verdict.FAIL]
        errors = sum(1 for severity in failed if severity is Severity.ERROR)
        pending = sum(1 for _, verdict in verdicts if verdict is Verdict.PENDING)
        return errors, len(failed) - errors, len(self.blank), pending


def plain(value: Number) -> Number:
    """Return a figure as a cell holds it."""
    return value if isinstance(value, int) else Decimal(value)
