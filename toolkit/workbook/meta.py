"""Identity, carried three ways: the very hidden sheet, document properties and defined names."""

from __future__ import annotations

from toolkit.answers import Filled
from toolkit.excel_out import Protection, Workbook, Worksheet
from toolkit.forms.sheets import META, META_EXPLANATIONS, META_KEYS, META_PREFILLED, NAME_PREFIX, PROPERTY_PREFIX
from toolkit.returns.numbers import show
from toolkit.workbook import styles
from toolkit.workbook.filling import Filling


def identity(filling: Filling) -> dict[str, str]:
    """Return what a workbook says of itself; a blank names no respondent."""
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
        "coverage": filling.extent.counted,
        "uncounted": filling.extent.uncounted,
        "late": filling.extent.late,
        "lineage": " ".join(filling.lineage[:9]),  # as many as a document property has room for
    }
    if filling.kind == "blank":
        values |= {"code": "", "name": ""}
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
            book.define(f"{NAME_PREFIX}{key.upper()}", f'="{quoted}"')


def put_meta(sheet: Worksheet, filling: Filling) -> None:
    """Write ``_meta``."""
    sheet.column(0, 16383, 90, styles.plain)
    rows: list[tuple[str, ...]] = list(identity(filling).items())
    if filling.prefilled:
        rows.append((META_PREFILLED,))
        for code in [code for code in filling.form.inputs if code in filling.prefilled]:
            answer = filling.answers.get(code)
            rows.append((code, show(answer.value) if isinstance(answer, Filled) else ""))
    if filling.explanations:
        rows.append((META_EXPLANATIONS,))
        rows += [
            (text.rule, " ".join(text.items), text.fingerprint, text.text, text.state) for text in filling.explanations
        ]
    for row, texts in enumerate(rows):
        for code, text in zip(("key", "value", "fingerprint", "text", "state"), texts, strict=False):
            sheet.text(row, META.column(code), text[:32000], styles.plain)
    sheet.protection = Protection()
    sheet.very_hidden = True
