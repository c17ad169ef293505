"""The one chain: the year that most files state, strays, each file read once; the API beside the commands."""

from __future__ import annotations

import inspect
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

import toolkit
from tests.rollups import FORM, SMALL, a_return, code_of, roster
from tests.samples import FOLDER
from tests.soaking import first_of, soak
from toolkit.cli import main
from toolkit.errors import ToolkitError
from toolkit.outputs.contract import checked_json, diff_json
from toolkit.outputs.exports import FINDING_COLUMNS
from toolkit.returns import Checked, ReadFile, Return
from toolkit.returns.last_year import LastYear
from toolkit.run import Job, run
from toolkit.run.examination import Examination
from toolkit.scale import processes
from toolkit.scale.remote import At, File

COUNTY = FOLDER / "样例县"
ROSTER = COUNTY / "名录.xlsx"
NAMES = ("公安局", "卫健局", "司法局", "教育局", "西山镇", "财政局")


def nianbao(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="nianbao")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of six returns of 2025 and two of 2024, of which one comes first by its name."""
    folder = tmp_path_factory.mktemp("mixed") / "收到"
    folder.mkdir()
    for name in NAMES:
        shutil.copy(COUNTY / "2025" / f"{name}2025年报.xlsx", folder)
    for name, copied in (("东河乡", "0.xlsx"), ("住建局", "住建局.xlsx")):
        shutil.copy(COUNTY / "2024" / f"{name}2024年报.xlsx", folder / copied)
    return folder


JUDGED_BY: dict[str, tuple[object, ...]] = {
    "both years": ("--roster", ROSTER, "--last-year", COUNTY / "2024", "--last-year", COUNTY / "2025"),
    "nothing": (),
    "the roster": ("--roster", ROSTER),
    "last year": ("--roster", ROSTER, "--last-year", COUNTY / "2024"),
}


@pytest.mark.parametrize("judged_by", first_of(JUDGED_BY))
def test_the_year_of_most_files_is_taken(mixed: Path, judged_by: str) -> None:
    """Without --year everything is as with it, the exit status too; which year was taken is said."""
    options = JUDGED_BY[judged_by]
    got = nianbao("check", mixed, "--format", "json", *options)
    decided = nianbao("check", mixed, "--format", "json", "--year", "2025", *options)
    assert (got.exit_code, got.stdout) == (decided.exit_code, decided.stdout)
    assert got.exit_code == 1
    listed = json.loads(got.stdout)
    assert listed["year"] == 2025
    strays = {file["file"] for file in listed["files"] if "ID_021" in {one["code"] for one in file["findings"]}}
    assert strays == {"0.xlsx", "住建局.xlsx"}
    assert "2025 年" in got.stderr
    assert "0.xlsx、住建局.xlsx" in got.stderr
    assert "0.xlsx、住建局.xlsx" not in decided.stderr


@soak
def test_merging_leaves_strays_out(mixed: Path, tmp_path: Path) -> None:
    """The roll-up of most files' year is that of --year to the byte, from any number of processes; strays are wrong_year."""
    known = ("--roster", ROSTER, "--last-year", COUNTY / "2024", "--as-of", "2026-02-06")
    books = tmp_path / "一.xlsx", tmp_path / "二.xlsx", tmp_path / "三.xlsx"
    got = nianbao("merge", mixed, *known, "-o", books[0], "--format", "json")
    nianbao("merge", mixed, *known, "-o", books[1], "--year", "2025")
    nianbao("merge", mixed, *known, "-o", books[2], "--jobs", "3")
    assert got.exit_code == 1
    assert "2025 年" in got.stderr
    left_out = {file["file"]: file["state"] for file in json.loads(got.stdout)["coverage"]["excluded"]}
    assert {name for name, state in left_out.items() if state == "wrong_year"} == {"0.xlsx", "住建局.xlsx"}
    assert len({book.read_bytes() for book in books}) == 1


def test_a_stray_is_not_blamed_on_last_year(mixed: Path) -> None:
    """Last year is the one before the year that was settled, whatever the first file states."""
    assert "--last-year" not in nianbao("check", mixed, "--last-year", COUNTY / "2024").stderr
    own = nianbao(
        "check", mixed, "--last-year", mixed / "教育局2025年报.xlsx"
    )  # of the settled year: none of last year's
    assert (own.exit_code, "没有可用的上一年度年报（其中是 2025 年的表）" in own.stderr) == (2, True)


def test_only_a_tie_asks(mixed: Path, tmp_path: Path) -> None:
    """Two years that equally many files state: status 2, the years with their files, and the next step."""
    for name in ("0.xlsx", "住建局.xlsx", "公安局2025年报.xlsx", "教育局2025年报.xlsx"):
        shutil.copy(mixed / name, tmp_path)
    for command in (("check", tmp_path), ("merge", tmp_path, "-o", tmp_path / "汇总.xlsx")):
        asked = nianbao(*command)
        assert (asked.exit_code, asked.stdout) == (2, "")
        for words in ("2024 年：0.xlsx、住建局.xlsx", "2025 年：公安局2025年报.xlsx、教育局2025年报.xlsx", "--year"):
            assert words in asked.stderr
    with pytest.raises(ToolkitError, match="2024 年：0"):
        toolkit.check(tmp_path)
    assert nianbao("check", tmp_path, "--year", "2024").exit_code == 1


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("light", [False, True])
def test_no_file_is_read_twice(mixed: Path, monkeypatch: pytest.MonkeyPatch, jobs: int, light: bool) -> None:
    """Every file goes to a reader once, strays and undated ones too."""
    names: list[str] = []
    real = processes.at_hand

    def noted(files: list[File], folder: Path) -> Iterator[At]:
        for file in real(files, folder):
            names.append(file.name)
            yield file

    monkeypatch.setattr(processes, "at_hand", noted)
    outcome = run(Job((mixed,), "merge", roster=ROSTER, last_year=(COUNTY / "2024",), jobs=jobs, light=light))
    assert sorted(names) == sorted(path.name for path in mixed.iterdir())
    assert (outcome.year, outcome.strays) == (2025, ("0.xlsx", "住建局.xlsx"))


def test_an_undated_return_is_judged_by_the_year_of_the_others() -> None:
    """A return without a year gets the level and the last year of the settled year, as if that had been given."""
    known = roster(1)
    last = LastYear({(code_of(1), 2024): a_return(1, SMALL | {"t3.r4.natural": 9}, year=2024)})
    undated = ReadFile("无年度.xlsx", "", a_return(1, SMALL, year=None), ())
    by_year = Examination(2025, known, last).judged(undated)
    before = Examination(None, known, last, light=True)
    assert replace(before, year=2025, light=False).dated(before.judged(undated)) == by_year
    assert "X1" in {finding.rule for finding in by_year.findings}
    assert before._kept(before.judged(undated)).ret is undated.ret  # kept whole until the year is known


def test_quiet_before_the_command_is_quiet(mixed: Path) -> None:
    """--quiet, --lang and --debug may stand before the command as well as behind it."""
    path = mixed / "教育局2025年报.xlsx"
    assert nianbao("check", path).stderr != ""
    assert nianbao("--quiet", "check", path).stderr == ""
    assert nianbao("check", path, "--quiet").stderr == ""
    assert nianbao("--quiet", "check", mixed).stdout == nianbao("check", mixed).stdout
    assert nianbao("--lang", "zh", "--debug", "check", path).exit_code == 0


# The API.


def test_the_package_shows_its_verbs() -> None:
    """dir() and __all__ name the verbs of the contract before any of them is loaded; each says what it takes."""
    verbs = {"load_form", "template", "read", "check", "merge", "prove", "diff", "import_report", "publish", "frame"}
    assert verbs == set(toolkit.__all__)
    assert verbs <= set(dir(toolkit))
    for verb in verbs:
        assert inspect.getdoc(getattr(toolkit, verb))


def test_an_option_that_there_is_not_is_refused(mixed: Path) -> None:
    """A misspelt option raises TypeError, as it would with a plain signature."""
    verb: Any = toolkit.check
    with pytest.raises(TypeError, match="yeer"):
        verb(mixed, yeer=2025)


def test_reading_gives_no_verdict(mixed: Path) -> None:
    """What was only read has no verdict: a return that check fails is not called passed."""
    read = toolkit.read(mixed / "公安局2025年报.xlsx")
    assert [type(file) for file in read] == [ReadFile]
    assert not hasattr(read[0], "verdict")
    assert not hasattr(read[0], "trust")
    (checked,) = toolkit.check(mixed / "公安局2025年报.xlsx")
    assert (type(checked), checked.verdict) == (Checked, "fail")
    assert (checked.file, checked.sha256) == (read[0].file, read[0].sha256)


def test_values_show_themselves_in_one_line(mixed: Path) -> None:
    """repr() of a return and of a file is one short line with what a person looks for first."""
    (file,) = toolkit.read(mixed / "教育局2025年报.xlsx")
    assert isinstance(file.ret, Return)
    filled = sum(type(answer).__name__ == "Filled" for answer in file.ret.answers.values())
    assert repr(file.ret).startswith(f"<Return 2021 2025 样例县教育局: {filled} filled, ")
    assert repr(file).startswith("<ReadFile 教育局2025年报.xlsx: <Return 2021 2025 样例县教育局")
    (checked,) = toolkit.check(mixed / "公安局2025年报.xlsx")
    assert repr(checked).startswith("<Checked 公安局2025年报.xlsx fail: <Return ")
    assert repr(ReadFile("坏.xlsx", "", None, ())) == "<ReadFile 坏.xlsx: no return, 0 findings>"
    rollup = toolkit.merge(mixed, roster=ROSTER)
    assert repr(rollup) == f"<RollUp 2021 2025 样例县: {len(rollup.merged)} of 8 files merged, 15 bodies expected>"
    for value in (file, checked, rollup):
        assert "\n" not in repr(value)
        assert len(repr(value)) < 160


def test_findings_have_a_frame(mixed: Path) -> None:
    """One row a finding, with the file and whose it is; of a roll-up those of every file."""
    checked = toolkit.check(mixed)
    table = toolkit.frame(checked, "findings")
    assert list(table.columns) == list(FINDING_COLUMNS)
    assert len(table) == sum(len(file.findings) for file in checked)
    fee = table[table["finding"] == "VALUE_010"]
    assert set(fee["name"]) == {"样例县司法局"}
    assert set(fee["items"]) == {"t2.penalty.decisions"}
    rollup = toolkit.merge(mixed)
    assert len(toolkit.frame(rollup, "findings")) == len(table)
    assert list(toolkit.frame([], "findings").columns) == list(FINDING_COLUMNS)


def test_frames_take_what_the_verbs_give(mixed: Path) -> None:
    """The values of read and check, a return and a roll-up all have a frame of items with the file of each."""
    read = toolkit.read(mixed)
    assert len(toolkit.frame(read)) == len(read) * len(FORM.items)
    (file,) = toolkit.check(mixed / "教育局2025年报.xlsx")
    assert file.ret is not None
    assert set(toolkit.frame(file)["file"]) == {"教育局2025年报.xlsx"}
    assert toolkit.frame(file.ret)["value"].tolist() == toolkit.frame(file)["value"].tolist()
    rollup = toolkit.merge(mixed)
    table = toolkit.frame(rollup)
    assert len(table) == len(rollup.merged) * len(FORM.items)
    assert set(table["file"]) == {merged.file for merged in rollup.merged}


def test_diff_and_import_are_in_the_api(mixed: Path, tmp_path: Path) -> None:
    """Both give what their commands give."""
    one, two = mixed / "教育局2025年报.xlsx", mixed / "财政局2025年报.xlsx"
    assert diff_json(toolkit.diff(one, str(two))) == json.loads(nianbao("diff", one, two, "--format", "json").stdout)
    with pytest.raises(ToolkitError, match="没有年报"):
        toolkit.diff(one, ROSTER)
    page = toolkit.publish(one, tmp_path / "报告.html", draft=True, level="县级部门")
    mine = toolkit.import_report(page, tmp_path / "一.xlsx", year=2025)
    assert nianbao("import", page, "--year", "2025", "-o", tmp_path / "二.xlsx").exit_code in (0, 1)
    assert mine.output.read_bytes() == (tmp_path / "二.xlsx").read_bytes()
    assert mine.checked.ret is not None


def test_checks_of_the_api_and_the_command_agree(mixed: Path) -> None:
    """The same options, the same objects."""
    checked = toolkit.check(mixed, roster=ROSTER, last_year=COUNTY / "2024", jobs=2)
    listed = json.loads(
        nianbao("check", mixed, "--roster", ROSTER, "--last-year", COUNTY / "2024", "--format", "json").stdout
    )["files"]
    assert listed == [checked_json(file) for file in checked]
