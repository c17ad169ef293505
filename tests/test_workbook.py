"""The workbook: what it locks, what it carries, what it looks like in its XML, and that the committed blanks are it."""

from __future__ import annotations

import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from xlsxwriter.worksheet import Worksheet

from tests.soaking import only
from toolkit.answers import Blank, Filled, Unreadable
from toolkit.findings import Severity, finding
from toolkit.forms import FORM_IDS, load_form
from toolkit.forms.layout import item_formula, lay_out
from toolkit.forms.sheets import CHECKS, COVER, META, REVIEW, STATUS_ROW, TALLY
from toolkit.returns import Explanation
from toolkit.workbook import Filling, Mark, Text, blank_name, describe, write

YEARS = {"2019": 2020, "2021": 2026}
BLANKS = Path(__file__).parent.parent / "blank_templates"


def blank(form: str) -> bytes:
    return write(Filling(load_form(form), YEARS[form]))


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def book(data: bytes, *, values: bool = False) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


@pytest.mark.parametrize("form", FORM_IDS)
def test_committed_blanks_are_what_the_writer_writes(form: str) -> None:
    """Every part of the blank in blank_templates equals the one that is written now."""
    path = BLANKS / blank_name(load_form(form), YEARS[form])
    committed, written = parts(path.read_bytes()), parts(blank(form))
    differing = [name for name in sorted(committed | written) if committed.get(name) != written.get(name)]
    assert differing == [], f"{path.name}: run `make samples` after a change of form or writer"


@pytest.mark.parametrize("form", FORM_IDS)
def test_two_runs_give_the_same_bytes(form: str) -> None:
    """Nothing in a workbook depends on the clock or on chance."""
    assert blank(form) == blank(form)


@pytest.mark.parametrize("form", FORM_IDS)
def test_exactly_the_inputs_are_unlocked(form: str) -> None:
    """Inputs, switches, paragraphs, cover fields and explanations are unlocked; so are totals, labels and all else are not."""
    layout = lay_out(load_form(form))
    opened = book(blank(form))
    for table in layout.tables:
        sheet = opened[table.sheet]
        inputs = {table.cells[item.code] for item in table.table.inputs}
        # A table pasted as a whole lies over its totals too; they are recomputed and restored.
        totals = {table.cells[item.code] for item in table.table.items if item.computed}
        spans = {
            (table.cells[item.code][0], table.cells[item.code][1] + at)
            for item in table.table.inputs
            for at in range(item.span)
        }
        for row in sheet.iter_rows(max_row=table.bottom + 5, max_col=table.right + 3):
            for cell in row:
                place = (cell.row - 1, cell.column - 1)
                unlocked = place in inputs or place in spans or place == table.switch or place in totals
                assert cell.protection.locked is not unlocked, f"{table.sheet}!{cell.coordinate}"
    for chapter in layout.chapters:
        sheet = opened[chapter.sheet]
        assert not any(sheet.cell(row + 1, 1).protection.locked for row, _ in chapter.paragraphs)
        # The whole chapter is pasted with its sub-headings: no locked cell may stop that.
        assert not any(sheet.cell(row + 1, 1).protection.locked for row, _ in chapter.heads)
        assert sheet["A1"].protection.locked
    assert not opened[COVER.name].cell(COVER.cells["name"][0] + 1, 3).protection.locked
    assert opened[COVER.name].cell(COVER.cells["year"][0] + 1, 3).protection.locked


@pytest.mark.parametrize("form", FORM_IDS)
def test_every_sheet_is_protected_and_the_structure_is(form: str) -> None:
    """Every sheet is protected without a password, and so is the structure of the workbook."""
    inside = parts(blank(form))
    assert b'<workbookProtection lockStructure="1"/>' in inside["xl/workbook.xml"]
    sheets = [data for name, data in inside.items() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 11
    assert all(b"<sheetProtection" in data and b"password" not in data for data in sheets)


def test_a_paste_that_resets_the_style_does_not_lock_the_cell() -> None:
    """The style Normal, which a paste from Word or the web leaves behind, is unlocked."""
    styles = parts(blank("2021"))["xl/styles.xml"].decode()
    normal = re.search(r"<cellStyleXfs[^>]*>(.*?)</cellStyleXfs>", styles, re.DOTALL)
    first = re.search(r"<cellXfs[^>]*>(<xf .*?(?:/>|</xf>))", styles, re.DOTALL)
    assert normal is not None
    assert first is not None
    assert 'locked="0"' in normal[1] or 'locked="0"' in first[1]


@pytest.mark.parametrize("form", FORM_IDS)
def test_identity_is_carried_three_ways_and_a_blank_names_nobody(form: str) -> None:
    """_meta, document properties and defined names say the same; in a blank none of them names a respondent."""
    opened = book(blank(form))
    meta = {row[0]: row[1] for row in opened[META.name].iter_rows(max_col=2, values_only=True)}
    assert opened[META.name].sheet_state == "veryHidden"
    properties = {prop.name: prop.value for prop in opened.custom_doc_props.props}
    for key, value in (("form", form), ("year", str(YEARS[form])), ("kind", "blank"), ("round", "0")):
        assert meta[key] == properties[f"nianbao.{key}"] == value
        assert opened.defined_names[f"NIANBAO_{key.upper()}"].attr_text == f'"{value}"'
    assert "code" not in meta
    assert "NIANBAO_CODE" not in opened.defined_names


@pytest.mark.parametrize("form", FORM_IDS)
def test_every_item_has_a_defined_name_and_every_total_its_formula(form: str) -> None:
    """Each item's name points at its cell; each formula item holds its sum with the true value 0."""
    layout = lay_out(load_form(form))
    opened, values = book(blank(form)), book(blank(form), values=True)
    for code, name in layout.names.items():
        assert opened.defined_names[name].attr_text == layout.reference(code)
    for code in layout.form.formulas:
        sheet, row, column = layout.cell(code)
        assert opened[sheet].cell(row + 1, column + 1).value == "=" + item_formula(layout, code)
        assert values[sheet].cell(row + 1, column + 1).value == 0


@pytest.mark.parametrize("form", FORM_IDS)
def test_an_empty_form_never_says_it_can_be_reported(form: str) -> None:
    """A blank is not started; every input, field of the cover and chapter counts as to be filled."""
    opened = book(blank(form), values=True)
    layout = lay_out(load_form(form))
    assert opened[CHECKS.name].cell(STATUS_ROW + 1, 1).value == "尚未开始填写"
    assert opened[COVER.name]["B6"].value == "填报情况：尚未开始填写"
    missing = sum(opened[TALLY.name].cell(row + 1, TALLY.column("missing") + 1).value for row in layout.parts.values())
    assert missing == len(layout.form.inputs) + 6 + len(layout.form.chapters)


COVERED = dict.fromkeys(("name", "preparer", "reviewer", "head", "phone"), "某") | {"code": "12370830684820666X"}
TEXTS = {part: (Text("", "一段文字。"),) for part in ("一", "五", "六")}


def test_all_inputs_zero_can_be_reported_and_so_can_declared_blanks() -> None:
    """A form filled with zeros, and one whose blanks are declared zero, says 可以上报."""
    form = load_form("2021")
    zeros = {code: Filled(Decimal(0) if form.items[code].kind == "money" else 0) for code in form.inputs}
    for filling in (
        Filling(form, 2026, answers=zeros, cover=COVERED, text=TEXTS),
        Filling(form, 2026, declared=frozenset(table.id for table in form.tables), cover=COVERED, text=TEXTS),
    ):
        opened = book(write(filling), values=True)
        assert opened[CHECKS.name]["A2"].value == "可以上报"
    for lacking in (
        Filling(form, 2026, answers=zeros, cover=COVERED | {"head": ""}, text=TEXTS),
        Filling(form, 2026, answers=zeros, cover=COVERED | {"code": "123708306848206661"}, text=TEXTS),
        Filling(form, 2026, answers=zeros, cover=COVERED, text=TEXTS | {"五": ()}),
    ):
        assert "可以上报" not in book(write(lacking), values=True)[CHECKS.name]["A2"].value


def test_only_functions_that_every_program_shares_are_used() -> None:
    """No formula uses a function beyond those that Excel 2010, WPS and LibreOffice share."""
    allowed = {
        "SUM",
        "SUMPRODUCT",
        "IF",
        "AND",
        "OR",
        "COUNT",
        "COUNTIF",
        "COUNTBLANK",
        "ISNUMBER",
        "ABS",
        "ROUND",
        "LEN",
        "CELL",
        "HYPERLINK",
        "INDEX",
        "INT",
        "MATCH",
        "MID",
        "MOD",
        "SUBSTITUTE",
        "TEXT",
        "UPPER",
        "FIND",
        "ISERROR",
        "ISLOGICAL",
        "LEFT",
        "TRIM",
    }
    found = set()
    for name, data in parts(blank("2021")).items():
        if name.startswith("xl/worksheets/"):
            for formula in re.findall(r"<(?:f|formula)>([^<]*)</(?:f|formula)>", data.decode()):
                found |= set(re.findall(r"([A-Z][A-Z0-9.]+)\(", formula))
    assert found <= allowed


def test_validations_prompt_in_chinese_and_refuse_text() -> None:
    """Each input of table 三 takes whole numbers from 0, with a prompt and a message in Chinese."""
    layout = lay_out(load_form("2021"))
    sheet = book(blank("2021"))["三、依申请公开"]
    table = layout.table("t3")
    for item in table.table.inputs:
        row, column = table.cells[item.code]
        cell = sheet.cell(row + 1, column + 1).coordinate
        rules = [each for each in sheet.data_validations.dataValidation if cell in each.sqref]
        assert [(each.type, each.operator or "between", each.formula1) for each in rules] == [("whole", "between", "0")]
        assert "整数" in rules[0].prompt


def test_what_a_respondent_wrote_stays_text() -> None:
    """Texts that begin like formulas or links are written as texts, in tables, chapters and explanations."""
    form = load_form("2021")
    evil = '=HYPERLINK("http://example.invalid","x")'
    filling = Filling(
        form, 2025, kind="reply", code="12370830684820666X", name=evil, round=1,
        answers={"t2.rules.issued": Unreadable(evil, "VALUE_010")},
        text={"六": (Text("", evil), Text("", "http://example.invalid/"))},
        explanations=(Explanation("X5", (), "", evil),),
        remarks=(evil,),
        cover={"preparer": "+1"},
    )  # fmt: skip
    inside = parts(write(filling))
    for name, data in inside.items():
        if name.startswith("xl/worksheets/sheet"):
            formulas = b"".join(re.findall(rb"<f>.*?</f>", data, re.DOTALL))
            assert b"example" not in formulas
            assert b"example" not in b"".join(re.findall(rb"<headerFooter>.*?</headerFooter>", data, re.DOTALL))
        if name.endswith(".rels"):
            assert b'TargetMode="External"' not in data


def test_a_reply_marks_faults_and_keeps_what_could_not_be_used() -> None:
    """An unreadable cell keeps its text in red, a mark becomes a note, findings and remarks are listed with links."""
    form = load_form("2021")
    told = finding(
        "VALUE_010", items=("t2.penalty.decisions",), label="行政处罚", raw="约60", unit="件", proposal="", rule="I5",
        sheet="二、主动公开", cell="B13",
    )  # fmt: skip
    filling = Filling(
        form, 2025, kind="reply", code="12370830684820666X", name="样例县司法局", round=2,
        answers={"t2.penalty.decisions": Unreadable("约60", "VALUE_010"), "t2.rules.issued": Blank()},
        marks={"t2.penalty.decisions": Mark(Severity.ERROR, "不是数")},
        review=(told,), remarks=("二、主动公开!F9：另有说明",),
    )  # fmt: skip
    opened = book(write(filling))
    layout = lay_out(form)
    sheet, row, column = layout.cell("t2.penalty.decisions")
    cell = opened[sheet].cell(row + 1, column + 1)
    assert cell.value == "约60"
    assert cell.font.color.rgb == "FFC00000"
    assert "不是数" in cell.comment.text
    assert cell.protection.locked is False
    review = opened[REVIEW.name]
    assert review["A1"].value == "审核意见（第 2 轮）"
    assert review["C4"].value == "VALUE_010"
    assert review["D4"].hyperlink.location == f"'{sheet}'!{layout.address('t2.penalty.decisions')}"
    assert any("另有说明" in str(each.value) for each in review["A"])


def test_an_issued_template_fixes_its_body_and_marks_what_is_prefilled() -> None:
    """Name and code are locked, persons are not; a prefilled cell is tinted, noted and still an input."""
    form = load_form("2021")
    filling = Filling(
        form, 2026, kind="issued", code="12370830684820666X", name="样例县财政局", level="县级部门", region="样例县",
        answers={"t3.r2.natural": Filled(3)}, prefilled=frozenset({"t3.r2.natural"}),
    )  # fmt: skip
    opened = book(write(filling))
    layout = lay_out(form)
    cover = opened[COVER.name]
    locks = {key: cover.cell(row + 1, column + 1).protection.locked for key, (row, column) in COVER.cells.items()}
    assert locks == {
        "name": True, "code": True, "year": True, "preparer": False, "reviewer": False, "head": False, "phone": False,
    }  # fmt: skip
    _, row, column = layout.cell("t3.r2.natural")
    cell = opened["三、依申请公开"].cell(row + 1, column + 1)
    assert (cell.value, cell.protection.locked, cell.fill.fgColor.rgb) == (3, False, "FFE2F0E9")
    assert "上一年度" in cell.comment.text


def test_explanations_are_kept_beside_their_line_or_in_a_free_one() -> None:
    """An explanation of a check on the sheet stands on its line, another in the free lines."""
    form = load_form("2021")
    layout = lay_out(form)
    line = next(each for each in layout.checks.lines if each.check.rule == "C3")
    filling = Filling(
        form, 2025, kind="reply", round=1,
        explanations=(Explanation("C3", line.check.items, "abc", "复议含上年案件"), Explanation("X5", (), "", "职能划入")),
    )  # fmt: skip
    sheet = book(write(filling))[CHECKS.name]
    assert sheet.cell(line.row + 1, CHECKS.column("explanation") + 1).value == "复议含上年案件"
    free = layout.checks.free[0] + 1
    assert (sheet.cell(free, 1).value, sheet.cell(free, CHECKS.column("explanation") + 1).value) == ("X5", "职能划入")


def test_more_paragraphs_than_rows_are_all_kept() -> None:
    """Paragraphs beyond the rows of their sub-heading go into spare rows; none is dropped."""
    form = load_form("2021")
    many = tuple(Text("（一）主动公开", f"第{at}段") for at in range(60))
    sheet = book(write(Filling(form, 2025, text={"一": many})))["一、总体情况"]
    written = "\n".join(str(each.value) for each in sheet["A"] if each.value)
    assert all(re.search(rf"第{at}段(?:\n|$)", written) for at in range(60))


@pytest.mark.parametrize("kind", only(["blank", "issued", "reply"], "reply"))
@pytest.mark.parametrize("form", FORM_IDS)
def test_xlsxwriter_would_write_every_formula_as_it_stands(form: str, kind: str) -> None:
    """No formula of ours uses a function that a file spells with a prefix: none is looked for."""
    made = describe(Filling(load_form(form), 2026 if form == "2021" else 2020, kind=kind, code="11370830MB28439065"))
    formulas = [cell.formula for sheet in made.sheets.values() for cell in sheet.cells.values() if cell.formula]
    assert len(formulas) > 500
    spelled = {formula.removeprefix("="): Worksheet()._prepare_formula(formula, True) for formula in formulas}
    assert [formula for formula, written in spelled.items() if written != formula] == []
