"""The chains read → check → merge → … that the Python API, the commands and worker processes share."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from msgspec import Struct

from toolkit import merging, proving, reading
from toolkit.errors import ToolkitError
from toolkit.forms import Form, form_for_year, load_form
from toolkit.proving import Proof
from toolkit.returns import Checked, Return, RollUp, comparing
from toolkit.returns.comparing import Revision
from toolkit.returns.last_year import LastYear
from toolkit.roster import Roster
from toolkit.roster.tokens import Key
from toolkit.run.examination import Examination
from toolkit.run.sources import Inputs, Place, inputs, load_last_year, sound_roster
from toolkit.scale import cluster as clusters
from toolkit.scale import examined, jobs_for
from toolkit.scale.remote import File
from toolkit.workers import FREE_OBJECTS


def read_all(given: Inputs, *, passwords: Sequence[str] = (), jobs: int | None = None) -> tuple[Checked, ...]:
    """Read every file in a process that can be stopped; the findings are those of reading alone."""
    with _rare_collections():
        return tuple(examined(given.files, Examination(passwords=tuple(passwords)).read, jobs=jobs))


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let Python look for cycles rarely: answers are many small values and hardly a cycle."""
    usual = gc.get_threshold()
    gc.set_threshold(FREE_OBJECTS, usual[1], usual[2])
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


def check_all(
    readings: Sequence[Checked],
    *,
    year: int | None = None,
    roster: Roster | None = None,
    last_year: LastYear | None = None,
    level: str | None = None,
    key: Key | None = None,
) -> tuple[Checked, ...]:
    """Check every return that was read, each by itself; the order stays."""
    examination = Examination(year, roster, last_year, level, key)
    return tuple(map(examination.judged, readings))


class Access(Struct, frozen=True):
    """What the coordinator holds to open and to verify returns: passwords to try, and the key of the templates."""

    passwords: tuple[str, ...] = ()
    key: Key | None = None


NOTHING_HELD = Access()


class Run(Struct, frozen=True):
    """Files that were read and checked, with what was skipped, the year and the roster."""

    inputs: Inputs
    checked: tuple[Checked, ...]
    year: int | None
    roster: Roster | None


Watch = Callable[[int, int, int], object]
"""Who is told how a run goes: of how many files how many more are done, and how many of those are faulty."""


def _unwatched(_total: int, _done: int, _faults: int) -> None:
    """Tell nobody."""


def run(
    paths: Sequence[Place],
    *,
    year: int | None = None,
    roster: Path | None = None,
    last_year: Sequence[Place] = (),
    level: str | None = None,
    without: Sequence[Path] = (),
    year_needed: bool = False,
    access: Access = NOTHING_HELD,
    empty: bool = False,
    jobs: int | None = None,
    light: bool = False,
    cluster: str | None = None,
    watch: Watch = _unwatched,
) -> Run:
    """Read and check everything under the paths or addresses but the roster and ``without``.

    ``jobs`` processes read, as many as are worth it when it is None; ``light`` keeps of each return what merging
    needs; a ``cluster`` reads in place of this machine; ``watch`` is told how many of all files are done, and how many
    of those are faulty.
    No file at all raises ToolkitError unless it may be ``empty``.
    """
    known = sound_roster(roster)
    given = inputs(paths, without=[*without, *([roster] if roster is not None else [])])
    if not given.files and not empty:
        raise ToolkitError(
            "没有可以审核的文件。",
            "请核对文件夹路径，把收到的年报放进去再运行。",
            english="There is no file to check; check the path.",
        )
    first: tuple[Checked, ...] = ()
    assumed = year
    if year is None and (len(given.files) > 1 or last_year):  # one file alone is judged by its own year
        first, assumed = _until_a_year(given.files, access.passwords)
    last = load_last_year(last_year, assumed, passwords=access.passwords, jobs=jobs_for(len(given.files), jobs))
    examination = Examination(assumed, known, last, level, access.key, access.passwords, light)
    checked = [examination.kept(examination.judged(each)) for each in first]
    rest, total = given.files[len(first) :], len(given.files)
    watch(total, len(checked), sum(each.verdict != "pass" for each in checked))
    if cluster is not None:
        checked += clusters.on_cluster(
            cluster, rest, examination.of, lambda done, faults: watch(total, done, faults)
        ).checked
    else:
        if jobs_for(len(rest), jobs) > 1:
            examination.prepare()
        with _rare_collections():
            for each in examined(rest, examination.of, jobs=jobs):
                checked.append(each)
                watch(total, 1, each.verdict != "pass")
    year = common_year(checked, year, needed=year_needed)
    return Run(given, tuple(checked), year, known)


def _until_a_year(files: Sequence[File], passwords: Sequence[str]) -> tuple[tuple[Checked, ...], int | None]:
    """Read files one after another until one states its year: it is that of all, or there is no common year at all."""
    found: list[Checked] = []
    with closing(examined(files, Examination(passwords=tuple(passwords)).read, jobs=1)) as readings:
        for each in readings:
            found.append(each)
            if each.ret is not None and each.ret.year is not None:
                return tuple(found), each.ret.year
    return tuple(found), None


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
    return not_empty(rollup)


def not_empty(rollup: RollUp) -> RollUp:
    """Return a roll-up that something was merged into; an empty one raises ToolkitError."""
    if not rollup.merged:
        reasons = "；".join(f"{each.file}：{each.reason}" for each in rollup.files[:3])
        raise ToolkitError(
            f"没有可以汇总的年报（{reasons}）。",
            "请先运行 nianbao check 看每个文件的问题。",
            english="There is nothing to merge; run nianbao check to see why.",
        )
    return rollup


def prove_all(rollup: Path, paths: Sequence[Path], *, jobs: int | None = None) -> Proof:
    """Prove a roll-up from the files under the paths (its own folder when none is given)."""
    if not rollup.is_file():
        raise ToolkitError(
            f"找不到 {rollup}。", "请核对汇总表的路径。", english=f"{rollup} does not exist; check the path."
        )
    given = inputs(paths or (rollup.parent,), without=[rollup])
    return proving.prove(
        rollup,
        {name: path for path, name in given.files if isinstance(path, Path)},
        jobs=jobs_for(len(given.files), jobs),
    )


def one_return(path: Path) -> Return:
    """Read the one return in a file; a file without one raises ToolkitError."""
    ret = _one_file(path).ret
    assert ret is not None
    return ret


def _one_file(path: Path) -> Checked:
    if not path.is_file():
        raise ToolkitError(f"找不到 {path}。", "请核对路径。", english=f"{path} does not exist; check the path.")
    got = next(reading.read_each([(path, path.name)]))
    if got.ret is None:
        fault = got.findings[0]
        raise ToolkitError(
            f"{path} 里没有年报：{fault.message}",
            fault.remedy,
            english=f"{path} holds no return: {fault.message_en} {fault.remedy_en}",
        )
    return Checked(path.name, got.sha256, got.ret, got.findings)


def revise_files(old: Path, new: Path) -> Revision:
    """Compare the returns of two files and their findings; roll-ups are compared without being checked as returns."""
    sides = []
    for path in (old, new):
        side = _one_file(path)
        assert side.ret is not None
        if side.ret.identity.kind != "rollup":
            side = check_all([side], year=side.ret.year)[0]
        sides.append(side)
    return comparing.revise(sides[0], sides[1])
