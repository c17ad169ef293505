"""The one matter of every body: what is said to it next, how it goes on, and whom to call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.rollups import SMALL, a_return, checked, code_of, error, merged
from tests.rollups import roster as roster_of
from toolkit.findings import finding
from toolkit.merging import coverage, merge
from toolkit.returns import Checked, CoverField, Decisions, Place, Region
from toolkit.roster import Roster
from toolkit.season.ledger import LEDGER_FILE, Ledger
from toolkit.season.matters import Calendar, Matter, matters
from toolkit.season.provenance import sender_findings

TODAY = Calendar(date(2026, 1, 20), date(2026, 1, 31))
LATE = Calendar(date(2026, 2, 6), date(2026, 1, 31))
ONE = code_of(1)


def addressed(*numbers: int) -> Roster:
    """Return a roster whose bodies have addresses."""
    known = roster_of(*numbers)
    bodies = [replace(body, email=f"b{at}@example.cn") for at, body in enumerate(known.respondents, 1)]
    return Roster(known.region, tuple(bodies))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Open an empty ledger."""
    opened = Ledger(tmp_path / LEDGER_FILE)
    yield opened
    opened.close()


def matter(ledger: Ledger, *files: Checked, calendar: Calendar = TODAY, roster: Roster | None = None) -> Matter:
    """Return the matter of the first body."""
    known = roster or addressed(1)
    return matters(ledger, merged(files, known), known, calendar)[0]


SOUND = checked(a_return(1, SMALL, text="甲"), "甲.xlsx")


def test_a_silent_body_is_issued_the_form_then_reminded(ledger: Ledger) -> None:
    """Before anything was sent the blank goes out; afterwards reminders, each day once, until the planned days alone."""
    one = matter(ledger)
    assert (one.kind, one.letter, one.way, one.silent) == ("issue", "下发", "send", True)
    ledger.add("message", key=one.key, code=ONE, state="sent", detail="")
    assert [matter(ledger).kind, matter(ledger).way] == ["issue", "wait"]
    two = matter(ledger, calendar=LATE)
    assert (two.kind, two.way, two.key) == ("remind", "send", f"{ONE}/催报/2026-02-06")
    ledger.add("message", key=two.key, code=ONE, state="sent", detail="")
    two = matter(ledger, calendar=LATE)
    assert (two.way, two.reminded) == ("wait", 1)
    assert "催报 已发" in two.last
    planned = replace(TODAY, reminders=(date(2026, 1, 24), date(2026, 2, 3)))
    assert matter(ledger, calendar=planned).way == "wait"
    assert matter(ledger, calendar=replace(LATE, reminders=planned.reminders)).way == "wait"


def test_what_came_is_answered_by_what_it_is(ledger: Ledger) -> None:
    """Faults to mend, another year, versions, an unreadable file, a receipt: one matter each, and what is open."""
    other = checked(a_return(1, SMALL | {"t3.r1.natural": 4}, text="乙"), "乙.xlsx")
    wrong = checked(a_return(1, SMALL, year=2024), "旧.xlsx", finding("ID_021", stated=2024, wanted=2025))
    cases = {
        ("mend", "退回", "send"): [checked(SOUND.ret, "甲.xlsx", error())],
        ("wrong_year", "退回", "send"): [wrong],
        ("versions", "问询", "decide"): [SOUND, other],
    }
    for (kind, letter, way), files in cases.items():
        one = matter(ledger, *files)
        assert (one.kind, one.letter, one.way) == (kind, letter, way)
        assert one.about
        assert one.key.startswith(f"{ONE}/{letter}/")


def test_a_link_and_an_unreadable_file_are_chased_as_that(ledger: Ledger) -> None:
    """The sender's address tells whose they are: the body is not silent, and its matter says what was wrong."""
    ledger.add("oddity", sender="B1@example.cn", name="年报", code="MAIL_020", message_id="1", about="", sent_at="")
    one = matter(ledger)
    assert (one.kind, one.silent) == ("useless", False)
    assert "网盘" in one.about
    spoiled = checked(None, "坏.xlsx", error("坏.xlsx"))
    ledger.add("arrival", sha256=spoiled.sha256, path="收件/未识别/坏.xlsx", sender="b2@example.cn", name="坏.xlsx")
    known = addressed(1, 2)
    both = matters(ledger, merged([spoiled], known), known, TODAY)
    assert [one.kind for one in both] == ["useless", "useless"]
    assert both[1].file == "坏.xlsx"


def test_without_an_address_or_after_a_bounce_somebody_calls(ledger: Ledger) -> None:
    """The telephone is the roster's, else that of the return's cover."""
    cover = {key: CoverField(value, Place("封面", "C9")) for key, value in (("preparer", "张三"), ("phone", "0537-1"))}
    assert SOUND.ret is not None
    failing = checked(replace(SOUND.ret, cover=cover), "甲.xlsx", error())
    one = matter(ledger, failing, roster=roster_of(1))
    assert (one.way, one.contact, one.phone) == ("phone", "张三", "0537-1")
    known = addressed(1)
    known = Roster(known.region, tuple(replace(body, phone="0537-2") for body in known.respondents))
    one = matter(ledger, failing, roster=known)
    assert (one.way, one.contact, one.phone) == ("send", "张三", "0537-2")
    ledger.add("message", key=one.key, code=ONE, state="sent", detail="")
    assert matter(ledger, failing, roster=known).way == "wait"
    ledger.add("oddity", sender="", name="", code="MAIL_028", message_id="2", about="发往 b1@example.cn 的邮件没有送达")
    assert matter(ledger, failing, roster=known).way == "phone"


def test_who_came_after_the_deadline_is_late() -> None:
    """By its first return, not a mended one; before the deadline has passed nobody is, and without one neither."""
    noon = datetime(2026, 1, 31, 12, tzinfo=UTC).timestamp()
    day = 86400.0
    mended = checked(replace(SOUND.ret or a_return(1, SMALL), text={}), "改.xlsx", modified=noon + 3 * day)
    two = checked(a_return(2, SMALL), "乙.xlsx", modified=noon + day)
    known = roster_of(1, 2, 3)

    def late(as_of: str, deadline: str) -> list[str]:
        decisions = Decisions(first={SOUND.sha256: noon}, deadline=deadline)
        rollup = merge([SOUND, mended, two], 2025, known, Region(), decisions, as_of)
        assert ("1 家迟报：样例2局" in coverage(rollup)) == any(body.late for body in rollup.bodies)
        return [body.name for body in rollup.bodies if body.late]

    assert late("2026-02-03", "2026-01-31") == ["样例2局"]
    assert late("2026-01-31", "2026-01-31") == late("2026-02-03", "") == []


def test_a_file_named_after_another_body_is_told(ledger: Ledger) -> None:
    """The file counts as what it says inside; a name that also names its own body, or nobody, says nothing."""
    known = roster_of(1, 2)
    files = [
        checked(a_return(1, SMALL, text=name), name)
        for name in ("样例2局年报.xlsx", "样例1局、样例2局.xlsx", "年报.xlsx")
    ]
    found = sender_findings(ledger, merged(files, known), known)
    assert [(one.code, one.file) for one in found] == [("LEDGER_009", "样例2局年报.xlsx")]
