"""The sentences that the tables fill: on the sheet as in Python, never a false 0, never taken for the respondent's."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from tests.builders import a_return, a_sound_return
from tests.office import computed, requires_office
from tests.samples import BODIES, REGION, code_of
from tests.soaking import only, soak
from toolkit import reading
from toolkit.answers import Answer, Blank, Filled, Unreadable
from toolkit.checking.text import check_text
from toolkit.errors import DefinitionError
from toolkit.forms import FORM_IDS, load_form
from toolkit.forms import load as forms_load
from toolkit.forms.definition import PHRASE_ROWS
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import CHAPTER
from toolkit.returns import Paragraph, Place, Return
from toolkit.returns.derived_sentences import LABEL, UNFILLED, UNREADABLE, sentences
from toolkit.workbook import Filling, Text, write

YEARS = {"2019": 2020, "2021": 2025}
ALLOWED = {"IF", "OR", "AND", "SUM", "ROUND", "COUNT", "COUNTIF", "COUNTBLANK", "ISNUMBER", "SUMPRODUCT", "ABS", "TEXT"}


def filling(form: str, answers: dict[str, Answer], declared: tuple[str, ...] = ()) -> Filling:
    number, _, name, level, _ = BODIES[0]
    return Filling(
        load_form(form), YEARS[form], kind="issued", code=code_of(number), name=name, level=level, region=REGION,
        answers=answers, declared=frozenset(declared), text={"一": (Text("（一）主动公开", "全年工作平稳。"),)},
    )  # fmt: skip


def sound(form: str, seed: int = 7) -> dict[str, Answer]:
    return dict(a_sound_return(seed, form=form).answers)


def without(answers: dict[str, Answer], *starts: str) -> dict[str, Answer]:
    return {code: answer for code, answer in answers.items() if not code.startswith(starts)}


def fillings(form: str) -> dict[str, Filling]:
    """Return workbooks in every state: filled, blank, half blank, declared, unreadable, with decimals and large figures."""
    full = sound(form)
    money = "t2.fees.amount" if form == "2021" else "t2.procurement.amount"
    return {
        "full": filling(form, full),
        "blank": filling(form, {}),
        "declared": filling(form, {}, ("t2", "t3", "t4")),
        "no-t3": filling(form, without(full, "t3")),
        "no-r2": filling(form, without(full, "t3.r2.")),
        "one-cell": filling(form, {"t3.r1.natural": Filled(5)}),
        "part-declared": filling(form, without(full, "t3", "t4"), ("t3",)),
        "unreadable": filling(form, full | {"t3.r1.legal": Unreadable("约5", "VALUE_010")}),
        "fraction": filling(form, full | {"t4.review.upheld": Unreadable("1.5", "VALUE_011")}),
        "decimals": filling(form, full | {money: Filled(Decimal("0.1234")), "t2.penalty.decisions": Filled(3286513)}),
        "large": filling(form, full | {money: Filled(Decimal("72701.2578")), "t2.licensing.decisions": Filled(10**11)}),
        "whole": filling(form, full | {money: Filled(Decimal(14))}),
    }


def cells(path: Path, form: str, *, formulas: bool = False) -> list[Any]:
    """Return what stands in the cells of the sentences of a saved workbook."""
    book = openpyxl.load_workbook(path, data_only=not formulas, read_only=True)
    chapter = lay_out(load_form(form)).chapter("一")
    column = CHAPTER.column("phrase") + 1
    lines = list(book[chapter.sheet].iter_rows(min_col=column, max_col=column, values_only=True))
    book.close()
    return [lines[row][0] for row, _ in chapter.phrases]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, Path]]:
    """Return a function that gives the workbooks of a form by their names, each written once."""

    @cache
    def of(form: str) -> dict[str, Path]:
        folder = tmp_path_factory.mktemp(form)
        paths = {name: folder / f"{name}.xlsx" for name in fillings(form)}
        for name, content in fillings(form).items():
            paths[name].write_bytes(write(content))
        return paths

    return of


Written = Callable[[str], dict[str, Path]]


def read(path: Path) -> Return:
    ret = reading.read(path, name=path.name).ret
    assert ret is not None
    return ret


def in_python(ret: Return, shown: list[Any]) -> list[str]:
    """Return what Python says for every sentence of the sheet, those left out as they stand there."""
    said = list(sentences(ret))
    return [text if text in (UNFILLED, UNREADABLE) else said.pop(0) for text in shown] + said


@soak
@pytest.mark.parametrize("form", FORM_IDS)
@requires_office
def test_sheet_and_python_say_the_same(written: Written, tmp_path: Path, form: str) -> None:
    """In every state the formulas, as LibreOffice works them out, give the text that was written and that Python gives."""
    paths = list(written(form).values())
    chapter, column = lay_out(load_form(form)).chapter("一"), CHAPTER.column("phrase")
    for before, after in zip(paths, computed(paths, tmp_path / "neu"), strict=True):
        texts = cells(before, form)
        assert [after[chapter.sheet][row][column] for row, _ in chapter.phrases] == texts, before.stem
        assert in_python(read(before), texts) == texts, before.stem


@pytest.mark.parametrize("form", only(FORM_IDS, "2021"))
def test_no_false_zero(written: Written, form: str) -> None:
    """While an item of it is blank a sentence says so; declared zeros and typed ones are said as 0."""
    shown = {name: cells(path, form) for name, path in written(form).items()}
    assert len(shown["full"]) == 5
    assert not any(text in (UNFILLED, UNREADABLE) for text in shown["full"])
    assert shown["blank"] == [UNFILLED] * 5
    assert shown["one-cell"] == [UNFILLED] * 5
    assert not any(text in (UNFILLED, UNREADABLE) for text in shown["declared"])
    assert "新收政府信息公开申请0件" in shown["declared"][2]
    assert shown["no-t3"] == [*shown["full"][:2], UNFILLED, UNFILLED, shown["full"][4]]
    assert shown["no-r2"] == [*shown["full"][:2], UNFILLED, *shown["full"][3:]]
    assert [text == UNFILLED for text in shown["part-declared"]] == [False, False, False, False, True]
    assert [text == UNREADABLE for text in shown["unreadable"]] == [False, False, True, False, False]
    assert [text == UNREADABLE for text in shown["fraction"]] == [False, False, False, False, True]
    assert "0.1234万元" in shown["decimals"][1]
    assert "3286513件" in shown["decimals"][1]
    assert "72701.2578万元" in shown["large"][1]
    assert "100000000000件" in shown["large"][1]
    assert "14万元" in shown["whole"][1]


@pytest.mark.parametrize("form", FORM_IDS)
def test_the_sentences_are_ours(tmp_path: Path, form: str) -> None:
    """They are locked and labelled, use common functions only, and the reader takes none for text or for a stray note."""
    path = tmp_path / "一.xlsx"
    path.write_bytes(write(fillings(form)["full"]))
    book = openpyxl.load_workbook(path)
    chapter = lay_out(load_form(form)).chapter("一")
    sheet = book[chapter.sheet]
    heads = dict(chapter.heads)
    last = 0
    for row, phrase in chapter.phrases:
        cell = sheet.cell(row + 1, CHAPTER.column("phrase") + 1)
        assert cell.protection.locked
        assert cell.data_type == "f"
        assert set(re.findall(r"([A-Z][A-Z0-9.]+)\(", str(cell.value))) <= ALLOWED
        assert len(str(cell.value)) < 8_000
        assert heads[max(at for at in heads if at < row)] == phrase.head
        assert not any(row <= at < row + PHRASE_ROWS for at in heads)
        assert row >= last
        last = row + PHRASE_ROWS
    labels = [
        cells[0].row - 1
        for cells in sheet.iter_rows(min_col=CHAPTER.column("phrase") + 1, max_col=CHAPTER.column("phrase") + 1)
        if cells[0].value == LABEL
    ]
    assert labels == [row for row, head in chapter.heads if head in {phrase.head for _, phrase in chapter.phrases}]
    ret = read(path)
    assert [each.text for each in ret.text["一"]] == ["全年工作平稳。"]
    assert ret.remarks == ()
    blank = tmp_path / "空.xlsx"
    blank.write_bytes(write(fillings(form)["blank"]))
    assert read(blank).remarks == ()


def test_a_note_beside_the_text_is_still_told(tmp_path: Path) -> None:
    """What a respondent writes into that column is a stray note as anywhere else, and so is a sentence of its own words."""
    path = tmp_path / "一.xlsx"
    path.write_bytes(write(fillings("2021")["full"]))
    book = openpyxl.load_workbook(path)
    sheet = book[lay_out(load_form("2021")).chapter("一").sheet]
    sheet["C40"], sheet["D3"] = "另有说明见附件", "2025年制发行政规范性文件较多。"
    book.save(path)
    assert sorted(each.value for each in read(path).remarks) == ["2025年制发行政规范性文件较多。", "另有说明见附件"]


@pytest.mark.parametrize("form", FORM_IDS)
@pytest.mark.parametrize("seed", range(6))
def test_the_sentences_agree_with_the_tables(form: str, seed: int) -> None:
    """Used as they stand they contradict no table; against another return's tables the text rules find them out."""
    ret = replace(
        a_sound_return(seed, form=form, size=40 + seed), identity=a_return(form=form, year=YEARS[form]).identity
    )
    said = sentences(ret)
    assert len(said) == 5
    heads = [each.head for each in ret.form.phrases]
    text = {"一": tuple(Paragraph(each, Place("一", "A4"), head) for each, head in zip(said, heads, strict=True))}
    assert [each.message for each in check_text(replace(ret, text=text)) if each.code != "N10"] == []
    more = {code: Filled(answer.value + 1000) for code, answer in ret.answers.items() if isinstance(answer, Filled)}
    told = check_text(replace(ret, text=text, answers=more))
    assert {"N1", "N2", "N3", "N4", "N5"} <= {each.code for each in told}
    numbers = sum(1 for phrase in ret.form.phrases for piece in phrase.pieces if not isinstance(piece, str) and piece)
    assert sum(1 for each in told if each.code in ("N1", "N2", "N3", "N4", "N5")) == numbers


def test_nothing_is_said_without_a_year_or_of_blanks() -> None:
    """A return without a year has no sentences; one with blanks has those whose items are filled."""
    ret = a_return(year=None)
    assert sentences(ret) == ()
    blank = a_return(answers={code: Blank() for code in ret.form.inputs if code.startswith("t3.r4.")})
    assert len(sentences(blank)) == 4
    assert len(sentences(replace(blank, declared=frozenset({"t3"})))) == 5
    assert len(sentences(a_return(answers={"t3.r4.natural": Blank()}))) == 5


SHIPPED = (Path(forms_load.__file__).parent / "form_2021.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("{t2.normative.issued}", "{t2.normative.isued}", "names no item: {t2.normative.isued}"),
        ("{t3.r3_3_*.total}", "{t3.r3_3_*.total+t3.x}", "names no item"),
        ('head = "（五）监督保障"\ntext', 'head = "（六）监督"\ntext', "has no head"),
        ("{t2.normative.issued}", "{t2.normative.issued", "lone brace"),
        ('[[phrases]]\nchapter = "一"', '[[phrases]]\nchapter = "二"', "has no head"),
        ("{t2.normative.issued}件", "{t2.normative.issued}件" + "，" * 260, "longer than 255"),
        ('head = "（五）监督保障"\ntext', 'head = "（一）主动公开"\ntext', "more sentences than"),
        ('[[phrases]]\nchapter = "一"', '[[phrases]]\nchapters = "一"', "did you mean 'chapter'"),
    ],
)
def test_a_slip_in_a_sentence_is_refused(old: str, new: str, fault: str) -> None:
    """A sentence that names what does not exist is refused when the form is loaded, with its place."""
    assert old in SHIPPED
    with pytest.raises(DefinitionError) as refused:
        forms_load.parse_form(SHIPPED.replace(old, new, 1), "form.toml")
    assert any(fault in each and each.startswith("phrases[") for each in refused.value.faults)
    assert len(forms_load.parse_form(SHIPPED, "form.toml").phrases) == 5
