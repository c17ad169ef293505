"""What the commands hand over: the JSON objects of docs/json.md and the files they write."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from toolkit import merging
from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.findings import Finding
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import COVER
from toolkit.outputs import exports
from toolkit.outputs.plain import json_bytes
from toolkit.proving import Proof
from toolkit.returns import Checked, Return, RollUp
from toolkit.returns.comparing import Change, Revision
from toolkit.returns.numbers import show
from toolkit.workbook.rollup.changes import Shift, shifts


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return FINDING of the contract; ``hint`` and ``explained`` are added keys."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "file": finding.file,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "items": list(finding.items),
        "expected": finding.expected,
        "found": finding.found,
        "difference": finding.difference,
        "rule": finding.rule,
        "hint": list(finding.hint),
        "explained": finding.explained,
    }


def checked_json(checked: Checked) -> dict[str, Any]:
    """Return one file's object of ``check``."""
    ret = checked.ret
    return {
        "file": checked.file,
        "form": ret.form.id if ret is not None else None,
        "year": ret.year if ret is not None else None,
        "respondent": {"code": ret.identity.code, "name": ret.identity.name} if ret is not None else None,
        "verdict": checked.verdict,
        "token": checked.trust,
        "findings": [finding_json(each) for each in checked.findings],
    }


def value_json(value: Number | None) -> int | str | None:
    """Return a figure as the contract has it: an integer for counts, the text of a decimal for money."""
    return value if value is None or isinstance(value, int) else show(value)


def _answer(answer: Answer) -> tuple[str, int | str | None, str | None]:
    if isinstance(answer, Filled):
        return "filled", value_json(answer.value), answer.raw or show(answer.value)
    if isinstance(answer, Unreadable):
        return "unreadable", None, answer.raw
    return "blank", None, answer.raw or None


def return_json(checked: Checked, ret: Return) -> dict[str, Any]:
    """Return one return's object of ``read``."""
    layout = lay_out(ret.form)
    items = []
    for code, item in ret.form.items.items():
        if item.computed:
            shown = ret.stated.get(code)
            raw = _answer(shown)[2] if shown is not None else _shown(ret, code)
            state, value = "computed", value_json(ret.figures[code])
        else:
            state, value, raw = _answer(ret.answers.get(code, Blank()))
        place = ret.place(code)
        items.append(
            {
                "code": code,
                "table": item.table,
                "row": item.row,
                "column": item.column,
                "state": state,
                "value": value,
                "raw": raw,
                "sheet": place.sheet if place is not None else layout.cell(code)[0],
                "cell": place.cell if place is not None else layout.address(code),
            }
        )
    return {
        "file": checked.file,
        "form": ret.form.id,
        "year": ret.year,
        "respondent": {"code": ret.identity.code, "name": ret.identity.name},
        "region": ret.identity.region,
        "cover": {
            key: (
                {"sheet": ret.cover[key].place.sheet, "cell": ret.cover[key].place.cell, "value": ret.cover[key].value}
                if key in ret.cover
                else None
            )
            for key, _ in COVER.fields
        },
        "items": items,
        "text": {number: "\n".join(each.text for each in paragraphs) for number, paragraphs in ret.text.items()},
        "explanations": [
            {
                "rule": each.rule,
                "items": list(each.items),
                "fingerprint": each.fingerprint,
                "text": each.text,
                "accepted": any(one.explained == each.text for one in checked.findings),
            }
            for each in ret.explanations
        ],
        "findings": [finding_json(each) for each in checked.findings],
    }


def _shown(ret: Return, code: str) -> str | None:
    return show(ret.shown[code]) if code in ret.shown else None


def read_json(readings: Sequence[Checked]) -> dict[str, Any]:
    """Return the object of ``read``; a file that holds no return is listed under ``unreadable``."""
    return {
        "schema": "nianbao.read/1",
        "returns": [return_json(each, each.ret) for each in readings if each.ret is not None],
        "unreadable": [checked_json(each) for each in readings if each.ret is None],
    }


def read_bytes(readings: Sequence[Checked], fmt: str) -> bytes:
    """Return what ``read`` writes, as json, csv, xlsx or parquet."""
    if fmt == "json":
        return json_bytes(read_json(readings))
    returns = [each.ret for each in readings if each.ret is not None]
    return {"csv": exports.csv_bytes, "xlsx": exports.xlsx_bytes, "parquet": exports.parquet_bytes}[fmt](returns)


def merge_json(
    rollup: RollUp, output: str, *, sources: bool, previous: RollUp | None = None, details: str | None = None
) -> dict[str, Any]:
    """Return the object of ``merge``; ``details`` is the Parquet file of the bodies' rows, if there is one."""
    items = []
    for code, item in rollup.form.items.items():
        entry: dict[str, Any] = {
            "code": code,
            "table": item.table,
            "row": item.row,
            "column": item.column,
            "value": value_json(rollup.figures[code]),
        }
        if sources:
            entry["sources"] = [
                {
                    "file": each.file,
                    "respondent": each.ret.identity.name or each.ret.identity.code,
                    "value": value_json(each.ret.figures[code]),
                }
                for each in rollup.merged
                if each.ret is not None
            ]
        items.append(entry)
    return {
        "schema": "nianbao.merge/1",
        "form": rollup.form.id,
        "year": rollup.year,
        "region": rollup.region,
        "coverage": merging.coverage_json(rollup),
        "items": items,
        "findings": [finding_json(each) for each in rollup.findings],
        "output": output,
        **({} if details is None else {"details": details}),
        **({} if previous is None else {"changes": [_shift_json(each) for each in shifts(previous, rollup)]}),
    }


def _shift_json(shift: Shift) -> dict[str, Any]:
    return {
        "code": shift.item,
        "before": value_json(shift.last),
        "after": value_json(shift.now),
        "shares": [
            {"code": each.code, "name": each.name, "state": each.state, "before": each.before, "after": each.after,
             "share": value_json(each.share)}
            for each in shift.shares
        ],
    }  # fmt: skip


def proof_json(proof: Proof) -> dict[str, Any]:
    """Return the object of ``prove``."""
    return {
        "schema": "nianbao.prove/1",
        "proved": proof.proved,
        "items": proof.items,
        "returns": proof.returns,
        "differences": [
            {"code": each.code, "rollup": each.rollup, "recomputed": each.recomputed, "file": each.file}
            for each in proof.differences
        ],
        "adjusted": list(proof.adjusted),
        "unproved": [{"file": file, "reason": reason} for file, reason in proof.unproved],
    }


def diff_json(revision: Revision) -> dict[str, Any]:
    """Return the object of ``diff``."""
    return {
        "schema": "nianbao.diff/1",
        "old": revision.old.file,
        "new": revision.new.file,
        "changes": [
            {
                "code": each.code,
                "row": each.row,
                "column": each.column,
                "before": _side(each.before),
                "after": _side(each.after),
                "sheet": each.sheet,
                "cell": each.cell,
            }
            for each in revision.changes
        ],
        "mended": [finding_json(each) for each in revision.mended],
        "new_findings": [finding_json(each) for each in revision.new_findings],
        "standing": [finding_json(each) for each in revision.standing],
    }


def _side(answer: Answer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    state, value, raw = _answer(answer)
    return {"state": state, "value": value, "raw": raw}


def change_line(change: Change) -> str:
    """Return a change as one line."""
    place = "!".join(part for part in (change.sheet, change.cell) if part)
    if change.code.startswith("text."):
        old, new = (each.raw if isinstance(each, Unreadable) else "" for each in (change.before, change.after))
        return f"{place} {change.code} {change.row}·{change.column}：{_passage(old, new)} → {_passage(new, old)}"
    return f"{place} {change.code} {change.row}·{change.column}：{_words(change.before)} → {_words(change.after)}"


_AROUND, _SHOWN = 12, 60
"""Characters that a changed passage is quoted with on either side, and of the passage itself."""


def _passage(text: str, other: str) -> str:
    """Return the part of a text that differs from another, with a few characters around it."""
    if not text:
        return "空白"
    start = _alike(text, other)
    alike = _alike(text[start:][::-1], other[start:][::-1])
    first, last = max(0, start - _AROUND), min(len(text), len(text) - alike + _AROUND)
    last = min(last, start + _SHOWN)
    shown = " ".join(text[first:last].split())
    return f"“{'…' if first else ''}{shown}{'…' if last < len(text) else ''}”"


def _alike(text: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(text, other, strict=False)))


def _words(answer: Answer | None) -> str:
    if answer is None:
        return "（无）"
    state, value, raw = _answer(answer)
    return {"filled": str(value), "blank": "空白", "unreadable": f"读不懂“{raw}”"}[state]
