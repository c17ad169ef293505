"""What the coordinator sends about a checked file, or to one who sent none: a short letter as text, HTML and one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from toolkit.errors import ToolkitError
from toolkit.findings import Severity
from toolkit.returns import Checked, checksum
from toolkit.season.letters.page import Page, html_of, text_of
from toolkit.season.letters.points import LISTED, Point, points_of
from toolkit.season.letters.quotation import quoted, shortened

__all__ = ["KINDS", "SENTENCE", "Addressee", "Letter", "Sender", "receipt", "reminder", "returned"]

KINDS = ("退回", "回执", "催报")
"""The kinds of letter."""

SENTENCE = 120
"""The most characters that the one sentence for a phone or chat message has."""


class Addressee(Struct, frozen=True):
    """The body written to, and the report year it is about."""

    name: str
    code: str
    year: int


class Sender(Struct, frozen=True):
    """The coordinator's office and how to reach it."""

    office: str
    contact: str


class Letter(Struct, frozen=True):
    """One letter: ``sentence`` is the same matter in at most 120 characters without a line break."""

    kind: str
    subject: str
    text: str
    html: str
    sentence: str


def returned(
    to: Addressee,
    by: Sender,
    checked: Checked,
    *,
    deadline: date,
    as_of: date,
    reply_name: str | None,
    version: int = 1,
) -> Letter:
    """Write the letter that goes with a returned workbook: each finding with place, what is there, should be, to do.

    ``reply_name`` is the workbook sent with it (None: nothing could be rebuilt, they fill in the template again). A
    file in which nothing is left to mend or explain raises ToolkitError: it gets a receipt.
    """
    points = points_of(checked)
    if not points:
        raise ToolkitError(
            f"{checked.file} 没有要改正或说明的问题，不能写退回信。",
            "请改发回执。",
            english=f"Nothing in {checked.file} is left to mend or explain; write a receipt.",
        )
    errors = sum(each.grave for each in points)
    asked = len(points) - errors
    counts = "、".join([f"{errors} 处错误须改正"] * (errors > 0) + [f"{asked} 处存疑须改正或说明"] * (asked > 0))
    file, name, due = quoted(checked.file.rpartition("/")[2], 60), quoted(to.name, 40), _left(deadline, as_of)
    if reply_name is None:
        how = "这个文件无法转成退回件。请在原下发的年报表中重新填写，存为 .xlsx 后报送。"
    else:
        truth = "存疑而属实的，在“审核意见”表写明原因，" if asked else ""
        how = f"请打开附件“{reply_name}”，直接在其中改正（有问题的格已着色），{truth}保存后发回。"
    page = Page(
        kind="退回",
        title=f"{to.year} 年度政府信息公开工作年度报告：请改正后重报",
        name=name,
        opening=(f"贵单位报送的年报已审核，有 {counts}。", how),
        facts=(
            ("审核的文件", file),
            ("报送次数", _version(checked, version)),
            ("重报期限", f"{_day(deadline)}（{due}）"),
            ("联系方式", shortened(by.contact, 60)),
        ),
        points=points[:LISTED],
        after=_after(points, checked, reply_name),
        office=shortened(by.office, 40),
        day=_day(as_of),
    )
    worst = points[0]
    sentence = _sentence(
        f"{quoted(to.name, 24)}：{to.year} 年度年报有 {counts}，首先是{worst.place}，"
        f"请按退回件改好后于 {deadline.month} 月 {deadline.day} 日前重报（{due}）。",
        f"{shortened(by.office, 16)} {shortened(by.contact, 16)}",
    )
    return _letter(page, to, f"请改正后重报（{len(points)} 处）", sentence)


def receipt(to: Addressee, by: Sender, checked: Checked, *, at: datetime, version: int = 1) -> Letter:
    """Write the receipt of a return that passed, with its 校验码; one that did not pass raises ToolkitError."""
    ret = checked.ret
    if ret is None or checked.verdict != "pass":
        raise ToolkitError(
            f"{checked.file} 没有通过审核，不能写回执。",
            "请改发退回信。",
            english=f"{checked.file} did not pass; return it instead.",
        )
    mark = checksum(ret.form, ret.figures, ret.year, ret.identity.code)
    warnings = [each for each in checked.findings if each.severity is Severity.WARNING]
    explained = sum(each.explained is not None for each in warnings)
    open_ones = len(warnings) - explained
    notes = [f"存疑 {explained} 处已说明，予以保留。"] * (explained > 0)
    notes += [f"另有存疑 {open_ones} 处尚未说明，如属实请补充说明。"] * (open_ones > 0)
    page = Page(
        kind="回执",
        title=f"{to.year} 年度政府信息公开工作年度报告：已通过审核",
        name=quoted(to.name, 40),
        opening=(
            "贵单位报送的年报已通过审核，不必再报。",
            "请核对下面的校验码与贵单位留存的那一份是否一致；不一致的，说明两份内容不同，请与我们联系。",
        ),
        facts=(
            ("校验码", mark),
            ("审核的文件", quoted(checked.file.rpartition("/")[2], 60)),
            ("报送次数", _version(checked, version)),
            ("通过时间", f"{_day(at.date())} {at:%H:%M}"),
            ("联系方式", shortened(by.contact, 60)),
        ),
        points=(),
        after=tuple(notes),
        office=shortened(by.office, 40),
        day=_day(at.date()),
    )
    sentence = _sentence(
        f"{quoted(to.name, 24)}：{to.year} 年度年报（第 {version} 次报送）已于 {at.month} 月 {at.day} 日通过审核，校验码 {mark}，不必再报。",
        shortened(by.office, 16),
    )
    return _letter(page, to, "已通过审核（回执）", sentence)


_TIMES = {1: "提醒", 2: "再次提醒", 3: "第三次提醒"}


def reminder(to: Addressee, by: Sender, *, deadline: date, as_of: date, time: int = 1) -> Letter:
    """Write the reminder to a body that has sent nothing; ``time`` counts the reminders from 1."""
    if time < 1:
        raise ValueError(f"reminders count from 1: {time}")
    said, due = _TIMES.get(time, f"第 {time} 次提醒"), _left(deadline, as_of)
    late = as_of > deadline
    if time == 1:
        opening = "我们还没有收到贵单位的年报，请按期报送。" if not late else "我们还没有收到贵单位的年报，请尽快报送。"
    elif time == 2:
        opening = "此前已提醒过一次，至今仍未收到贵单位的年报，请抓紧填报。"
    else:
        opening = f"此前已提醒 {time - 1} 次，至今仍未收到贵单位的年报。请今天内回复报送时间，并说明未报的原因。"
    page = Page(
        kind="催报",
        title=f"{to.year} 年度政府信息公开工作年度报告：{said}报送",
        name=quoted(to.name, 40),
        opening=(opening, "请用下发的年报表填写，存为 .xlsx 后报送。如已报送，请告知报送的时间和方式，以便查找。"),
        facts=(("报送期限", f"{_day(deadline)}（{due}）"), ("联系方式", shortened(by.contact, 60))),
        points=(),
        after=(),
        office=shortened(by.office, 40),
        day=_day(as_of),
    )
    sentence = _sentence(
        f"{quoted(to.name, 24)}：{said}，尚未收到贵单位 {to.year} 年度年报，"
        f"期限 {deadline.month} 月 {deadline.day} 日（{due}），请{'尽快' if late else '按期'}报送，已报请告知。",
        f"{shortened(by.office, 16)} {shortened(by.contact, 16)}",
    )
    return _letter(page, to, f"{said}报送（{due}）", sentence)


def _letter(page: Page, to: Addressee, about: str, sentence: str) -> Letter:
    subject = f"【{page.kind}】{quoted(to.name, 40)} {to.year} 年度政府信息公开年报：{about}"
    return Letter(page.kind, subject, text_of(page), html_of(page), sentence)


def _after(points: Sequence[Point], checked: Checked, reply_name: str | None) -> tuple[str, ...]:
    said = []
    if len(points) > LISTED:
        where = "退回件“审核意见”表" if reply_name is not None else "下一次审核的结果"
        said.append(f"其余 {len(points) - LISTED} 处见{where}。")
    explained = sum(each.severity is Severity.WARNING and not each.weighs for each in checked.findings)
    infos = sum(each.severity is Severity.INFO for each in checked.findings)
    if explained:
        said.append(f"另有存疑 {explained} 处已说明，数字不变就不必再写。")
    if infos:
        said.append(f"另有提示 {infos} 条，供参考，不要求改动。")
    return tuple(said)


def _version(checked: Checked, version: int) -> str:
    known = checked.ret
    turn = 0 if known is None else known.identity.round
    return f"第 {version} 次报送" + (f"（填在第 {turn} 轮退回件上）" if turn else "")


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _left(deadline: date, as_of: date) -> str:
    days = (deadline - as_of).days
    if days == 0:
        return "今天到期"
    return f"还有 {days} 天" if days > 0 else f"已逾期 {-days} 天"


def _sentence(said: str, signed: str) -> str:
    """Return the sentence with its signature where there is room, shortened to SENTENCE characters otherwise."""
    whole = f"{said}{signed.strip()}"
    if len(whole) <= SENTENCE:
        return whole
    return said if len(said) <= SENTENCE else said[: SENTENCE - 1] + "…"
