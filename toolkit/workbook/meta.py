"""Identity, carried three ways: the very hidden sheet, document properties and defined names."""

from __future__ import annotations

from toolkit.answers import Filled
from toolkit.excel_out import Sheet, Workbook
from toolkit.forms.layout import META_EXPLANATIONS, META_KEYS, META_PREFILLED, NAME_PREFIX, PROPERTY_PREFIX
from toolkit.returns.numbers import show
from toolkit.workbook.filling import Filling
from toolkit.workbook.styles import Styles


def identity(filling: Filling) -> dict[str, str]:
    """Return what a workbook says of itself; a blank says nothing of a respondent."""
    values = {
        "format": "nianbao",
        "kind": filling.kind,
        "form": filling.form.id,
        "version": filling.form.version,
        "year": str(filling.year),
        "code": filling.code,
        "name": filling.name,
        "level": filling.level,
        "region": filling.region,
        "round": str(filling.round),
        "token": filling.token,
    }
    if filling.kind == "blank":
        values |= {"code": "", "name": "", "level": ""}
    return {key: values[key] for key in META_KEYS if values[key] != ""}


def properties(filling: Filling) -> dict[str, str]:
    """Return the custom document properties, as strings: LibreOffice would make floats of numbers.

    What is longer than Excel takes is carried by ``_meta`` alone: one endless name must not stop a run.
    """
    return {f"{PROPERTY_PREFIX}{key}": value for key, value in identity(filling).items() if len(value) <= 255}


def put_names(book: Workbook, filling: Filling) -> None:
    """Define the names that carry identity, as string constants."""
    for key, value in identity(filling).items():
        quoted = value.replace('"', '""')
        if len(quoted) <= 255:
            book.define_name(f"{NAME_PREFIX}{key.upper()}", f'="{quoted}"')


def put_meta(sheet: Sheet, filling: Filling, styles: Styles) -> None:
    """Write ``_meta``."""
    sheet.column(0, 16383, 90, styles.plain)
    row = 0
    for key, value in identity(filling).items():
        sheet.text(row, 0, key, styles.plain)
        sheet.text(row, 1, value, styles.plain)
        row += 1
    if filling.prefilled:
        sheet.text(row, 0, META_PREFILLED, styles.plain)
        for code in [code for code in filling.form.inputs if code in filling.prefilled]:
            row += 1
            answer = filling.answers.get(code)
            sheet.text(row, 0, code, styles.plain)
            sheet.text(row, 1, show(answer.value) if isinstance(answer, Filled) else "", styles.plain)
        row += 1
    if filling.explanations:
        sheet.text(row, 0, META_EXPLANATIONS, styles.plain)
        for each in filling.explanations:
            row += 1
            for at, text in enumerate((each.rule, " ".join(each.items), each.fingerprint, each.text)):
                sheet.text(row, at, text[:32000], styles.plain)
    sheet.protect()
    sheet.hide_very()
