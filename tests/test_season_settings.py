"""What a season is begun with: checked when it is written, kept for every command, secrets by their path alone."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import click
import openpyxl
import pytest

import toolkit
from tests.commands import answer, run, worked
from tests.samples import BODIES, REGION, code_of, roster_of, sound, workbook
from tests.soaking import soak
from tests.test_tokens import locked
from toolkit.cli.post import password_for
from toolkit.forms import load_form
from toolkit.mail import Server
from toolkit.roster.tokens import key_mark, made_key
from toolkit.season import initiate

FORM = load_form("2021")
ONE = code_of(BODIES[0][0])


def begun(folder: Path, *more: object) -> Path:
    """Begin a season of two bodies."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    roster = folder.parent / "名录.xlsx"
    roster.write_bytes(roster_of(2))
    worked("init", folder, "--year", "2025", "--region", REGION, "--roster", roster, *more)
    return folder


def kept(folder: Path) -> str:
    """Return everything in the ledger as text."""
    with contextlib.closing(sqlite3.connect(folder / "台账.db")) as opened:
        return "\n".join(opened.iterdump())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--deadline", "月底"), "看不懂"), (("--deadline", "2025-01-31"), "2026 年的日期"),
        (("--deadline", "2062-01-31"), "2026 年的日期"), (("--remind-before", "每周"), "7,3,1"),
        (("--remind-after", "1;x"), "7,3,1"), (("--region-code", "1199"), "1199"), (("--year", "1999"), "1999"),
        (("--last-year", "没有"), "没有"), (("--password-file", "没有"), "没有"), (("--key", "没有"), "没有"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_when_it_is_written(
    tmp_path: Path, options: tuple[str, str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 2, one line that names it, and the season stands as it was."""
    monkeypatch.chdir(tmp_path)
    folder = begun(tmp_path / "季")
    before = kept(folder)
    refused = run("init", folder, *options)
    assert (refused.code, words in refused.err, "Traceback" in refused.err) == (2, True, False), refused.err
    assert kept(folder) == before


def test_a_season_without_a_deadline_has_the_laws(tmp_path: Path) -> None:
    """31 January of the next year is said when it begins, and letters count the days to it."""
    folder = tmp_path / "季"
    (tmp_path / "名录.xlsx").write_bytes(roster_of(2))
    ended = run("season", "init", folder, "--year", "2025", "--roster", tmp_path / "名录.xlsx")
    assert (ended.code, "截止 2026-01-31" in ended.err, "名录 2 家" in ended.err) == (0, True, True), ended.err
    assert "还有 11 天" in worked("reply", folder, "--as-of", "2026-01-20").out


def test_mail_settings_are_checked_when_the_season_is_set(tmp_path: Path) -> None:
    """The sample as it stands is no fault, one half filled in is refused by name."""
    folder = begun(tmp_path / "季")
    path = folder / "邮箱.toml"
    assert "还没有填写" in run("init", folder).err
    path.write_text(path.read_text("utf-8").replace("smtp.163.com", "smtp.qq.com"), encoding="utf-8")
    refused = run("init", folder)
    assert (refused.code, "name@163.com" in refused.err, "smtp.name" in refused.err) == (2, True, True)


@soak
def test_settings_are_kept_for_every_command(tmp_path: Path) -> None:
    """Password file, key, last year and processes are given once; what is in a secret is not in the ledger."""
    key, passwords, last = tmp_path / "别处" / "密钥", tmp_path / "密码.txt", tmp_path / "去年"
    key.parent.mkdir()
    mark = made_key(key).mark
    passwords.write_text("财政2025\n", encoding="utf-8")
    last.mkdir()
    (last / "一.xlsx").write_bytes(workbook(FORM, 2024, BODIES[0], sound(FORM, 3, 12, None)))
    folder = begun(
        tmp_path / "季", "--key", key, "--password-file", passwords, "--last-year", last, "--jobs", "1",
    )  # fmt: skip
    toolkit.template(2025, tmp_path / "下发", roster=folder / "名录.xlsx", last_year=last, key=key)
    (issued,) = (tmp_path / "下发").glob(f"{ONE}*")
    sent = folder / "收件" / "一.xlsx"
    book = openpyxl.load_workbook(issued)
    sheet, cell = next(book.defined_names["NB_t3_r1_natural"].destinations)
    book[sheet][cell] = 2
    book.save(sent)
    locked(sent, "财政2025")
    states = {body["code"]: body["state"] for body in answer("ledger", folder)["bodies"]}
    assert states[ONE] != "missing", "it was opened with the password"
    text = kept(folder)
    secret = key.read_text().split()[1]
    assert (str(key) in text, str(passwords) in text, secret in text, "财政2025" in text) == (True, True, False, False)
    for command in (("reply", folder), ("check", folder, "-o", folder / "退回")):
        worked(*command)
        (reply,) = toolkit.read(next((folder / "退回").glob(f"{ONE}*第1轮*.xlsx")))
        assert reply.ret is not None
        assert key_mark(reply.ret.identity.token) == mark, command
    assert {file.trust for file in toolkit.check(folder / "退回", key=key) if file.ret is not None} == {"sound"}


def test_replies_carry_the_token_of_a_key_that_is_named_at_the_command(tmp_path: Path) -> None:
    """A key on the command line serves its replies too: what comes back is not taken for a stranger's."""
    folder, key = begun(tmp_path / "季"), tmp_path / "密钥"
    mark = made_key(key).mark
    broken = sound(FORM, 3, 12, None)
    broken["t3.r1.natural"] = int(broken["t3.r1.natural"]) + 1
    (folder / "收件" / "一.xlsx").write_bytes(workbook(FORM, 2025, BODIES[0], broken))
    worked("reply", folder, "--key", key)
    (reply,) = toolkit.read(next((folder / "退回").glob(f"{ONE}*第1轮*.xlsx")))
    assert reply.ret is not None
    assert key_mark(reply.ret.identity.token) == mark


@soak
def test_a_key_of_another_season_is_refused(tmp_path: Path) -> None:
    """One that lies in another season's folder, and one that no return in 收件 was issued with; the right one is taken."""
    other = begun(tmp_path / "2024年报")
    made_key(other / "密钥")
    folder = begun(tmp_path / "季")
    refused = run("init", folder, "--key", other / "密钥")
    assert (refused.code, "2024年报" in refused.err) == (2, True), refused.err
    right, wrong = tmp_path / "对", tmp_path / "错"
    made_key(wrong)
    toolkit.template(2025, folder / "收件", roster=folder / "名录.xlsx", key=right)
    refused = run("init", folder, "--key", wrong)
    assert (refused.code, "都不是用它下发的" in refused.err) == (2, True), refused.err
    assert "LEDGER_008" in worked("ledger", folder, "--key", wrong).out
    worked("init", folder, "--key", right)
    assert "LEDGER_008" not in worked("ledger", folder).out


def test_a_path_in_the_folder_moves_with_it(tmp_path: Path) -> None:
    """What lies in the season's folder is found again after the folder was moved."""
    folder = begun(tmp_path / "季")
    made_key(folder / "钥匙")
    initiate(folder, {"key": str(folder / "钥匙")})
    moved = folder.rename(tmp_path / "搬到这里")
    worked("ledger", moved)


def test_a_setting_is_taken_back(tmp_path: Path) -> None:
    """Written as empty it is as if it had never been set, a path as well; what is not written stays."""
    passwords = tmp_path / "密码.txt"
    passwords.write_text("x\n", encoding="utf-8")
    folder = begun(
        tmp_path / "季", "--password-file", passwords, "--remind-before", "7", "--jobs", "2", "--contact", "李某",
        "--deadline", "2026-01-20",
    )  # fmt: skip
    taken_back = ("--password-file", "", "--remind-before", "", "--jobs", "0", "--deadline", "", "--region", "")
    told = worked("init", folder, *taken_back).err
    assert [word in told for word in ("截止 2026-01-31", "加密年报", "没有定日子", REGION)] == [
        True,
        False,
        True,
        False,
    ]
    passwords.unlink()
    assert "李某" in worked("reply", folder, "--as-of", "2026-01-20").out, "and no password file is looked for"


def test_a_password_is_asked_once_for_an_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two servers of one account share what was typed; another account, or another house, is asked for itself."""
    asked: list[str] = []
    monkeypatch.setattr(click, "prompt", lambda prompt, **_: asked.append(prompt) or "abc")
    hosts = (
        ("imap.qq.com", "a@qq.com"),
        ("smtp.qq.com", "a@qq.com"),
        ("smtp.qq.com", "b@qq.com"),
        ("mail.gov.cn", "a@qq.com"),
    )
    with click.Context(click.Command("season")):
        for host, user in hosts:
            assert password_for(Server(host, 465, user), "NIANBAO_NONE") == "abc"
    assert len(asked) == 3
