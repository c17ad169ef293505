"""Our workbooks, saved again by SheetJS, exceljs, openpyxl and LibreOffice: nothing is changed, nobody has to act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from tests import rollups
from tests.npm import Job, fetched, requires_npm, saved_again
from tests.office import convert, requires_office
from tests.samples import COUNTY, FOLDER, REGION
from tests.soaking import soak
from tests.test_reading_files import filling
from tests.test_round_trip import as_typed, cells_of, formula_of
from toolkit import merge
from toolkit.findings import Severity, finding
from toolkit.forms import Form, load_form
from toolkit.forms.layout import lay_out
from toolkit.reading import read, returns_in
from toolkit.returns import ReadFile, Return
from toolkit.returns.last_year import LastYear
from toolkit.roster.tokens import Key
from toolkit.workbook import Text, write
from toolkit.workbook.issuing import blank, issued
from toolkit.workbook.reply import filling as reply_filling

LONG = "公开工作按照条例有序推进" * 30
"""A paragraph longer than 255 characters."""
SUFFIX = {"biff8": "xls", "biff5": "xls", "biff4": "xls", "xlml": "xml", "sylk": "slk"}
"""What a file is called of a kind that SheetJS calls otherwise."""
NPM_SAVES = (
    ("exceljs", "xlsx"), ("sheetjs", "xlsx"), ("sheetjs", "xlsm"), ("sheetjs", "biff8"), ("sheetjs", "ods"),
    ("sheetjs-whole", "xlsx"), ("sheetjs-whole", "biff8"),
)  # fmt: skip
"""The programs with the formats of theirs that we read; -whole is SheetJS with every option that keeps more."""

DATES = {
    "date", "day of a month", "month", "time", "time with seconds", "date and time", "duration", "first days of 1900",
}  # fmt: skip
LOST: Mapping[tuple[str, str], tuple[set[str], str]] = {
    ("sheetjs", "xlsx"): (DATES | {"not worked out"}, "number formats go, and formulas without a result"),
    ("sheetjs", "xlsm"): (DATES | {"not worked out"}, "the same"),
    ("sheetjs", "biff8"): (
        DATES | {"not worked out", "many words", "digits, then nothing for long"},
        "the same, and texts end after 255 characters, which is said of paragraphs (TEXT_005)",
    ),
    ("sheetjs", "ods"): (
        DATES | {"not worked out", "reference lost", "division", "not available"},
        "a date becomes a number that shows a date and stays unreadable; error values become blanks",
    ),
    ("sheetjs-whole", "biff8"): ({"not worked out"}, "formulas without a result go"),
}
"""What a program does not write of the cells in TYPED, so that nobody can read it afterwards, and why."""
ILL_FORMED = {("sheetjs", "ods", "reply-2019"), ("sheetjs", "ods", "reply-2021")}
"""SheetJS ends the paragraphs of a link with a line break wrongly; no program opens the file."""
CUT = ("sheetjs", "biff8", "long-2021")
"""SheetJS writes 255 characters of a text into an .xls, unless it is asked for shared strings."""

REFUSED = {
    "xlsb": "FILE_017", "biff5": "FILE_020", "biff4": "FILE_017", "fods": "FILE_016", "xlml": "FILE_016",
    "html": "FILE_016", "csv": "FILE_016", "sylk": "FILE_016", "dif": "FILE_016", "prn": "FILE_016",
    "eth": "FILE_016", "rtf": "FILE_011", "dbf": "FILE_018", "wk3": "FILE_018",
}  # fmt: skip
"""What else SheetJS writes: each kind is refused with the step that helps. In biff5 no Chinese character is left."""


def library(folder: Path) -> dict[str, Path]:
    """Write our workbooks, each named by what it is: blank, issued, filled, explained, typed into, replied, rolled up."""
    books: dict[str, bytes] = {}
    key = Key(b"0" * 32)
    before = rollups.a_return(1, {"t3.r4.natural": 7, "t2.normative.in_force": 30}, year=2024)
    last = LastYear({(rollups.code_of(1), 2024): before})
    for form_id, year in (("2019", 2020), ("2021", 2025)):
        form = load_form(form_id)
        books[f"blank-{form_id}"] = blank(form, year)[1]
        books[f"issued-{form_id}"] = next(
            issued(form, year, rollups.roster(1), last if form_id == "2021" else None, key)
        )[1]
        content = filling(form_id)
        books[f"explained-{form_id}"] = write(content)
        path = folder / f"typed-{form_id}.xlsx"
        books[path.stem] = remarked(form, path)
        ret = read(path, name=path.name).ret
        assert ret is not None
        assert ret.remarks
        books[f"reply-{form_id}"] = write(
            replace(reply_filling(ret, ret.findings, key), explanations=content.explanations)
        )
    books["long-2021"] = write(replace(content, text=dict(content.text) | {"五": (Text("", LONG),)}))
    books["filled-2021"] = (COUNTY / "2025" / "住建局2025年报.xlsx").read_bytes()
    books["filled-2019"] = next((FOLDER / "真实-2019").glob("*.xlsx")).read_bytes()
    merge([COUNTY / "2025"], year=2025, region=REGION, as_of=date(2026, 2, 1), output=folder / "rollup.xlsx")
    for name, data in books.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    return {name: folder / f"{name}.xlsx" for name in (*books, "rollup")}


def remarked(form: Form, path: Path) -> bytes:
    """Write the return with all of TYPED and a remark beside a table, as openpyxl saves it."""
    path.write_bytes(as_typed(form))
    book = openpyxl.load_workbook(path)
    sheet, row, _ = lay_out(form).cell(form.inputs[0])
    book[sheet].cell(row + 1, 14).value = "此项与司法局口径一致"
    book.save(path)
    return path.read_bytes()


def view(ret: Return) -> dict[str, object]:
    """Return everything that a return says."""
    seen: dict[str, object] = {f"answer {code}": answer for code, answer in ret.answers.items()}
    seen |= {f"text {number}": [(each.head, each.text) for each in text] for number, text in ret.text.items()}
    seen |= {f"cover {name}": field.value for name, field in ret.cover.items()}
    seen["explanations"] = [(e.rule, e.items, e.fingerprint, e.text) for e in ret.explanations]
    seen["remarks"] = [remark.value for remark in ret.remarks]
    seen["package"] = [(entry.kind, entry.state, entry.text) for entry in ret.package]
    return seen | {"identity": ret.identity, "declared": ret.declared, "stated": ret.stated}


@lru_cache(maxsize=32)
def content(path: Path) -> tuple[ReadFile, dict[str, object]]:
    """Read a workbook, and return what all the returns that it holds say; a roll-up holds those of its bodies."""
    one = read(path, name="a")
    assert one.ret is not None
    held = returns_in(path, name="a") if one.ret.identity.kind == "rollup" else (one.ret,)
    return one, {f"{at} {what}": said for at, ret in enumerate(held) for what, said in view(ret).items()}


def differing(before: Path, after: Path) -> dict[str, tuple[object, object]]:
    """Return what two workbooks say differently, in all the returns they hold."""
    old, new = content(before)[1], content(after)[1]
    assert old
    return {what: (old.get(what), new.get(what)) for what in old | new if old.get(what) != new.get(what)}


def asking(before: ReadFile, after: ReadFile, besides: set[str]) -> list[str]:
    """Return the findings that were not there before and ask a person to act, but those about some items."""
    known = {(each.code, each.sheet, each.cell) for each in before.findings}
    return [
        each.message for each in after.findings
        if each.severity is not Severity.INFO
        and (each.code, each.sheet, each.cell) not in known and not besides & set(each.items)
    ]  # fmt: skip


def unchanged(name: str, before: Path, after: Path, saver: tuple[str, str]) -> None:
    """Assert that a workbook saved again says what it said, but for what LOST says of the cells in TYPED."""
    kind, _, form_id = name.partition("-")
    lost, codes = LOST.get(saver, (set[str](), ""))[0], set[str]()
    if kind == "typed":
        form = load_form(form_id)
        codes = {code for what, code in cells_of(form).items() if what in lost}
        if "not worked out" in lost:  # the input with =1+1, and our own formulas that openpyxl left without results
            codes |= {formula_of(form), *(code for code, item in form.items.items() if item.computed)}
    found = {what: values for what, values in differing(before, after).items() if what.rpartition(" ")[2] not in codes}
    assert found == {}, (saver, name)
    assert asking(content(before)[0], content(after)[0], codes) == [], (saver, name)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return our workbooks by name."""
    return library(tmp_path_factory.mktemp("ours"))


def target(folder: Path, program: str, kind: str, name: str) -> Path:
    """Return the file that a program writes of a workbook."""
    return folder / f"{program}.{kind}.{name}.{SUFFIX.get(kind, kind)}"


@soak
@pytest.mark.parametrize("name", ["blank-2021", "explained-2021", "reply-2019"])
def test_saved_by_openpyxl(ours: dict[str, Path], tmp_path: Path, name: str) -> None:
    """openpyxl drops every cached result and nothing that we need."""
    openpyxl.load_workbook(ours[name]).save(tmp_path / "a.xlsx")
    unchanged(name, ours[name], tmp_path / "a.xlsx", ("openpyxl", "xlsx"))


@soak
@requires_office
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_saved_by_libreoffice(ours: dict[str, Path], tmp_path: Path, kind: str) -> None:
    """The same for LibreOffice in each of its formats; what was typed is judged in test_round_trip."""
    sources = {name: path for name, path in ours.items() if not name.startswith("typed")}
    for (name, source), made in zip(sources.items(), convert(list(sources.values()), kind, tmp_path), strict=True):
        unchanged(name, source, made, ("LibreOffice", kind))


@soak
@requires_npm
def test_saved_by_sheetjs_and_exceljs(ours: dict[str, Path], tmp_path: Path) -> None:
    """Whatever SheetJS and exceljs drop – protection, styles, notes – each return says what it said."""
    cases = [(name, saver) for name in ours for saver in NPM_SAVES]
    jobs: list[Job] = [(saver[0], ours[name], target(tmp_path, *saver, name), saver[1]) for name, saver in cases]
    saved_again(jobs, fetched(tmp_path))
    for (name, saver), (_, source, made, _) in zip(cases, jobs, strict=True):
        if (*saver, name) in ILL_FORMED:
            assert [each.code for each in read(made, name="a").findings] == ["FILE_021"]
        elif (*saver, name) == CUT:
            assert asking(read(source, name="a"), read(made, name="a"), set()) == [
                finding("TEXT_005", number="五", sentence=LONG[:255][-12:]).message
            ]
        else:
            unchanged(name, source, made, saver)


@soak
@requires_npm
def test_what_sheetjs_writes_besides_is_refused_with_the_step_that_helps(ours: dict[str, Path], tmp_path: Path) -> None:
    """Each kind that is not read ends in one finding, and its remedy is to save as .xlsx."""
    jobs: list[Job] = [
        ("sheetjs", ours["filled-2021"], target(tmp_path, "sheetjs", kind, "filled"), kind) for kind in REFUSED
    ]
    saved_again(jobs, fetched(tmp_path))
    read_as = {kind: read(made, name=made.name) for _, _, made, kind in jobs}
    assert {kind: [each.code for each in reading.findings] for kind, reading in read_as.items()} == {
        kind: [code] for kind, code in REFUSED.items()
    }
    assert {kind for kind, reading in read_as.items() if ".xlsx" not in (reading.findings[0].remedy or "")} == set()
