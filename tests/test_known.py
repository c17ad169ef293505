"""What is recognised by its bytes is read just as what is parsed: the two ways are compared over every kind of workbook."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import mutants
from tests.reports import NAMES, SAMPLES
from tests.soaking import soak
from toolkit.excel_in import Book, Refused
from toolkit.excel_in.recurring import Recurring, pieces
from toolkit.excel_in.xlsx import read_xlsx

SAVED = sorted((Path(__file__).parent / "saved").glob("*.xlsx"))
SAMPLE = SAMPLES[0]


@pytest.fixture(autouse=True)
def _turn() -> Iterator[None]:
    books = Recurring.books
    yield
    Recurring.books = books


def read(data: bytes, *, recognise: bool) -> Book | str:
    """Return the workbook, or the code and reason of its refusal."""
    Recurring.books = 9 if recognise else 0
    try:
        return read_xlsx(data)
    except Refused as refused:
        return str(refused)
    except Exception as fault:  # both ways must fail alike; open_book turns it into a refusal
        return type(fault).__name__


def alike(data: bytes) -> Book | str:
    """Read both ways, twice by what is known (learning and remembering), and return what all agree on."""
    plain = read(data, recognise=False)
    for _ in range(2):
        assert read(data, recognise=True) == plain
    return plain


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook with one part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            content = source.read(member)
            target.writestr(member.filename, change(content) if member.filename == part else content)
    return buffer.getvalue()


@pytest.mark.parametrize("path", [*SAMPLES[::4], *SAVED], ids=lambda path: path.stem)
def test_real_workbooks(path: Path) -> None:
    """Samples of ours and files saved by other programs: the same cells, formulas, locks, merges and names."""
    assert isinstance(alike(path.read_bytes()), Book)


def test_samples_are_listed() -> None:
    assert len(SAMPLES) == len(NAMES) > 20


SHEET = "xl/worksheets/sheet4.xml"


def first(pattern: bytes, instead: bytes) -> Callable[[bytes], bytes]:
    return lambda data: re.sub(pattern, instead, data, count=1)


@pytest.mark.parametrize(
    "change",
    [
        first(rb"<v>[^<]*</v>", b"<v>&#49;2</v>"),
        first(rb"<v>[^<]*</v>", b"<v>1&gt;2</v>"),
        first(rb"<v>[^<]*</v>", b"<v>7</v><v>8</v>"),
        first(rb"<v>[^<]*</v>", b"<v><!-- x -->7</v>"),
        first(rb"<v>[^<]*</v>", b"<v><![CDATA[7]]></v>"),
        first(rb"<v>[^<]*</v>", b"<v>\xff</v>"),
        first(rb"<v>[^<]*</v>", b"<v>\x01</v>"),
        first(rb"<v>[^<]*</v>", b"<v>\xef\xbf\xbe</v>"),
        first(rb"<v>[^<]*</v>", b"<v> 7 </v>"),
        first(rb"<v>[^<]*</v>", b"<v>7]]></v>"),
        first(rb"<v>[^<]*</v>", "<v>\ue0fe0</v>".encode()),
        first(rb"<v>[^<]*</v>", b"<v>1e400</v>"),
        first(rb"<v>[^<]*</v>", b"<v>0.10</v>"),
        first(rb"<v>[^<]*</v>", b"<v/>"),
        first(rb"<v>[^<]*</v>", b"<v xml:space='preserve'>7</v>"),
        first(rb"<v>[^<]*</v>", b"<v>" + b"9" * 50_000 + b"</v>"),
        first(rb'<c r="[A-Z]+\d+"', b'<c r="ZZZZ9"'),
        first(rb'(<c r="[A-Z]+\d+" s="\d+"/>)', rb"\1\1"),
        first(rb'<c r="([A-Z]+)\d+"', rb'<c r="\g<1>1"'),
        first(rb'<c r="[A-Z]+\d+"', b"<c"),
        first(rb'<row r="\d+"', b'<row r="0"'),
        first(rb'<row r="\d+"', b'<row r="9999999"'),
        first(rb'<row r="\d+"', b"<row"),
        first(rb"<row ", b'<row hidden="1" '),
        first(rb"<row ", b"<row junk "),
        first(rb"</row>", b"</row><c/>"),
        first(rb"</row>", b""),
        first(rb"</row>", b"<row r='90'/></row>"),
        first(rb"</sheetData>", b"</sheetData><sheetData><row r='99'/></sheetData>"),
        first(rb"</sheetData>", b"<row r='3'><c r='A3'><v>5</v></c></row></sheetData>"),
        first(rb"</sheetData>", b"<row r='300'><c r='A300'><f t='shared' si='0' ref='A300'>1+1</f><v>2</v></c></row></sheetData>"),
        first(rb"</sheetData>", b"<row r='300'><c r='A300'><f>1&lt;2</f><v>2</v></c></row></sheetData>"),
        first(rb"</sheetData>", b"<row r='300'><c r='A300'><f>1<v>3</v></f><v>2</v></c></row></sheetData>"),
        first(rb"</sheetData>", b"<row r='300'><c r='A300' t='s'><v>99999</v></c></row></sheetData>"),
        first(rb"</sheetData>", b"<row r='300'><c r='A300' t='e'><v>#REF!</v></c></row></sheetData>"),
        first(rb"</sheetData>", b"<row r='300'><c r='A300' t='b'><v>1</v></c></row></sheetData>"),
        first(rb"</sheetData>", "<row r='300'><c r='A300' t='inlineStr'><is><t>字</t></is></c></row></sheetData>".encode()),
        first(rb"<sheetData>", b"<!-- --><sheetData>"),
        first(rb"<sheetData>", b"<sheetData >"),
        first(rb"<worksheet", b"<!DOCTYPE x><worksheet"),
        first(rb"<worksheet", b"<?x y?><worksheet"),
        first(rb"<worksheet ", b"<worksheet xmlns:q='q' "),
        first(rb' xmlns="[^"]+"', b""),
        first(rb'encoding="UTF-8"', b'encoding="GBK"'),
        lambda data: data.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"),
        lambda data: data[:-5],
        lambda data: data + b"<x/>",
        lambda data: data.replace(b"<v>", b"<x:v>").replace(b"</v>", b"</x:v>"),
    ],
)  # fmt: skip
def test_unusual_sheets(change: Callable[[bytes], bytes]) -> None:
    """Whatever a sheet holds, the quick way says what the ordinary one says, refusals too."""
    data = SAMPLE.read_bytes()
    alike(data)
    sheet = changed(data, SHEET, change)
    assert sheet != data
    alike(sheet)


@pytest.mark.parametrize(
    "part", ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"]
)
@pytest.mark.parametrize(
    "change",
    [
        first(rb"</", b"<!-- --></"),
        first(rb"<t[^>]*>[^<]+</t>", b"<t>_x0041_&amp;\n</t>"),
        first(rb"<t[^>]*>[^<]+</t>", b"<r><t>a</t></r><r><t>b</t></r><rPh><t>c</t></rPh>"),
        first(rb"<t[^>]*>[^<]+</t></si>", b"<t/></si><si/>"),
        first(rb"<t[^>]*>[^<]+</t>", b"<t>\xef\xbf\xbf</t>"),
        first(rb"<definedName ", b"<definedName localSheetId='0' "),
        first(rb"(<definedName [^>]*>)", rb"\1&lt;"),
        first(rb"(<definedName [^>]*>)", rb"\1<x/>"),
        first(rb"<cellXfs", b"<x/><cellXfs"),
        lambda data: data[: len(data) // 2],
    ],
)
def test_unusual_parts(part: str, change: Callable[[bytes], bytes]) -> None:
    """The same of shared strings, names, relations and styles."""
    alike(changed(SAMPLE.read_bytes(), part, change))


def test_what_is_remembered_does_not_grow_without_end() -> None:
    """A memory that is full begins anew; a piece that is too long is not kept."""
    memory: pieces.Memory[int] = pieces.Memory(10)
    asked: list[bytes] = []

    def learn(piece: bytes) -> int:
        asked.append(piece)
        return len(piece)

    for at in range(25):
        assert memory.get(b"%d" % at, learn) == len(str(at))
        assert len(memory.pieces) <= 10
    assert memory.get(b"24", learn) == 2
    assert len(asked) == 25
    memory.get(b"x" * 10_000, learn)
    memory.get(b"x" * 10_000, learn)
    assert len(asked) == 27


def test_the_first_workbook_is_not_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that reads one file pays for no memory."""
    monkeypatch.setattr(Recurring, "books", 0)
    monkeypatch.setattr(pieces, "cut", None)
    assert read_xlsx(SAMPLE.read_bytes()).sheets
    with pytest.raises(TypeError):
        read_xlsx(SAMPLE.read_bytes())


@soak
def test_damaged_workbooks() -> None:
    """Eighty drawn damages: the two ways agree on each."""
    names = [name for name in mutants.sources() if name.endswith(".xlsx")]
    for seed in range(80):
        alike(mutants.mutant(f"known{seed}", names[seed % len(names)]).data)
