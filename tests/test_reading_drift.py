"""What Excel, WPS, LibreOffice and libraries change by themselves when they save is nobody's doing, and no finding."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest

from tests.books import CODE
from tests.office import convert, recalculated, requires_office
from tests.samples import sound, workbook
from tests.soaking import first_of, soak
from toolkit.answers import Filled
from toolkit.findings import Finding
from toolkit.forms import load_form
from toolkit.returns import Return
from toolkit.run import Job, run
from toolkit.workbook import Filling, write

FORM = load_form("2021")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SENDER = ("03", "公安局", "样例县公安局", "县级部门", True)

Parts = dict[str, bytes]
Drift = Callable[[Parts], object]


def pristine() -> bytes:
    """Return a return with a fault, a doubt, a blank, a repaired figure and a word, so that there are findings to keep."""
    figures = sound(FORM, 5, 12, None)
    figures["t3.r1.natural"] = int(figures["t3.r1.natural"]) + 1
    typed = {"t2.fees.amount": "14.4万元", "t2.rules.issued": "若干"}
    return workbook(FORM, 2025, SENDER, figures, typed=typed, blank=("t2.penalty.decisions",))


def sound_return() -> bytes:
    """Return a return that is right in everything."""
    return workbook(FORM, 2025, SENDER, sound(FORM, 5, 12, None))


def blank() -> bytes:
    """Return a blank template."""
    return write(Filling(FORM, 2025))


MADE: dict[str, Callable[[], bytes]] = {"faulty": pristine, "sound": sound_return, "blank": blank}


def judged(path: Path) -> tuple[Return, tuple[Finding, ...]]:
    """Return what reading and checking a file give."""
    (one,) = run(Job((path,))).checked
    assert one.ret is not None, [each.message for each in one.findings]
    return one.ret, one.findings


def told(findings: tuple[Finding, ...]) -> list[tuple[object, ...]]:
    """Return what findings say and where."""
    return [(each.code, each.severity, each.sheet, each.cell, each.items, each.message) for each in findings]


def content(ret: Return) -> tuple[object, ...]:
    """Return what was read: every figure as a figure, every word, whose it is."""
    answers = {
        code: answer.value if isinstance(answer, Filled) else type(answer).__name__
        for code, answer in ret.answers.items()
    }
    text = {number: [each.text for each in paragraphs] for number, paragraphs in ret.text.items()}
    return ret.identity, answers, dict(ret.figures), text, ret.declared, [each.value for each in ret.remarks]


def same(before: Path, after: Path) -> None:
    """Assert that a workbook saved anew reads as it did, and has not one finding more or less."""
    first, wanted = judged(before)
    second, found = judged(after)
    assert [(each.code, each.cell) for each in found] == [(each.code, each.cell) for each in wanted]
    assert told(found) == told(wanted)
    assert content(second) == content(first)


def parts_of(data: bytes) -> Parts:
    """Return the parts of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a workbook of parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


# What programs do, part by part. Every change has to change something.


def sheets(parts: Parts) -> list[str]:
    """Return the names of the parts that are sheets."""
    return [name for name in parts if name.startswith("xl/worksheets/sheet")]


def each_sheet(
    parts: Parts, pattern: str, put: str | Callable[[re.Match[str]], str], *, all_of_them: bool = True
) -> None:
    """Exchange a pattern in the sheets; in each of them unless told."""
    for name in sheets(parts):
        new, count = re.subn(pattern, put, parts[name].decode())
        assert count or not all_of_them or b't="s"' not in parts[name], name
        parts[name] = new.encode()


def swap(parts: Parts, name: str, pattern: str, put: str | Callable[[re.Match[str]], str]) -> None:
    """Exchange a pattern in one part."""
    new, count = re.subn(pattern, put, parts[name].decode(), flags=re.DOTALL)
    assert count, (name, pattern)
    parts[name] = new.encode()


def shared_formulas(parts: Parts) -> None:
    """WPS: sums down a column become one shared formula, with ca="1"."""
    changed = 0
    for name in sheets(parts):
        text = parts[name].decode()
        cells = re.findall(r'<c r="J(\d+)"[^>]*><f>SUM\(D\1:I\1\)</f>', text)
        runs: list[list[int]] = []
        for row in map(int, cells):
            if runs and runs[-1][-1] == row - 1:
                runs[-1].append(row)
            else:
                runs.append([row])
        for at, column in enumerate(runs):
            for row in column:
                first = row == column[0]
                new = (
                    f'<f t="shared" ref="J{column[0]}:J{column[-1]}" si="{at}" ca="1">SUM(D{row}:I{row})</f>'
                    if first
                    else f'<f t="shared" si="{at}" ca="1"/>'
                )
                text = text.replace(f"<f>SUM(D{row}:I{row})</f>", new)
                changed += not first
        parts[name] = text.encode()
    assert changed > 10


def wide_dimensions(parts: Parts) -> None:
    """WPS: the stated size reaches to the last column, and columns are styled to it."""
    each_sheet(parts, r'<dimension ref="[^"]*"/>', '<dimension ref="A1:XFD1048576"/>')


def one_cell_dimensions(parts: Parts) -> None:
    """Another build: the stated size is one cell."""
    each_sheet(parts, r'<dimension ref="[^"]*"/>', '<dimension ref="A1"/>')


def more_styles(parts: Parts) -> None:
    """WPS: 49 named styles, number formats of its own, thousands of cell formats."""
    name = "xl/styles.xml"
    swap(parts, name, r"<cellXfs count=\"\d+\">(.*?)</cellXfs>", lambda m: (
        f'<cellXfs count="9999">{m[1]}' + '<xf numFmtId="176" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
        '<alignment vertical="center"/></xf>' * 4000 + "</cellXfs>"
    ))  # fmt: skip
    styles = "".join(f'<cellStyle name="20% - 强调 {at}" xfId="0" builtinId="{at}"/>' for at in range(1, 50))
    swap(parts, name, r"<cellStyles .*?</cellStyles>", f'<cellStyles count="49">{styles}</cellStyles>')
    formats = (
        '<numFmt numFmtId="41" formatCode="_ * #,##0_ ;_ * \\\\-#,##0_ ;_ * &quot;-&quot;_ ;_ @_ "/>'
        '<numFmt numFmtId="176" formatCode="[DBNum1][$-804]General"/>'
    )
    swap(parts, name, r"<numFmts count=\"\d+\">", f'<numFmts count="99">{formats}')


def kingsoft_properties(parts: Parts) -> None:
    """WPS: its build among the properties, ours behind it with other numbers, and a program name that is not its own."""
    build = (
        '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="KSOProductBuildVer"><vt:lpwstr>'
        '2052-12.1.0.20305</vt:lpwstr></property><property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="3" '
        'name="ICV"><vt:lpwstr>0A1B2C3D4E5F_13</vt:lpwstr></property>'
    )
    swap(parts, "docProps/custom.xml", r"(<Properties[^>]*>)", lambda m: m[1] + build)
    at = iter(range(4, 999))
    swap(parts, "docProps/custom.xml", r'pid="\d+" name="nianbao', lambda m: f'pid="{next(at)}" name="nianbao')
    swap(parts, "docProps/app.xml", r"<Application>.*?</Application>", "<Application>Apache POI</Application>")
    each_sheet(parts, r"<worksheet ", '<worksheet xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" ')


def strings_of(parts: Parts) -> list[str]:
    """Return the shared strings as XML."""
    return re.findall(r"<si>(.*?)</si>", parts["xl/sharedStrings.xml"].decode(), re.DOTALL)


def inline_strings(parts: Parts) -> None:
    """Libraries: every text stands in its cell."""
    strings = strings_of(parts)
    each_sheet(
        parts, r'(<c r="[A-Z]+\d+"[^>]*) t="s"><v>(\d+)</v>',
        lambda m: f'{m[1]} t="inlineStr"><is>{strings[int(m[2])]}</is>',
    )  # fmt: skip
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}" count="0" uniqueCount="0"/>'.encode()


def rich_strings(parts: Parts) -> None:
    """WPS: texts in runs with their fonts, Excel with readings: the text is that of the runs."""

    def runs(match: re.Match[str]) -> str:
        text = match[1]
        if len(text) < 4 or "&" in text:
            return match[0]
        half = len(text) // 2
        font = '<rPr><sz val="10.5"/><rFont val="宋体"/><charset val="134"/></rPr>'
        return (
            f'<si><r>{font}<t xml:space="preserve">{text[:half]}</t></r><r>{font}<t xml:space="preserve">{text[half:]}</t></r>'
            '<rPh sb="0" eb="1"><t>ヨミ</t></rPh><phoneticPr fontId="1" type="noConversion"/></si>'
        )

    swap(parts, "xl/sharedStrings.xml", r"<si><t(?: [^>]*)?>([^<]*)</t></si>", runs)


def more_strings(parts: Parts) -> None:
    """Excel: strings in another order, some twice, some of no cell."""
    strings = strings_of(parts)
    order = list(range(len(strings)))
    random.Random(1).shuffle(order)
    place = {old: at + 2 for at, old in enumerate(order)}
    each_sheet(parts, r't="s"><v>(\d+)</v>', lambda m: f't="s"><v>{place[int(m[1])]}</v>')
    body = "".join(f"<si>{strings[old]}</si>" for old in order)
    parts["xl/sharedStrings.xml"] = (
        f'<sst xmlns="{MAIN}" count="9" uniqueCount="3"><si/><si><t/></si>{body}<si><t>谁也不用</t></si></sst>'.encode()
    )


def spelling(put: Callable[[str, str], str]) -> Drift:
    """Return a drift that spells every plain sum of a sheet otherwise; ``put`` gets the formula and the sheet's name."""

    def drift(parts: Parts) -> None:
        names = re.findall(r'<sheet name="([^"]*)"', parts["xl/workbook.xml"].decode())
        count = 0
        for name in sheets(parts):
            sheet = names[int(re.findall(r"\d+", name)[0]) - 1]
            text = parts[name].decode()
            new = re.sub(
                r"<f>(SUM\([A-Z0-9:,]*\)|[A-Z]+\d+(?:\+[A-Z]+\d+)+)</f>",
                lambda m, s=sheet: f"<f>{put(m[1], s)}</f>",
                text,
            )  # type: ignore[misc]
            count += new != text
            parts[name] = new.encode()
        assert count

    return drift


def other_order(parts: Parts) -> None:
    """Write, as some do, cells from right to left, rows from below."""
    for name in sheets(parts):
        text = parts[name].decode()
        rows = re.findall(r"<row .*?(?:</row>|(?<=/)>)", text, re.DOTALL)

        def turned(row: str) -> str:
            cells = re.findall(r"<c [^>]*/>|<c .*?</c>", row, re.DOTALL)
            return row[: row.index(cells[0])] + "".join(reversed(cells)) + "</row>" if cells else row

        whole = re.search(r"<sheetData>(.*)</sheetData>", text, re.DOTALL)
        assert whole is not None
        rows = re.findall(r"<row [^>]*/>|<row [^>]*[^/]>.*?</row>", whole[1], re.DOTALL)
        assert "".join(rows) == whole[1]
        parts[name] = text.replace(whole[1], "".join(turned(row) for row in reversed(rows))).encode()


def no_references(parts: Parts) -> None:
    """Leave out, as some writers do, where a cell is when it follows the one before."""
    for name in sheets(parts):

        def row(match: re.Match[str]) -> str:
            cells = re.findall(r"<c [^>]*/>|<c .*?</c>", match[2], re.DOTALL)
            columns = [openpyxl.utils.column_index_from_string(re.findall(r'r="([A-Z]+)', cell)[0]) for cell in cells]
            if columns != list(range(1, len(cells) + 1)):
                return match[0]
            return match[1] + "".join(re.sub(r' r="[A-Z]+\d+"', "", cell, count=1) for cell in cells) + "</row>"

        parts[name] = re.sub(r"(<row [^>]*[^/]>)(.*?)</row>", row, parts[name].decode(), flags=re.DOTALL).encode()


def related(parts: Parts, name: str, kind: str, target: str) -> None:
    """Add a relationship to a part's list."""
    folder, _, file = name.rpartition("/")
    path = f"{folder}/_rels/{file}.rels"
    whole = parts.get(
        path, b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    )
    new = f'<Relationship Id="rId900" Type="{RELATIONS}/{kind}" Target="{target}"/></Relationships>'
    parts[path] = whole.replace(b"</Relationships>", new.encode())


def more_parts(parts: Parts) -> None:
    """Excel: calculation chain, theme, printer settings, thumbnail, a person list."""
    cells = "".join(f'<c r="J{row}" i="4"/>' for row in range(7, 30))
    parts["xl/calcChain.xml"] = f'<calcChain xmlns="{MAIN}">{cells}</calcChain>'.encode()
    related(parts, "xl/workbook.xml", "calcChain", "calcChain.xml")
    parts["xl/printerSettings/printerSettings1.bin"] = bytes(range(256)) * 12
    related(parts, sheets(parts)[2], "printerSettings", "../printerSettings/printerSettings1.bin")
    parts["docProps/thumbnail.jpeg"] = b"\xff\xd8\xff\xe0" + bytes(500)
    parts["xl/persons/person.xml"] = b"<personList/>"
    each_sheet(parts, r"(<pageSetup [^>]*?)/>", r'\1 horizontalDpi="600" verticalDpi="600"/>', all_of_them=False)


def another_view(parts: Parts) -> None:
    """Somebody zoomed, selected, scrolled, froze and widened: nothing of the form."""
    each_sheet(parts, r"<sheetViews>.*?</sheetViews>", (
        '<sheetViews><sheetView showGridLines="1" view="pageBreakPreview" zoomScale="145" zoomScaleNormal="145" '
        'topLeftCell="C9" workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" '
        'state="frozen"/><selection pane="bottomRight" activeCell="K40" sqref="K40"/></sheetView></sheetViews>'
    ))  # fmt: skip
    each_sheet(parts, r'(<col min="\d+" max="\d+") width="[0-9.]+"', r'\1 width="31.75" bestFit="1"', all_of_them=False)
    each_sheet(parts, r' ht="[0-9.]+"', ' ht="41.25"', all_of_them=False)
    swap(parts, "xl/styles.xml", r'<name val="宋体"/>', '<name val="微软雅黑"/><charset val="134"/>')
    swap(parts, "xl/styles.xml", r'<sz val="[0-9.]+"/>', '<sz val="16"/>')


def spelt_booleans(parts: Parts) -> None:
    """Libraries: true and false for 1 and 0, in protection and formats."""
    each_sheet(parts, r"<sheetProtection [^>]*>", lambda m: m[0].replace('="1"', '="true"').replace('="0"', '="false"'))
    swap(parts, "xl/styles.xml", r'locked="0"', 'locked="false"')
    swap(parts, "xl/workbook.xml", r'lockStructure="1"', 'lockStructure="true"')


def spelt_protection(parts: Parts) -> None:
    """WPS: every flag of the protection is spelt out, and every cell format says that it is protected."""
    each_sheet(parts, r"<sheetProtection [^>]*>", (
        '<sheetProtection formatRows="0" formatColumns="0" sheet="1" selectLockedCells="1" objects="1" scenarios="1" '
        'insertRows="1" deleteRows="1" sort="1" pivotTables="1"/>'
    ))  # fmt: skip
    swap(parts, "xl/styles.xml", r'<protection locked="0"/>', '<protection locked="0" hidden="0"/>')


def newer_excel(parts: Parts) -> None:
    """Excel of today: identifiers of revisions, alternate content, extensions."""
    spaces = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr xr2 xr3" '
        'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" '
        'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" '
    )
    uid = 'xr:uid="{00000000-0001-0000-0000-000000000000}" '
    each_sheet(parts, r"<worksheet ", f"<worksheet {spaces}{uid}")
    each_sheet(parts, r"<row r=", '<row x14ac:dyDescent="0.15" r=')
    swap(parts, "xl/workbook.xml", r"<workbook ", f"<workbook {spaces}{uid}")
    swap(parts, "xl/workbook.xml", r"<bookViews>", (
        '<mc:AlternateContent><mc:Choice Requires="x15"><x15ac:absPath xmlns:x15ac="http://schemas.microsoft.com/office/'
        'spreadsheetml/2010/11/ac" url="C:\\\\Users\\\\a\\\\Desktop\\\\"/></mc:Choice></mc:AlternateContent>'
        '<xr:revisionPtr revIDLastSave="0" documentId="8_{0}"/><bookViews>'
    ))  # fmt: skip
    swap(parts, "xl/workbook.xml", r"</workbook>", (
        '<extLst><ext uri="{B58B0392-4F1F-4190-BB64-5DF3571DCE5F}"><feature name="microsoft.com:LAMBDA_WF"/></ext></extLst></workbook>'
    ))  # fmt: skip
    each_sheet(
        parts, r"</worksheet>", '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"/></extLst></worksheet>'
    )


def rewritten_properties(parts: Parts) -> None:
    """Whoever saves last stands in the properties, with its own time and version."""
    parts["docProps/core.xml"] = (
        b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        b'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        b'<cp:lastModifiedBy>Administrator</cp:lastModifiedBy><dcterms:modified xsi:type="dcterms:W3CDTF">'
        b"2026-01-20T08:00:00Z</dcterms:modified></cp:coreProperties>"
    )
    parts["docProps/app.xml"] = (
        b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        b"<Application>Microsoft Excel</Application><AppVersion>16.0300</AppVersion></Properties>"
    )


def no_properties(parts: Parts) -> None:
    """Web mail and previewers: no properties at all."""
    for name in [name for name in parts if name.startswith("docProps/")]:
        del parts[name]
    swap(parts, "_rels/.rels", r'<Relationship [^>]*Target="docProps/[^>]*/>', "")


def other_names(parts: Parts) -> None:
    """Excel and LibreOffice: names in another order, with hidden and local ones of their own among them."""

    def turned(match: re.Match[str]) -> str:
        names = re.findall(r"<definedName .*?</definedName>", match[1])
        random.Random(2).shuffle(names)
        own = (
            '<definedName name="_xlnm._FilterDatabase" localSheetId="2" hidden="1">\'三、依申请公开\'!$A$1:$J$30</definedName>'
            '<definedName name="_xlnm_Print_Area" localSheetId="1">\'三、依申请公开\'!$A$1:$B$2</definedName>'
            '<definedName name="_xlnm.Print_Area" localSheetId="1" function="false">\'三、依申请公开\'!$A$1</definedName>'
            '<definedName name="__bookmark_1" hidden="true">#REF!</definedName>'
        )
        return "<definedNames>" + "".join(names[:20]) + own + "".join(names[20:]) + "</definedNames>"

    swap(parts, "xl/workbook.xml", r"<definedNames>(.*?)</definedNames>", turned)


def names_gone(parts: Parts) -> None:
    """Drop every name, as some previewers do."""
    swap(parts, "xl/workbook.xml", r"<definedNames>.*?</definedNames>", "")


def declarations(declaration: bytes, encoding: str = "utf-8") -> Drift:
    """Return a drift that begins every part with another XML declaration."""

    def drift(parts: Parts) -> None:
        for name in [name for name in parts if name.endswith((".xml", ".rels"))]:
            body = re.sub(rb"^\s*<\?xml[^>]*\?>\s*", b"", parts[name]).decode()
            parts[name] = (declaration.decode() + body).encode(encoding)

    return drift


def prefixed(parts: Parts) -> None:
    """Libraries of .NET: every element of a sheet with a prefix."""
    for name in [*sheets(parts), "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"]:
        text = parts[name].decode().replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
        parts[name] = re.sub(r"<(/?)([A-Za-z0-9]+)(?=[\s/>])", r"<\1x:\2", text).encode()


def moved_parts(parts: Parts) -> None:
    """Others name and order the parts otherwise, and write targets from the root."""
    for at, name in enumerate(sheets(parts), 1):
        new = f"xl/worksheets/Sheet_{99 - at}.xml"
        rels = f"xl/worksheets/_rels/{name.rpartition('/')[2]}.rels"
        parts[new] = parts.pop(name)
        if rels in parts:
            parts[f"xl/worksheets/_rels/{new.rpartition('/')[2]}.rels"] = parts.pop(rels)
        swap(parts, "xl/_rels/workbook.xml.rels", rf'Target="{name.removeprefix("xl/")}"', f'Target="/{new}"')
        swap(parts, "[Content_Types].xml", re.escape(f"/{name}"), f"/{new}")
    for key in list(reversed(parts)):
        parts[key] = parts.pop(key)


def seventeen_digits(parts: Parts) -> None:
    """Excel: doubles with 17 digits, powers of ten, whole numbers with a point."""
    each_sheet(parts, r"(<c [^>]*?(?<! t=\"s\")><v>)(\d+)\.(\d+)(</v>)", (
        lambda m: f"{m[1]}{float(f'{m[2]}.{m[3]}'):.17g}{m[4]}"
    ), all_of_them=False)  # fmt: skip
    each_sheet(parts, r'(<c r="[D-I]\d+" s="\d+"><v>)(\d+)(</v>)', r"\1\2.0E+0\3", all_of_them=False)


def no_results(parts: Parts) -> None:
    """Libraries: formulas without results; calculation is left to the next program."""
    each_sheet(parts, r"(</f>)<v>[^<]*</v>", r"\1", all_of_them=False)
    swap(parts, "xl/workbook.xml", r"<calcPr[^>]*/>", '<calcPr calcId="0" iterate="0"/>')


def empty_cells_gone(parts: Parts) -> None:
    """Previewers: cells that hold only a format are not written."""
    each_sheet(parts, r'<c r="[A-Z]+\d+"(?: s="\d+")?/>', "", all_of_them=False)


def hidden_for_all(parts: Parts) -> None:
    """LibreOffice: what was very hidden is hidden; the lock of the structure is gone."""
    swap(parts, "xl/workbook.xml", r'state="veryHidden"', 'state="hidden"')
    swap(parts, "xl/workbook.xml", r"<workbookProtection[^>]*/>", "")


def no_validation(parts: Parts) -> None:
    """Others: drop-downs, conditional formats, notes and ignored errors get lost."""
    for pattern in ("<dataValidations.*?</dataValidations>", "<conditionalFormatting.*?</conditionalFormatting>",
                    "<ignoredErrors>.*?</ignoredErrors>", "<legacyDrawing[^>]*/>"):  # fmt: skip
        each_sheet(parts, pattern, "", all_of_them=False)


DRIFTS: dict[str, Drift] = {
    "shared formulas": shared_formulas,
    "a size to the last column": wide_dimensions,
    "a size of one cell": one_cell_dimensions,
    "thousands of styles": more_styles,
    "properties of WPS": kingsoft_properties,
    "inline strings": inline_strings,
    "strings in runs": rich_strings,
    "strings in another order": more_strings,
    "absolute references": spelling(lambda f, _: re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", f)),
    "mixed references": spelling(lambda f, _: re.sub(r"([A-Z]+)(\d+)", r"$\1\2", f)),
    "lower case and spaces": spelling(lambda f, _: re.sub(r"([:,()+])", r" \1 ", f).lower()),
    "references with the sheet": spelling(lambda f, s: re.sub(r"(?<![:A-Z])([A-Z]+\d)", rf"'{s}'!\1", f)),
    "an additional sign": spelling(lambda f, _: f"+{f}"),
    "cells in another order": other_order,
    "cells without references": no_references,
    "more parts": more_parts,
    "another view, widths and fonts": another_view,
    "booleans in words": spelt_booleans,
    "protection spelt out": spelt_protection,
    "identifiers and extensions of Excel": newer_excel,
    "properties rewritten": rewritten_properties,
    "no properties": no_properties,
    "names in another order": other_names,
    "no names": names_gone,
    "single quotes in the declaration": declarations(b"<?xml version='1.0' encoding='utf-8' standalone='no'?>\r\n"),
    "no declaration": declarations(b""),
    "a byte order mark": declarations(b'<?xml version="1.0" encoding="UTF-8"?>', "utf-8-sig"),
    "UTF-16": declarations(b'<?xml version="1.0" encoding="UTF-16"?>', "utf-16"),
    "prefixes": prefixed,
    "other parts' names": moved_parts,
    "seventeen digits": seventeen_digits,
    "no results": no_results,
    "no empty cells": empty_cells_gone,
    "hidden instead of very hidden": hidden_for_all,
    "no drop-downs and notes": no_validation,
}


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Return the workbooks before anybody saves them."""
    folder = tmp_path_factory.mktemp("originals")
    found = {}
    for name, made in MADE.items():
        found[name] = folder / f"{name}.xlsx"
        found[name].write_bytes(made())
    return found


def test_the_originals_have_findings_or_none(originals: Mapping[str, Path]) -> None:
    """The near misses: the faulty return has errors and doubts; the sound one has nothing."""
    assert {each.severity.value for each in judged(originals["faulty"])[1]} >= {"error", "warning"}
    assert judged(originals["sound"])[1] == ()


@pytest.mark.parametrize("name", first_of(DRIFTS, 8))
def test_what_programs_change_by_themselves_is_no_finding(
    originals: Mapping[str, Path], tmp_path: Path, name: str
) -> None:
    """Each shape that a program gives a workbook reads as the original, finding for finding."""
    for kind in ("faulty", "sound"):
        parts = parts_of(originals[kind].read_bytes())
        before = dict(parts)
        DRIFTS[name](parts)
        assert parts != before
        path = tmp_path / originals[kind].name
        path.write_bytes(packed(parts))
        same(originals[kind], path)


def test_all_at_once_is_no_finding_either(originals: Mapping[str, Path], tmp_path: Path) -> None:
    """A workbook that went through several programs has several of these shapes."""
    parts = parts_of(originals["faulty"].read_bytes())
    for name in ("shared formulas", "a size to the last column", "thousands of styles", "properties of WPS",
                 "strings in runs", "more parts", "another view, widths and fonts", "booleans in words",
                 "identifiers and extensions of Excel", "names in another order", "hidden instead of very hidden",
                 "no drop-downs and notes", "seventeen digits"):  # fmt: skip
        DRIFTS[name](parts)
    path = tmp_path / "faulty.xlsx"
    path.write_bytes(packed(parts, zipfile.ZIP_STORED))
    same(originals["faulty"], path)


@pytest.mark.parametrize("kind", MADE)
def test_a_save_by_openpyxl_is_no_finding(originals: Mapping[str, Path], tmp_path: Path, kind: str) -> None:
    """Openpyxl loads and saves, once and twice."""
    path = tmp_path / originals[kind].name
    path.write_bytes(originals[kind].read_bytes())
    for _ in range(2):
        openpyxl.load_workbook(path).save(path)
        same(originals[kind], path)


@soak
@requires_office
@pytest.mark.parametrize("way", ["xlsx", "recalculated", "ods", "xls"])
def test_a_save_by_libreoffice_is_no_finding(originals: Mapping[str, Path], tmp_path: Path, way: str) -> None:
    """LibreOffice saves as xlsx: at once, computed anew, by way of ods and by way of xls."""
    files = list(originals.values())
    if way == "recalculated":
        after = recalculated(files, tmp_path / "出")
    else:
        between = files if way == "xlsx" else convert(files, way, tmp_path / "间")
        after = convert(between, "xlsx", tmp_path / "出")
    for before, saved in zip(files, after, strict=True):
        same(before, saved)


def test_a_changed_figure_is_seen_in_every_shape(originals: Mapping[str, Path], tmp_path: Path) -> None:
    """The comparison can fail: a sum that leaves a column out is a finding in shared formulas too."""
    parts = parts_of(originals["sound"].read_bytes())
    shared_formulas(parts)
    each_sheet(parts, r'(si="0" ca="1">)SUM\(D7:I7\)', r"\1SUM(D7:H7)", all_of_them=False)
    path = tmp_path / "sound.xlsx"
    path.write_bytes(packed(parts))
    _, found = judged(path)
    assert {each.code for each in found} == {"FORM_032"}
    assert CODE not in {each.cell for each in found}
