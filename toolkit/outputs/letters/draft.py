"""The parts of a letter → its text and its HTML; both say the same."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from msgspec import Struct

from toolkit.findings import fault
from toolkit.outputs.letters.points import Point, quoted, shortened

GRACE = timedelta(days=3)
"""How long a body has to answer a letter that is written after the deadline."""


class Addressee(Struct, frozen=True):
    """The body written to, and the report year it is about."""

    name: str
    code: str
    year: int


class Sender(Struct, frozen=True):
    """The coordinator's office and how to reach it."""

    office: str
    contact: str


class Letterhead(Struct, frozen=True):
    """What every letter has: to whom and by whom it is written, when the return is due, and the day of writing."""

    to: Addressee
    by: Sender
    deadline: date
    as_of: date

    @property
    def due(self) -> str:
        """Return how many days are left."""
        days = (self.deadline - self.as_of).days
        if days == 0:
            return "今天到期"
        return f"还有 {days} 天" if days > 0 else f"已逾期 {-days} 天"

    @property
    def until(self) -> date:
        """Return by when an answer is asked for: the deadline, or some days from today once it has passed."""
        return self.deadline if self.as_of <= self.deadline else self.as_of + GRACE

    @property
    def by_when(self) -> str:
        """Return that day as a short sentence says it."""
        return f"{self.until.month} 月 {self.until.day} 日前"

    @property
    def deadline_text(self) -> str:
        """Return the deadline with the days that are left; once it has passed, the day that is asked for in its stead."""
        if self.as_of <= self.deadline:
            return f"{day_text(self.deadline)}（{self.due}）"
        return f"{day_text(self.until)}前（期限 {day_text(self.deadline)}，{self.due}）"


class Submission(Struct, frozen=True):
    """What a body sent, as it knows it: the name it gave the file, when that came, which one of its files it is.

    ``version`` is 0 and ``turn`` 0 where they say nothing: something that is no return, a file that answers no reply.
    """

    name: str
    came: str = ""
    version: int = 1
    turn: int = 0

    @property
    def words(self) -> str:
        """Return name and time in one line."""
        return f"“{quoted(self.name, 60)}”" + (f"，{self.came} 收到" if self.came else "")

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Return the lines of a letter that say which file it is about."""
        reply = f"（填在第 {self.turn} 轮退回件上）" if self.turn else ""
        turn = (("报送次数", f"第 {self.version} 次报送{reply}"),) if self.version else ()
        return (("来件", self.words), *turn) if self.name else turn


class Draft(Struct, frozen=True):
    """What a letter says, in its order: ``matter`` is what it is about, ``facts`` are labels and values."""

    head: Letterhead
    kind: str
    matter: str
    opening: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    points: tuple[Point, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Return the first line."""
        return f"{self.head.to.year} 年度政府信息公开工作年度报告：{self.matter}"

    @property
    def name(self) -> str:
        """Return the name of the body written to."""
        return quoted(self.head.to.name, 40)

    @property
    def table(self) -> tuple[tuple[str, str], ...]:
        """Return the facts and, last, whom to ask."""
        contact = shortened(self.head.by.contact, 60)
        return (*self.facts, ("联系方式", contact)) if contact else self.facts

    @property
    def office(self) -> str:
        """Return the office that signs."""
        return shortened(self.head.by.office, 40)

    @property
    def day(self) -> str:
        """Return the day of writing."""
        return day_text(self.head.as_of)


def day_text(day: date) -> str:
    """Return a day as a letter writes it."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def text_of(draft: Draft) -> str:
    """Return the letter as plain text."""
    lines = [draft.title, "", f"{draft.name}：", "", *draft.opening, ""]
    lines += [f"{label}：{value}" for label, value in draft.table]
    for at, point in enumerate(draft.points, 1):
        lines += ["", f"{at}. [{point.level}] {point.place}", f"   {'问题：' if point.remedy else ''}{point.message}"]
        lines += [f"   {label}：{figure}" for label, figure in point.figures]
        lines += [f"   改法：{point.remedy}"] if point.remedy else []
    lines += ["", *draft.after] if draft.after else []
    return "\n".join([*lines, "", draft.office, draft.day, ""])


def html_of(draft: Draft) -> str:
    """Return the letter as HTML: tables and inline styles, nothing from outside, everything escaped.

    A Jinja2 that is not installed raises ToolkitError.
    """
    return str(html_template().render(draft=draft))


@cache
def html_template() -> Any:
    """Return what a letter is filled into, made ready once."""
    try:
        from jinja2 import Environment, StrictUndefined
    except ModuleNotFoundError as missing:
        raise fault("JINJA_MISSING") from missing
    source = files("toolkit.outputs.letters").joinpath("letter.html.j2").read_text(encoding="utf-8")
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(source)
