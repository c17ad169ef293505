"""The parts of a letter → its text and its HTML; both say the same."""

from __future__ import annotations

from importlib.resources import files

from msgspec import Struct

from toolkit.errors import ToolkitError
from toolkit.season.letters.points import Point


class Page(Struct, frozen=True):
    """What a letter says, in its order."""

    kind: str
    title: str
    name: str
    opening: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    points: tuple[Point, ...]
    after: tuple[str, ...]
    office: str
    day: str


def text_of(page: Page) -> str:
    """Return the letter as plain text."""
    lines = [page.title, "", f"{page.name}：", "", *page.opening, ""]
    lines += [f"{label}：{value}" for label, value in page.facts]
    for at, each in enumerate(page.points, 1):
        lines += ["", f"{at}. [{each.level}] {each.place}", f"   问题：{each.message}"]
        lines += [f"   现填：{each.found}"] * (each.found != "") + [f"   应为：{each.expected}"] * (each.expected != "")
        lines += [f"   改法：{each.remedy}"]
    lines += ["", *page.after] if page.after else []
    return "\n".join([*lines, "", page.office, page.day, ""])


def html_of(page: Page) -> str:
    """Return the letter as HTML: tables and inline styles, nothing from outside, everything escaped.

    A Jinja2 that is not installed raises ToolkitError.
    """
    try:
        from jinja2 import Environment, StrictUndefined
    except ModuleNotFoundError as missing:
        raise ToolkitError(
            "没有安装写信用的组件 Jinja2。",
            "请运行：pip install 'nianbao[mail]'。",
            english="Jinja2 is not installed; run: pip install 'nianbao[mail]'.",
        ) from missing
    source = files("toolkit.season.letters").joinpath("letter.html.j2").read_text(encoding="utf-8")
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(source).render(page=page)
