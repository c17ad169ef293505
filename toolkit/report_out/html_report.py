"""The report as one HTML file: semantic tables, printed on A4, nothing loaded from elsewhere."""

from __future__ import annotations

from importlib import resources

from jinja2 import Environment, StrictUndefined

from toolkit.report_out.report import Report, ReportCell

_SCOPES = {"caption": "rowgroup", "head": "col", "stub": "row", "group": "row"}


def html_bytes(report: Report) -> bytes:
    """Return the report as UTF-8; every text is escaped by the template engine."""
    source = resources.files("toolkit.report_out").joinpath("report.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(source)
    return template.render(report=report, scope=_scope).encode("utf-8")


def _scope(cell: ReportCell) -> str:
    """Return the scope of a label, "" for a cell of data. One that spans rows or columns heads those it spans."""
    return _SCOPES.get(cell.role, "")
