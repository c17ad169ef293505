"""What a run adds to the ledger: arrivals, versions, judgements, explanations, states. Noted once, it is not added again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from toolkit.answers import Blank, Filled
from toolkit.findings import Finding, Severity
from toolkit.mail import PostState
from toolkit.returns import BodyState, Checked, FileState, Return, RollUp, Standing, checksum
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
    now = ledger.now()
    for delivery in deliveries:
        if (delivery.sha256, delivery.path) not in known:
            known.add((delivery.sha256, delivery.path))
            record_delivery(ledger, delivery, at=now)


def record_delivery(ledger: Ledger, delivery: Delivery, **when: str) -> None:
    """Note that a file came, also once more; ``at`` is when (now): files seen together came together."""
    ledger.add("arrival", **(asdict(delivery) | {"name": delivery.name or delivery.path} | when))


def received(ledger: Ledger) -> dict[str, float]:
    """Return when each file came, in seconds by its sha256: as its last mail says, else when it was first seen here."""
    mailed: dict[str, float] = {}
    seen: dict[str, float] = {}
    for row in ledger.rows("arrival"):
        sha256, mail = row["sha256"], row["message_id"] and row["sent_at"]
        when = datetime.fromisoformat(mail or row["at"]).timestamp()
        if mail:
            mailed[sha256] = max(when, mailed.get(sha256, when))
        else:
            seen.setdefault(sha256, when)
    return seen | mailed


def first_seen(ledger: Ledger) -> dict[str, float]:
    """Return when each file came first, or was there at the latest: as its mail or the file itself says, when it was first seen."""
    first: dict[str, float] = {}
    for row in ledger.rows("arrival"):
        seen = datetime.fromisoformat(row["at"]).timestamp()
        when = min(seen, datetime.fromisoformat(row["sent_at"]).timestamp()) if row["sent_at"] else seen
        first[row["sha256"]] = min(when, first.get(row["sha256"], when))
    return first


def record_checked(ledger: Ledger, checked: Sequence[Checked], states: Sequence[FileState]) -> None:
    """Note the version that each return is of its body, and the findings on it when those are new."""
    bodies = {(state.file, state.sha256): (state.code, state.name) for state in states}
    numbers = {row["code"]: row["number"] for row in ledger.rows("version")}
    versions = {(row["code"], row["sha256"]) for row in ledger.rows("version")}
    judged = {sha256: row["digest"] for sha256, row in ledger.newest("judgement", "sha256").items()}
    for file in sorted(checked, key=_order):
        code, name = bodies.get((file.file, file.sha256), ("", ""))
        if file.ret is not None and code and (code, file.sha256) not in versions:
            versions.add((code, file.sha256))
            numbers[code] = numbers.get(code, 0) + 1
            _add_version(ledger, file, file.ret, code=code, number=numbers[code], body=name)
        rows = [_finding_row(problem) for problem in file.findings]
        text = json.dumps([file.verdict, *(list(row.values()) for row in rows)], ensure_ascii=False)
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
        if judged.get(file.sha256) != digest:
            judged[file.sha256] = digest
            _add_judgement(ledger, file, digest, rows)


def _order(file: Checked) -> tuple[int, float, str, str]:
    return (0 if file.ret is None else file.ret.identity.round, file.modified, file.file, file.sha256)


def _add_version(ledger: Ledger, file: Checked, ret: Return, **body: Any) -> None:
    figures = {}
    for item in ret.form.inputs:
        answer = ret.answers.get(item, Blank())
        if not isinstance(answer, Blank):
            figures[item] = show(answer.value) if isinstance(answer, Filled) else {"unreadable": answer.raw}
    ledger.add(
        "version", **body, sha256=file.sha256, form=ret.form.id, year=ret.year, round=ret.identity.round,
        checksum=checksum(ret.form, ret.figures, ret.year, body["code"]), trust=file.trust,
        figures=json.dumps(figures, ensure_ascii=False, sort_keys=True),
    )  # fmt: skip
    for explanation in ret.explanations:
        ledger.add(
            "explanation", code=body["code"], sha256=file.sha256, rule=explanation.rule,
            items=" ".join(explanation.items), fingerprint=explanation.fingerprint, text=explanation.text,
        )  # fmt: skip


def _finding_row(problem: Finding) -> dict[str, str]:
    return {
        "code": problem.code, "severity": problem.severity.value, "rule": problem.rule or "",
        "items": " ".join(problem.items), "sheet": problem.sheet or "", "cell": problem.cell or "",
        "message": problem.message, "remedy": problem.remedy, "expected": problem.expected or "",
        "found": problem.actual or "", "explained": problem.explained or "",
    }  # fmt: skip


def _add_judgement(ledger: Ledger, file: Checked, digest: str, rows: Sequence[Mapping[str, str]]) -> None:
    explained = sum(one.severity is Severity.WARNING and one.explained is not None for one in file.findings)
    status = file.status
    number = ledger.add(
        "judgement", sha256=file.sha256, digest=digest, verdict=file.verdict,
        errors=status.errors, warnings=status.doubts, explained=explained,
    )  # fmt: skip
    for row in rows:
        ledger.add("finding", judgement=number, **row)


def record_states(ledger: Ledger, files: Sequence[FileState], bodies: Sequence[BodyState]) -> None:
    """Note the state of every file and every body where it is another than the last one noted."""
    known = {key: (row["state"], row["reason"]) for key, row in ledger.newest("state", "subject", "key").items()}
    rows = [("file", f"{file.sha256}:{file.file}", file.state, file.code, file.reason) for file in files]
    rows += [("body", body.code or body.name, body.state, body.code, "") for body in bodies]
    for subject, key, state, code, reason in rows:
        if known.get((subject, key)) != (state, reason):
            ledger.add("state", subject=subject, key=key, state=state, code=code, reason=reason)


def record_accepted(ledger: Ledger, rollup: RollUp) -> None:
    """Note the files that a roll-up took; from then on another one of the body needs a decision."""
    accepted = _accepted(ledger)
    for file in rollup.merged:
        code = "" if file.ret is None else file.ret.identity.code or ""
        if code and accepted.get(code) != file.sha256:
            number = ledger.value("version", "number", code=code, sha256=file.sha256)
            ledger.add("accepted", code=code, sha256=file.sha256, number=number, as_of=rollup.as_of)


def _accepted(ledger: Ledger) -> dict[str, str]:
    return {code: row["sha256"] for code, row in ledger.newest("accepted", "code").items()}


def standings(ledger: Ledger) -> dict[str, Standing]:
    """Return what was settled about each body so far: adopted, accepted, and whether it was ever sent back."""
    versions = {(row["code"], row["number"]): row["sha256"] for row in ledger.rows("version")}
    adopted = {
        code: (versions.get((code, int(row["value"])), ""), row["reason"])
        for (code, kind), row in ledger.newest("decision", "code", "kind").items()
        if kind == "adopt" and row["value"].isdigit()
    }
    accepted = _accepted(ledger)
    returned = sent_back(ledger)
    return {
        code: Standing(*adopted.get(code, ("", "")), accepted.get(code, ""), code in returned)
        for code in sorted(adopted.keys() | accepted.keys() | returned.keys())
    }


def sent_back(ledger: Ledger) -> dict[str, set[str]]:
    """Return the files of each body that went back, by mail or by hand, by the beginning of their sha256."""
    went: dict[str, set[str]] = {}
    for key, row in ledger.newest("message", "key").items():
        code, kind, file = key.split("/", 2)
        if kind == "退回" and PostState(row["state"]).went:
            went.setdefault(code, set()).add(file)
    return went


def with_returned(rollup: RollUp, ledger: Ledger) -> RollUp:
    """Return a roll-up in which a body is returned whose file went back as it is: a letter that was only written is none."""
    went = sent_back(ledger)
    failing = (file for file in rollup.files if file.state in ("failing", "not_in_rollup"))
    back = {file.code for file in failing if file.sha256[:16] in went.get(file.code, ())}
    bodies = (
        replace(body, state="returned") if body.state == "received" and body.code in back else body
        for body in rollup.bodies
    )
    return replace(rollup, bodies=tuple(bodies))
