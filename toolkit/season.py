"""The chains read → check → merge → … that the Python API, the commands and worker processes share."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from toolkit import checking, merging, reading
from toolkit.answers import Filled, Number
from toolkit.comparing import Change, compare
from toolkit.errors import RosterError, ToolkitError
from toolkit.excel_in import Refused, open_book
from toolkit.findings import Finding, Severity, finding, sorted_findings
from toolkit.forms import Form, form_for_year, load_form
from toolkit.proving import Proof, prove
from toolkit.returns import Checked, Identity, Return, RollUp
from toolkit.roster import Respondent, Roster, roster_from_csv, roster_from_rows

LOCK_FILES = ("~$", ".~", ".")
"""How the names of lock files and hidden files begin (Excel, WPS and LibreOffice)."""

PATHS = tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files to look at, each with the name that outputs use, and what was skipped and why."""

    files: tuple[tuple[Path, str], ...]
    skipped: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class LastYear:
    """Last year's returns by the code of their body."""

    by_code: Mapping[str, Return]

    def of(self, code: str | None, roster: Roster | None, year: int) -> tuple[Return | None, bool]:
        """Return last year's return of a body, and False when it is made of several predecessors or of other bodies.

        A body without one of its own inherits the sum of its predecessors' (only if all of them are there).
        """
        if code is None:
            return None, True
        if code in self.by_code:
            return self.by_code[code], True
        body = None if roster is None else next((each for each in roster.expected(year) if each.code == code), None)
        if body is None or not body.predecessors:
            return None, True
        found = [self.by_code[old] for old in body.predecessors if old in self.by_code]
        if len(found) < len(body.predecessors):
            return None, True
        return (found[0] if len(found) == 1 else _added(found)), False


def inputs(paths: Sequence[Path], *, without: Iterable[Path] = ()) -> Inputs:
    """List the files under the paths, folders with all their sub-folders, sorted by name.

    A path that does not exist raises ToolkitError. Lock files, hidden files and those in ``without`` (outputs, the
    roster) are left out; what is left out for its name is said in a finding.
    """
    left_out = {each.resolve() for each in without}
    files: dict[Path, str] = {}
    skipped: list[Finding] = []
    for path in paths:
        if not path.exists():
            raise ToolkitError(
                f"找不到 {path}。",
                "请核对路径；文件夹或文件名中有空格时请加引号。",
                english=f"{path} does not exist; check the path.",
            )
        found = [path] if not path.is_dir() else sorted(each for each in path.rglob("*") if not each.is_dir())
        for each in found:
            name = each.relative_to(path).as_posix() if path.is_dir() else each.name
            real = each.resolve()
            if real in left_out or real in files or any(parent in left_out for parent in real.parents):
                continue
            if any(part.startswith(LOCK_FILES) for part in Path(name).parts) or each.name.lower() in _SYSTEM_FILES:
                skipped.append(finding("FILE_090", file=name))
                continue
            files[real] = name
    names = list(files.values())
    twice = {name for name in names if names.count(name) > 1}
    listed = [(path, path.as_posix() if name in twice else name) for path, name in files.items()]
    return Inputs(tuple(sorted(listed, key=lambda pair: pair[1])), tuple(skipped))


_SYSTEM_FILES = ("thumbs.db", "desktop.ini")


def read_roster(path: Path) -> tuple[Roster, tuple[Finding, ...]]:
    """Read 名录.xlsx or a csv file; a file that is neither raises ToolkitError."""
    if path.suffix.lower() in (".csv", ".txt"):
        return roster_from_csv(path)
    try:
        book = open_book(path)
    except Refused as refused:
        fault = refused.finding(path.name)
        raise ToolkitError(
            f"名录 {path} 打不开：{fault.message}",
            fault.remedy,
            english=f"Cannot open the roster {path}: {fault.message_en} {fault.remedy_en}",
        ) from None
    for sheet in book.sheets:
        width = 1 + max((column for _, column in sheet.cells), default=0)
        height = 1 + max((row for row, _ in sheet.cells), default=0)
        rows = [[_cell_text(sheet.cell(row, column).value) for column in range(width)] for row in range(height)]
        if any("信用代码" in text for row in rows[:10] for text in row):
            return roster_from_rows(rows, file=path.name, sheet=sheet.name)
    raise ToolkitError(
        f"{path} 里没有名录表：找不到“统一社会信用代码”一列。",
        "请用 nianbao roster -o 名录.xlsx 生成空白名录再填。",
        english=f"{path} holds no roster; write a blank one with nianbao roster -o FILE.",
    )


def _cell_text(value: object) -> str:
    return "" if value is None else str(value)


def sound_roster(path: Path | None) -> Roster | None:
    """Read a roster that must be usable; errors in it raise RosterError with all of them."""
    if path is None:
        return None
    roster, findings = read_roster(path)
    faults = [each for each in findings if each.severity is Severity.ERROR]
    if faults:
        raise RosterError(path.name, tuple(f"{each.cell or ''} {each.message} 改法：{each.remedy}" for each in faults))
    return roster


def read_all(given: Inputs) -> tuple[Checked, ...]:
    """Read every file; the findings are those of reading alone."""
    readings: list[Checked] = []
    with _rare_collections():
        for path, name in given.files:
            got = reading.read(path, name=name)
            modified = path.stat().st_mtime if path.exists() else 0.0
            readings.append(Checked(name, got.sha256, got.ret, got.findings, modified))
    return tuple(readings)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let Python look for cycles rarely: reading makes many small values and hardly a cycle (a tenth of the time)."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, usual[1], usual[2])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def common_year(readings: Sequence[Checked], year: int | None, *, needed: bool) -> int | None:
    """Return the report year: the given one, or the one that all inputs state.

    Several years raise ToolkitError that names them with their files; none at all raises it only when ``needed``.
    """
    if year is not None:
        return year
    stated: dict[int, list[str]] = {}
    for each in readings:
        if each.ret is not None and each.ret.year is not None:
            stated.setdefault(each.ret.year, []).append(each.file)
    if len(stated) == 1:
        return next(iter(stated))
    if len(stated) > 1:
        listed = "；".join(f"{found} 年：{_some(files)}" for found, files in sorted(stated.items()))
        raise ToolkitError(
            f"这些文件属于不同年度（{listed}）。",
            "请用 --year 指定要处理的年度。",
            english=f"The files are of several years ({listed}); choose one with --year.",
        )
    if needed:
        raise ToolkitError(
            "没有一个文件写明了年度，无法确定处理哪一年。",
            "请检查文件是否为下发的年报表，或用 --year 指定。",
            english="No file states its year; use --year.",
        )
    return None


def _some(files: Sequence[str]) -> str:
    return "、".join(files[:3]) + (f" 等 {len(files)} 个" if len(files) > 3 else "")


def load_last_year(paths: Sequence[Path], year: int | None) -> LastYear | None:
    """Read last year's returns, or the bodies' rows of last year's roll-up; None when no path is given.

    Files of another year than the one before ``year`` are ignored when there are files of that year; if there is
    none at all, ToolkitError says so.
    """
    if not paths:
        return None
    found: dict[str, Return] = {}
    years: set[int] = set()
    for path, name in inputs(paths).files:
        for ret in reading.returns_in(path, name=name):
            code = ret.identity.code
            if ret.year is None or code is None:
                continue
            years.add(ret.year)
            if year is None or ret.year == year - 1:
                found[code] = ret
    if not found:
        seen = f"（其中是 {'、'.join(str(each) for each in sorted(years))} 年的表）" if years else ""
        raise ToolkitError(
            f"--last-year 所指位置没有可用的上一年度年报{seen}。",
            "请指定上一年度的年报文件夹或汇总表。",
            english="--last-year holds no usable return of the year before.",
        )
    return LastYear(found)


def _added(returns: Sequence[Return]) -> Return:
    """Add the figures of predecessors into one return to chain to."""
    first = returns[0]
    totals: dict[str, Filled] = {}
    for code in first.form.inputs:
        parts = [each.figures.get(code) for each in returns]
        if all(part is not None for part in parts):
            total: Number = 0
            for part in parts:
                total = total + part  # type: ignore[operator]
            totals[code] = Filled(total)
    return Return(
        first.form,
        replace(first.identity, code=None, name="、".join(str(each.identity.name) for each in returns)),
        totals,
    )


def check_all(
    readings: Sequence[Checked],
    *,
    year: int | None = None,
    roster: Roster | None = None,
    last_year: LastYear | None = None,
    level: str | None = None,
) -> tuple[Checked, ...]:
    """Check every return that was read, each by itself; the order stays."""
    return tuple(_check(each, year, roster, last_year, level) for each in readings)


def _check(
    each: Checked, year: int | None, roster: Roster | None, last_year: LastYear | None, level: str | None
) -> Checked:
    ret = each.ret
    if ret is None:
        return each
    body = _body(ret.identity, roster, ret.year or year)
    known = ret.identity.level or (body.level if body is not None else None)
    if known is None and ret.identity.kind == "rollup":
        known = level
    last, same = (None, True) if last_year is None else last_year.of(ret.identity.code, roster, ret.year or year or 0)
    if last is not None and ret.year is not None and last.year != ret.year - 1:
        last = None
    found = list(checking.check(ret, last=last, level=known or level, last_complete=same))
    if last_year is not None and last is None:
        found.append(finding("ID_020", file=each.file))
    if year is not None and ret.year is not None and ret.year != year:
        found.append(finding("ID_021", file=each.file, stated=ret.year, wanted=year))
    if ret.year is not None and not ret.form.uses(ret.year):
        found.append(
            finding("ID_022", file=each.file, stated=ret.year, form=ret.form.id, right=form_for_year(ret.year).id)
        )
    placed = tuple(one if one.file else one.at(file=each.file) for one in found)
    return replace(each, findings=sorted_findings(placed))


def _body(identity: Identity, roster: Roster | None, year: int | None) -> Respondent | None:
    if roster is None or identity.code is None:
        return None
    if year is not None:
        return next((each for each in roster.expected(year) if each.code == identity.code), None)
    return roster.by_code(identity.code)


@dataclass(frozen=True)
class Run:
    """Files that were read and checked, with what was skipped, the year and the roster."""

    inputs: Inputs
    checked: tuple[Checked, ...]
    year: int | None
    roster: Roster | None


def run(
    paths: Sequence[Path],
    *,
    year: int | None = None,
    roster: Path | None = None,
    last_year: Sequence[Path] = (),
    level: str | None = None,
    without: Sequence[Path] = (),
    year_needed: bool = False,
) -> Run:
    """Read and check everything under the paths but the roster and ``without``; no file at all raises ToolkitError."""
    known = sound_roster(roster)
    given = inputs(paths, without=[*without, *([roster] if roster is not None else [])])
    if not given.files:
        raise ToolkitError(
            "没有可以审核的文件。",
            "请核对文件夹路径，把收到的年报放进去再运行。",
            english="There is no file to check; check the path.",
        )
    readings = read_all(given)
    year = common_year(readings, year, needed=year_needed)
    last = load_last_year(last_year, year)
    return Run(given, check_all(readings, year=year, roster=known, last_year=last, level=level), year, known)


def form_of(year: int, form: str | None) -> Form:
    """Return the form of a year; naming one that the year does not use raises ToolkitError."""
    used = form_for_year(year)
    if form is not None and load_form(form).id != used.id:
        raise ToolkitError(
            f"{year} 年的年报使用 {used.id} 年格式（{used.notice}），不使用 {form} 年格式。",
            "请去掉 --form。",
            english=f"Reports of {year} are filed on form {used.id}, not {form}; drop --form.",
        )
    return used


def merge_all(
    done: Run,
    *,
    region: str = "",
    region_code: str = "",
    region_level: str = "县",
    as_of: str,
    prefer_newest: bool = False,
    include_failing: Mapping[str, str] | None = None,
) -> RollUp:
    """Merge what was checked into the roll-up of one region; nothing to merge raises ToolkitError."""
    assert done.year is not None, "a run to be merged has settled its year"
    rollup = merging.merge(
        done.checked,
        form=form_for_year(done.year),
        year=done.year,
        roster=done.roster,
        region=region or (done.roster.region if done.roster is not None else ""),
        region_code=region_code,
        region_level=region_level,
        as_of=as_of,
        prefer_newest=prefer_newest,
        include_failing=include_failing or {},
    )
    if not rollup.merged:
        reasons = "；".join(f"{each.file}：{each.reason}" for each in rollup.files[:3])
        raise ToolkitError(
            f"没有可以汇总的年报（{reasons}）。",
            "请先运行 nianbao check 看每个文件的问题。",
            english="There is nothing to merge; run nianbao check to see why.",
        )
    return rollup


def prove_all(rollup: Path, paths: Sequence[Path]) -> Proof:
    """Prove a roll-up from the files under the paths (its own folder when none is given)."""
    if not rollup.is_file():
        raise ToolkitError(
            f"找不到 {rollup}。", "请核对汇总表的路径。", english=f"{rollup} does not exist; check the path."
        )
    given = inputs(paths or (rollup.parent,), without=[rollup])
    return prove(rollup, {name: path for path, name in given.files})


def one_return(path: Path) -> Return:
    """Read the one return in a file; a file without one raises ToolkitError."""
    if not path.is_file():
        raise ToolkitError(f"找不到 {path}。", "请核对路径。", english=f"{path} does not exist; check the path.")
    got = reading.read(path, name=path.name)
    if got.ret is None:
        fault = got.findings[0]
        raise ToolkitError(
            f"{path} 里没有年报：{fault.message}",
            fault.remedy,
            english=f"{path} holds no return: {fault.message_en} {fault.remedy_en}",
        )
    return got.ret


def compare_files(old: Path, new: Path) -> tuple[Change, ...]:
    """Compare the returns of two files."""
    return compare(one_return(old), one_return(new))
