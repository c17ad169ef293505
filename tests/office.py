"""LibreOffice as an independent judge: convert, recalculate, render. ``python -m tests.office render FILE FOLDER``."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
FONTS = Path(__file__).with_name("fonts.conf")

if SOFFICE is None and os.environ.get("NIANBAO_REQUIRE_LIBREOFFICE") == "1":
    raise RuntimeError("LibreOffice is required here (NIANBAO_REQUIRE_LIBREOFFICE=1) and was not found")

requires_office = pytest.mark.skipif(
    SOFFICE is None, reason="LibreOffice is not installed: the independent judge of our formulas is NOT asked"
)

_FILTERS = {
    "xlsx": "xlsx:Calc MS Excel 2007 XML",
    "xls": "xls:MS Excel 97",
    "ods": "ods:calc8",
    "pdf": "pdf:calc_pdf_Export",
    "html": "html:HTML (StarCalc)",
    # Comma, quotes, UTF-8, values as stored, every sheet in a file of its own.
    "csv": "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1",
}

_LOAD = "/org.openoffice.Office.Calc/Formula/Load"
_RECALCULATE = f"""<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="{_LOAD}"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="{_LOAD}"><prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def convert(paths: Sequence[Path], kind: str, folder: Path, *, recalculate: bool = False) -> list[Path]:
    """Save workbooks in another format, all in one call; returns the new files in the same order."""
    assert SOFFICE is not None
    assert len({path.stem for path in paths}) == len(paths), "two workbooks of one name would overwrite each other"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        if recalculate:
            user = Path(profile) / "user"
            user.mkdir()
            (user / "registrymodifications.xcu").write_text(_RECALCULATE, encoding="utf-8")
        done = subprocess.run(
            [SOFFICE, "--headless", f"-env:UserInstallation=file://{profile}", "--convert-to", _FILTERS[kind],
             "--outdir", str(folder), *map(str, paths)],
            capture_output=True, text=True, check=False, timeout=300,
            env={**os.environ, "FONTCONFIG_FILE": str(FONTS), "HOME": profile},
        )  # fmt: skip
    made = [folder / (f"{path.stem}.{kind}" if kind != "csv" else f"{path.stem}-封面.csv") for path in paths]
    missing = [path.name for path in made if not path.exists()]
    assert not missing, f"LibreOffice did not write {missing}: {done.stdout} {done.stderr}"
    return made


def recalculated(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Save workbooks as xlsx with every formula computed anew."""
    return convert(paths, "xlsx", folder, recalculate=True)


def computed(paths: Sequence[Path], folder: Path) -> list[dict[str, list[list[str]]]]:
    """Return what every formula of workbooks gives when computed anew: rows of texts by sheet, at a third of a save's cost."""
    convert(paths, "csv", folder, recalculate=True)
    books: list[dict[str, list[list[str]]]] = []
    for path in paths:
        books.append({})
        for part in folder.glob(f"{path.stem}-*.csv"):
            with part.open(encoding="utf-8", newline="") as lines:
                books[-1][part.stem.removeprefix(f"{path.stem}-")] = list(csv.reader(lines))
    return books


_LIBRARY = '<?xml version="1.0" encoding="UTF-8"?><{0} xmlns:library="http://openoffice.org/2000/library" {1}</{0}>'
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Run
 Dim hidden(0) As New com.sun.star.beans.PropertyValue
 hidden(0).Name = "Hidden"
 hidden(0).Value = True
 book = StarDesktop.loadComponentFromURL("{source}", "_blank", 0, hidden())
{typing}
 Dim filter(0) As New com.sun.star.beans.PropertyValue
 filter(0).Name = "FilterName"
{saving}
 book.close(True)
End Sub
</script:module>
"""


def typed(path: Path, cells: Mapping[tuple[str, int, int], str], kinds: Sequence[str], folder: Path) -> list[Path]:
    """Type texts into cells (sheet, row, column) as a person does – a locked one stops it – and save in some formats."""
    assert SOFFICE is not None
    folder.mkdir(parents=True, exist_ok=True)
    made = [folder / f"typed.{kind}" for kind in kinds]
    lines = [
        f' book.Sheets.getByName("{sheet}").getCellByPosition({column}, {row}).String = "{escape(text)}"'
        for (sheet, row, column), text in cells.items()
    ]
    saving = [
        f' filter(0).Value = "{_FILTERS[kind].split(":")[1]}"\n book.storeToURL("{to.as_uri()}", filter())'
        for kind, to in zip(kinds, made, strict=True)
    ]
    module = _MODULE.format(source=path.as_uri(), typing="\n".join(lines), saving="\n".join(saving))
    with tempfile.TemporaryDirectory() as profile:
        # The first start makes the profile; a library that is already there would be replaced.
        command = [SOFFICE, "--headless", "--norestore", f"-env:UserInstallation=file://{profile}"]
        environment = {**os.environ, "FONTCONFIG_FILE": str(FONTS), "HOME": profile}
        subprocess.run(
            [*command, "--terminate_after_init"], capture_output=True, check=False, timeout=300, env=environment
        )
        basic = Path(profile) / "user" / "basic" / "Standard"
        basic.mkdir(parents=True, exist_ok=True)
        library = '<library:library library:name="Standard" library:link="false"/>'
        (basic.parent / "script.xlc").write_text(_LIBRARY.format("library:libraries", f">{library}"), encoding="utf-8")
        element = 'library:name="Standard" library:readonly="false"><library:element library:name="Module1"/>'
        (basic / "script.xlb").write_text(_LIBRARY.format("library:library", element), encoding="utf-8")
        (basic / "Module1.xba").write_text(module, encoding="utf-8")
        done = subprocess.run(
            [*command, "macro:///Standard.Module1.Run"], capture_output=True, text=True, check=False, timeout=300,
            env=environment,
        )  # fmt: skip
    missing = [to.name for to in made if not to.exists()]
    assert not missing, f"LibreOffice did not write {missing}: {done.stdout} {done.stderr}"
    return made


def render(path: Path, folder: Path, dpi: int = 70) -> list[Path]:
    """Print a workbook to PDF and turn its pages into PNG files."""
    (pdf,) = convert([path], "pdf", folder)
    for old in folder.glob(f"{path.stem}-*.png"):
        old.unlink()
    subprocess.run(["pdftoppm", "-r", str(dpi), "-png", str(pdf), str(folder / path.stem)], check=True)
    return sorted(folder.glob(f"{path.stem}-*.png"))


if __name__ == "__main__":
    for page in render(Path(sys.argv[2]), Path(sys.argv[3])):
        print(page)
