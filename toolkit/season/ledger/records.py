"""What a run adds to the ledger: arrivals, versions, judgements, explanations, states. Said twice, it is added once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from toolkit.answers import Blank, Filled
from toolkit.findings import Finding, Severity
from toolkit.returns import BodyState, Checked, FileState, RollUp, Standing, checksum
from toolkit.returns.numbers import show
from toolkit.season.ledger.store import Ledger


class Delivery(Struct, frozen=True):
    """How a file arrived: its path in the season's folder, its size, and what is known of its way there."""

    sha256: str
    path: str
    size: int
    sent_at: str
    sender: str = ""
    source: str = "文件夹"
    message_id: str = ""
    name: str = ""


def stamp(seconds: float) -> str:
    """Return the time of a file as text, the same on every machine."""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()


def record_deliveries(ledger: Ledger, deliveries: Iterable[Delivery]) -> None:
    """Note every file at every path it was ever seen at; a file put there by ``collect`` is known already."""
    known = {(row["sha256"], row["path"]) for row in ledger.rows("arrival")}
    for each in deliveries:
        if (each.sha256, each.path) not in known:
            known.add((each.sha256, each.path))
            ledger.add(
                "arrival", sha256=each.sha256, path=each.path, size=each.size, sender=each.sender,
                sent_at=each.sent_at, source=each.source, message_id=each.message_id, name=each.name or each.path,
            )  # fmt: skip


def record_checked(ledger: Ledger, checked: Sequence[Checked], states: Sequence[FileState]) -> None:
    """Note the version that each return is of its body, and what was found in it when that is new."""
    whose = {(each.file, each.sha256): (each.code, each.name) for each in states}
    versions = {(row["code"], row["sha256"]) for row in ledger.rows("version")}
    counts: dict[str, int] = {}
    for row in ledger.rows("version"):
        counts[row["code"]] = row["number"]
    judged = {sha256: row["digest"] for sha256, row in ledger.newest("judgement", "sha256").items()}
    for each in sorted(checked, key=_order):
        code, name = whose.get((each.file, each.sha256), ("", ""))
        if each.ret is not None and code and (code, each.sha256) not in versions:
            versions.add((code, each.sha256))
            counts[code] = counts.get(code, 0) + 1
            _version(ledger, each, code, name, counts[code])
        digest = _digest(each)
        if judged.get(each.sha256) != digest:
            judged[each.sha256] = digest
            _judgement(ledger, each, digest)


def _order(each: Checked) -> tuple[int, float, str, str]:
    return (0 if each.ret is None else each.ret.identity.round, each.modified, each.file, each.sha256)


def _version(ledger: Ledger, each: Checked, code: str, name: str, number: int) -> None:
    ret = each.ret
    assert ret is not None
    figures = {}
    for item in ret.form.inputs:
        answer = ret.answers.get(item, Blank())
        if not isinstance(answer, Blank):
            figures[item] = show(answer.value) if isinstance(answer, Filled) else {"unreadable": answer.raw}
    ledger.add(
        "version", code=code, number=number, sha256=each.sha256, body=name, form=ret.form.id, year=ret.year,
        round=ret.identity.round, checksum=checksum(ret.form, ret.figures, ret.year, code), trust=each.trust,
        figures=json.dumps(figures, ensure_ascii=False, sort_keys=True),
    )  # fmt: skip
    for one in ret.explanations:
        ledger.add(
            "explanation", code=code, sha256=each.sha256, rule=one.rule, items=" ".join(one.items),
            fingerprint=one.fingerprint, text=one.text,
        )  # fmt: skip


def _told(each: Finding) -> tuple[str, ...]:
    return (
        each.code, each.severity.value, each.rule or "", " ".join(each.items), each.sheet or "", each.cell or "",
        each.message, each.remedy, each.expected or "", each.found or "", each.explained or "",
    )  # fmt: skip


def _digest(each: Checked) -> str:
    said = json.dumps([each.verdict, *map(_told, each.findings)], ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:16]


def _judgement(ledger: Ledger, each: Checked, digest: str) -> None:
    warnings = [one for one in each.findings if one.severity is Severity.WARNING]
    explained = sum(one.explained is not None for one in warnings)
    number = ledger.add(
        "judgement", sha256=each.sha256, digest=digest, verdict=each.verdict,
        errors=sum(one.severity is Severity.ERROR for one in each.findings), warnings=len(warnings) - explained,
        explained=explained,
    )  # fmt: skip
    columns = [
        "code",
        "severity",
        "rule",
        "items",
        "sheet",
        "cell",
        "message",
        "remedy",
        "expected",
        "found",
        "explained",
    ]
    for one in each.findings:
        ledger.add("finding", judgement=number, **dict(zip(columns, _told(one), strict=True)))


def record_states(ledger: Ledger, files: Sequence[FileState], bodies: Sequence[BodyState]) -> None:
    """Note the state of every file and every body where it is another than the last one noted."""
    known = {key: (row["state"], row["reason"]) for key, row in ledger.newest("state", "subject", "key").items()}
    wanted = [("file", f"{each.sha256}:{each.file}", each.state, each.code, each.reason) for each in files]
    wanted += [("body", each.code or each.name, each.state, each.code, "") for each in bodies]
    for subject, key, state, code, reason in wanted:
        if known.get((subject, key)) != (state, reason):
            ledger.add("state", subject=subject, key=key, state=state, code=code, reason=reason)


def record_accepted(ledger: Ledger, rollup: RollUp) -> None:
    """Note the files that a roll-up took; from then on another one of the body needs a decision."""
    accepted = {code: row["sha256"] for code, row in ledger.newest("accepted", "code").items()}
    for each in rollup.merged:
        code = "" if each.ret is None else each.ret.identity.code or ""
        if code and accepted.get(code) != each.sha256:
            number = ledger.value("version", "number", code=code, sha256=each.sha256)
            ledger.add("accepted", code=code, sha256=each.sha256, number=number, as_of=rollup.as_of)


def standings(ledger: Ledger) -> dict[str, Standing]:
    """Return what was settled about each body so far: adopted, accepted, and whether it was ever sent back."""
    versions = {(row["code"], row["number"]): row["sha256"] for row in ledger.rows("version")}
    adopted: dict[str, tuple[str, str]] = {}
    for code, row in ledger.newest("decision", "code", "kind").items():
        if code[1] == "adopt" and row["value"]:
            sha256 = versions.get((code[0], int(row["value"])), "")
            adopted[code[0]] = (sha256, f"{row['reason']}" if row["reason"] else "")
    accepted = {code: row["sha256"] for code, row in ledger.newest("accepted", "code").items()}
    returned = {row["code"] for row in ledger.rows("state", subject="body", state="returned")}
    return {
        code: Standing(*adopted.get(code, ("", "")), accepted.get(code, ""), code in returned)
        for code in sorted(adopted.keys() | accepted.keys() | returned)
    }
