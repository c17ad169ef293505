"""The verbs of the Python API: the same chain as the commands, on paths, giving frozen values."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Unpack

from msgspec.structs import replace

from toolkit import proving
from toolkit.errors import ToolkitError
from toolkit.files import made_folder, replaced, writable_folder
from toolkit.findings import fault
from toolkit.forms import Form, form_for_year, form_ids, load_form, use_form
from toolkit.proving import Proof
from toolkit.returns import Checked, ReadFile, RollUp
from toolkit.returns.revisions import Revision, revise
from toolkit.roster.tokens import made_key
from toolkit.run import importing, publication
from toolkit.run.chain import run, run_one
from toolkit.run.continuing import continued
from toolkit.run.earlier import previous_rollup
from toolkit.run.importing import Imported
from toolkit.run.job import Job
from toolkit.run.options import (
    CheckOptions,
    LastYearPaths,
    MergeOptions,
    Paths,
    ReadOptions,
    job_of,
    locations,
    settled_before,
)
from toolkit.run.preceding import announce, load_last_year
from toolkit.run.rollup_file import save_rollup, targets
from toolkit.run.sources import inputs, outside_seasons, sound_roster
from toolkit.scale import jobs_for
from toolkit.workbook import issuing


def template(
    year: int,
    output: str | Path,
    *,
    form: str | None = None,
    roster: str | Path | None = None,
    last_year: LastYearPaths = (),
    key: str | Path | None = None,
) -> tuple[Path, ...]:
    """Write the blank of a year, or one template per body of the roster, into a folder; return the files.

    ``last_year`` (files, folders or a roll-up; needs a roster) prefills what last year fixes. ``key`` (a file, made
    where there is none; needs a roster) gives every template its token. A form that the year
    does not use, a roster with errors and a folder that cannot be written raise ToolkitError.
    """
    used = form_of(year, form)
    writable_folder(Path(output))
    known = sound_roster(None if roster is None else Path(roster))
    before = settled_before(last_year)
    if known is None:
        if before:
            raise fault("PREFILL_WITHOUT_ROSTER")
        if key is not None:
            raise fault("KEY_WITHOUT_ROSTER")
        name, data = issuing.blank(used, year)
        return (replaced(made_folder(Path(output)) / name, data),)
    last = load_last_year(before, year, known)
    announce(last)
    folder = made_folder(Path(output))
    secret = None if key is None else made_key(Path(key))
    return tuple(replaced(folder / name, data) for name, data, _ in issuing.issued(used, year, known, last, secret))


def form_of(year: int, form: str | None) -> Form:
    """Return the form of a year, a file of one's own or else a shipped one; one that the year does not use raises ToolkitError."""
    if form is not None and form not in form_ids():
        form = use_form(Path(form)).id
    used = form_for_year(year)
    if form is not None and load_form(form).id != used.id:
        raise fault("FORM_OF_OTHER_YEAR", year=year, own=used.id, notice=used.notice, form=form)
    return used


def read(paths: Paths, **options: Unpack[ReadOptions]) -> tuple[ReadFile, ...]:
    """Read files or folders: one value a file, with its return (None when there is none) and what reading found.

    Nothing in a file raises; a path that does not exist raises ToolkitError.
    """
    return run(job_of(paths, options, "read")).readings


def check(paths: Paths, **options: Unpack[CheckOptions]) -> tuple[Checked, ...]:
    """Read and check files or folders, each file by itself.

    Without ``year`` the one that most files state is taken, the others are failed by ID_021; two that equally many
    state, and a season's folder, whose ledger the commands alone follow, raise ToolkitError.
    """
    outside_seasons(locations(paths))
    return run(job_of(paths, options)).checked


def merge(
    paths: Paths,
    *,
    output: str | Path | None = None,
    previous: str | Path | None = None,
    details_as_parquet: bool = False,
    **options: Unpack[MergeOptions],
) -> RollUp:
    """Check and merge files or folders into a roll-up; with ``output`` write its workbook too.

    The returns in it hold their figures, not their text. ``jobs`` processes read (None: as many as are worth it), or
    the Dask ``cluster`` at an address; paths may be addresses such as ``s3://bucket/folder``.

    ``previous``, the last roll-up, adds to the workbook what changed since and through whom. With
    ``details_as_parquet`` – and in any case with more bodies than a workbook holds – 明细 goes to a Parquet file
    beside the workbook (``汇总.明细.parquet``), which needs pyarrow.
    Nothing to merge, two years that equally many files state, a season's folder and an output that cannot be written
    raise ToolkitError.
    """
    outside_seasons(locations(paths))
    book = None if output is None else Path(output)
    without = () if book is None else targets(book, as_parquet=details_as_parquet)
    job = replace(job_of(paths, options, "merge"), without=without, light=True)
    rollup = run(job).rollup
    assert rollup is not None, "merging was wanted"
    if book is not None:
        last, known = None if previous is None else Path(previous), job.passwords
        rollup = continued(rollup, book, last, as_parquet=details_as_parquet, passwords=known)
        before = None if last is None else previous_rollup(last, year=rollup.year, passwords=known)
        save_rollup(book, rollup, before, as_parquet=details_as_parquet)
    return rollup


def prove(rollup: str | Path, paths: Paths = ()) -> Proof:
    """Recompute a roll-up workbook from the files under the paths (its own folder when none) by other means."""
    book = Path(rollup)
    if not book.is_file():
        raise fault("ROLLUP_MISSING", book=book)
    files = inputs(locations(paths) or (book.parent,), without=[book]).files
    here = {name: path for path, name in files if isinstance(path, Path)}
    return proving.prove(book, here, jobs=jobs_for(len(files)), whole=paths != ())


def diff(old: str | Path, new: str | Path) -> Revision:
    """Compare the returns of two files and their findings; roll-ups are compared without being checked as returns."""
    return revise(_side(Path(old)), _side(Path(new)))


def _side(path: Path) -> Checked:
    (checked,) = run_one(Job((path,))).checked
    assert checked.ret is not None, "run_one sees to it"
    return replace(checked, findings=checked.ret.findings) if checked.ret.identity.kind == "rollup" else checked


def import_report(
    report: str | Path, output: str | Path, *, year: int, respondent: str = "", code: str = "", level: str = ""
) -> Imported:
    """Turn a published report of a year (html, docx, text, PDF, hand-made workbook) into a filled workbook; check that.

    ``respondent`` is the body where the title does not name it, ``code`` its 统一社会信用代码, ``level`` what it is
    (县级部门, 市 …; C2 is judged by it). A report that cannot be read, a missing library, a code that is none and an
    output that is not .xlsx raise ToolkitError.
    """
    return importing.import_report(Path(report), Path(output), year=year, respondent=respondent, code=code, level=level)


def import_folder(
    folder: str | Path, output: str | Path, *, year: int, roster: str | Path | None = None
) -> Iterator[tuple[str, Imported | ToolkitError]]:
    """Turn every published report of a folder into a workbook in another one; each body is known by the title.

    Yields each file with what came of it: one that cannot be imported stops none of the others.
    """
    bodies = sound_roster(None if roster is None else Path(roster))
    return importing.import_folder(Path(folder), Path(output), year=year, roster=bodies)


def publish(
    file: str | Path,
    output: str | Path,
    *,
    draft: bool = False,
    annex: bool = False,
    coverage: bool = False,
    sentences: bool = False,
    **options: Unpack[CheckOptions],
) -> Path:
    """Write the official report of a return or a roll-up as .docx or .html; returns where it went.

    Errors in the return raise ToolkitError, unless it is a ``draft``. ``annex`` adds the comparison with ``last_year``,
    ``coverage`` the bodies of a roll-up, ``sentences`` those that the tables fill.
    """
    content = publication.Content(draft, annex, coverage, sentences)
    return publication.publish(job_of(Path(file), options), Path(output), content)[0]
