"""A check as Excel formulas: both sides, what is blank or no figure, and the verdict of ``forms.verdicts`` in cells.

Only functions that Excel 2010, WPS and LibreOffice share. Texts are never added: ``SUM`` passes them over, and a check
over a cell that is no figure is 无法判断.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from toolkit.answers import Number
from toolkit.cells import a1
from toolkit.forms import Verdict
from toolkit.forms.definition import Comparison, Side
from toolkit.forms.layout import CheckLine, Layout
from toolkit.forms.sheets import CHECKS, SWITCH_ON, TALLY, EntryState
from toolkit.returns.reasons import ASSURING, COUNTED, DIGITS

Cells = Iterable[tuple[int, int]]


def rectangles(cells: Cells) -> tuple[str, ...]:
    """Return absolute ranges that cover exactly these cells, as few as simple folding finds."""
    return _rectangles(tuple(cells))


@lru_cache(maxsize=2048)
def _rectangles(cells: tuple[tuple[int, int], ...]) -> tuple[str, ...]:
    rows: dict[int, list[int]] = {}
    for row, column in sorted(cells):
        rows.setdefault(row, []).append(column)
    open_: dict[tuple[int, int], tuple[int, int]] = {}
    done: list[tuple[int, int, int, int]] = []
    for row, columns in rows.items():
        own = runs(columns)
        for span in [span for span in open_ if span not in own or open_[span][1] != row - 1]:
            first, last = open_.pop(span)
            done.append((first, span[0], last, span[1]))
        for span in own:
            open_[span] = (open_[span][0] if span in open_ else row, row)
    done += [(first, span[0], last, span[1]) for span, (first, last) in open_.items()]
    return tuple(_range(corners) for corners in sorted(done))


def runs(columns: Sequence[int]) -> list[tuple[int, int]]:
    """Return first and last of the numbers that follow each other."""
    spans: list[tuple[int, int]] = []
    for column in columns:
        if spans and spans[-1][1] == column - 1:
            spans[-1] = (spans[-1][0], column)
        else:
            spans.append((column, column))
    return spans


def _range(box: tuple[int, int, int, int]) -> str:
    first, last = a1(box[0], box[1], absolute=True), a1(box[2], box[3], absolute=True)
    return first if first == last else f"{first}:{last}"


def ranges(layout: Layout, codes: Iterable[str]) -> list[str]:
    """Return ranges with their sheet for items, table by table."""
    wanted = list(codes)
    areas: list[str] = []
    for table in layout.tables:
        cells = [table.cells[code] for code in wanted if code in table.cells]
        areas += [f"'{table.sheet}'!{area}" for area in rectangles(cells)]
    return areas


def side(layout: Layout, what: Side) -> str:
    """Return the formula of one side of a comparison, without ``=``."""
    groups: dict[Number, list[str]] = {}
    for coefficient in dict.fromkeys(term.coefficient for term in what.terms):
        own = [term for term in what.terms if term.coefficient == coefficient]
        groups[coefficient] = ranges(layout, (term.item for term in own if not term.last))
        groups[coefficient] += [last_cell(layout, term.item) for term in own if term.last]
    text = "" if what.constant == 0 and groups else str(what.constant)
    for coefficient, areas in groups.items():
        total = f"SUM({','.join(areas)})"
        size = "" if abs(coefficient) == 1 else f"{abs(coefficient)}*"
        text += ("-" if coefficient < 0 else "+" if text else "") + size + total
    return text


def last_cell(layout: Layout, item: str) -> str:
    """Return the reference to a figure of last year on ``_核对``."""
    return TALLY.reference(layout.last[item], "last")


def switch_on(layout: Layout, table_id: str) -> str:
    """Return the condition that the blanks of a table are declared zero."""
    table = layout.table(table_id)
    return f"'{table.sheet}'!{a1(*table.switch, absolute=True)}=\"{SWITCH_ON}\""


def tallied(layout: Layout, codes: Iterable[str], column: str) -> list[str]:
    """Return ranges with their sheet of what ``_核对`` notes of inputs in a column."""
    at = TALLY.column(column)
    return [f"'{TALLY.name}'!{area}" for area in rectangles((layout.tally[code], at) for code in codes)]


def counted(layout: Layout, codes: Iterable[str], which: str) -> str:
    """Return the formula that counts the inputs in a state, e.g. ``1`` or ``">2"``."""
    return "+".join(f"COUNTIF({area},{which})" for area in tallied(layout, codes, "state")) or "0"


BLANK_STATE = str(EntryState.BLANK)
UNREAD_STATE = str(EntryState.UNREAD)
NO_FIGURE = f'">{EntryState.ZERO}"'
"""How ``counted`` asks for inputs that are to be filled, for those that an import did not find, and for what is no figure."""


def compared(comparison: Comparison, left: str, right: str) -> str:
    """Return the condition of a comparison between two cells or formulas; equality holds to four decimals."""
    if comparison.sign == "==":
        return f"ROUND({left}-({right}),4)=0"
    if comparison.sign == "!=":
        return f"ROUND({left}-({right}),4)<>0"
    return f"{left}{comparison.sign}{right}"


def verdict(layout: Layout, line: CheckLine) -> str:
    """Return the verdict of a line: the same table as ``forms.verdicts.judge``, "" where its rule does not apply."""
    check, row = line.check, line.row
    left, right, difference, level = (CHECKS.a1(row, code) for code in ("left", "right", "difference", "level"))
    bad, empty = (CHECKS.a1(row, code) for code in ("bad", "empty"))
    passed, failed, pending = (f'"{word}"' for word in (Verdict.PASS, Verdict.FAIL, Verdict.PENDING))
    if line.asked:
        wrong = counted(layout, [code for code, _ in check.inputs], f'">{EntryState.TEXT}"')
        unsure = f'IF({bad}>0,"{Verdict.UNCONFIRMED}",IF({empty}>0,{pending},{passed}))'
        return f"IF({wrong}>0,{failed},{unsure})"
    holds = compared(check.comparison, left, right)
    if check.guards:
        broken = [
            f"({compared(guard, side(layout, guard.left), side(layout, guard.right))})=FALSE" for guard in check.guards
        ]
        holds = f"OR({','.join(broken)},{holds})"
    more, less = (
        counted(layout, [code for code, weight in check.inputs if weight is None or weight * sign > 0], BLANK_STATE)
        for sign in (1, -1)
    )
    above = ">=" if check.comparison.sign == "<" else ">"
    mendable = f"IF({left}{above}{right},{less}>0,{more}>0)" if check.comparison.sign != "!=" else f"{more}+{less}>0"
    return (
        f'IF({level}="","",IF(ISNUMBER({difference})=FALSE,"{Verdict.UNDECIDED}",'
        f"IF({empty}=0,IF({holds},{passed},{failed}),"
        f"IF(OR({empty}={len(check.inputs)},{holds}),{pending},IF({mendable},{pending},{failed})))))"
    )


def how_many(text: str) -> str:
    """Return the formula that is above 0 where a text says how many: ``counts``."""
    figures, units = (separator.join(f'"{sign}"' for sign in of) for separator, of in ((",", DIGITS), (";", COUNTED)))
    return f'SUMPRODUCT(1*ISNUMBER(FIND({{{figures}}}&{{{units}}},SUBSTITUTE({text}," ",""))))'


def more_in(text: str, *, counted: bool = False) -> str:
    """Return the formula of how much a text says besides that it was checked: above 0 as ``says_more`` tells."""
    for part in (*ASSURING, *(DIGITS[:10] + COUNTED if counted else "")):
        text = f'SUBSTITUTE({text},"{part}","")'
    return f"LEN({text})"


def settled(layout: Layout, side_: Side, bad: str) -> str:
    """Return the formula of a side, or a dash while what it rests on is no figure or was not known last year."""
    last = [last_cell(layout, term.item) for term in side_.terms if term.last and not term.known]
    unknown = f"{bad}+{len(last)}-COUNT({','.join(last)})" if last else bad
    return f'IF({unknown}>0,"{DASH}",{side(layout, side_)})'


DASH = "—"
"""What stands for a side that cannot be told."""
