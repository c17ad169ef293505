"""From a file to the official report: read, check, look up last year, and write it as Word document or web page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from toolkit import reading
from toolkit.files import replaced
from toolkit.findings import fault
from toolkit.report_out import Report, docx_bytes, html_bytes, report
from toolkit.returns import Checked, Return
from toolkit.returns.derived_sentences import sentences
from toolkit.returns.last_year import before
from toolkit.run.chain import run_one
from toolkit.run.earlier import with_details
from toolkit.run.job import Job, Outcome
from toolkit.run.preceding import announce

WRITERS: Mapping[str, Callable[[Report], bytes]] = {".docx": docx_bytes, ".html": html_bytes, ".htm": html_bytes}
"""How a report is written, by the suffix of its file."""


def writer(output: Path) -> Callable[[Report], bytes]:
    """Return what writes a file of that name; any other suffix raises ToolkitError."""
    write = WRITERS.get(output.suffix.lower())
    if write is None:
        raise fault("REPORT_FORMAT_UNKNOWN", output=output)
    return write


class Content(Struct, frozen=True):
    """What a report holds beside the return: that it is a draft, and what is added to it."""

    draft: bool = False
    annex: bool = False
    coverage: bool = False
    sentences: bool = False


def publish(job: Job, output: Path, content: Content) -> tuple[Path, Checked]:
    """Check the one file of a job and write its report; returns where it went, and the file as it was checked."""
    write = writer(output)
    made, checked = report_of(job, content)
    return replaced(output, write(made)), checked


def report_of(job: Job, content: Content) -> tuple[Report, Checked]:
    """Return the report of a return or a roll-up, and the file as it was read and checked.

    With ``sentences`` those that the tables fill open chapter 一, unless the text quotes them already.

    A file without a return, errors (unless it is a draft), an annex without the body's return of the year before and
    the coverage of what is no roll-up raise ToolkitError.
    """
    outcome = run_one(job)
    announce(outcome.last_year)
    (checked,) = outcome.checked
    assert checked.ret is not None, "run_one sees to it"
    made = report(
        checked.ret,
        findings=checked.findings,
        draft=content.draft,
        last=_last(checked.ret, outcome) if content.annex else None,
        sentences=sentences(checked.ret) if content.sentences else (),
        covered=_covered(job, checked.ret) if content.coverage else (),
    )
    return made, checked


def _last(ret: Return, outcome: Outcome) -> Return:
    """Return the body's return of the year before, known by its code or its name."""
    if outcome.last_year is None:
        raise fault("ANNEX_WITHOUT_LAST_YEAR")
    earlier = before(outcome.last_year, ret, outcome.roster)
    compared = None if earlier is None else earlier.text if earlier.sharers else earlier.ret
    if compared is None:
        raise fault("ANNEX_BODY_MISSING")
    return compared


def _covered(job: Job, ret: Return) -> tuple[str, ...]:
    """Return the names of the bodies whose figures a roll-up holds."""
    (file,) = job.paths
    assert isinstance(file, Path), "run_one sees to it"
    if ret.identity.kind != "rollup":
        raise fault("COVERAGE_WITHOUT_ROLLUP", file=file)
    bodies, _ = with_details(reading.returns_in(file, name=file.name), file, file.name)
    return tuple(body.identity.name or body.identity.code or "" for body in bodies if body.identity.kind != "rollup")
