"""read(write(x)) gives every answer the state and the value it had, whatever was typed and whoever saved the file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.office import convert, requires_office
from tests.samples import BODIES, REGION, code_of, sound, workbook
from tests.soaking import only, soak
from toolkit import merge
from toolkit.answers import Answer, Blank, Filled, Unreadable
from toolkit.findings import Severity
from toolkit.forms import Form, load_form
from toolkit.forms.layout import lay_out
from toolkit.reading import read, returns_in
from toolkit.returns import Return, RollUp
from toolkit.returns.numbers import BLANK_MARKS, UNREAD, understand, unread
from toolkit.workbook import Filling, write
from toolkit.workbook.reply import filling

FORMS = ("2019", "2021")
YEAR = {"2019": 2020, "2021": 2025}
KINDS = ("count", "signed", "money")
FORMATS = ("ods", "xlsx", "xls")
"""What LibreOffice saves; ods is where it keeps least of what Excel had."""

TYPED: Mapping[str, tuple[Any, str | None, str]] = {
    "date": (date(2026, 3, 5), "yyyy-mm-dd", "2026-3-5"),
    "day of a month": (datetime(2026, 3, 5), 'm"月"d"日"', "2026-3-5"),
    "month": (datetime(2026, 3, 1), "mmm-yy", "2026-3-1"),
    "time": (time(12, 30), "h:mm", "12:30"),
    "time with seconds": (time(8, 5, 9), "h:mm:ss", "8:05:09"),
    "date and time": (datetime(2026, 3, 5, 12, 30), "yyyy-mm-dd hh:mm", "2026-3-5 12:30"),
    "duration": (timedelta(hours=36), "[h]:mm:ss", "36:00"),
    "first days of 1900": (3, "yyyy-mm-dd", "1900-1-"),
    "yes": (True, None, "TRUE"),
    "no": (False, None, "FALSE"),
    "reference lost": ("#REF!", None, "#REF!"),
    "division": ("#DIV/0!", None, "#DIV/0!"),
    "not available": ("#N/A", None, "#N/A"),
    "words": ("约十来件", None, "约十来件"),
    "range": ("12-15", None, "12-15"),
    "two lines": ("12\n15", None, "12\n15"),
    "many words": ("12" + "件左右" * 90, None, "12" + "件左右" * 65 + "件左…"),
    "digits, then nothing for long": ("12" + " " * 300 + "件左右", None, ""),
    "negative": (-5, None, "-5"),
    "fraction": (1.5, None, "1.5"),
    "too large": (10**13, None, "10000000000000"),
    "marked by us": (f"{UNREAD}46086", None, "46086"),
}
"""What people type into the cell of a count, the format it gets, and the words they see there, at least their beginning.

In the first days of 1900 LibreOffice is a day behind Excel.
"""


def cells_of(form: Form) -> dict[str, str]:
    """Return an input for every kind of content: counts all, where no sign and no fraction is allowed."""
    counts = [code for code in form.inputs if form.items[code].kind == "count"]
    return dict(zip(TYPED, counts, strict=False))


def as_typed(form: Form) -> bytes:
    """Return an issued template into which all of TYPED was typed, beside figures, blanks and a table declared zero."""
    figures = sound(form, 7, 12, None)
    cells = cells_of(form)
    blank = tuple(code for code in form.inputs if code.startswith(("t4", "t3.r4.")))
    book = openpyxl.load_workbook(
        io.BytesIO(
            workbook(
                form, YEAR[form.id], BODIES[0], figures, blank=(*blank, *cells.values()), declared=("t4",), text=False
            )
        )
    )
    layout = lay_out(form)
    for what, code in cells.items():
        value, style, _ = TYPED[what]
        sheet, row, column = layout.cell(code)
        cell = book[sheet].cell(row + 1, column + 1)
        cell.value = value
        if isinstance(value, str) and value.startswith("#"):
            cell.data_type = "e"
        cell.number_format = style or "General"
    sheet, row, column = layout.cell(formula_of(form))
    book[sheet].cell(row + 1, column + 1).value = "=1+1"
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def formula_of(form: Form) -> str:
    """Return the input into which a formula was typed that nobody has worked out yet."""
    return next(code for code in reversed(form.inputs) if code.startswith("t3."))


def reading_of(path: Path) -> Return:
    """Read a workbook."""
    reading = read(path, name=path.name)
    assert reading.ret is not None, [each.message for each in reading.findings]
    return reading.ret


def states(ret: Return) -> dict[str, tuple[str, object]]:
    """Return state and value of every input: of what is unreadable the words that a person sees."""
    found: dict[str, tuple[str, object]] = {}
    for code in ret.form.inputs:
        answer = ret.answers[code]
        zero = ret.form.items[code].table in ret.declared
        found[code] = (
            ("filled", answer.value) if isinstance(answer, Filled)
            else ("unreadable", answer.raw) if isinstance(answer, Unreadable)
            else ("declared zero" if zero else "blank", None)
        )  # fmt: skip
    return found


def replied(ret: Return, path: Path) -> Return:
    """Return what a return's reply gives when it is read."""
    path.write_bytes(write(filling(ret, ret.findings)))
    return reading_of(path)


def typed_returns(folder: Path) -> list[Path]:
    """Write a file of each form with all of TYPED."""
    folder.mkdir()
    paths = [folder / f"{form}.xlsx" for form in FORMS]
    for path in paths:
        path.write_bytes(as_typed(load_form(path.stem)))
    return paths


def assert_seen(ret: Return) -> None:
    """Assert that nothing of TYPED is a figure and that each finding shows what the person saw."""
    for what, code in cells_of(ret.form).items():
        answer, seen = ret.answers[code], TYPED[what][2]
        assert isinstance(answer, Unreadable), (what, answer)
        assert answer.raw.startswith(seen.removesuffix("…")), what
        assert [each.code for each in ret.findings if each.items == (code,)], what


def assert_replies_keep(first: Return, folder: Path) -> list[Path]:
    """Assert that the reply of a return, and the reply of that, have the same states; return them."""
    folder.mkdir(exist_ok=True)
    one, two = folder / f"{first.form.id}-1.xlsx", folder / f"{first.form.id}-2.xlsx"
    second = replied(first, one)
    third = replied(second, two)
    cells = cells_of(first.form)
    shown = {code: state for code, state in states(first).items() if code not in cells.values()}
    assert {code: state for code, state in states(second).items() if code in shown} == shown
    assert states(third) == states(second)
    assert_seen(second)
    return [one, two]


def test_what_was_typed_comes_back_in_its_state(tmp_path: Path) -> None:
    """Every content that is no figure is unreadable with the words the person saw, in the reply and in its reply."""
    for path in typed_returns(tmp_path / "in"):
        first = reading_of(path)
        assert_seen(first)
        assert first.answers[formula_of(first.form)] == Unreadable("=1+1", "FORM_041")
        assert {state for state, _ in states(first).values()} == {"filled", "unreadable", "blank", "declared zero"}
        assert_replies_keep(first, tmp_path / "out")


@soak
@requires_office
@pytest.mark.parametrize("kind", FORMATS)
def test_saved_by_libreoffice_it_comes_back_as_well(tmp_path: Path, kind: str) -> None:
    """The same for files and replies that LibreOffice has saved in each of its formats."""
    sent = typed_returns(tmp_path / "in")
    firsts = [reading_of(path) for path in convert(sent, kind, tmp_path / "saved")]
    made: list[Path] = []
    for first in firsts:
        assert_seen(first)
        made += assert_replies_keep(first, tmp_path / "out")
    for path, saved in zip(made, convert(made, kind, tmp_path / "again"), strict=True):
        assert states(reading_of(saved)) == states(reading_of(path)), saved.name


def rolled_up(form: Form, folder: Path) -> tuple[RollUp, Path]:
    """Merge, in spite of what cannot be read, the return with all of TYPED; return the roll-up and its workbook."""
    folder.mkdir(exist_ok=True)
    (folder / f"{form.id}.xlsx").write_bytes(as_typed(form))
    target = folder.parent / f"rollup-{form.id}.xlsx"
    why = {code_of(BODIES[0][0]): "系统迁移，随后更正"}
    rollup = merge(
        [folder], year=YEAR[form.id], region=REGION, as_of=date(2026, 2, 1), include_failing=why, output=target
    )
    return rollup, target


def assert_kept_in_rollup(rollup: RollUp, path: Path, first: Return) -> None:
    """Assert that the return inside a roll-up has its states, and the roll-up its figures."""
    inside, whole = returns_in(path, name=path.name)
    seen = {code: state for code, state in states(first).items() if state[0] == "unreadable"}
    kept = states(replace(inside, declared=first.declared))
    for code, state in states(first).items():
        if code in seen:
            assert kept[code][0] == "unreadable"
            assert " ".join(str(seen[code][1]).split()).startswith(str(kept[code][1])[:90])
        else:
            assert kept[code][1] == (0 if state[0] == "declared zero" else state[1]), code
    assert {code: whole.figures[code] for code in whole.form.items} == dict(rollup.figures)
    assert not [each for each in whole.findings if each.severity is Severity.ERROR]


@pytest.mark.parametrize("form_id", FORMS)
def test_a_roll_up_keeps_the_states_of_its_returns(tmp_path: Path, form_id: str) -> None:
    """What was merged in spite of unreadable cells says so cell by cell on 明细, and counts them as nothing."""
    rollup, path = rolled_up(load_form(form_id), tmp_path / "in")
    assert_kept_in_rollup(rollup, path, reading_of(tmp_path / "in" / f"{form_id}.xlsx"))


@soak
@requires_office
@pytest.mark.parametrize("kind", FORMATS)
def test_a_roll_up_saved_by_libreoffice_keeps_them_too(tmp_path: Path, kind: str) -> None:
    """The same for the roll-up as LibreOffice saves it."""
    made = [rolled_up(load_form(form_id), tmp_path / f"in-{form_id}") for form_id in FORMS]
    saved = convert([path for _, path in made], kind, tmp_path / "saved")
    for form_id, (rollup, _), path in zip(FORMS, made, saved, strict=True):
        assert_kept_in_rollup(rollup, path, reading_of(tmp_path / f"in-{form_id}" / f"{form_id}.xlsx"))


RAWS = st.one_of(
    st.sampled_from(["46086", " 12 ", "１２", "1,234", "/", "无", "", "12件", "-5", "减5", "14.4万元", "=12", UNREAD]),
    st.sampled_from(sorted(BLANK_MARKS)),
    st.integers(-(10**14), 10**14).map(str),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.text(max_size=300),
    st.text(alphabet="0123456789.,+-  \u3000\n/无件元万", max_size=12),
)


@settings(max_examples=600)
@given(raw=RAWS, kind=st.sampled_from(KINDS))
def test_no_words_of_an_unread_cell_are_read(raw: str, kind: str) -> None:
    """Whatever stood in a cell that was not read, its words are not read either, and stay what they are."""
    shown = unread(raw, kind)
    again = understand(shown, kind=kind)
    assert isinstance(again, Unreadable)
    assert unread(again.raw, kind) == shown or again.raw == raw


def answers_of(form: Form) -> st.SearchStrategy[dict[str, Answer]]:
    """Return drawn answers to a few inputs of a form: figures of their kinds, and raws as above."""

    def one(code: str) -> st.SearchStrategy[Answer]:
        kind = form.items[code].kind
        figures: st.SearchStrategy[Any] = st.integers(-(10**12) + 1 if kind == "signed" else 0, 10**12 - 1)
        if kind == "money":
            figures = st.decimals(0, 10**11 - 1, places=4).map(Decimal.normalize)
        return st.one_of(
            figures.map(Filled),
            st.sampled_from(sorted(BLANK_MARKS)).map(lambda raw: Blank(raw, "VALUE_003")),
            RAWS.map(lambda raw: Unreadable(raw, "VALUE_010")),
        )

    kinds = {form.items[code].kind: code for code in form.inputs}
    several = [*kinds.values(), *form.inputs[:6]]
    return st.fixed_dictionaries({}, optional={code: one(code) for code in several})


@pytest.mark.parametrize("form_id", only(FORMS, "2021"))
@pytest.mark.parametrize("kind", only(["blank", "issued", "reply"], "reply"))
def test_every_workbook_gives_back_its_answers(tmp_path: Path, form_id: str, kind: str) -> None:
    """Drawn answers of all states are the same after writing and reading, in every kind of workbook."""
    form = load_form(form_id)

    @settings(max_examples=12)
    @given(answers=answers_of(form), declared=st.sets(st.sampled_from(["t2", "t3", "t4"])))
    def back(answers: dict[str, Answer], declared: set[str]) -> None:
        number, _, name, level, _ = BODIES[0]
        made = Filling(
            form, YEAR[form_id], kind=kind, code=code_of(number), name=name, level=level, region=REGION,
            answers=answers, declared=frozenset(declared),
        )  # fmt: skip
        path = tmp_path / "a.xlsx"
        path.write_bytes(write(made))
        ret = reading_of(path)
        assert ret.declared == declared
        for code in form.inputs:
            before, after = answers.get(code, Blank()), ret.answers[code]
            assert type(before) is type(after), (code, before, after)
            if isinstance(before, Filled):
                assert isinstance(after, Filled)
                assert after.value == before.value

    back()
