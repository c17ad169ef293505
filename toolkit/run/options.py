"""The options of the Python API, declared once, and the job that they make."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict

from toolkit.files import is_address
from toolkit.findings import fault
from toolkit.forms import use_form
from toolkit.returns import Decisions, Region, Waiver, lacking
from toolkit.roster.tokens import load_key
from toolkit.run.job import Job, Wanted
from toolkit.run.sources import Kept, Location

Paths = str | Path | Sequence[str | Path]
LastYearPaths = Paths | Kept | Sequence[str | Path | Kept]


class ReadOptions(TypedDict, total=False):
    """How files are read: ``passwords`` are tried on encrypted files, ``jobs`` processes read; ``form`` is one's own."""

    form: str | Path | None
    passwords: Sequence[str]
    jobs: int | None


class CheckOptions(ReadOptions, total=False):
    """What returns are judged by, see Job; ``key`` is the key file by which templates were issued."""

    year: int | None
    roster: str | Path | None
    last_year: LastYearPaths
    level: str | None
    key: str | Path | None
    cluster: str | None


class MergeOptions(CheckOptions, total=False):
    """What a roll-up is of, and what was decided: ``include_failing`` gives a reason by the code of the body."""

    region: str
    region_code: str
    region_level: str
    as_of: datetime.date | None
    prefer_newest: bool
    include_failing: Mapping[str, str] | None


def job_of(paths: Paths, options: Mapping[str, Any], wanted: Wanted = "check") -> Job:
    """Return the job that options make; an unknown one raises TypeError, a key file or reason that is none ToolkitError."""
    values = {**options}
    if (own := values.pop("form", None)) is not None:
        use_form(Path(own))
    region = Region(*(values.pop(name, "") for name in ("region", "region_code", "region_level")))
    reasons: Mapping[str, str] = values.pop("include_failing", None) or {}
    for code, reason in reasons.items():
        if (why := lacking(reason)) is not None:
            raise fault("INCLUSION_WITHOUT_GROUND", body=code, why=why)
    waivers = {code: Waiver(reason) for code, reason in reasons.items()}
    decisions = Decisions(values.pop("prefer_newest", False), waivers)
    day, key, roster = (values.pop(name, None) for name in ("as_of", "key", "roster"))
    return Job(
        locations(paths), wanted, roster=None if roster is None else Path(roster), region=region, decisions=decisions,
        last_year=settled_before(values.pop("last_year", ())), as_of="" if day is None else day.isoformat(),
        passwords=tuple(values.pop("passwords", ())), key=None if key is None else load_key(Path(key)), **values,
    )  # fmt: skip


def settled_before(paths: LastYearPaths) -> tuple[Location | Kept, ...]:
    """Return where last year's returns are, seasons as they are kept."""
    listed = (paths,) if isinstance(paths, str | Path | Kept) else paths
    return tuple(path if isinstance(path, Kept) else locations(path)[0] for path in listed)


def locations(paths: Paths) -> tuple[Location, ...]:
    """Return where files are: addresses as they stand, anything else as a path."""
    listed = (paths,) if isinstance(paths, str | Path) else paths
    return tuple(path if isinstance(path, str) and is_address(path) else Path(path) for path in listed)
