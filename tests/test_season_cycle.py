"""One action a cycle: ``season`` collects, judges, writes, plans and ends with today's list; what did not change is not read again."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from tests.commands import Ended, answer, contents, run, worked
from tests.samples import BODIES, REGION, code_of, roster_of, sound, workbook
from tests.soaking import soak
from tests.test_ledger import shown, typed
from toolkit.forms import load_form

FORM = load_form("2021")
DAY = ("--as-of", "2026-01-20")


def a_return(at: int, *, broken: bool = False, count: int = 0) -> bytes:
    """Return the workbook of a body; a broken one has one application too many."""
    figures = sound(FORM, 70 + at, 10 + at, None) | ({"t2.licensing.decisions": count} if count else {})
    if broken:
        figures["t3.r1.natural"] = int(figures.get("t3.r1.natural") or 0) + 1
    return workbook(FORM, 2025, BODIES[at], figures)


@pytest.fixture
def season(tmp_path: Path) -> Path:
    """Begin a season of five bodies without mail settings: sound, faulty, in two versions, silent, silent without an address."""
    (tmp_path / "名录.xlsx").write_bytes(roster_of(5, lambda at: "" if at == 4 else f"b{at}@example.cn"))
    folder = tmp_path / "季"
    worked("init", folder, "--year", "2025", "--region", REGION, "--roster", tmp_path / "名录.xlsx")
    inbox = folder / "收件"
    (inbox / "财政.xlsx").write_bytes(a_return(0))
    (inbox / "教育.xlsx").write_bytes(a_return(1, broken=True))
    for at, name in ((1, "公安.xlsx"), (2, "公安（改）.xlsx")):
        (inbox / name).write_bytes(a_return(2, count=at))
    return folder


def cycle(folder: Path, *more: object) -> Ended:
    """Run a cycle."""
    return worked("season", folder, *DAY, *more)


def fresh(ended: Ended) -> tuple[int, int]:
    """Return of how many files how many were read anew."""
    (count, read) = re.findall(r"(\d+) 个文件，新读 (\d+) 个，用时 [0-9.]+ 秒", ended.err)[0]
    return int(count), int(read)


def test_a_cycle_without_mail_settings_ends_with_todays_list(season: Path) -> None:
    """Whom to call, what to decide, what to send, who is silent – by name; letters and plan are there, nothing was sent."""
    ended = cycle(season)
    names = [body[2] for body in BODIES]
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[0] == "今天要办（2026-01-20，离截止 11 天）"
    heads = {line.partition(" ")[0].partition("（")[0]: at for at, line in enumerate(lines) if not line.startswith(" ")}
    assert list(heads) == ["今天要办", "打电话或当面转交", "要决定", "可以发信", "仍未报"]
    parts = [lines[heads[name] : end] for name, end in zip(
        list(heads)[1:], [*list(heads.values())[2:], len(lines)], strict=True
    )]  # fmt: skip
    assert [part[0].rpartition(" ")[2] for part in parts] == ["1", "1", "3", "2"]
    assert [names[at] in "".join(part) for part, at in zip(parts, (4, 2, 1, 3), strict=True)] == [True] * 4
    assert names[4] in "".join(parts[3])
    assert {path.suffix for path in (season / "退回").iterdir()} == {".txt", ".html", ".xlsx"}
    assert {path.name for path in (season / "发件箱").iterdir()} == {"发送计划.xlsx"}


def test_only_what_changed_is_read_again(season: Path) -> None:
    """A second cycle reads nothing and leaves the same; a changed file, and one that came, are read and no others."""
    first = cycle(season)
    before = contents(season / "退回")
    again = cycle(season)
    assert (fresh(first), fresh(again)) == ((4, 4), (4, 0))
    assert (again.out, contents(season / "退回")) == (first.out, before)
    (season / "收件" / "教育.xlsx").write_bytes(a_return(1))
    worked("ledger", season, *DAY)
    (season / "收件" / "住建.xlsx").write_bytes(a_return(3))
    third = cycle(season)
    assert fresh(third) == (5, 2)
    assert "仍未报 1" in third.out
    (season / "台账.cache").unlink()
    whole = cycle(season)
    assert (fresh(whole), whole.out) == ((5, 5), third.out)


@soak
@pytest.mark.parametrize("harm", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: data[:-1] + b"x"])
def test_a_torn_memory_is_none(season: Path, harm: object) -> None:
    """What is not whole is not believed: all is read anew, and the list is the same."""
    first = cycle(season)
    path = season / "台账.cache"
    path.write_bytes(harm(path.read_bytes()))  # type: ignore[operator]
    again = cycle(season)
    assert (fresh(again), again.out) == ((4, 4), first.out)


@soak
def test_what_judges_is_part_of_what_is_remembered(season: Path, tmp_path: Path) -> None:
    """Another roster, last year's returns or their change have every file judged again; merge reads all in any case."""
    cycle(season)
    last = tmp_path / "去年"
    last.mkdir()
    (last / "一.xlsx").write_bytes(workbook(FORM, 2024, BODIES[0], sound(FORM, 3, 12, None)))
    worked("init", season, "--last-year", last)
    assert fresh(cycle(season)) == (4, 4)
    assert fresh(cycle(season)) == (4, 0)
    (last / "二.xlsx").write_bytes(workbook(FORM, 2024, BODIES[1], sound(FORM, 4, 12, None)))
    assert fresh(cycle(season)) == (4, 4)
    (season / "名录.xlsx").write_bytes(roster_of(4))
    assert fresh(cycle(season)) == (4, 4)


def test_a_mailbox_that_cannot_be_had_stops_nothing(season: Path) -> None:
    """A server that does not answer, and settings with faults, are said in a line; the rest goes on, the status is 1."""
    settings = '[imap]\nhost = "127.0.0.1"\nport = 1\nsecurity = "plain"\nuser = "a@example.cn"\n'
    for text, words in ((settings, "127.0.0.1"), (settings.replace("a@", "name@"), "还是样例里的")):
        (season / "邮箱.toml").write_text(text, encoding="utf-8")
        ended = run("season", season, *DAY, environment={"NIANBAO_IMAP_PASSWORD": "x"})
        assert (ended.code, words in ended.err, "仍未报 2" in ended.out) == (1, True, True), ended.err


def test_sending_without_a_server_says_so_after_the_list(season: Path) -> None:
    """``--send`` without mail settings is status 2 with what is missing, and the list is there all the same."""
    ended = run("season", season, *DAY, "--send")
    assert (ended.code, "仍未报 2" in ended.out, "smtp" in ended.err) == (2, True, True), ended.err


def test_the_steps_are_called_after_the_season_too(season: Path) -> None:
    """``season ledger`` is ``ledger``; a folder named as a step is written with a path."""
    assert run("season", "ledger", season, *DAY).out == run("ledger", season, *DAY).out
    assert code_of(BODIES[0][0]) and run("season", "--help").out.count("nianbao season") >= 2


# What is recorded is what happened.


def states(folder: Path) -> dict[str, str]:
    """Return the state of every body."""
    return {body["code"]: body["state"] for body in answer("ledger", folder, *DAY)["bodies"]}


@soak
def test_a_letter_that_was_only_written_is_no_return(season: Path) -> None:
    """A body is returned once its letter was read out or handed over, not before; taken back it is not; then mended."""
    two = code_of(BODIES[1][0])
    cycle(season)
    assert (states(season)[two], shown(season, two)["往来"]) == ("received", None)
    typed(season, two, handed="已电话")
    for _ in range(2):
        assert (states(season)[two], shown(season, two)["已转达"], shown(season, two)["豁免理由"]) == (
            "returned", "已电话", None,
        )  # fmt: skip
    assert "已电话" in str(shown(season, two)["往来"])
    assert BODIES[1][2] not in cycle(season).out, "nothing is to be said until they answer"
    typed(season, two, handed=None)
    assert states(season)[two] == "received"
    typed(season, two, handed="已当面")
    assert states(season)[two] == "returned"
    (season / "收件" / "教育（改）.xlsx").write_bytes(a_return(1))
    assert states(season)[two] == "mended"
    cycle(season)
    assert shown(season, two)["已转达"] is None, "the receipt is another letter"


@soak
def test_what_cannot_be_handed_over_is_refused(season: Path) -> None:
    """Another word than the two is refused beside its cell and stays there; nothing is recorded."""
    two = code_of(BODIES[1][0])
    cycle(season)
    typed(season, two, handed="发微信了")
    ended = run("ledger", season, *DAY)
    assert (ended.code, "LEDGER_002" in ended.err, "已电话" in ended.err) == (1, True, True)
    assert (states(season)[two], shown(season, two)["已转达"]) == ("received", "发微信了")


@soak
def test_a_file_in_the_inbox_is_never_said_to_be_gone(season: Path) -> None:
    """One of equal figures and another text counts as a duplicate and is called that; one that was taken out is gone."""
    figures = sound(FORM, 70, 10, None)
    (season / "收件" / "财政（文字改）.xlsx").write_bytes(workbook(FORM, 2025, BODIES[0], figures, text=False))
    one = code_of(BODIES[0][0])
    cycle(season)
    assert "重复件" in str(shown(season, one)["来过的表"])
    assert "不在收件夹" not in str(shown(season, one)["来过的表"])
    (season / "收件" / "财政（文字改）.xlsx").unlink()
    cycle(season)
    assert "不在收件夹" in str(shown(season, one)["来过的表"])


@soak
def test_reminders_are_proposed_on_the_days_that_were_planned(season: Path) -> None:
    """Not before the first day, then until somebody reminded; a corrected date is one reminder; nothing is sent by itself."""
    worked("init", season, "--remind-before", "7,3", "--remind-after", "1")
    (season / "台账.xlsx").unlink(missing_ok=True)
    three = code_of(BODIES[3][0])

    def proposed(day: str) -> bool:
        out = worked("season", season, "--as-of", day).out
        (part,) = re.findall(r"可以发信.*?\n仍未报", out, re.DOTALL)
        return BODIES[3][2] in part and "催报" in part

    assert [proposed(day) for day in ("2026-01-23", "2026-01-24", "2026-01-26")] == [False, True, True]
    for date in ("2026-01-25", "2026-01-26"):
        typed(season, three, remind=date)
        assert [proposed(day) for day in ("2026-01-26", "2026-01-28")] == [False, True]
    letter = next((season / "退回").glob(f"{three}*催报信.txt")).read_text("utf-8")
    assert "再次提醒" in letter
    assert "第三次" not in letter
    typed(season, three, handed="已电话")
    assert [proposed(day) for day in ("2026-01-29", "2026-02-01")] == [False, True]


def test_todays_list_is_there_for_programs(season: Path) -> None:
    """``--format json`` has the matters that the text lists, each once, and no clock."""
    done = answer("season", season, *DAY)
    assert (done["schema"], done["days_left"], done["files"], done["read"]) == ("nianbao.season/1", 11, 4, 4)
    listed = {way: [one["code"] for one in done[way]] for way in ("phone", "decide", "send", "silent")}
    codes = [code_of(body[0]) for body in BODIES]
    assert listed == {
        "phone": [codes[4]], "decide": [codes[2]], "send": [codes[0], codes[1], codes[3]], "silent": [codes[3], codes[4]],
    }  # fmt: skip
    again = answer("season", season, *DAY)
    assert again == done | {"read": 0}


def test_what_comes_after_a_return_that_stands_is_raised(season: Path) -> None:
    """A file that cannot be read is to be looked at, once; what was accepted stands; a misnamed one gets no receipt before."""
    cycle(season)
    one, four = code_of(BODIES[0][0]), code_of(BODIES[3][0])
    late = season / "收件" / one / "再报.xlsx"
    late.parent.mkdir()
    late.write_bytes(a_return(0)[:2000])
    (season / "收件" / f"{BODIES[4][2]}年报.xlsx").write_bytes(a_return(3))
    done = answer("season", season, *DAY)
    assert [(stray["file"], stray["name"]) for stray in done["strays"]] == [(f"{one}/再报.xlsx", BODIES[0][2])]
    assert [(row["code"], row["kind"]) for row in done["decide"]][1:] == [(four, "whose")]
    assert f"{BODIES[0][2]}：{one}/再报.xlsx" in cycle(season).out
    assert "通过" in str(shown(season, one)["状态"])
    assert "归属单位" in str(shown(season, four)["下一步"])
    assert not [path for path in (season / "退回").glob(f"{four}*") if "回执" in path.name]
    book = openpyxl.load_workbook(season / "台账.xlsx")
    sheet = book["文件"]
    titles = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        own = {"再报.xlsx": BODIES[0][2], f"{BODIES[4][2]}年报.xlsx": BODIES[3][2]}.get(
            str(row[1].value).split("/")[-1]
        )
        row[titles.index("归属单位")].value = own
    book.save(season / "台账.xlsx")
    done = answer("season", season, *DAY)
    assert (done["strays"], [row["kind"] for row in done["decide"]]) == ([], ["versions"])
    assert [row["kind"] for row in done["send"] if row["code"] == four] == ["final"]


def test_a_file_that_nobody_can_read_is_passed_over_by_nobody(season: Path) -> None:
    """It is to be decided: under the body after which it is named, which is not said to be silent, else by itself."""
    inbox = season / "收件"
    for name in (f"{BODIES[3][1]}年报.xlsx", "附件.xlsx"):
        (inbox / name).write_bytes(a_return(3)[:2000] + name.encode())
    done = answer("season", season, *DAY)
    codes = [code_of(body[0]) for body in BODIES]
    assert [one["code"] for one in done["decide"]] == [codes[2], codes[3]]
    assert (codes[3] in [one["code"] for one in done["silent"]], [one["file"] for one in done["strays"]]) == (
        False, ["附件.xlsx"],
    )  # fmt: skip
    plan = openpyxl.load_workbook(season / "发件箱" / "发送计划.xlsx")["发送计划"]
    rows = {row[1]: row for row in plan.iter_rows(min_row=2, values_only=True)}
    assert [rows[codes[at]][7] for at in (2, 3, 4)] == ["要您决定", "要您决定", "打电话"]
    assert [row[8] for row in rows.values()] == [None] * 5, "what can be sent has its body's workbook"
