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


def test_without_planned_days_a_reminder_is_proposed_once_a_week(ledger: Ledger) -> None:
    """After the deadline, not earlier than seven days after the one that went, whatever its way; a draft does not count."""

    def on(day: int, *files: Checked) -> tuple[str, str]:
        one = matter(ledger, *files, calendar=replace(LATE, today=date(2026, 2, day)))
        return one.way, one.key

    def went(key: str, day: str, state: str = "sent") -> None:
        ledger.add("message", key=key, code=ONE, state=state, detail="", at=f"{day}T10:00:00+00:00")

    went(f"{ONE}/催报/2026-01-30", "2026-01-30")  # before the deadline: about another day
    first = f"{ONE}/催报/2026-02-01"
    went(first, "2026-02-01", "planned")
    assert [on(1), on(2)] == [("send", first), ("send", f"{ONE}/催报/2026-02-02")]
    went(first, "2026-02-01")
    assert {on(day) for day in range(1, 8)} == {("wait", first)}
    assert matter(ledger, calendar=replace(LATE, today=date(2026, 2, 3))).silent
    second = f"{ONE}/催报/2026-02-08"
    assert on(8) == ("send", second)
    went(second, "2026-02-10", "handed")  # by telephone, two days after it was written
    assert [on(16), on(17)[0]] == [("wait", second), "send"]
    went(f"{ONE}/催报/2026-02-17", "2026-02-17", "refused")  # is not tried anew every day
    assert [on(18), on(23)] == [("phone", f"{ONE}/催报/2026-02-17")] * 2
    ledger.add("decision", code=ONE, kind="remind", value="2026-02-18", reason="")
    assert [on(24)[0], on(25)[0]] == ["wait", "send"]


def test_who_was_sent_something_back_is_chased_once_a_week(ledger: Ledger) -> None:
    """After the day that the letter gave; the reminder before that was about something else."""
    failing = checked(SOUND.ret, "甲.xlsx", error())
    known = addressed(1)

    def on(day: int) -> tuple[str, str, str]:
        one = matter(ledger, failing, calendar=replace(LATE, today=date(2026, 2, day)), roster=known)
        return one.kind, one.way, one.key.rpartition("/")[2]

    for key, day in ((f"{ONE}/催报/2026-02-01", 1), (f"{ONE}/退回/{failing.sha256[:16]}", 2)):
        ledger.add("message", key=key, code=ONE, state="sent", detail="", at=f"2026-02-0{day}T10:00:00+00:00")
    assert [on(day)[:2] for day in (2, 5, 6)] == [("mend", "wait"), ("mend", "wait"), ("chase", "send")]
    ledger.add(
        "message", key=f"{ONE}/催报/2026-02-06", code=ONE, state="sent", detail="", at="2026-02-06T10:00:00+00:00"
    )
    assert {on(day) for day in range(6, 13)} == {("chase", "wait", "2026-02-06")}
    assert on(13) == ("chase", "send", "2026-02-13")


def test_nothing_is_final_while_a_file_name_speaks_of_another_body(ledger: Ledger) -> None:
    """It is to be decided whose the file is; once it was assigned, also to the body inside, the receipt goes out."""
    known = addressed(1, 2)
    file = checked(SOUND.ret, "样例2局年报.xlsx")
    one = matter(ledger, file, roster=known)
    assert (one.way, one.letter, one.key, "归属单位" in one.words) == ("decide", "", "", True)
    assert "样例2局" in one.about
    ledger.add("decision", code=file.sha256, kind="assign", value=ONE, reason="")
    one = matter(ledger, file, roster=known)
    assert (one.kind, one.letter) == ("final", "回执")
    assert sender_findings(ledger, merged([file], known), known) == ()
