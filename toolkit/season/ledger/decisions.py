"""What the coordinator decides on the worklist: which file counts, what is waived and why, when somebody was reminded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from msgspec import Struct

from toolkit.findings import CATALOGUE
from toolkit.forms import Form
from toolkit.returns import Waiver
from toolkit.season.ledger.store import Ledger

KINDS: Mapping[str, str] = {
    "adopt": "采用哪一份",
    "waive": "豁免规则",
    "why": "豁免理由",
    "remind": "催报日期",
    "remark": "备注",
}
"""The columns of decisions on the worklist; ``why`` is the reason of ``waive`` and of ``adopt``."""
ALL = "全部"
_EPOCH = date(1899, 12, 30)
_SPLIT = re.compile(r"[\s,，、;；]+")


class Decision(Struct, frozen=True):
    """One decision about a body; an empty value takes an earlier one back."""

    code: str
    kind: str
    value: str
    reason: str = ""


def understood(kind: str, value: object, *, date_cell: bool, versions: int, form: Form) -> tuple[str, str]:
    """Return a decision's value in one spelling and "", or "" and what is wrong with it (Chinese)."""
    text = unicodedata.normalize("NFKC", str(value)).strip() if value is not None else ""
    if text == "" or kind in ("why", "remark"):
        return text, ""
    if kind == "adopt":
        return _version(text, versions)
    if kind == "waive":
        return _rules(text, form)
    return _day(text, value if date_cell else None)


def _version(text: str, versions: int) -> tuple[str, str]:
    match = re.fullmatch(r"(?:第\s*)?([0-9]{1,4})(?:\.0+)?\s*份?", text)
    if match is None or not 1 <= int(match[1]) <= versions:
        return "", f"“{text[:20]}”不是收到过的一份（共 {versions} 份）" if versions else "这个单位还没有来过表"
    return str(int(match[1])), ""


def _rules(text: str, form: Form) -> tuple[str, str]:
    if text == ALL:
        return ALL, ""
    known = {rule.id for rule in form.rules} | set(CATALOGUE)
    asked = [each.upper() for each in _SPLIT.split(text) if each]
    strange = [each for each in asked if each not in known]
    if strange:
        return "", f"没有规则或代码 {'、'.join(each[:20] for each in strange)}"
    return " ".join(dict.fromkeys(asked)), ""


def _day(text: str, serial: object) -> tuple[str, str]:
    if isinstance(serial, int | Decimal) and not isinstance(serial, bool) and 36526 <= serial <= 73050:
        return (_EPOCH + timedelta(days=int(serial))).isoformat(), ""
    match = re.fullmatch(r"(20[0-9]{2})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", text)
    try:
        if match is not None:
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat(), ""
    except ValueError:
        pass
    return "", f"“{text[:20]}”不是 2026-01-20 这样的日期"


def in_force(ledger: Ledger) -> dict[tuple[str, str], str]:
    """Return the decisions in force by body and kind, the reason of a waiver or an adoption as kind ``why``."""
    found: dict[tuple[str, str], str] = {}
    for (code, kind), row in ledger.newest("decision", "code", "kind").items():
        if row["value"]:
            found[code, kind] = row["value"]
            if row["reason"]:
                found[code, "why"] = row["reason"]
    return found


def record_decisions(ledger: Ledger, decisions: Iterable[Decision]) -> int:
    """Add decisions that differ from what is in force; returns how many."""
    added = 0
    for each in decisions:
        last = ledger.last("decision", code=each.code, kind=each.kind)
        before = ("", "") if last is None else (last["value"], last["reason"])
        if before != (each.value, each.reason):
            ledger.add("decision", code=each.code, kind=each.kind, value=each.value, reason=each.reason)
            added += 1
    return added


def waivers(ledger: Ledger) -> dict[str, Waiver]:
    """Return the waivers in force by body; the reason names the rules."""
    found: dict[str, Waiver] = {}
    for (code, kind), row in ledger.newest("decision", "code", "kind").items():
        if kind == "waive" and row["value"]:
            rules = frozenset() if row["value"] == ALL else frozenset(row["value"].split())
            found[code] = Waiver(f"豁免 {row['value']}：{row['reason']}", rules)
    return found
