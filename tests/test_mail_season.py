"""A whole season over real mail servers: collected, checked, answered, sent, mended, collected again, merged."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest

from tests.books import numbers_as_text
from tests.commands import Ended, run, surroundings, worked
from tests.incoming import file, letter, text
from tests.samples import BODIES, REGION, code_of, roster_of, sound, workbook
from tests.servers import PASSWORD, STAGES, USER, ImapServer, Killer, SmtpServer, certificate, requires_dovecot
from tests.soaking import soak
from toolkit.forms import load_form

FORM = load_form("2021")
DAY = ("--as-of", "2026-01-20")
SECRETS = {"NIANBAO_SMTP_PASSWORD": PASSWORD, "NIANBAO_IMAP_PASSWORD": PASSWORD}
ENVIRONMENT = surroundings(**SECRETS)
SOUND, FAULTY, OTHER, LINK, REFUSED, DROPPED, LATER, SILENT = range(8)


def address(at: int) -> str:
    """Return the address of a body."""
    return f"body{at}@example.cn"


def code(at: int) -> str:
    """Return the code of a body."""
    return code_of(BODIES[at][0])


def a_return(at: int, *, broken: bool = False) -> bytes:
    """Return the workbook of a body; a broken one has one application too many in 表三."""
    figures = sound(FORM, 70 + at, 10 + at, None)
    if broken:
        figures["t3.r1.natural"] = int(figures.get("t3.r1.natural") or 0) + 1
    return workbook(FORM, 2025, BODIES[at], figures)


def mail(at: int, data: bytes, name: str, *, sender: str = "") -> bytes:
    """Return a message of a body with its workbook."""
    return letter([text("附件是我单位年报。"), file(data, name)], sender=sender or address(at))


@dataclass
class Season:
    """A season's folder with its two servers."""

    folder: Path
    smtp: SmtpServer
    imap: ImapServer

    def run(self, command: str, *more: str | Path) -> Ended:
        """Run a command on the folder."""
        return run(command, self.folder, *more, environment=SECRETS)

    def states(self) -> dict[str, str]:
        """Return the state of every body."""
        return {each["code"]: each["state"] for each in self.run("ledger", *DAY, "--format", "json").json["bodies"]}

    def received(self) -> Counter[tuple[str, str]]:
        """Return how often each address got a letter of each kind."""
        return Counter((each.to, subject(each.data)[1:3]) for each in self.smtp.delivered)


def subject(data: bytes) -> str:
    """Return the subject of a message."""
    message = message_from_bytes(data, policy=policy.default)
    return str(message["Subject"])


@pytest.fixture
def season(tmp_path: Path) -> Iterator[Season]:
    """Begin a season of eight bodies, with servers that take what they are given."""
    made = certificate(tmp_path / "ca")
    (tmp_path / "名录.xlsx").write_bytes(roster_of(8, address))
    folder = tmp_path / "季"
    with SmtpServer() as smtp, ImapServer(made) as imap:
        begun = run(
            "init", folder, "--year", "2025", "--region", REGION, "--roster", tmp_path / "名录.xlsx",
            "--deadline", "2026-01-31", "--office", "公开办",
        )  # fmt: skip
        assert begun.code == 0, begun.err
        (folder / "邮箱.toml").write_text(
            f'[smtp]\nhost = "127.0.0.1"\nport = {smtp.port}\nsecurity = "plain"\nuser = "{USER}"\nname = "公开办"\n'
            f'[imap]\nhost = "localhost"\nport = {imap.secure}\nuser = "{USER}"\nca_file = "{made.authority}"\n',
            encoding="utf-8",
        )
        yield Season(folder, smtp, imap)


@soak
@requires_dovecot
def test_a_season_by_mail(season: Season) -> None:
    """From the mailbox to the roll-up: every letter once, faults of the server included, and the mended return counts."""
    season.imap.put(
        mail(SOUND, a_return(SOUND), "年报(最终)(1).xlsx"),
        mail(FAULTY, a_return(FAULTY, broken=True), "年报.xlsx"),
        mail(OTHER, a_return(OTHER), "年报.xlsx", sender=address(SOUND)),
        *(mail(at, a_return(at, broken=True), "报送.xlsx") for at in (REFUSED, DROPPED, LATER)),
        letter([text("年报见百度网盘 https://pan.baidu.com/s/1abc 提取码 1234")], sender=address(LINK)),
    )
    first = season.run("collect")
    assert (first.code, "新收 6 个文件" in first.err, "MAIL_020" in first.err) == (0, True, True), first.err
    assert "新收 0 个文件，已有 6 个" in season.run("collect").err
    assert all(path.parent.name in {code(at) for at in range(8)} for path in (season.folder / "收件").rglob("*.xlsx"))
    told = season.run("ledger", *DAY)
    assert "LEDGER_005" in told.out
    assert season.states() == {
        code(SOUND): "passed", code(OTHER): "passed", code(SILENT): "missing", code(LINK): "missing",
        **dict.fromkeys(map(code, (FAULTY, REFUSED, DROPPED, LATER)), "received"),
    }  # fmt: skip

    planned = season.run("send", *DAY)
    assert (planned.code, season.smtp.delivered) == (0, [])
    drafts = sorted((season.folder / "发件箱").glob("*.eml"))
    assert len(drafts) == 8
    draft = message_from_bytes(
        next(path for path in drafts if code(FAULTY) in path.name).read_bytes(), policy=policy.default
    )
    assert isinstance(draft, EmailMessage)
    assert (draft["To"], draft["X-Unsent"]) == (address(FAULTY), "1")
    (attached,) = draft.iter_attachments()
    assert str(attached.get_filename()).startswith(code(FAULTY))
    plan = openpyxl.load_workbook(season.folder / "发件箱" / "发送计划.xlsx").active
    assert plan is not None
    assert [row[7] for row in plan.iter_rows(min_row=2, values_only=True)] == ["待发"] * 8
    assert numbers_as_text(season.folder / "发件箱" / "发送计划.xlsx") == []

    assert season.run("send", *DAY, "--to-self", "me@example.cn", "--rate", "6000").code == 0
    assert Counter(each.to for each in season.smtp.delivered) == {"me@example.cn": 8}
    season.smtp.delivered.clear()

    once = {address(LATER): 1}

    def wrong(stage: str, to: str) -> str | None:
        if stage == "rcpt" and to == address(REFUSED):
            return "550 no such user"
        if stage == "accepted" and to == address(DROPPED):
            return "drop"
        if stage == "rcpt" and once.pop(to, 0):
            return "450 try again"
        return None

    season.smtp.fault = wrong
    assert season.run("send", *DAY, "--yes", "--rate", "6000").code == 1
    season.smtp.fault = None
    again = season.run("send", *DAY, "--yes", "--rate", "6000", "--format", "json").json
    assert {each["to"]: each["state"] for each in again["messages"]} == {
        **{address(at): "sent" for at in (SOUND, FAULTY, OTHER, LINK, SILENT, LATER)},
        address(REFUSED): "refused", address(DROPPED): "unknown",
    }  # fmt: skip
    assert season.received() == {
        (address(SOUND), "回执"): 1, (address(OTHER), "回执"): 1, (address(FAULTY), "退回"): 1,
        (address(LATER), "退回"): 1, (address(DROPPED), "退回"): 1, (address(SILENT), "催报"): 1,
        (address(LINK), "退回"): 1,
    }  # fmt: skip
    desk = openpyxl.load_workbook(season.folder / "台账.xlsx")["单位"]
    (at,) = [cell.column - 1 for cell in desk[4] if cell.value == "往来"]
    posts = {row[1]: str(row[at]) for row in desk.iter_rows(min_row=5, values_only=True)}
    assert (
        "邮件不明" in posts[code(DROPPED)],
        "邮件被拒收" in posts[code(REFUSED)],
        "邮件已发" in posts[code(FAULTY)],
    ) == (True,) * 3

    # The agency mends the workbook that came with the letter, and sends it back.
    came = next(each.data for each in season.smtp.delivered if each.to == address(FAULTY))
    message = message_from_bytes(came, policy=policy.default)
    assert isinstance(message, EmailMessage)
    (part,) = message.iter_attachments()
    reply = season.folder.parent / "改.xlsx"
    reply.write_bytes(part.get_content())
    book = openpyxl.load_workbook(reply)
    sheet, cell = next(book.defined_names["NB_t3_r1_natural"].destinations)
    book[sheet][cell] = book[sheet][cell].value - 1
    book.save(reply)
    season.imap.put(mail(FAULTY, reply.read_bytes(), "改好的年报.xlsx"))
    assert "新收 1 个文件" in season.run("collect").err
    assert season.states()[code(FAULTY)] == "mended"
    merged = season.run("merge", "-o", season.folder / "汇总.xlsx", *DAY, "--format", "json")
    assert merged.json["coverage"]["merged"] == 3
    season.run("send", *DAY, "--yes", "--rate", "6000")
    assert season.received()[address(FAULTY), "回执"] == 1
    later = season.run("reply", "--as-of", "2026-01-28", "--kind", "催报")
    assert "再次提醒" in later.out
    assert (
        season.run(
            "send", "--as-of", "2026-01-28", "--yes", "--rate", "6000", "--again", f"{code(DROPPED)}/退回/x"
        ).code
        == 1
    )
    assert season.received()[address(DROPPED), "退回"] == 1


@requires_dovecot
def test_a_workbook_that_is_not_the_addressees_is_held_back(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter whose workbook is another body's is not sent and says so; its neighbours are."""
    from toolkit.season import outbox

    for at in (FAULTY, LATER):
        (season.folder / "收件" / f"{at}.xlsx").write_bytes(a_return(at, broken=True))
    right = outbox.post_of

    def swapped(each: outbox.Prepared) -> outbox.Post:
        post = right(each)
        if post.code != code(FAULTY):
            return post
        wrong = outbox.Attachment(post.attachments[0].name, a_return(LATER))
        return outbox.Post(post.key, post.code, post.to, post.subject, post.text, post.html, (wrong,))

    monkeypatch.setattr(outbox, "post_of", swapped)
    done = season.run("send", *DAY, "--yes", "--rate", "6000", "--kind", "退回")
    assert (done.code, "MAIL_002" in done.err) == (1, True)
    assert season.received() == {(address(LATER), "退回"): 1}


def sending(season: Season, day: str) -> list[str]:
    """Return the command that sends a day's letters, for a process of its own."""
    return [sys.executable, "-m", "toolkit", "send", str(season.folder), "--as-of", day, "--yes", "--rate", "6000"]


def each_once(season: Season, day: str) -> tuple[list[str], int]:
    """Send what is left of a day; return its letters' states, and how many that stand as unknown did arrive.

    Each letter arrived at most once, and one that is "sent" arrived.
    """
    done = season.run("send", "--as-of", day, "--yes", "--rate", "6000", "--format", "json").json
    arrived = Counter(each.to for each in season.smtp.delivered if day in _days(each.data))
    for message in done["messages"]:
        assert arrived[message["to"]] <= 1, message
        assert message["state"] == "unknown" or arrived[message["to"]] == 1, message
    states = [message["state"] for message in done["messages"]]
    return states, sum(arrived.values()) - states.count("sent")


@soak
@requires_dovecot
def test_killed_at_any_stage_of_a_letter_nobody_gets_it_twice(season: Season) -> None:
    """Killed at each stage of the second letter in turn: once its text was asked for it stands as unknown, sent no more."""
    worked("init", season.folder, "--remind-after", "1,2,3,4,5,6,7,8,9")  # a letter of each body on each day
    killer = Killer()
    season.smtp.fault = killer
    for number, stage in enumerate(STAGES, 1):
        day = f"2026-02-{number:02d}"
        killed, text = killer.run(sending(season, day), len(STAGES) + number, ENVIRONMENT)
        assert killed, (stage, text)
        states, unknown_arrived = each_once(season, day)
        unknown = stage not in ("mail", "rcpt")
        assert sorted(states) == ["sent"] * (8 - unknown) + ["unknown"] * unknown, stage
        assert unknown_arrived == (stage == "accepted"), stage


@soak
@requires_dovecot
def test_killed_while_sending_nobody_gets_a_letter_twice(season: Season) -> None:
    """Killed at random moments, over and over: each reminder arrives once, or stands as unknown; none that is "sent" is missing."""
    worked("init", season.folder, "--remind-after", "1,2,3,4,5,6,7,8,9")  # a letter of each body on each day
    draw = random.Random(4)
    season.smtp.fault = lambda stage, to: time.sleep(0.01)
    for day in [f"2026-02-{day:02d}" for day in range(1, 5)]:
        for _ in range(6):
            running = subprocess.Popen(
                sending(season, day), env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            try:
                running.wait(draw.uniform(0.4, 1.6))
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()
        states, _ = each_once(season, day)
        assert set(states) <= {"sent", "unknown"}


def _days(data: bytes) -> str:
    """Return the day that a letter is dated, as it stands in its text."""
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    said = str(body.get_content()).splitlines()  # the last line is the day alone
    return " ".join(f"2026-02-{day:02d}" for day in range(1, 29) if f"2026 年 2 月 {day} 日" in said)
