"""Whose workbook it is: what ``_meta``, the document properties and the defined names say, and whether they agree."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct, field

from toolkit.answers import Number
from toolkit.excel_in import Book, Sheet
from toolkit.findings import Finding, Wording, finding
from toolkit.forms.sheets import META, META_EXPLANATIONS, META_KEYS, META_PREFILLED, NAME_PREFIX, PROPERTY_PREFIX
from toolkit.reading.sheet_search import meta_sheets
from toolkit.reading.wording import text_of
from toolkit.returns import Explanation
from toolkit.returns.seals import SEAL

_WORDS = {
    "kind": "表的种类",
    "form": "格式",
    "version": "表样版本",
    "year": "年度",
    "code": "统一社会信用代码",
    "name": "单位名称",
    "level": "层级",
    "region": "地区",
    "round": "轮次",
    "token": "下发标识",
}
_HIDDEN, _CARRIERS = "隐藏表", ("文档属性", "名称")
_META_ROWS = 5_000


class Carriers(Struct, frozen=True):
    """What the workbook says of itself: one value a key, explanations, what was put in from last year, contradictions."""

    values: Mapping[str, str] = field(default_factory=dict)
    explanations: tuple[Explanation, ...] = ()
    prefilled: Mapping[str, Number] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def number(self, key: str) -> int | None:
        """Return a whole number, or None when there is none."""
        text = self.values.get(key, "")
        return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def read_carriers(book: Book, file: str) -> Carriers:
    """Collect identity from its three carriers; any one is enough, those that differ are a finding."""
    sheets = meta_sheets(book)
    metas = [_meta(sheet, column) for sheet, column in sheets]
    properties = {
        key.removeprefix(PROPERTY_PREFIX): _value(value)
        for key, value in book.properties.items()
        if key.startswith(PROPERTY_PREFIX) and _value(value)
    }
    names = {
        key[len(NAME_PREFIX) :].lower(): _value(value.strip('"').replace('""', '"'))
        for key, value in book.names.items()
        if key.upper().startswith(NAME_PREFIX) and _value(value.strip('"'))
    }
    where = [_HIDDEN if len(sheets) == 1 else f"工作表“{sheet.name}”" for sheet, _ in sheets]
    values: dict[str, str] = {}
    findings: list[Finding] = []
    for key in META_KEYS:
        carriers = zip((*where, *_CARRIERS), (*(meta for meta, *_ in metas), properties, names), strict=True)
        stated = [(carrier, known[key]) for carrier, known in carriers if key in known]
        if stated:
            values[key] = stated[0][1]
        if key in _WORDS and len({value for _, value in stated}) > 1:
            words = "，".join(f"{carrier}为“{value}”" for carrier, value in stated)
            findings.append(finding("FORM_004", file=file, what=Wording(_WORDS[key], key), values=words))
    explanations = dict.fromkeys(explanation for _, carried, _ in metas for explanation in carried)
    prefilled = {item: value for *_, carried in reversed(metas) for item, value in carried.items()}
    return Carriers(values, tuple(explanations), prefilled, tuple(findings))


def _meta(sheet: Sheet, keys: int) -> tuple[dict[str, str], tuple[Explanation, ...], dict[str, Number]]:
    """Return what the sheet says, its keys in a column."""
    prefilled: dict[str, Number] = {}
    values: dict[str, str] = {}
    explanations: list[Explanation] = []
    section = ""
    columns = [keys + META.column(code) for code in ("key", "value", "fingerprint", "text", "state")]
    last = max((row for row, _ in sheet.cells), default=-1)
    for row in range(min(last + 1, _META_ROWS)):
        first, value, print_, text, state = (text_of(sheet.cell(row, column)).strip() for column in columns)
        if first in (META_PREFILLED, META_EXPLANATIONS, SEAL):
            section = first
        elif section == META_PREFILLED and re.fullmatch(r"-?[0-9]{1,13}(\.[0-9]{1,4})?", value):
            prefilled[first] = Decimal(value) if "." in value else int(value)
        elif section == META_EXPLANATIONS and first:
            explanations.append(Explanation(first, tuple(value.split()), print_, text, state=state))
        elif not section and first in META_KEYS and _value(value):
            values[first] = _value(value)
    return values, tuple(explanation for explanation in explanations if explanation.text), prefilled


def _value(text: str) -> str:
    """Return a value without what LibreOffice makes of it (``2024.0``)."""
    stripped = text.strip()
    return stripped[:-2] if re.fullmatch(r"[0-9]{1,6}\.0", stripped) else stripped
