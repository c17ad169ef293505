"""The parts of a letter → its text and its HTML; both say the same."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

from msgspec import Struct

from toolkit.findings import fault
from toolkit.season.letters.points import Point
from toolkit.season.letters.quotation import quoted, shortened


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
    def deadline_text(self) -> str:
        """Return the deadline with the days that are left."""
        return f"{day_text(self.deadline)}（{self.due}）"


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
        return (*self.facts, ("联系方式", shortened(self.head.by.contact, 60)))

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
        lines += ["", f"{at}. [{point.level}] {point.place}", f"   问题：{point.message}"]
        lines += [f"   {label}：{figure}" for label, figure in point.figures]
        lines += [f"   改法：{point.remedy}"]
    lines += ["", *draft.after] if draft.after else []
    return "\n".join([*lines, "", draft.office, draft.day, ""])


def html_of(draft: Draft) -> str:
    """Return the letter as HTML: tables and inline styles, nothing from outside, everything escaped.

    A Jinja2 that is not installed raises ToolkitError.
    """
    try:
        from jinja2 import Environment, StrictUndefined
    except ModuleNotFoundError as missing:
        raise fault("JINJA_MISSING") from missing
    source = files("toolkit.season.letters").joinpath("letter.html.j2").read_text(encoding="utf-8")
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(source).render(draft=draft)
