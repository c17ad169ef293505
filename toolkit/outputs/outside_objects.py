"""The objects of ``season``, ``send`` and ``import``, which alone need the mail and the reading of reports (docs/json.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from toolkit.findings import Finding
from toolkit.outputs.contract import Json, answer_json, attributes, finding_json, respondent_json, value_json
from toolkit.returns import Checked

if TYPE_CHECKING:  # annotations alone need them
    from toolkit.mail import PostResult
    from toolkit.report_in import Figure, PublishedReport


def season_json(day: str, days_left: int, files: tuple[int, int], today: Any) -> Json:
    """Return the object of ``season``: today's list; ``files`` are how many there are and how many were read anew."""
    names = ("code", "name", "kind", "letter", "words", "about", "contact", "phone", "to", "key", "file", "last")
    return {
        "schema": "nianbao.season/1",
        "day": day,
        "days_left": days_left,
        "files": files[0],
        "read": files[1],
        **{
            way: [attributes(one, *names) for one in getattr(today, way)]
            for way in ("phone", "decide", "send", "silent")
        },
        "strays": [attributes(one, "file", "name", "state", "reason") for one in today.strays],
        "uncertain": dict(today.fates),
    }


def send_json(sent: Sequence[PostResult], without_address: Sequence[str]) -> Json:
    """Return the object of ``send``: what became of each letter, and the bodies without an address."""
    return {
        "schema": "nianbao.send/1",
        "messages": [
            {
                **attributes(message, "key", "code", "to"),
                "state": message.state.value,
                **attributes(message, "detail", "message_id"),
                "finding": None if message.finding is None else finding_json(message.finding),
            }
            for message in sent
        ],
        "without_address": list(without_address),
    }


def import_json(report: PublishedReport, checked: Checked, findings: Sequence[Finding], file: str, output: str) -> Json:
    """Return the object of ``import``: a report and the workbook that it became, as that was checked.

    ``file`` and ``output`` are the names of both.
    """
    return {
        "schema": "nianbao.import/1",
        "file": file,
        "kind": report.kind,
        "form": report.form.id,
        "year": report.year,
        "respondent": {"code": None, "name": None} if checked.ret is None else respondent_json(checked.ret.identity),
        "output": output,
        "tables": [
            {
                "table": table.id,
                **attributes(table, "title", "expected"),
                "found": table.filled,
                **attributes(table, "blank", "missing", "not_placed"),
            }
            for table in report.tables
        ],
        "items": [_figure(figure) for figure in report.figures.values()],
        "totals": [
            {**_figure(total), "recomputed": value_json(report.recomputed[total.code])}
            for total in report.totals.values()
        ],
        "not_placed": [attributes(figure, "table", "raw", "where", "why") for figure in report.not_placed],
        "text": {
            number: [{"head": head, "text": text, "where": where} for head, text, where in paragraphs]
            for number, paragraphs in report.text.items()
        },
        "findings": [finding_json(finding) for finding in findings],
    }


def _figure(figure: Figure) -> Json:
    return {"code": figure.code, **answer_json(figure.answer), **attributes(figure, "raw", "where")}
