"""Workbooks of our writer as files: read back, and saved again by LibreOffice and openpyxl."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.workbook import Workbook

from tests import rollups
from tests.books import CODE, PERSONS
from tests.office import convert, requires_office
from tests.soaking import soak
from toolkit.answers import Answer, Blank, Filled, Unreadable
from toolkit.forms import Form, load_form
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import SWITCH_ON
from toolkit.merging import merge
from toolkit.reading import ReadFile, read, returns_in
from toolkit.returns import Explanation, Region, Return, RollUp
from toolkit.workbook import Filling, Text, write
from toolkit.workbook.rollup import write_rollup

YEARS = {"2019": 2020, "2021": 2024}


def figures(form: Form) -> dict[str, Answer]:
    """Return a figure for most inputs, money with digits that a double cannot hold."""
    return {
        code: Filled(Decimal("72701.2578") if form.items[code].kind == "money" else at)
        for at, code in enumerate(form.inputs)
        if at % 7
    }


def filling(form_id: str, kind: str = "issued") -> Filling:
    """Return a workbook's content with figures, text, a declared table and an explanation."""
    form = load_form(form_id)
    words = {
        "一": (Text("（一）主动公开", "甲"), Text("（五）监督保障", "乙")),
        "五": (Text("", "丙"),),
        "六": (Text("", "丁"),),
    }
    return Filling(
        form, YEARS[form_id], kind, CODE, "样例县财政局", "县级部门", "样例县", 1 if kind == "reply" else 0,
        cover=PERSONS, answers=figures(form), declared=frozenset({"t4"}), text=words,
        explanations=(Explanation("C3", ("t4.review.total", "t3.r1.total", "t3.r2.total"), "", "均为上年案件"),),
    )  # fmt: skip


def saved(content: Filling, path: Path) -> Path:
    """Write a workbook to a path."""
    path.write_bytes(write(content))
    return path


def values(ret: Return) -> Mapping[str, object]:
    """Return the figure of every input, None when blank or unreadable."""
    return {code: answer.value if isinstance(answer, Filled) else None for code, answer in ret.answers.items()}


def same(reading: ReadFile, content: Filling) -> None:
    """Assert that everything that was put in came back."""
    ret = reading.ret
    assert ret is not None
    wanted = {code: getattr(content.answers.get(code, Blank()), "value", None) for code in content.form.inputs}
    assert values(ret) == wanted
    assert ret.stated == {}
    assert ret.declared == content.declared
    assert {number: [(each.head, each.text) for each in text] for number, text in ret.text.items()} == {
        number: [(each.head, each.text) for each in text] for number, text in content.text.items()
    }
    assert (ret.identity.form, ret.identity.year, ret.identity.code) == (content.form.id, content.year, CODE)
    assert [each.text for each in ret.explanations] == [each.text for each in content.explanations]


@pytest.mark.parametrize("form_id", ["2019", "2021"])
@pytest.mark.parametrize("kind", ["blank", "issued", "reply"])
def test_what_the_writer_wrote_is_read_without_a_finding(form_id: str, kind: str, tmp_path: Path) -> None:
    """Writer and reader agree on every cell of every kind of workbook."""
    content = filling(form_id, kind)
    reading = read(saved(content, tmp_path / "a.xlsx"), name="a.xlsx")
    same(reading, content)
    assert [each.code for each in reading.findings] == []


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_an_empty_blank_has_only_what_is_not_filled(form_id: str, tmp_path: Path) -> None:
    """A blank nobody filled: no body, no persons, no text, every input blank, nothing about tampering."""
    form = load_form(form_id)
    reading = read(saved(Filling(form, YEARS[form_id]), tmp_path / "a.xlsx"), name="a.xlsx")
    assert reading.ret is not None
    assert set(reading.ret.answers.values()) == {Blank()}
    assert sorted({each.code for each in reading.findings}) == ["ID_001", "TEXT_001", "TEXT_003"]


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_a_workbook_saved_by_openpyxl_is_the_same_without_a_tamper_finding(form_id: str, tmp_path: Path) -> None:
    """openpyxl drops every cached result; that is no finding, and all figures stay."""
    content = filling(form_id)
    book = openpyxl.load_workbook(io.BytesIO(write(content)))
    book.save(tmp_path / "a.xlsx")
    reading = read(tmp_path / "a.xlsx", name="a.xlsx")
    same(reading, content)
    assert [each.code for each in reading.findings] == []


@soak
@requires_office
def test_workbooks_saved_by_libreoffice_are_the_same(tmp_path: Path) -> None:
    """As xlsx, xls and ods of both forms: same figures; xls and ods say that locks and formulas were not verified."""
    contents = {form_id: filling(form_id) for form_id in YEARS}
    sources = [saved(content, tmp_path / f"{form_id}.xlsx") for form_id, content in contents.items()]
    for kind, told in (("xlsx", []), ("xls", ["FILE_091"]), ("ods", ["FILE_091"])):
        folder = tmp_path / kind
        folder.mkdir()
        for path in convert(sources, kind, folder):
            reading = read(path, name=path.name)
            same(reading, contents[path.stem])
            assert [each.code for each in reading.findings] == told


def edited(change: Callable[[Workbook], object], tmp_path: Path, form_id: str = "2021") -> ReadFile:
    """Change a workbook with openpyxl, as a clerk with a free hand would, and read it."""
    book = openpyxl.load_workbook(io.BytesIO(write(filling(form_id))))
    change(book)
    book.save(tmp_path / "a.xlsx")
    return read(tmp_path / "a.xlsx", name="a.xlsx")


T2, T3, T4 = "二、主动公开", "三、依申请公开", "四、复议诉讼"


def put(sheet: str, cell: str, value: object) -> Callable[[Workbook], object]:
    """Return a change that writes a cell."""

    def change(book: Workbook) -> None:
        book[sheet][cell] = value

    return change


@pytest.mark.parametrize(
    ("change", "code", "sheet", "cell"),
    [
        (put(T3, "D7", "约5"), "VALUE_010", T3, "D7"),
        (put(T3, "D7", "5件"), "VALUE_002", T3, "D7"),
        (put(T3, "D7", "=2+3"), "FORM_041", T3, "D7"),
        (put(T3, "J7", 12345), "FORM_030", T3, "J7"),
        (put(T3, "D30", "=SUM(D9:D28)"), "FORM_032", T3, "D30"),
        (put(T3, "C11", "国家机密"), "FORM_020", T3, "C11"),
        (put(T2, "F4", 12), "FORM_045", T2, "F4"),
        (put(T4, "A12", "以上数据真实"), "FORM_046", T4, "A12"),
        (put("封面", "C11", "2023"), "ID_006", "封面", "C11"),
        (put("封面", "C10", CODE[:17] + "9"), "ID_002", "封面", "C10"),
        (lambda book: book[T3].delete_rows(13), "FORM_021", T3, None),
        (lambda book: book.remove(book[T4]), "FORM_010", T4, None),
        (lambda book: setattr(book[T4], "title", "表四"), "FORM_011", "表四", None),
        (lambda book: setattr(book[T2].protection, "sheet", False), "FORM_013", T2, None),
    ],
)  # fmt: skip
def test_a_change_in_the_file_is_found_at_its_cell(
    change: Callable[[Workbook], object], code: str, sheet: str, cell: str | None, tmp_path: Path
) -> None:
    """The same tampering through a real file."""
    assert (code, sheet, cell) in [(each.code, each.sheet, each.cell) for each in edited(change, tmp_path).findings]


def test_an_unlocked_but_untouched_switch_and_inputs_are_no_finding(tmp_path: Path) -> None:
    """The near miss of the table above: a cell typed as asked."""
    reading = edited(put(T3, "D7", 5), tmp_path)
    assert [each.code for each in reading.findings] == []


def test_the_writers_words_below_a_table_are_known_when_something_is_wrong(tmp_path: Path) -> None:
    """The note turns red and changes its words with the figures; it is ours all the same."""
    content = filling("2021")
    assert read(saved(content, tmp_path / "a.xlsx"), name="a").findings == ()
    layout = lay_out(content.form)
    balanced = {
        code: Filled(Decimal(0) if content.form.items[code].kind == "money" else 0) for code in content.form.inputs
    }
    fine = replace(content, answers=balanced)
    assert read(saved(fine, tmp_path / "b.xlsx"), name="b").findings == ()
    assert layout.table("t4").switch[0] == 2
    assert SWITCH_ON == "是"


def test_an_unreadable_cell_of_a_reply_stays_unreadable(tmp_path: Path) -> None:
    """A reply keeps what could not be used; until it is mended it is an error again."""
    content = filling("2021", "reply")
    answers = {**content.answers, "t3.r1.natural": Unreadable("约5", "VALUE_010", "5")}
    reading = read(saved(replace(content, answers=answers), tmp_path / "a.xlsx"), name="a.xlsx")
    assert reading.ret is not None
    assert reading.ret.answers["t3.r1.natural"] == Unreadable("约5", "VALUE_010", "5")
    assert reading.ret.identity.round == 1


def rolled_up(tmp_path: Path) -> tuple[Path, RollUp]:
    """Write the roll-up of three bodies."""
    returns = [rollups.a_return(n, {code: value * n for code, value in rollups.SMALL.items()}) for n in (1, 2, 3)]
    files = [rollups.checked(ret, f"{at}.xlsx") for at, ret in enumerate(returns)]
    merged = merge(files, rollups.YEAR, None, Region("样例县", CODE), as_of="2026-01-31")
    path = tmp_path / "汇总.xlsx"
    path.write_bytes(write_rollup(merged))
    return path, merged


def test_a_roll_up_reads_back_one_level_up(tmp_path: Path) -> None:
    """The county's roll-up is the county's return: every figure, no finding."""
    path, merged = rolled_up(tmp_path)
    reading = read(path, name="汇总.xlsx")
    assert reading.ret is not None
    assert reading.ret.figures == dict(merged.figures)
    assert (reading.ret.identity.kind, reading.ret.identity.code, reading.ret.identity.name) == (
        "rollup",
        CODE,
        "样例县",
    )
    assert [each.code for each in reading.findings] == []


def test_the_bodies_of_a_written_roll_up_can_be_had(tmp_path: Path) -> None:
    """Last year's roll-up gives last year's return of every body, and the region's own."""
    path, _ = rolled_up(tmp_path)
    found = [(ret.identity.name, ret.year, ret.figures["t3.r1.natural"]) for ret in returns_in(path, name="汇总.xlsx")]
    assert found == [("样例1局", 2025, 3), ("样例2局", 2025, 6), ("样例3局", 2025, 9), ("样例县", 2025, 18)]
