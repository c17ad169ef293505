"""The verbs of the Python API: the same chains as the commands, on paths, giving frozen values."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

from toolkit.errors import ToolkitError
from toolkit.files import is_address, made_folder, replaced, writable_file, writable_folder
from toolkit.proving import Proof
from toolkit.returns import Checked, RollUp
from toolkit.roster.tokens import load_key, made_key
from toolkit.run import chain as season
from toolkit.run import publication, sources
from toolkit.run.earlier import previous_rollup
from toolkit.run.rollup_file import save_rollup
from toolkit.run.sources import Place
from toolkit.scale import parquet
from toolkit.workbook import issuing

Paths = str | Path | Sequence[str | Path]


def _places(given: Paths) -> tuple[Place, ...]:
    listed = (given,) if isinstance(given, str | Path) else given
    return tuple(each if isinstance(each, str) and is_address(each) else Path(each) for each in listed)


def _paths(given: Paths) -> tuple[Path, ...]:
    return tuple(Path(each) for each in ((given,) if isinstance(given, str | Path) else given))


def _path(given: str | Path | None) -> Path | None:
    return None if given is None else Path(given)


def template(
    year: int,
    output: str | Path,
    *,
    form: str | None = None,
    roster: str | Path | None = None,
    last_year: Paths = (),
    key: str | Path | None = None,
) -> tuple[Path, ...]:
    """Write the blank of a year, or one template per body of the roster, into a folder; return the files.

    ``last_year`` (files, folders or a roll-up; needs a roster) prefills what last year fixes. ``key`` (a file, made
    where there is none; needs a roster) gives every template its token. A form that the year
    does not use, a roster with errors and a folder that cannot be written raise ToolkitError.
    """
    used = season.form_of(year, form)
    writable_folder(Path(output))
    known = sources.sound_roster(_path(roster))
    if known is None:
        if _paths(last_year):
            raise ToolkitError(
                "预填上一年度的数要有名录：空白表不属于任何单位。",
                "请同时给出名录。",
                english="--last-year needs a roster: a blank belongs to nobody.",
            )
        if key is not None:
            raise ToolkitError(
                "下发标识要有名录：空白表不属于任何单位。",
                "请同时给出名录，或去掉 --key。",
                english="--key needs a roster: a blank belongs to nobody.",
            )
        name, data = issuing.blank(used, year)
        return (replaced(made_folder(Path(output)) / name, data),)
    last = sources.load_last_year(_paths(last_year), year)
    found = {} if last is None else {body.code: last.of(body.code, known, year)[0] for body in known.expected(year)}
    before = {code: ret for code, ret in found.items() if ret is not None}
    folder = made_folder(Path(output))
    secret = None if key is None else made_key(Path(key))
    return tuple(replaced(folder / name, data) for name, data, _ in issuing.issued(used, year, known, before, secret))


def read(paths: Paths, *, passwords: Sequence[str] = ()) -> tuple[Checked, ...]:
    """Read files or folders: one value a file, with its return (None when there is none) and what reading found.

    Nothing in a file raises; a path that does not exist raises ToolkitError.
    """
    return season.read_all(sources.inputs(_places(paths)), passwords=passwords)


def check(
    paths: Paths,
    *,
    year: int | None = None,
    roster: str | Path | None = None,
    last_year: Paths = (),
    level: str | None = None,
    passwords: Sequence[str] = (),
    key: str | Path | None = None,
    jobs: int | None = None,
) -> tuple[Checked, ...]:
    """Read and check files or folders, each file by itself, in ``jobs`` processes (None: as many as are worth it).

    Without ``year``, inputs that state several years raise ToolkitError. ``level`` is that of bodies of unknown level.
    ``passwords`` are tried on encrypted files; ``key`` is the key file by which templates were issued.
    """
    return season.run(
        _places(paths),
        year=year,
        roster=_path(roster),
        last_year=_places(last_year),
        level=level,
        access=_access(passwords, key),
        jobs=jobs,
    ).checked


def _access(passwords: Sequence[str], key: str | Path | None) -> season.Access:
    return season.Access(tuple(passwords), None if key is None else load_key(Path(key)))


def merge(
    paths: Paths,
    *,
    year: int | None = None,
    roster: str | Path | None = None,
    last_year: Paths = (),
    region: str = "",
    region_code: str = "",
    region_level: str = "县",
    as_of: datetime.date | None = None,
    prefer_newest: bool = False,
    include_failing: Mapping[str, str] | None = None,
    passwords: Sequence[str] = (),
    key: str | Path | None = None,
    previous: str | Path | None = None,
    output: str | Path | None = None,
    jobs: int | None = None,
    cluster: str | None = None,
    details_as_parquet: bool = False,
) -> RollUp:
    """Check and merge files or folders into a roll-up; with ``output`` write its workbook too.

    The returns in it hold their figures, not their text. ``jobs`` processes read (None: as many as are worth it), or
    the Dask ``cluster`` at an address; paths may be addresses such as ``s3://bucket/folder``.

    ``previous``, the last roll-up, adds to the workbook what changed since and through whom. With
    ``details_as_parquet`` – and in any case with more bodies than a workbook holds – 明细 goes to a Parquet file
    beside the workbook (``汇总.明细.parquet``), which needs pyarrow.
    Nothing to merge, several years without ``year`` and an output that cannot be written raise ToolkitError.
    """
    if output is not None:
        writable_file(Path(output))
        if details_as_parquet:
            parquet.needed()
            writable_file(parquet.beside(Path(output)))
    done = season.run(
        _places(paths),
        year=year,
        roster=_path(roster),
        last_year=_places(last_year),
        without=[] if output is None else [Path(output), parquet.beside(Path(output))],
        year_needed=True,
        access=_access(passwords, key),
        jobs=jobs,
        light=True,
        cluster=cluster,
    )
    rollup = season.merge_all(
        done,
        region=region,
        region_code=region_code,
        region_level=region_level,
        as_of=(as_of or datetime.date.today()).isoformat(),
        prefer_newest=prefer_newest,
        include_failing=include_failing,
    )
    if output is not None:
        before = None if previous is None else previous_rollup(Path(previous), year=rollup.year)
        save_rollup(Path(output), rollup, before, as_parquet=details_as_parquet)
    return rollup


def prove(rollup: str | Path, paths: Paths = ()) -> Proof:
    """Recompute a roll-up workbook from the files under the paths (its own folder when none) by other means."""
    return season.prove_all(Path(rollup), _paths(paths))


def publish(
    file: str | Path,
    output: str | Path,
    *,
    draft: bool = False,
    last_year: Paths = (),
    annex: bool = False,
    coverage: bool = False,
    roster: str | Path | None = None,
    level: str | None = None,
    sentences: bool = False,
) -> Path:
    """Write the official report of a return or a roll-up as .docx or .html; returns where it went.

    Errors in the return raise ToolkitError, unless it is a ``draft``.
    """
    write = publication.writer(Path(output))
    made, _ = publication.report_of(
        Path(file),
        draft=draft,
        last_year=_paths(last_year),
        annex=annex,
        coverage=coverage,
        roster=_path(roster),
        level=level,
        sentences=sentences,
    )
    return replaced(Path(output), write(made))
