"""Returns to measure with: as issued and typed, saved by openpyxl, saved by LibreOffice; all with text."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl

from tests.office import SOFFICE, convert
from tests.samples import BODIES, sound, workbook
from toolkit.forms import load_form

FORM = load_form("2021")
FLAVOURS = ("as issued and typed", "saved by openpyxl", "saved by LibreOffice")


def write_flavours(folder: Path, count: int) -> dict[str, list[Path]]:
    """Write ``count`` different sound returns of 2025 in each flavour; without LibreOffice that one is left out."""
    found: dict[str, list[Path]] = {flavour: [] for flavour in FLAVOURS}
    for at in range(count):
        data = workbook(FORM, 2025, BODIES[at % len(BODIES)], sound(FORM, at, 20 + 3 * at, None))
        path = folder / "a" / f"{at:03d}.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        found[FLAVOURS[0]].append(path)
        path = folder / "b" / f"{at:03d}.xlsx"
        path.parent.mkdir(exist_ok=True)
        openpyxl.load_workbook(io.BytesIO(data)).save(path)
        found[FLAVOURS[1]].append(path)
    if SOFFICE is None:
        del found[FLAVOURS[2]]
    else:
        found[FLAVOURS[2]] = convert(found[FLAVOURS[1]], "xlsx", folder / "c")
    return found
