"""The one thing to be said to each body next, or that nothing is: what 台账, 发送计划, the letters and today's list all take."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from toolkit.findings import CATALOGUE, Severity, Wording, phrase
from toolkit.mail import PostState
from toolkit.outputs.letters import ISSUE, QUERY, RECEIPT, REMINDER, RETURNED
from toolkit.outputs.letters.occasions import Occasion, Occasions
from toolkit.returns import BodyState, FileState, RollUp
from toolkit.roster import Roster
from toolkit.season.ledger import ASK, Ledger, in_force
from toolkit.season.provenance import Provenance

MATTERS: Mapping[str, tuple[str, Wording]] = {
    "issue": (ISSUE, Wording("下发空白表", "the blank to fill")),
    "remind": (REMINDER, Wording("尚未报送", "nothing received yet")),
    "wrong_year": (RETURNED, Wording("年度或格式不符，发本年空白表", "another year or form: this year's blank")),
    "useless": (RETURNED, Wording("发来的不能用，请重发", "what came cannot be used: send again")),
    "confirm": (RETURNED, Wording("导入，待确认", "imported, to be confirmed")),
    "versions": (QUERY, Wording("几份不一致，以哪一份为准", "versions differ: which counts")),
    "mend": (RETURNED, Wording("有错误，退回改正", "errors to mend")),
    "explain": (RECEIPT, Wording("已通过，待补齐或说明", "passed; something to fill or explain")),
    "chase": (REMINDER, Wording("退回后还没有再报", "returned, not back yet")),
    "whose": ("", Wording("核对是哪个单位的，在“文件”表填归属单位", "whose is it: say so on 文件 of 台账")),
    "final": (RECEIPT, Wording("已通过，不必再报", "passed, nothing more to do")),
    "none": ("", Wording("不必去信", "no letter")),
}
"""What can be said to a body: the kind of letter that says it, and the words on 台账."""

WAYS: Mapping[str, str] = {
    "decide": "要您决定", "phone": "打电话", "send": "可以发信", "wait": "等回音", "done": "办结",
}  # fmt: skip
"""How the matter goes on: by a decision of the coordinator, a call, a letter; nothing until they answer; not at all."""

REMINDED_BEFORE = timedelta(days=7)
"""How long before the deadline reminders begin after an issued template, where none are planned."""
CHASED_AFTER = timedelta(days=3)
"""How long a returned body has at least, and not before the deadline, before it is chased."""
REMINDED_AGAIN = timedelta(days=7)
"""How long after a reminder the next one is due, where none are planned: a body has a working week to answer."""
UNUSABLE = ("unreadable", "not_ours", "no_identity")
_ABSENT = ("MAIL_027", "MAIL_028", "MAIL_033", "FILE_090")
"""Mail that tells of no return that was meant to be one."""


class Calendar(Struct, frozen=True):
    """The days of a season: today, the deadline (None: not set), and the days on which reminders are planned."""

    today: date
    deadline: date | None = None
    reminders: tuple[date, ...] = ()

    def reminder(self, last: tuple[date, date] | None, since: date) -> date | None:
        """Return the day of the reminder that is due: the last planned one, None before the first.

        Where none are planned it is today, or that of the ``last`` reminder (its day, when it went) while an answer to
        it may still come; one that went before ``since`` was about something else.
        """
        if self.reminders:
            return max((day for day in self.reminders if day <= self.today), default=None)
        waits = last is not None and since < last[1] and self.today < last[1] + REMINDED_AGAIN
        return last[0] if last is not None and waits else self.today


class Matter(Struct, frozen=True):
    """What is to be said to one body next: a key of MATTERS, and the key of WAYS by which it goes on.

    ``key`` is that of its letter (``code/kind/what``; "" where there is none), ``about`` says what is open in one line.
    ``file`` and ``sha256`` are the file it is about, ``reminded`` counts the reminders so far; ``last`` is the last contact,
    ``remedy`` what the body is told to do beside what its letter says anyway.
    """

    code: str
    name: str
    kind: str
    way: str
    about: str
    key: str = ""
    file: str = ""
    sha256: str = ""
    contact: str = ""
    phone: str = ""
    to: str = ""
    last: str = ""
    reminded: int = 0
    remedy: str = ""

    @property
    def letter(self) -> str:
        """Return the kind of letter that says it."""
        return MATTERS[self.kind][0]

    @property
    def words(self) -> Wording:
        """Return what it is, in words."""
        return MATTERS[self.kind][1]

    @property
    def silent(self) -> bool:
        """Tell whether nothing at all has come from the body."""
        return self.kind in ("issue", "remind")


def matters(ledger: Ledger, rollup: RollUp, roster: Roster | None, calendar: Calendar) -> tuple[Matter, ...]:
    """Return the one matter of every expected body with a code, in the order of the roll-up."""
    office = _Office(ledger, rollup, roster, calendar)
    return tuple(office.matter(body) for body in rollup.bodies if body.code and body.state != "not_expected")


class _Office:
    """What the matters of one run are told from."""

    def __init__(self, ledger: Ledger, rollup: RollUp, roster: Roster | None, calendar: Calendar) -> None:
        self.rollup, self.calendar = rollup, calendar
        self.bodies = {} if roster is None else {body.code: body for body in roster.expected(rollup.year)}
        self.posts = ledger.newest("message", "key")
        self.decided = in_force(ledger)
        origin = self.origin = Provenance(ledger, roster, rollup.year)
        self.guessed: set[str] = set()
        self.files: dict[str, list[FileState]] = {}
        for file in rollup.files:
            code = file.code or origin.of_file(file.sha256)
            if not code and file.state in UNUSABLE:
                code = origin.named(file.file)
                self.guessed |= {file.sha256} if code else set()
            self.files.setdefault(code, []).append(file)
        self.oddities: dict[str, list[Any]] = {}
        for row in ledger.rows("oddity"):
            self.oddities.setdefault(origin.of_sender(row["sender"]), []).append(row)
        self.bounces = [row for row in ledger.rows("oddity") if row["code"] == "MAIL_028"]
        self.issued_elsewhere = ledger.last("version") is not None and not any(
            f"/{ISSUE}/" in key for key in self.posts
        )
        self.occasions = Occasions(rollup)

    def matter(self, body: BodyState) -> Matter:
        """Return the matter of a body."""
        files = self.files.get(body.code, [])
        ask = self._open(body, files)
        letter = MATTERS[ask.kind][0]
        key = f"{body.code}/{letter}/{ask.what}" if letter else ""
        known = self.bodies.get(body.code)
        to = "" if known is None else known.email
        contact, phone = self._whom(body.code, files)
        reminded = self._reminded(body.code)
        file = ask.file
        return Matter(
            body.code, body.name, ask.kind, self._way(body.code, ask, key, to), ask.about, key,
            "" if file is None else file.file, "" if file is None else file.sha256,
            contact, phone, to, self._last(body.code), len(reminded), ask.remedy,
        )  # fmt: skip

    def _open(self, body: BodyState, files: Sequence[FileState]) -> Occasion:
        """Return what is open with a body, chased where its letter was sent long ago."""
        known = self.occasions.of(body, files)
        ask = known or self._silent(body, [file for file in files if file.state in UNUSABLE])
        if ask.file is not None and ask.kind in ("final", "explain"):
            odd = self.origin.misnamed(ask.file)
            if odd is not None:  # nothing is final before somebody says whose it is
                return Occasion("whose", "", Wording(odd.message, odd.message_en), ask.file)
        letter = MATTERS[ask.kind][0]
        if letter in ("", REMINDER) or ask.kind in ("final", "issue"):
            return ask
        row = self.posts.get(f"{body.code}/{letter}/{ask.what}")
        if row is None or not _out(row["state"]):
            return ask
        deadline, sent = self.calendar.deadline, date.fromisoformat(row["at"][:10])
        if deadline is None or self.calendar.today <= (until := max(deadline, sent + CHASED_AFTER)):
            return ask  # they have until then, as their letter says
        day = self.calendar.reminder(self._last_reminder(body.code), until)
        return ask if day is None or day <= sent else Occasion("chase", day.isoformat(), ask.about, ask.file)

    def _silent(self, body: BodyState, useless: Sequence[FileState]) -> Occasion:
        """Return what is said to a body of which nothing can be used: what was wrong with what came, or a reminder."""
        imported = [file for file in useless if file.waits]
        if imported:
            read = imported[-1].imported.rpartition("读到 ")[2].removesuffix(" 格")
            return Occasion("confirm", imported[-1].sha256[:16], imported[-1].imported, imported[-1], read)
        if useless:
            last = useless[-1]
            errors = (
                one for one in self.occasions.checked[last.file, last.sha256].findings if one.severity is Severity.ERROR
            )
            remedy = next((one.for_agency for one in errors), "请写明单位名称和统一社会信用代码，再发一次。")
            about = phrase("about_guessed", reason=last.reason) if last.sha256 in self.guessed else last.reason
            return Occasion("useless", last.sha256[:16], about, last, remedy)
        odd = [row for row in self.oddities.get(body.code, ()) if row["code"] not in _ABSENT]
        if odd:
            what = hashlib.sha256(f"{odd[-1]['message_id']}{odd[-1]['name']}".encode()).hexdigest()[:16]
            entry = CATALOGUE[odd[-1]["code"]]
            remedy = entry.remedy_agency or entry.remedy
            title = Wording(entry.title, entry.title_en)
            return Occasion("useless", what, phrase("about_oddity", title=title, name=odd[-1]["name"]), remedy=remedy)
        deadline = self.calendar.deadline
        early = deadline is None or self.calendar.today <= deadline
        due = self.calendar.reminder(self._last_reminder(body.code), date.min if early or not deadline else deadline)
        key = f"{body.code}/{ISSUE}/{self.rollup.year}"
        sent = key in self.posts and _out(self.posts[key]["state"])
        if early and not sent and not self.issued_elsewhere and not self._reminded(body.code):
            return Occasion("issue", str(self.rollup.year), phrase("about_unissued"))
        soon = self.calendar.reminders or deadline is None or self.calendar.today > deadline - REMINDED_BEFORE
        if due is None or (sent and not soon):
            return Occasion("issue" if sent else "none", str(self.rollup.year), phrase("about_early"))
        return Occasion("remind", due.isoformat(), phrase("about_silent"))

    def _reminded(self, code: str) -> set[str]:
        """Return the days on which a body was reminded, by letter or as somebody typed on 台账."""
        begun = f"{code}/{REMINDER}/"
        days = {
            key.removeprefix(begun) for key, row in self.posts.items() if key.startswith(begun) and _out(row["state"])
        }
        return days | ({self.decided[code, "remind"]} if (code, "remind") in self.decided else set())

    def _last_reminder(self, code: str) -> tuple[date, date] | None:
        """Return the last reminder of a body that went, or may have gone: its day, and when it went by the ledger's clock."""
        begun = f"{code}/{REMINDER}/"
        days = [(row["at"][:10], key.removeprefix(begun)) for key, row in self.posts.items()
                if key.startswith(begun) and row["state"] != PostState.PLANNED]  # fmt: skip
        days += [(day, day) for day in [self.decided.get((code, "remind"), "")] if day]
        at, day = max(days, default=("", ""))
        return (date.fromisoformat(day), date.fromisoformat(at)) if day else None

    def _way(self, code: str, ask: Occasion, key: str, to: str) -> str:
        if ask.kind == "whose":
            return "decide"
        if ask.kind == "none":
            return "wait" if ask.file is None else "done"
        row = self.posts.get(key)
        if row is not None and _out(row["state"]):
            return "done" if ask.kind == "final" else "phone" if self._bounced(to, row["at"]) else "wait"
        if row is not None and row["state"] in (PostState.REFUSED, PostState.UNKNOWN, PostState.SENDING):
            return "phone"
        if ask.kind in ("remind", "chase") and max(self._reminded(code), default="") >= ask.what:
            return "wait"
        if (ask.kind == "versions" and self._decides(code, ask)) or (ask.file and ask.file.sha256 in self.guessed):
            return "decide"
        return "send" if to else "done" if ask.kind == "final" else "phone"

    def _decides(self, code: str, ask: Occasion) -> bool:
        """Tell whether it is the coordinator who says which version counts: not where they chose to ask, or cannot know."""
        if self.decided.get((code, "adopt")) == ASK:
            return False
        dispute = None if ask.file is None else self.occasions.disputes.get(ask.file.file)
        return dispute is None or dispute.code != "MERGE_013"

    def _bounced(self, to: str, since: str) -> bool:
        return any(to and to in row["about"] and row["at"] >= since for row in self.bounces)

    def _whom(self, code: str, files: Sequence[FileState]) -> tuple[str, str]:
        """Return whom to ask at a body and their telephone: as the roster says, else the cover of its newest return."""
        known = self.bodies.get(code)
        contact, phone = ("", "") if known is None else (known.contact, known.phone)
        for file in reversed(files):
            ret = self.occasions.checked[file.file, file.sha256].ret
            cover = {} if ret is None else ret.cover
            contact = contact or (cover["preparer"].value if "preparer" in cover else "")
            phone = phone or (cover["phone"].value if "phone" in cover else "")
        return contact, phone

    def _last(self, code: str) -> str:
        """Return the last contact with a body: the day, what it was and what became of it."""
        begun = f"{code}/"
        rows = [(row["at"][:10], row["key"].split("/")[1], PostState(row["state"]).zh)
                for key, row in self.posts.items() if key.startswith(begun) and _out(row["state"])]  # fmt: skip
        if (code, "remind") in self.decided:
            rows.append((self.decided[code, "remind"], REMINDER, "台账记"))
        return " ".join(max(rows)) if rows else ""


def _out(state: str) -> bool:
    """Tell whether a letter of this state has reached its body, as far as is known: by mail or by hand."""
    return state not in (PostState.PLANNED, PostState.SENDING, PostState.REFUSED, PostState.UNKNOWN)
