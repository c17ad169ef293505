"""From a file to the official report: read, check, look up last year, and write it as Word document or web page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from toolkit import reading
from toolkit import report_out as publishing
from toolkit.errors import ToolkitError
from toolkit.report_out import Report
from toolkit.returns import Checked, Return, phrases
from toolkit.run import chain as season
from toolkit.run import sources
from toolkit.scale import parquet

WRITERS: Mapping[str, Callable[[Report], bytes]] = {
    ".docx": publishing.docx_bytes,
    ".html": publishing.html_bytes,
    ".htm": publishing.html_bytes,
}
"""How a report is written, by the suffix of its file."""


def writer(output: Path) -> Callable[[Report], bytes]:
    """Return what writes a file of that name; any other suffix raises ToolkitError."""
    found = WRITERS.get(output.suffix.lower())
    if found is None:
        raise ToolkitError(
            f"{output} 不是可以生成的格式。",
            "文件名请以 .docx（Word 文档）或 .html（网页）结尾。",
            english=f"{output} must end with .docx or .html.",
        )
    return found


def report_of(
    file: Path,
    *,
    draft: bool = False,
    last_year: Sequence[Path] = (),
    annex: bool = False,
    coverage: bool = False,
    roster: Path | None = None,
    level: str | None = None,
    sentences: bool = False,
) -> tuple[Report, Checked]:
    """Return the report of a return or a roll-up, and the file as it was read and checked.

    With ``sentences`` those that the tables fill open chapter 一, unless the text quotes them already.

    A file without a return, errors (unless ``draft``), ``annex`` without the body's return of the year before and
    ``coverage`` of what is no roll-up raise ToolkitError.
    """
    season.one_return(file)
    (checked,) = season.run((file,), last_year=last_year, roster=roster, level=level).checked
    assert checked.ret is not None, "the file has just given one"
    made = publishing.report(
        checked.ret,
        findings=checked.findings,
        draft=draft,
        last=_last(checked.ret, last_year, roster) if annex else None,
        sentences=phrases.sentences(checked.ret) if sentences else (),
        covered=_covered(file, checked.ret) if coverage else (),
    )
    return made, checked


def _last(ret: Return, paths: Sequence[Path], roster: Path | None) -> Return:
    """Return the body's return of the year before, known by its code, or by its name where the one file has none."""
    if not paths:
        raise ToolkitError(
            "附上年对比要有上一年度的数。",
            "请用 --last-year 指定上一年度的年报或汇总表。",
            english="The comparison needs last year's return: give --last-year.",
        )
    year = ret.year or 0
    found = None
    if ret.identity.code is not None:
        known = sources.load_last_year(paths, ret.year)
        found = None if known is None else known.of(ret.identity.code, sources.sound_roster(roster), year)[0]
    if found is None and len(paths) == 1 and paths[0].is_file():
        alone = season.one_return(paths[0])
        same = alone.identity.name == ret.identity.name and None in (alone.identity.code, ret.identity.code)
        found = alone if same and alone.year == year - 1 else None
    if found is None:
        raise ToolkitError(
            "--last-year 里没有本单位上一年度的年报，不能附上年对比。",
            "请核对路径和统一社会信用代码，或去掉 --annex。",
            english="--last-year holds no return of this body for the year before; drop --annex.",
        )
    return found


def _covered(file: Path, ret: Return) -> tuple[str, ...]:
    """Return the names of the bodies whose figures a roll-up holds."""
    if ret.identity.kind != "rollup":
        raise ToolkitError(
            f"{file} 不是汇总表，没有汇总范围。",
            "请去掉 --coverage。",
            english=f"{file} is no roll-up; drop --coverage.",
        )
    rows = [each for each in reading.returns_in(file, name=file.name) if each.identity.kind != "rollup"]
    whole = next((each for each in rows if parquet.is_elsewhere(each)), None)
    bodies = rows if whole is None else parquet.bodies(whole, file, file.name)
    return tuple(each.identity.name or each.identity.code or "" for each in bodies)
