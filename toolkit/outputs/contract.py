"""The JSON contract (docs/json.md): the object of every command that gives one. Keys may be added; these stay.

The objects of ``send`` and ``import`` stand beside this module: they alone need the mail and the reading of reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from toolkit.answers import Answer, Blank, Filled, Number, Unreadable
from toolkit.checking import check
from toolkit.checking.explaining import of_last_year, state_of
from toolkit.checking.text import check_text
from toolkit.findings import Finding
from toolkit.forms.layout import lay_out
from toolkit.forms.sheets import COVER
from toolkit.merging import EXCLUDED, coverage, extent, rollups_below
from toolkit.merging.attribution import Shift, shifts
from toolkit.proving import Proof
from toolkit.returns import BodyState, Checked, FileState, Identity, PackageEntry, ReadFile, Return, RollUp
from toolkit.returns.continuity import Handover, Link
from toolkit.returns.extent import Extent
from toolkit.returns.numbers import show
from toolkit.returns.revisions import Revision
from toolkit.returns.status import Status

Json = dict[str, Any]


def attributes(value: object, *names: str) -> Json:
    """Return attributes of a value as they stand."""
    return {name: getattr(value, name) for name in names}


# Findings and figures, as they stand in every object.


def finding_json(finding: Finding) -> Json:
    """Return FINDING of the contract; ``hint``, ``explained`` and ``waits`` are added keys."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        **attributes(finding, "message", "remedy", "file", "sheet", "cell"),
        "items": list(finding.items),
        "expected": finding.expected,
        "found": finding.actual,
        **attributes(finding, "difference", "rule"),
        "hint": list(finding.hint),
        **attributes(finding, "explained", "waits"),
    }


def _findings(findings: Iterable[Finding]) -> list[Json]:
    return [finding_json(finding) for finding in findings]


def value_json(value: Number | None) -> int | str | None:
    """Return a figure as the contract has it: an integer for counts, the text of a decimal for money."""
    return value if value is None or isinstance(value, int) else show(value)


def answer_json(answer: Answer) -> Json:
    """Return an answer as its state, its value and what stands in the cell."""
    if isinstance(answer, Filled):
        return {"state": "filled", "value": value_json(answer.value), "raw": answer.raw or show(answer.value)}
    if isinstance(answer, Unreadable):
        return {"state": "unreadable", "value": None, "raw": answer.raw}
    return {"state": "blank", "value": None, "raw": answer.raw or None}


def respondent_json(identity: Identity | None) -> Json | None:
    """Return the code and the name of a respondent."""
    return None if identity is None else attributes(identity, "code", "name")


# read, check, diff: returns one by one.


def read_json(files: Sequence[ReadFile]) -> Json:
    """Return the object of ``read``; a file that holds no return is listed under ``unreadable``."""
    return {
        "schema": "nianbao.read/1",
        "returns": [return_json(file, file.ret) for file in files if file.ret is not None],
        "unreadable": [checked_json(Checked.of(file)) for file in files if file.ret is None],
    }


def return_json(file: ReadFile, ret: Return) -> Json:
    """Return one return's object of ``read``; a file that was only read is checked for what its explanations are worth."""
    findings, unjudged = file.findings, frozenset[str]()
    if ret.explanations and not isinstance(file, Checked):
        findings, unjudged = check(ret, level=ret.identity.level, also=check_text(ret)), of_last_year(ret.form)
    return {
        "file": file.file,
        "form": ret.form.id,
        "year": ret.year,
        "respondent": respondent_json(ret.identity),
        "region": ret.identity.region,
        "cover": {name: _cover(ret, name) for name, _ in COVER.fields},
        "items": [_item(ret, code) for code in ret.form.items],
        "text": {
            number: "\n".join(paragraph.text for paragraph in paragraphs) for number, paragraphs in ret.text.items()
        },
        "explanations": [
            {
                "rule": explanation.rule,
                "items": list(explanation.items),
                **attributes(explanation, "fingerprint", "text"),
                "accepted": (state := state_of(ret, explanation, findings, unjudged)) == "accepted",
                "state": state,
            }
            for explanation in ret.explanations
        ],
        "package": [_entry(entry) for entry in ret.package],
        "findings": _findings(file.findings),
    }


def _entry(entry: PackageEntry) -> Json:
    """Return what stands beside the form: its text whole, its author and its cell where the file names them."""
    place = {"sheet": entry.place.sheet, "cell": entry.place.cell or None}
    return {"kind": entry.kind, **place, "state": entry.state, "text": entry.text, "author": entry.author or None}


def _cover(ret: Return, name: str) -> Json | None:
    field = ret.cover.get(name)
    return None if field is None else {**attributes(field.place, "sheet", "cell"), "value": field.value}


def _item(ret: Return, code: str) -> Json:
    item, place, layout = ret.form.items[code], ret.place(code), lay_out(ret.form)
    if item.computed:
        stated = ret.stated.get(code)
        shown = show(ret.shown[code]) if code in ret.shown else None
        raw = answer_json(stated)["raw"] if stated is not None else shown
        answer = {"state": "computed", "value": value_json(ret.figures[code]), "raw": raw}
    else:
        answer = answer_json(ret.answers.get(code, Blank()))
    sheet, cell = (layout.cell(code)[0], layout.address(code)) if place is None else (place.sheet, place.cell)
    entry = {"code": code, **attributes(item, "table", "row", "column"), **answer, "sheet": sheet, "cell": cell}
    return entry | {"prefilled": True} if code in ret.untouched else entry


def check_json(
    checked: Sequence[Checked], skipped: Sequence[Finding], year: int | None, notes: Sequence[Finding] = ()
) -> Json:
    """Return the object of ``check``; ``year`` is the one by which the files were judged, ``notes`` are of last year's."""
    verdicts = [file.verdict for file in checked]
    levels = [finding.severity.value for file in checked for finding in file.findings]
    return {
        "schema": "nianbao.check/1",
        "year": year,
        "files": [checked_json(file) for file in checked],
        "skipped": _findings(skipped),
        "findings": _findings(notes),
        "summary": {
            "files": len(checked),
            **{verdict: verdicts.count(verdict) for verdict in ("pass", "fail", "unreadable")},
            "errors": levels.count("error"),
            "warnings": levels.count("warning"),
        },
    }


def checked_json(checked: Checked) -> Json:
    """Return one file's object of ``check``."""
    ret = checked.ret
    return {
        "file": checked.file,
        "form": None if ret is None else ret.form.id,
        "year": None if ret is None else ret.year,
        "respondent": respondent_json(None if ret is None else ret.identity),
        "verdict": checked.verdict,
        "status": status_json(checked.status),
        "token": checked.trust,
        "findings": _findings(checked.findings),
    }


def status_json(status: Status) -> Json:
    """Return how a return stands: the sentence in both languages, the counts, and the line of each part."""
    return {
        "sentence": str(status.sentence),
        "sentence_en": status.sentence.en,
        **attributes(status, "started", "ready", "errors", "missing", "doubts"),
        "parts": [
            {**attributes(part, "part", "missing", "broken", "doubts"), "words": str(part.words)}
            for part in status.parts
        ],
    }


def diff_json(revision: Revision) -> Json:
    """Return the object of ``diff``."""
    return {
        "schema": "nianbao.diff/1",
        "old": revision.old.file,
        "new": revision.new.file,
        "changes": [
            {
                **attributes(change, "code", "row", "column"),
                "before": None if change.before is None else answer_json(change.before),
                "after": None if change.after is None else answer_json(change.after),
                **attributes(change, "sheet", "cell"),
            }
            for change in revision.changes
        ],
        "mended": _findings(revision.mended),
        "new_findings": _findings(revision.new_findings),
        "standing": _findings(revision.standing),
    }


# merge, prove, ledger: the roll-up and the season.


def merge_json(rollup: RollUp, output: Path, *, details: Path | None, previous: RollUp | None, sources: bool) -> Json:
    """Return the object of ``merge``; ``details`` is the Parquet file of the bodies' rows, if there is one.

    With ``sources`` every figure names what it is the sum of, bodies and lines of 调整; with a ``previous`` roll-up what changed since is told.
    """
    items = []
    changes = [(one, rollup.form.complete({one.item: one.new - one.old})) for one in rollup.adjustments]
    for code, item in rollup.form.items.items():
        entry = {"code": code, **attributes(item, "table", "row", "column"), "value": value_json(rollup.figures[code])}
        if sources:
            entry["sources"] = [
                {
                    "file": file.file,
                    "respondent": file.ret.identity.name or file.ret.identity.code,
                    **_contribution(file.ret, code),
                }
                for file in rollup.merged
                if file.ret is not None
            ]
            entry["adjustments"] = [
                {**attributes(one, "code", "item", "reason", "who"), "change": value_json(effect[code])}
                for one, effect in changes
                if effect[code]
            ]
        items.append(entry)
    return {
        "schema": "nianbao.merge/1",
        "form": rollup.form.id,
        "year": rollup.year,
        "region": rollup.region,
        "coverage": coverage_json(rollup),
        "items": items,
        "chain": [_link(link) for link in rollup.chain],
        "findings": _findings(rollup.findings),
        "output": str(output),
        **({} if details is None else {"details": str(details)}),
        **({} if previous is None else {"changes": [_shift(shift) for shift in shifts(previous, rollup)]}),
    }


def _link(link: Link) -> Json:
    """Return one figure beside what last year's require, of the bodies merged and of all, and who breaks it."""
    return {
        **attributes(link.check, "rule"),
        "item": link.check.items[0],
        "merged": _sums(*link.sums(merged=True)),
        "all": _sums(*link.sums(merged=False)),
        **{key: [_handover(one) for one in getattr(link, key)] for key in ("broken", "waiting", "undecided")},
    }


def _sums(expected: Number, actual: Number) -> Json:
    return {"expected": value_json(expected), "found": value_json(actual), "difference": value_json(actual - expected)}


def _handover(one: Handover) -> Json:
    expected = None if one.why else value_json(one.expected)
    whose = {"codes": list(one.carried.codes), "name": one.carried.name}
    return {
        **whose,
        "expected": expected,
        "found": value_json(one.actual),
        **attributes(one, "why", "explained", "partial"),
    }


def _contribution(ret: Return, code: str) -> Json:
    """Return what a body adds to a figure: a total as its inputs make it, an input as it was answered, null where it was not."""
    answer = ret.answers.get(code, Blank())
    if ret.form.items[code].computed:
        return {"value": value_json(ret.figures[code]), "state": "computed"}
    if isinstance(answer, Blank) and ret.form.items[code].table in ret.declared:
        return {"value": 0, "state": "declared"}
    return {name: answer_json(answer)[name] for name in ("value", "state")}


def _shift(shift: Shift) -> Json:
    return {
        "code": shift.item,
        "before": value_json(shift.last),
        "after": value_json(shift.now),
        "shares": [
            {**attributes(share, "code", "name", "state", "before", "after"), "share": value_json(share.share)}
            for share in shift.shares
        ],
    }


def coverage_json(rollup: RollUp) -> Json:
    """Return the coverage object of ``merge``: bodies as code and name, files as file and reason."""
    expected = [body for body in rollup.bodies if body.state != "not_expected"]
    unsettled = {file.file for file in rollup.files if file.state == "conflict"}
    return {
        "expected": rollup.expected,
        "received": sum(body.state != "missing" for body in expected),
        "merged": len(rollup.merged),
        "missing": [attributes(body, "code", "name") for body in expected if body.state == "missing"],
        "late": [attributes(body, "code", "name") for body in expected if body.late],
        "imported": [_file(file) | {"imported": file.imported} for file in rollup.files if file.imported],
        "excluded": [_file(file) for file in rollup.files if file.state in EXCLUDED],
        "superseded": _files(rollup, "superseded"),
        "duplicates": _files(rollup, "duplicate"),
        "conflicts": [_conflict(body, unsettled) for body in rollup.bodies if unsettled & {*body.files}],
        "not_in_rollup": _files(rollup, "not_in_rollup"),
        "not_on_roster": _files(rollup, "not_on_roster"),
        "included": [{"code": code, "reason": reason} for code, reason in rollup.included.items()],
        "preferred": list(rollup.preferred),
        **attributes(rollup, "unexplained", "unfilled"),
        **_extent(extent(rollup)),
        "below": [
            {**attributes(one, "file", "code", "name"), **_extent(one.extent), "late": one.extent.late}
            for one in rollups_below(rollup)
        ],
        "statement": coverage(rollup),
    }


def _extent(covered: Extent) -> Json:
    return {"partial": covered.uncounted != "", **attributes(covered, "counted", "uncounted", "label")}


def _conflict(body: BodyState, unsettled: set[str]) -> Json:
    return {**attributes(body, "code", "name"), "files": [file for file in body.files if file in unsettled]}


def _files(rollup: RollUp, state: str) -> list[Json]:
    return [_file(file) for file in rollup.files if file.state == state]


def _file(state: FileState) -> Json:
    return {**attributes(state, "file", "reason", "state", "status"), "respondent": attributes(state, "code", "name")}


def proof_json(proof: Proof) -> Json:
    """Return the object of ``prove``."""
    return {
        "schema": "nianbao.prove/1",
        **attributes(proof, "proved", "items", "returns"),
        "differences": [attributes(one, "code", "rollup", "recomputed", "file") for one in proof.differences],
        **{key: list(getattr(proof, key)) for key in ("adjusted", "coverage", "not_in_rollup", "uncompared")},
        "unproved": [{"file": file, "reason": why} for file, why in proof.unproved],
        "repaired": [{"file": file, "reason": why} for file, why in proof.repaired],
        "left_out": [{"file": file, "reason": why} for file, why in proof.left_out],
    }


def ledger_json(rollup: RollUp, findings: Sequence[Finding], worklist: Path) -> Json:
    """Return the object of ``ledger``: every body and file of a season with its state."""
    return {
        "schema": "nianbao.ledger/1",
        "year": rollup.year,
        "region": rollup.region,
        "bodies": [
            {**attributes(body, "code", "name", "state", "in_rollup"), "files": list(body.files)}
            for body in rollup.bodies
        ],
        "files": [
            attributes(file, "file", "sha256", "state", "code", "name", "reason", "status") for file in rollup.files
        ],
        "coverage": coverage_json(rollup),
        "findings": _findings(findings),
        "desk": str(worklist),
    }
