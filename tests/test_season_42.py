"""A season of 42 bodies over real mail servers: three cycles of one command each, and what each of them lists, sends and records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

import openpyxl
import pytest

from tests import folder80
from tests.commands import Ended, answer, run
from tests.incoming import file, letter, text
from tests.samples import REGION, code_of, workbook
from tests.servers import PASSWORD, USER, ImapServer, SmtpServer, certificate, requires_dovecot
from tests.soaking import soak
from tests.test_ledger import shown, typed
from toolkit.season.ledger import store
from toolkit.workbook.rosters import roster_bytes

pytestmark = [soak, requires_dovecot]
SECRETS = {"NIANBAO_SMTP_PASSWORD": PASSWORD, "NIANBAO_IMAP_PASSWORD": PASSWORD}
NAMES = folder80.NAMES[:42]
SOUND = range(30)
FAULTY, VERSIONS, OLD, LINK, TORN, DOUBT, SILENT, UNADDRESSED, REFUSED, DROPPED, LATE, SECOND = range(30, 42)


def of(at: int) -> folder80.Body:
    """Return a body as samples have it."""
    return folder80.body(NAMES[at][3:])


def address(at: int) -> str:
    """Return the address of a body on the roster."""
    return "" if at == UNADDRESSED else f"b{at}@example.cn"


def a_return(at: int, *, year: int = 2025, broken: bool = False, count: int = 0, blank: tuple[str, ...] = ()) -> bytes:
    """Return the workbook of a body, sound unless it is to be otherwise."""
    figures = folder80.figures_of(NAMES[at][3:]) | ({"t2.licensing.decisions": count} if count else {})
    if broken:
        figures["t3.r1.natural"] = int(figures["t3.r1.natural"]) + 1
    return workbook(folder80.FORM, year, of(at), figures, blank=blank)


def mail(at: int, data: bytes, day: int, *, name: str = "", month: str = "Jan") -> bytes:
    """Return a message of a body with its file."""
    parts = [text("附件是我单位年报。"), file(data, name or f"{NAMES[at][3:]}年报.xlsx")]
    return letter(
        parts, sender=address(at), date=f"{day} {month} 2026 09:30:00 +0800", identifier=f"<{at}.{day}.{len(data)}@x>"
    )


@pytest.fixture
def season(tmp_path: Path) -> Iterator[tuple[Path, SmtpServer, ImapServer]]:
    """Begin the season, everything given once."""
    rows = [[code_of(of(at)[0]), NAMES[at], of(at)[1], of(at)[3], address(at), "是", "", "", ""] for at in range(42)]
    (tmp_path / "名录.xlsx").write_bytes(roster_bytes(REGION, rows))
    made, folder = certificate(tmp_path / "ca"), tmp_path / "季"
    with SmtpServer() as smtp, ImapServer(made) as imap:
        assert run(
            "season", "init", folder, "--year", "2025", "--region", REGION, "--roster", tmp_path / "名录.xlsx",
            "--remind-before", "7", "--remind-after", "1", "--office", "公开办",
        ).code == 0  # fmt: skip
        (folder / "邮箱.toml").write_text(
            f'[smtp]\nhost = "127.0.0.1"\nport = {smtp.port}\nsecurity = "plain"\nuser = "{USER}"\n'
            f'[imap]\nhost = "localhost"\nport = {imap.secure}\nuser = "{USER}"\nca_file = "{made.authority}"\n',
            encoding="utf-8",
        )
        yield folder, smtp, imap


def today(ended: Ended) -> dict[str, tuple[int, set[int]]]:
    """Return today's list: under each head its number and the bodies that are named."""
    listed: dict[str, tuple[int, set[int]]] = {}
    for part in re.split(r"\n(?=\S)", ended.out.strip())[1:]:
        head = re.split("[（或 ]", part)[0]
        count = int(part.splitlines()[0].rpartition(" ")[2])
        listed[head] = (count, {at for at, name in enumerate(NAMES) if re.search(rf"{name}(?![\w])", part)})
    return listed


def letters(smtp: SmtpServer) -> Counter[tuple[int, str]]:
    """Return the letters that arrived since the last time, by body and kind."""
    arrived = Counter(
        (int(one.to[1:].partition("@")[0]), str(message_from_bytes(one.data, policy=policy.default)["Subject"])[1:3])
        for one in smtp.delivered
    )
    smtp.delivered.clear()
    return arrived


def recorded(folder: Path, day: str) -> dict[str, set[int]]:
    """Return the bodies in each state, without the passed ones."""
    bodies = answer("ledger", folder, "--as-of", day)["bodies"]
    codes = {code_of(of(at)[0]): at for at in range(42)}
    states: dict[str, set[int]] = {}
    for body in bodies:
        states.setdefault(body["state"], set()).add(codes[body["code"]])
    return states


def test_three_cycles_of_42_bodies(
    season: tuple[Path, SmtpServer, ImapServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each cycle is one command; each body gets the one letter that is true, once; what did not happen is recorded nowhere."""
    folder, smtp, imap = season

    def cycle(day: str) -> Ended:
        """Run a cycle on a day, also by the clock of the ledger."""
        clock = type(
            "Clock", (datetime,), {"now": classmethod(lambda _, tz=None: datetime.fromisoformat(f"{day}T10:00"))}
        )
        monkeypatch.setattr(store, "datetime", clock)
        ended = run("season", folder, "--as-of", day, "--send", "--rate", "60000", environment=SECRETS)
        assert ended.code in (0, 1), ended.err
        return ended

    sound = a_return(TORN)
    imap.put(
        *(mail(at, a_return(at), 20) for at in SOUND),
        mail(FAULTY, a_return(FAULTY, broken=True), 20),
        mail(VERSIONS, a_return(VERSIONS, count=998), 19), mail(VERSIONS, a_return(VERSIONS, count=999), 20, name="改.xlsx"),
        mail(OLD, a_return(OLD, year=2024), 20), mail(TORN, sound[: len(sound) // 2], 20),
        letter([text("年报见百度网盘 https://pan.baidu.com/s/1abc 提取码 1234")], sender=address(LINK)),
        mail(DOUBT, a_return(DOUBT, blank=("t2.rules.issued",)), 20),
        mail(REFUSED, a_return(REFUSED, broken=True), 20), mail(DROPPED, a_return(DROPPED, broken=True), 20),
    )  # fmt: skip

    def wrong(stage: str, to: str) -> str | None:
        if stage == "rcpt" and to == address(REFUSED):
            return "550 no such user"
        return "drop" if stage == "accepted" and to == address(DROPPED) else None

    smtp.fault = wrong
    first = cycle("2026-01-20")
    smtp.fault = None
    silent = {SILENT, UNADDRESSED, LATE, SECOND}
    assert today(first) == {
        "打电话": (2, {REFUSED, DROPPED}), "要决定": (1, {VERSIONS}), "可以发信": (0, set()), "仍未报": (4, silent),
    }  # fmt: skip
    assert ("信被拒收" in first.out, "信不知道到了没有" in first.out) == (True, True)
    returned = dict.fromkeys(((at, "退回") for at in (FAULTY, OLD, LINK, TORN, DROPPED)), 1)
    assert letters(smtp) == dict.fromkeys(((at, "回执") for at in (*SOUND, DOUBT)), 1) | returned
    passed = {*SOUND, DOUBT}
    held = {VERSIONS, REFUSED, DROPPED}
    absent = {OLD, LINK, TORN, *silent}
    assert recorded(folder, "2026-01-20") == {
        "passed": passed,
        "returned": {FAULTY},
        "received": held,
        "missing": absent,
    }

    # A week before the deadline those who are silent are reminded; nobody else is written to again.
    second = cycle("2026-01-24")
    assert "38 个文件，新读 0 个" in second.err
    assert today(second) == {
        "打电话": (3, {UNADDRESSED, REFUSED, DROPPED}), "要决定": (1, {VERSIONS}), "可以发信": (0, set()), "仍未报": (4, silent),
    }  # fmt: skip
    assert letters(smtp) == dict.fromkeys(((at, "催报") for at in (SILENT, LATE, SECOND)), 1)
    assert recorded(folder, "2026-01-24") == {
        "passed": passed,
        "returned": {FAULTY},
        "received": held,
        "missing": absent,
    }

    # The coordinator calls and decides; one mends, two file, one of them late.
    typed(folder, code_of(of(VERSIONS)[0]), adopt="第2份", why="电话核实")
    for at in (UNADDRESSED, REFUSED, DROPPED):
        typed(folder, code_of(of(at)[0]), handed="已电话")
    imap.put(
        mail(FAULTY, a_return(FAULTY), 25, name="改好.xlsx"), mail(SECOND, a_return(SECOND), 25),
        mail(LATE, a_return(LATE), 2, month="Feb"),
    )  # fmt: skip
    third = cycle("2026-02-03")
    assert "41 个文件，新读 3 个" in third.err
    assert "百度网盘" not in third.err, "said when it came"
    assert today(third) == {
        "打电话": (1, {UNADDRESSED}), "要决定": (0, set()), "可以发信": (0, set()), "仍未报": (5, {SILENT, UNADDRESSED, OLD, LINK, TORN}),
    }  # fmt: skip
    receipts = {(at, "回执"): 1 for at in (FAULTY, VERSIONS, LATE, SECOND)}
    # Those who were sent something back and have not answered are reminded of that after the deadline, as of nothing else.
    reminders = {(at, "催报"): 1 for at in (SILENT, OLD, LINK, TORN, DOUBT)}
    assert letters(smtp) == receipts | reminders
    assert "文件在网盘里" in next((folder / "退回").glob(f"{code_of(of(LINK)[0])}*催报信.txt")).read_text("utf-8")
    assert recorded(folder, "2026-02-03") == {
        "passed": passed | {VERSIONS, LATE, SECOND}, "mended": {FAULTY}, "returned": {REFUSED, DROPPED},
        "missing": {OLD, LINK, TORN, SILENT, UNADDRESSED},
    }  # fmt: skip
    posts = [str(row) for row in openpyxl.load_workbook(folder / "台账.xlsx")["往来"].iter_rows(values_only=True)]
    assert not [row for row in posts if "不明" in row], "what was handed over, or sent, is not unknown"
    assert "迟报" in str(shown(folder, code_of(of(LATE)[0]))["状态"])
