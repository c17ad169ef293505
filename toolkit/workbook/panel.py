"""What is to be done first, at the top of 校验: one line a cell that is no figure, a check that fails, a part with blanks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, zip_longest

from msgspec import Struct

from toolkit.answers import Number, Unreadable
from toolkit.cells import Area, a1, column_letters
from toolkit.excel_out import Worksheet
from toolkit.forms import Verdict
from toolkit.forms.layout import Layout
from toolkit.forms.sheets import CHECKS, CODE_ROW, COVER, PANEL_ROWS, TALLY, TO_EXPLAIN, EntryState
from toolkit.returns.numbers import unread
from toolkit.workbook import styles
from toolkit.workbook.filling import Filling
from toolkit.workbook.state import State
from toolkit.workbook.tally import label_of, to_do

_ENTRY, _CHECK, _PART = 1, 2, 3
"""What a line is about."""
_WORDS = {
    EntryState.TEXT: "不是数",
    EntryState.NO_NUMBER: "是逻辑值或错误值，不是数",
    EntryState.DATED: "是日期或百分数，不是数",
    EntryState.FRACTION: "应填整数（金额至多四位小数）",
    EntryState.NEGATIVE: "不能是负数",
    EntryState.LARGE: "数过大",
    EntryState.CODE: "统一社会信用代码不对",
}
_ALPHABET = "".join(map(column_letters, range(26)))
_QUOTED, _REACH = 40, "$A$1:$Z$99"
"""Characters that are quoted of an entry, and the cells of a sheet in which one can stand."""
_HEIGHT = 34


class _Line(Struct, frozen=True):
    """The values of a line: first those of its hidden cells, then what is seen."""

    bad: int = 0
    empty: int = 0
    place: int = 0
    order: str = ""
    stands: str = ""
    number: str = ""
    level: str = ""
    words: str = ""
    left: Number | str = ""
    right: Number | str = ""
    difference: Number | str = ""
    verdict: str = ""
    link: str = ""
    explanation: str = ""


def put_panel(sheet: Worksheet, layout: Layout, filling: Filling, state: State) -> None:
    """Write the lines, and below them how many more there are."""
    lines = list(_lines(layout, filling, state))
    looks = {"words": styles.shown, "verdict": styles.verdict} | dict.fromkeys(("link", "explanation"), styles.link)
    looks |= dict.fromkeys(("left", "right", "difference"), styles.number) | dict.fromkeys(
        ("number", "level"), styles.centred
    )
    for at, (row, line) in enumerate(zip_longest(PANEL_ROWS, islice(lines, len(PANEL_ROWS)), fillvalue=_Line()), 1):
        assert isinstance(row, int)
        sheet.row(row, _HEIGHT, styles.plain)
        for code, formula in _formulas(layout, row, at).items():
            sheet.formula(row, CHECKS.column(code), formula, looks.get(code, styles.plain), getattr(line, code))
    below, last = PANEL_ROWS[-1] + 1, PANEL_ROWS[-1]
    whole = "+".join(to_do(layout))
    more, none = f"{whole}-{len(PANEL_ROWS)}", "没有要处理的。"
    text = f'IF({whole}=0,"{none}",IF({more}>0,"另有 "&({more})&" 处，见下面的清单和各表。",""))'
    left = len(lines) - len(PANEL_ROWS)
    sheet.row(below, 26, styles.plain)
    sheet.merge(Area(below, 0, below, CHECKS.last), "", styles.note)
    value = none if not lines else f"另有 {left} 处，见下面的清单和各表。" if left > 0 else ""
    sheet.formula(last + 1, 0, text, styles.note, value)


def _formulas(layout: Layout, row: int, at: int) -> dict[str, str]:
    """Return the formulas of the ``at``-th line by their column, without ``=``."""
    entries, checks, parts = to_do(layout)
    kind, index, place, address, entry = (CHECKS.a1(row, code) for code in ("bad", "empty", "place", "order", "stands"))
    lines = layout.checks.lines

    def noted(code: str) -> str:
        return TALLY.block(CODE_ROW, max(layout.tally.values()), code)

    def line(code: str) -> str:
        return f"{CHECKS.a1(lines[0].row, code, absolute=True)}:{CHECKS.a1(lines[-1].row, code, absolute=True)}"

    def part(code: str) -> str:
        return TALLY.block(TALLY.first_row, TALLY.first_row + len(layout.parts) - 1, code)

    def checked(code: str) -> str:
        return f'IF({kind}={_CHECK},INDEX({line(code)},{index}),"")'

    state, sheet_at = f"INDEX({noted('state')},{index})", f"INT({place}/100000)"
    row_at, column_at = f"INT(MOD({place},100000)/100)", f"MOD({place},100)"
    # By its place among the sheets; the chapters have no entries of this kind.
    shown = '""'
    for ordinal, name in enumerate(layout.sheets):
        if name == COVER.name or name in [table.sheet for table in layout.tables]:
            shown = f"IF({sheet_at}={ordinal},INDEX('{name}'!{_REACH},{row_at},{column_at}),{shown})"
    words = ",".join(f'"{text}"' for text in _WORDS.values())
    which = f"IF({sheet_at}=0,{len(_WORDS)},{state}-{EntryState.ZERO})"
    label = f"INDEX({part('label')},{sheet_at}+1)"
    unsure = f"{state}={EntryState.TEXT}"
    waiting = f'INDEX({part("label")},{index})&"还有 "&INDEX({part("missing")},{index})&" 格待填"'
    no_words = f"OR({state}={EntryState.NO_NUMBER},{state}={EntryState.DATED})"
    target = f'"#\'"&INDEX({part("sheet")},{sheet_at}+1)&"\'!"&{address}'
    rules = dict.fromkeys(one.check.rule for one in lines if one.rule.yields)
    yielding = "".join(f',INDEX({line("number")},{index})="{rule}"' for rule in rules)
    written = f'"#{CHECKS.name}!{column_letters(CHECKS.column("explanation"))}"&({index}+{lines[0].row})'
    return {
        "bad": f"IF({entries}>={at},{_ENTRY},IF({entries}+{checks}>={at},{_CHECK},IF({entries}+{checks}+{parts}>={at},{_PART},0)))",
        "empty": (
            f"IF({kind}={_ENTRY},MATCH({at},{noted('number')},0),IF({kind}={_CHECK},MATCH({at}-{entries},{line('order')},0),"
            f"IF({kind}={_PART},MATCH({at}-{entries}-{checks},{part('waits')},0),0)))"
        ),
        "place": (
            f"IF({kind}={_ENTRY},INDEX({noted('place')},{index}),IF({kind}={_CHECK},INDEX({line('place')},{index}),"
            f"IF({kind}={_PART},INDEX({part('at')},{index}),0)))"
        ),
        "order": f'IF({kind}=0,"",MID("{_ALPHABET}",{column_at},1)&{row_at})',
        "stands": f'IF({kind}={_ENTRY},IF({no_words},"",MID({shown}&"",1,{_QUOTED})),"")',
        "number": checked("number"),
        "level": (
            f'IF({kind}={_ENTRY},IF({unsure},"待确认","错误"),IF({kind}={_CHECK},INDEX({line("level")},{index}),'
            f'IF({kind}={_PART},"待填","")))'
        ),
        "words": (
            f'IF({kind}={_ENTRY},{label}&" "&{address}&" "&INDEX({{{words}}},{which})&IF({entry}="","","："&{entry}),'
            f'IF({kind}={_CHECK},INDEX({line("words")},{index}),IF({kind}={_PART},{waiting},"")))'
        ),
        "left": checked("left"),
        "right": checked("right"),
        "difference": checked("difference"),
        "verdict": (
            f'IF({kind}={_ENTRY},IF({unsure},"{Verdict.UNCONFIRMED}","{Verdict.FAIL}"),'
            f'IF({kind}={_CHECK},"{Verdict.FAIL}",IF({kind}={_PART},"{Verdict.PENDING}","")))'
        ),
        "link": f'IF({kind}=0,"",HYPERLINK({target},"定位"))',
        "explanation": (
            f'IF({kind}={_CHECK},IF(OR(INDEX({line("level")},{index})="存疑"{yielding}),HYPERLINK({written},"{TO_EXPLAIN}"),""),"")'
        ),
    }  # fmt: skip


def _lines(layout: Layout, filling: Filling, state: State) -> Iterator[_Line]:
    """Yield all that is to be done, as the formulas say it."""
    place = layout.place_number(COVER.name, *COVER.cells["code"])
    entries = [(1, COVER.name, a1(*COVER.cells["code"]), place, state.code, filling.fields.get("code", ""))]
    for index, code in enumerate(layout.tally, 2):
        item, answer = layout.form.items[code], filling.answers.get(code)
        raw = ""
        if isinstance(answer, Unreadable):
            raw = unread(answer.raw, item.kind) if answer.reason else answer.raw
        label = label_of(layout, layout.form.table(item.table).part)
        number = layout.place_number(*layout.cell(code))
        entries.append((index, label, layout.address(code), number, state.entries[code], raw))
    for index, label, address, number, known, raw in entries:
        if known > EntryState.ZERO:
            words = _WORDS[EntryState.CODE if label == COVER.name else known]
            raw, unsure = raw[:_QUOTED], known is EntryState.TEXT
            yield _Line(
                _ENTRY, index, number, address, raw, "", "待确认" if unsure else "错误",
                f"{label} {address} {words}" + (f"：{raw}" if raw else ""),
                verdict=Verdict.UNCONFIRMED if unsure else Verdict.FAIL, link="定位",
            )  # fmt: skip
    for index, line in enumerate(layout.checks.lines, 1):
        values = state.line(line)
        if values.stands_out:
            assert values.level is not None
            left, right, gap = (0 if side is None else side for side in (values.left, values.right, values.difference))
            first = line.check.items[0]
            yield _Line(
                _CHECK, index, layout.place_number(*layout.cell(first)), layout.address(first), "", line.check.rule,
                values.level.zh, line.check.words, left, right, gap, Verdict.FAIL, "定位",
                TO_EXPLAIN if values.level.zh == "存疑" or line.rule.yields else "",
            )  # fmt: skip
    for index, part in enumerate(state.status.parts, 1):
        if part.missing:
            number = state.first_blank(part.part)
            label = label_of(layout, part.part)
            address = f"{_ALPHABET[number % 100 - 1]}{number % 100_000 // 100}"
            yield _Line(
                _PART, index, number, address, level="待填", words=f"{label}还有 {part.missing} 格待填",
                verdict=Verdict.PENDING, link="定位",
            )  # fmt: skip
