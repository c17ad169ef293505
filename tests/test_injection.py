"""Text that others wrote is data: no formula, link, path, line of a header, HTML or terminal escape in what we write."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import pytest
from openpyxl.cell import MergedCell

from tests.commands import run
from tests.payloads import PAYLOADS, TOKEN
from tests.samples import BODIES, code_of, sound, workbook
from tests.soaking import only, soak
from toolkit.excel_out import Workbook, render
from toolkit.forms import load_form
from toolkit.outputs.plain import json_bytes
from toolkit.workbook.rosters import roster_bytes

FORM = load_form("2021")
AS_OF = ("--as-of", "2026-02-06")
MARK = "MARKMARKMARK"
"""Stands in a workbook at every place where a payload goes; ``(…)`` of the XML is then exchanged."""

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
CHUNKS = FEW = 6
"""The payloads go in six pieces to soak; the piece after the last has a few of them, for every change."""
HARMLESS = "样例"


def test_there_are_payloads_of_every_kind() -> None:
    """At least sixty, all different."""
    assert len(set(PAYLOADS.values())) == len(PAYLOADS) >= 60


def spelt(text: str) -> str:
    """Return a text as a workbook spells it: what XML cannot hold as ``_x001B_``."""
    return ILLEGAL.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


# What comes in.


@cache
def spoiled() -> Mapping[str, bytes]:
    """Return the parts of a returned workbook with the mark in every place that a respondent can write to."""
    sender = ("01", MARK, MARK, MARK, True)
    book = openpyxl.load_workbook(io.BytesIO(workbook(FORM, 2025, sender, sound(FORM, 7, 12, None))))  # type: ignore[arg-type]
    cover = book["封面"]
    for row in range(9, 16):
        if row != 11:
            cover.cell(row, 3).value = MARK
    for sheet in book.worksheets:
        if sheet.title[0] in "一五六":
            for row in (4, 5, 6):
                sheet.cell(row, 1).value = MARK
        elif sheet.title[0] in "二三四":
            for place in ("P40", "L9", "D7", "D3", "B6"):
                if type(sheet[place]).__name__ != "MergedCell":
                    sheet[place] = MARK
    book["三、依申请公开"]["C11"] = MARK
    book.create_sheet(MARK)["A1"] = MARK
    return _parts(book)


@cache
def signed() -> Mapping[str, bytes]:
    """Return the parts of a sound return that is merged: the mark is its name, its chapters and an explanation."""
    figures = sound(FORM, 4, 12, None)
    first = workbook(FORM, 2025, ("02", MARK, MARK, "县级部门", True), figures, typed={"t2.fees.amount": "14.4万元"})
    book = openpyxl.load_workbook(io.BytesIO(_replied(first)))
    for row in range(12, 16):
        book["封面"].cell(row, 3).value = MARK
    for title in ("一、总体情况", "六、其他事项"):
        book[title]["A4"] = MARK
    review = book["审核意见"]
    for row in range(4, review.max_row + 1):
        if not isinstance(review.cell(row, 9), MergedCell):
            review.cell(row, 9).value = MARK
    return _parts(book)


def _replied(data: bytes) -> bytes:
    import tempfile

    from toolkit import checking, reading
    from toolkit.excel_in import open_book
    from toolkit.returns import Checked
    from toolkit.workbook.reply import reply

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(data)
        got = reading.read_book(open_book(path), "a.xlsx")
    assert got.ret is not None
    found = (*got.findings, *checking.check(got.ret))
    done = reply(Checked("a.xlsx", got.sha256, got.ret, found))
    assert done is not None
    return done


def _parts(book: openpyxl.Workbook) -> Mapping[str, bytes]:
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_payload(parts: Mapping[str, bytes], text: str) -> bytes:
    """Return a workbook with a payload at every mark; a sheet's name keeps what it may hold of it."""
    spelled = spelt(text)
    body = escape(spelled, {"\r": "&#13;"}).encode()
    attribute = quoteattr(ILLEGAL.sub("", text[:200]), {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})[1:-1]
    if quoteattr(ILLEGAL.sub("", text[:200])).startswith("'"):
        attribute = attribute.replace('"', "&quot;")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in parts.items():
            swapped = data.replace(b'"' + MARK.encode() + b'"', b'"' + attribute.encode() + b'"')
            archive.writestr(name, swapped.replace(MARK.encode(), body))
    return buffer.getvalue()


def file_name(text: str, at: int) -> str:
    """Return a file name as near to a payload as the file system allows."""
    cut = text.replace("/", "∕").replace("\x00", "").encode("utf-8", "ignore")[:150].decode("utf-8", "ignore")
    return f"{cut}{at}.xlsx"


def received(folder: Path, texts: Mapping[str, str]) -> Path:
    """Write one spoiled and one sound return for every payload."""
    folder.mkdir(parents=True)
    for at, text in enumerate(texts.values()):
        name = file_name(text, at)
        if not name.startswith(("~$", ".")):
            (folder / name).write_bytes(with_payload(spoiled(), text))
        else:
            (folder / f"甲{at}.xlsx").write_bytes(with_payload(spoiled(), text))
    return folder


# What went out.


def parts_of(path: Path) -> dict[str, bytes]:
    """Return the parts of a written workbook."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def local(tag: str) -> str:
    """Return a tag without its namespace."""
    return tag.rpartition("}")[2]


RUNNING = (
    "f",
    "formula",
    "formula1",
    "formula2",
    "definedName",
    "hyperlink",
    "oddHeader",
    "oddFooter",
    "sheetPr",
    "sqref",
)


def harmless_workbook(path: Path, *, names: bool = True) -> list[str]:
    """Assert that every part of a workbook is sound and runs nothing of a payload; return its formulas."""
    formulas: list[str] = []
    for name, data in parts_of(path).items():
        assert TOKEN not in name.lower()
        assert not re.search(r"externalLink|vbaProject|activeX|embeddings|connections|queryTable|customXml", name), name
        if not name.endswith((".xml", ".rels", ".vml")):
            continue
        root = ElementTree.fromstring(data)
        for element in root.iter():
            tag = local(element.tag)
            assert TOKEN not in element.tag
            assert not any(TOKEN in key for key in element.attrib)
            if name.endswith(".rels"):
                assert element.get("TargetMode") != "External", (path.name, name, element.attrib)
                assert TOKEN not in element.get("Target", "")
            if tag == "hyperlink":
                assert not any(key.endswith("}id") for key in element.attrib), (path.name, name)
                assert re.fullmatch(
                    r"'[^'\[\]]+'![A-Z]+[0-9]+(:[A-Z]+[0-9]+)?|[A-Za-z_.0-9]+", element.get("location", "")
                )
            if tag == "definedName" and (element.get("name") or "").startswith("NIANBAO_"):
                assert re.fullmatch(r'"([^"]|"")*"', element.text or "") or "!" in (element.text or ""), element.text
            elif tag in RUNNING:
                said = (element.text or "") + "".join(element.attrib.values())
                assert TOKEN not in said.lower(), (path.name, name, said[:200])
                if tag == "f":
                    formulas.append(element.text or "")
            if tag == "c":
                assert element.get("t") != "str" or any(local(child.tag) == "f" for child in element)
    return formulas


def plain_lines(text: str) -> None:
    """Assert that a text on a terminal holds nothing that a terminal obeys."""
    bad = sorted(
        {
            hex(ord(each))
            for each in text
            if each not in "\n\t" and unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp")
        }
    )
    assert bad == []


def chunk_of(at: int) -> dict[str, str]:
    """Return a sixth of the payloads, or a few."""
    if at == FEW:
        return dict(list(PAYLOADS.items())[::20])
    return {name: text for number, (name, text) in enumerate(PAYLOADS.items()) if number % CHUNKS == at}


@cache
def formulas_of_a_sound_reply() -> frozenset[str]:
    """Return the formulas of replies to the same two workbooks with a harmless word in them."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        given = received(Path(folder) / "收到", {"harmless": HARMLESS, "doubtful": DOUBTFUL})
        (given / "合.xlsx").write_bytes(with_payload(signed(), HARMLESS))
        run("check", given, "-o", Path(folder) / "退回")
        found = [each for path in (Path(folder) / "退回").iterdir() for each in harmless_workbook(path)]
        run("template", "--year", "2026", "--roster", roster(Path(folder), HARMLESS), "-o", Path(folder) / "空白")
        found += [each for path in (Path(folder) / "空白").iterdir() for each in harmless_workbook(path)]
    return frozenset(map(shape, found))


DOUBTFUL = "本年新收申请XX件"
"""A text that a line of 审核意见 is about, which follows its cell."""


def shape(formula: str) -> str:
    """Return a formula without what counts, rows and places make of it: what is followed depends on what was found."""
    plain = re.sub(r"[$]?[A-Z]{1,3}[$]?#", "@", re.sub(r"[0-9]+", "#", formula))
    return re.sub(
        r"'(?:封面|[一二三四五六]、[^']*|校验|审核意见|_核对)'!",
        "…!",
        re.sub(r'"(?:报来的一份|第 # 轮退回)[^"]*"', '"…"', plain),
    )


NAME = re.compile(
    r"(无代码[0-9a-f]{6}|[0-9A-Z]{18})(_[\w（）()]{1,12})?_2025_第[0-9]+轮审核(_[0-9a-f]{6})?\.xlsx|审核汇总\.xlsx"
)


@pytest.mark.parametrize("at", only(range(CHUNKS + 1), FEW))
def test_replies_and_summary_hold_what_was_written_as_data(tmp_path: Path, at: int) -> None:
    """Check -o over returns with a payload in every place: nothing runs, names come from codes, all stays in its folder."""
    given = received(tmp_path / "收到", chunk_of(at))
    before = {path.name for path in given.iterdir()}
    ended = run("check", given, "-o", tmp_path / "退回")
    assert ended.code == 1
    plain_lines(ended.data.decode() + ended.err)
    assert {path.name for path in tmp_path.iterdir()} == {"收到", "退回"}
    assert {path.name for path in given.iterdir()} == before
    replies = sorted((tmp_path / "退回").iterdir())
    assert [path.name for path in replies if not NAME.fullmatch(path.name)] == []
    assert len(replies) > len(before) // 2
    for path in replies:
        assert set(map(shape, harmless_workbook(path))) <= formulas_of_a_sound_reply(), path.name
    ended = run("check", given, "--format", "json")
    assert len(json.loads(ended.data)["files"]) == len(before)
    plain_lines(ended.data.decode())


@pytest.mark.parametrize("at", only(range(CHUNKS + 1), FEW))
def test_the_rollup_holds_what_was_written_as_data(tmp_path: Path, at: int) -> None:
    """Merge over sound returns whose names, chapters, persons, explanations and file names are payloads."""
    given = tmp_path / "收到"
    given.mkdir()
    texts = chunk_of(at)
    for number, text in enumerate(texts.values()):
        name = file_name(text, number)
        data = with_payload(signed(), text)
        code = code_of("02").encode()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {
                each: archive.read(each).replace(code, code_of(f"{number + 20}").encode())
                for each in archive.namelist()
            }
        (given / (name if not name.startswith(("~$", ".")) else f"甲{number}.xlsx")).write_bytes(
            with_payload(parts, text)
        )
    output = tmp_path / "出" / "汇总.xlsx"
    output.parent.mkdir()
    # What is said in words, proved and answered is tried on every other piece: each of these reads all files anew.
    aloud = () if at % 2 == 0 else ("--format", "json", "--sources")
    ended = run("merge", given, *AS_OF, "--include-failing", f"{code_of('20')}=={TOKEN}()漏报", "-o", output, *aloud)
    assert ended.code in (0, 1), ended.err
    plain_lines(ended.data.decode() + ended.err)
    assert [path.name for path in output.parent.iterdir()] == ["汇总.xlsx"]
    harmless_workbook(output)
    if aloud:
        assert json.loads(ended.data)["coverage"]["merged"] >= len(texts) * 3 // 4
        return
    ended = run("check", given, "-o", tmp_path / "退回")
    plain_lines(ended.data.decode() + ended.err)
    for path in (tmp_path / "退回").iterdir():
        assert NAME.fullmatch(path.name)
        assert set(map(shape, harmless_workbook(path))) <= formulas_of_a_sound_reply(), path.name
    proved = run("prove", output, given)
    plain_lines(proved.data.decode() + proved.err)


@pytest.mark.parametrize("at", only(range(CHUNKS + 1), FEW))
def test_tables_for_other_programs_hold_what_was_written_as_data(tmp_path: Path, at: int) -> None:
    """Read as csv, xlsx and json: cells that could run are prefixed, texts are texts, JSON is JSON."""
    given = received(tmp_path / "收到", chunk_of(at))
    out = tmp_path / "出"
    out.mkdir()
    for kind in ("csv", "xlsx", "json"):
        ended = run("read", given, "--format", kind, "-o", out / f"a.{kind}")
        assert ended.code in (0, 1)
        plain_lines(ended.err)
    assert sorted(path.name for path in out.iterdir()) == ["a.csv", "a.json", "a.xlsx"]
    text = (out / "a.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert {len(row) for row in rows} == {9}
    assert len(rows) == text.count("\r\n")
    begins = {cell.lstrip()[:1] for row in rows for cell in row[:-1]}
    assert begins & set("=+-@\t\r＝＋－＠") == set()
    assert harmless_workbook(out / "a.xlsx") == []
    assert json.loads((out / "a.json").read_bytes())["returns"]
    for kind in ("csv",) if at % 2 else ("json",):
        shown = run("read", given, "--format", kind).data.decode("utf-8-sig").replace("\r\n", "\n")
        plain_lines(shown)


def roster(folder: Path, text: str) -> Path:
    """Write a roster of one body whose name, short name and region are a payload."""
    path = folder / "名录.xlsx"
    path.write_bytes(
        with_payload(_roster_parts(), text)
        if ILLEGAL.search(text)
        else roster_bytes(text, [[code_of("03"), text, text, "县级部门", "", "是", "", "", ""]])
    )
    return path


@cache
def _roster_parts() -> Mapping[str, bytes]:
    data = roster_bytes(MARK, [[code_of("03"), MARK, MARK, "县级部门", "", "是", "", "", ""]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


SHEETS = 31


@pytest.mark.parametrize("at", only(range(CHUNKS + 1), FEW))
def test_templates_hold_what_the_roster_says_as_data(tmp_path: Path, at: int) -> None:
    """A roster with a payload for a name is refused or written as data; the file's name is its code and plain letters."""
    written = 0
    for number, text in enumerate(chunk_of(at).values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        ended = run("template", "--year", "2026", "--roster", roster(folder, text), "-o", folder / "空白")
        plain_lines(ended.data.decode() + ended.err)
        assert {path.name for path in folder.iterdir()} <= {"名录.xlsx", "空白"}
        if ended.code == 2:
            continue
        (path,) = (folder / "空白").iterdir()
        assert re.fullmatch(rf"{code_of('03')}_[\w（）()]{{0,12}}_2026年报\.xlsx", path.name)
        assert set(map(shape, harmless_workbook(path))) <= formulas_of_a_sound_reply()
        written += 1
        told = run("roster", folder / "名录.xlsx")
        plain_lines(told.data.decode() + told.err)
    assert written > len(chunk_of(at)) // 2


def test_a_text_that_xlsxwriter_takes_for_xml_is_written_as_text(tmp_path: Path) -> None:
    """A text between <r> and </r> is no markup of the strings' table, and what XML cannot hold becomes U+FFFD."""
    from datetime import datetime

    book = Workbook(datetime(2026, 1, 1), properties={"a": "b\x1b<r></r>"})
    sheet = book.sheet("甲")
    texts = ["<r></r></si></sst><x/><r></r>", "<r><t>红</t></r>", "a\x1b\ufffe\x9b", "<b>"]
    for at, text in enumerate(texts):
        sheet.text(at, 0, text)
        sheet.note(at, 0, text)
    book.define("NIANBAO_X", '="a\x07"')
    path = tmp_path / "a.xlsx"
    path.write_bytes(render(book))
    harmless_workbook(path)
    read = openpyxl.load_workbook(path)["甲"]
    assert [str(read.cell(at + 1, 1).value).rstrip() for at in range(4)] == [*texts[:2], "a\ufffd\ufffd\ufffd", "<b>"]


@pytest.mark.parametrize("text", PAYLOADS.values(), ids=PAYLOADS)
def test_json_holds_any_text(text: str) -> None:
    """What is written as JSON comes back as it was, and shows nothing to a terminal; lone surrogates become ?."""
    data = json_bytes({text: [text]})
    wanted = text.encode("utf-8", "replace").decode()
    assert json.loads(data) == {wanted: [wanted]}
    plain_lines(data.decode())


@soak
@pytest.mark.parametrize("length", [32_767, 39_999])
def test_an_endless_text_stops_no_run(tmp_path: Path, length: int) -> None:
    """The longest text that is read at all, in every place: replies, summary and roll-up are written."""
    given = tmp_path / "收到"
    given.mkdir()
    (given / "甲.xlsx").write_bytes(with_payload(spoiled(), "长" * length))
    (given / "乙.xlsx").write_bytes(with_payload(signed(), "长" * length))
    (given / "丙.xlsx").write_bytes(workbook(FORM, 2025, BODIES[7], sound(FORM, 3, 9, None)))
    assert run("check", given, "-o", tmp_path / "退回").code == 1
    written = sorted((tmp_path / "退回").iterdir())
    assert len(written) == 4
    for path in written:
        harmless_workbook(path)
    assert run("merge", given, *AS_OF, "-o", tmp_path / "汇总.xlsx").code in (0, 1)
    harmless_workbook(tmp_path / "汇总.xlsx")


def test_faults_quote_names_of_files_without_their_escapes(tmp_path: Path) -> None:
    """A message that stops the run shows a stranger's file name without what a terminal obeys."""
    name = "\x1b]0;pwn\x07\u202e.xlsx"
    for argv in (("read", tmp_path / name), ("diff", tmp_path / name, tmp_path / name), ("check", tmp_path / name)):
        ended = run(*argv)
        assert ended.code == 2
        plain_lines(ended.data.decode() + ended.err)
