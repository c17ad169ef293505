"""What the coordinator sends to a body: one short letter about one matter, as text, HTML and one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from toolkit.findings import Severity, Wording, fault
from toolkit.forms.sheets import CHECKS, REVIEW
from toolkit.outputs.letters.draft import Addressee, Draft, Letterhead, Sender, Submission, day_text, html_of, text_of
from toolkit.outputs.letters.points import LISTED, Point, differences, points_of, quoted, shortened
from toolkit.returns import Checked, checksum

__all__ = [
    "ISSUE", "QUERY", "RECEIPT", "REMINDER", "RETURNED", "SENTENCE", "Addressee", "Letter", "Letterhead", "Sender",
    "Submission", "chase", "confirm", "issue", "question", "receipt", "reissue", "reminder", "returned", "useless",
]  # fmt: skip

RETURNED, RECEIPT, REMINDER = Wording("退回", "return"), Wording("回执", "receipt"), Wording("催报", "reminder")
ISSUE, QUERY = Wording("下发", "issue"), Wording("问询", "question")
"""The kinds of letter; every letter is in Chinese, whatever language the coordinator reads: its body does."""

SENTENCE = 120
"""The most characters that the one sentence for a phone or chat message has."""
_TIMES = {1: "提醒", 2: "再次提醒", 3: "第三次提醒"}


class Letter(Struct, frozen=True):
    """One letter: ``sentence`` is the same matter in at most 120 characters without a line break."""

    kind: str
    subject: str
    text: str
    html: str
    sentence: str


def issue(head: Letterhead, name: str) -> Letter:
    """Write the letter that goes with the year's form, ``name``, before anything has come."""
    year = head.to.year
    draft = Draft(
        head, ISSUE, "请填报",
        opening=(
            f"请填报贵单位 {year} 年度政府信息公开工作年度报告。",
            f"附件“{name}”是贵单位的年报表，请直接在其中填写：填法见“填报说明”表，封面显示“可以上报”后，保存为 .xlsx 作为附件发回。",
        ),
        facts=(("报送期限", head.deadline_text),),
    )  # fmt: skip
    sentence = f"{_called(head)}：{year} 年度年报表已发到邮箱，请填好后于 {head.by_when}报送（{head.due}）。"
    return _letter(draft, "请填报", sentence)


def returned(head: Letterhead, checked: Checked, sent: Submission, *, reply_name: str | None) -> Letter:
    """Write the letter that goes with a returned workbook: each finding with place, what is there, should be, to do.

    ``reply_name`` is the workbook sent with it (None: nothing could be rebuilt, they fill in the template again). A
    file in which nothing is left to mend or explain raises ToolkitError: it gets a receipt.
    """
    points = points_of(checked, in_reply=reply_name is not None)
    if not points:
        raise fault("NOTHING_TO_RETURN", file=checked.file)
    status = checked.status
    if reply_name is None:
        how = "这个文件无法转成退回件。请在原下发的年报表中重新填写，存为 .xlsx 后报送。"
    else:
        todo = status.advice(REVIEW.name)
        how = f"请打开附件“{reply_name}”，直接在其中处理（有问题的格已着色）：{todo}；保存后发回。"
    draft = Draft(
        head, RETURNED, "请改正后重报",
        opening=(f"贵单位报送的年报已审核：{status.sentence}。", how),
        facts=(*sent.facts, ("重报期限", head.deadline_text)),
        points=points[:LISTED],
        after=_after(points, checked, reply_name),
    )  # fmt: skip
    sentence = (
        f"{_called(head)}：{head.to.year} 年度年报{status.sentence}，首先是{points[0].place}，"
        f"请按退回件改好后于 {head.by_when}重报（{head.due}）。"
    )
    return _letter(draft, f"请改正后重报（{status.sentence}）", sentence)


def receipt(
    head: Letterhead, checked: Checked, sent: Submission, *, at: datetime, reply_name: str | None = None
) -> Letter:
    """Write the receipt of a return that passed ``at`` a time, with its 校验码; one that did not raises ToolkitError.

    Where cells are left to fill or doubts to explain it lists them and asks for ``reply_name``, the workbook sent with
    it, to be completed by a day; only a return with nothing left to do needs no other.
    """
    ret = checked.ret
    if ret is None or checked.verdict != "pass":
        raise fault("NOT_FIT_FOR_RECEIPT", file=checked.file)
    mark = checksum(ret.form, ret.figures, ret.year, ret.identity.code)
    status, points = checked.status, points_of(checked, in_reply=reply_name is not None)
    if status.settled:
        matter, asked, head = "已通过审核", "不必再报。", replace(head, as_of=at.date())
    else:
        matter, asked = "已通过审核，请补齐", f"{status.sentence}。"
    where = "请在原表中处理" if reply_name is None else f"请打开附件“{reply_name}”"
    how = f"{where}：{status.advice(CHECKS.name if reply_name is None else REVIEW.name)}；保存后发回。"
    draft = Draft(
        head, RECEIPT, matter,
        opening=(
            f"贵单位报送的年报已通过审核，{asked}",
            *[how] * (not status.settled),
            "请核对下面的校验码与贵单位留存的那一份是否一致；不一致的，说明两份内容不同，请与我们联系。",
        ),
        points=points[:LISTED],
        facts=(
            ("校验码", mark),
            *sent.facts,
            *[("补齐期限", head.deadline_text)] * (not status.settled),
            ("审核时间", f"{day_text(at.date())} {at:%H:%M}"),
        ),
        after=_after(points, checked, reply_name),
    )  # fmt: skip
    done = f"已于 {at.month} 月 {at.day} 日通过审核，校验码 {mark}，不必再报。"
    sentence = (
        f"{_called(head)}：{head.to.year} 年度年报（第 {sent.version} 次报送）"
        f"{done if status.settled else f'没有错误，{status.sentence}，请于 {head.by_when}补齐（{head.due}）。'}"
    )
    return _letter(draft, f"{matter}（回执）", sentence)


def reissue(head: Letterhead, checked: Checked, sent: Submission, *, name: str) -> Letter:
    """Write the letter about a return of another year or on another form: the year's template, ``name``, goes with it."""
    year = head.to.year
    wrong = next((one.message for one in checked.findings if one.code in ("ID_021", "ID_022")), "")
    what = "" if checked.ret is None or checked.ret.year == year else f"{checked.ret.year} 年度的"
    draft = Draft(
        head, RETURNED, f"请填报 {year} 年度的年报",
        opening=(
            f"贵单位报送的文件不能作为 {year} 年度年报：{wrong}没有计入。这个文件不必修改。",
            f"附件“{name}”是 {year} 年度的空白年报表（上年能定的数已经填好），请在其中填写，保存后发回。",
        ),
        facts=(*sent.facts, ("报送期限", head.deadline_text)),
    )  # fmt: skip
    sentence = f"{_called(head)}：发来的是{what or '别的格式的'}年报，请用附件填报 {year} 年度的，{head.by_when}发回（{head.due}）。"
    return _letter(draft, f"请填报 {year} 年度的年报", sentence)


def useless(head: Letterhead, sent: Submission, *, why: str, remedy: str, name: str) -> Letter:
    """Write the letter about what came and cannot be used, with the year's form, ``name``, to fill where theirs is lost."""
    draft = Draft(
        head, RETURNED, "发来的不能用，请重新报送",
        opening=(
            f"贵单位发来的材料已收到，但不能作为年报：{quoted(why, 160).rstrip('。')}。",
            quoted(remedy, 200),
            f"手头没有填好的年报表的，可用附件“{name}”填写。",
        ),
        facts=(*sent.facts, ("重报期限", head.deadline_text)),
    )  # fmt: skip
    sentence = f"{_called(head)}：发来的材料不能作为 {head.to.year} 年度年报（{quoted(why, 40).rstrip('。')}），请于 {head.by_when}重报。"
    return _letter(draft, "请重新报送", sentence)


def confirm(head: Letterhead, sent: Submission, *, read: str, name: str) -> Letter:
    """Write the letter about a report that came in another form, with the workbook made of it, ``name``, to confirm.

    ``read`` says of how many cells a figure was found.
    """
    draft = Draft(
        head, RETURNED, "请确认代为转填的年报表",
        opening=(
            "贵单位发来的是报告，不是下发的年报表。我们已照着转填进年报表，还没有计入。",
            f"请打开附件“{name}”，与报告逐格核对：读到的 {read} 格是否正确，标为“未读到”的请补填；核对后保存，发回附件。",
        ),
        facts=(*sent.facts, ("读到的格数", read), ("重报期限", head.deadline_text)),
    )  # fmt: skip
    sentence = f"{_called(head)}：发来的报告已转填进 {head.to.year} 年度年报表（读到 {read} 格），请核对、补齐后于 {head.by_when}发回。"
    return _letter(draft, "请确认代为转填的年报表", sentence)


def question(head: Letterhead, versions: Sequence[tuple[Checked, Submission]], *, ground: str) -> Letter:
    """Ask a body which of its versions counts: how each came and stands, and every figure in which they differ.

    ``ground`` says in one sentence why it cannot be known without them.
    """
    asked, count = "请告知以哪一份为准", len(versions)
    marks = [f"第 {sent.version} 份" for _, sent in versions]
    points = differences([checked for checked, _ in versions], marks)
    draft = Draft(
        head, QUERY, asked,
        opening=(
            f"贵单位的年报收到 {count} 份不一样的：{ground}",
            "请回复以哪一份为准；几份都有改动的，请合在一份里重报。",
        ),
        facts=(
            *((mark, f"{sent.words}，{checked.status.sentence}") for mark, (checked, sent) in zip(marks, versions, strict=True)),
            ("答复期限", head.deadline_text),
        ),
        points=points[:LISTED],
        after=(f"另有 {len(points) - LISTED} 处不同，没有列出。",) if len(points) > LISTED else (),
    )  # fmt: skip
    came = f"{_called(head)}：{head.to.year} 年度年报收到 {count} 份不一样的"
    first = f"（{points[0].place}等 {len(points)} 处不同）" if points else ""
    return _letter(draft, asked, f"{came}{first}，请于 {head.by_when}告知以哪一份为准。")


def reminder(head: Letterhead, *, time: int = 1, name: str = "") -> Letter:
    """Write the reminder to a body that has sent nothing; ``time`` counts the reminders from 1, ``name`` is the form sent."""
    title, soon = _title(time), "尽快" if head.as_of > head.deadline else "按期"
    if time == 1:
        opening = f"我们还没有收到贵单位的年报，请{soon}报送。"
    elif time == 2:
        opening = "此前已提醒过一次，至今仍未收到贵单位的年报，请抓紧填报。"
    else:
        opening = f"此前已提醒 {time - 1} 次，至今仍未收到贵单位的年报。请今天内回复报送时间，并说明未报的原因。"
    form = f"请用附件“{name}”填写（以前下发的同一份也可以）" if name else "请用下发的年报表填写"
    draft = Draft(
        head, REMINDER, f"{title}报送",
        opening=(opening, f"{form}，存为 .xlsx 后报送。如已报送，请告知报送的时间和方式，以便查找。"),
        facts=(("报送期限", head.deadline_text),),
    )  # fmt: skip
    due = head.deadline
    sentence = (
        f"{_called(head)}：{title}，尚未收到贵单位 {head.to.year} 年度年报，"
        f"期限 {due.month} 月 {due.day} 日（{head.due}），请{soon}报送，已报请告知。"
    )
    return _letter(draft, f"{title}报送（{head.due}）", sentence)


def chase(head: Letterhead, sent: Submission, *, about: str, time: int = 1, name: str = "") -> Letter:
    """Write the reminder to a body that was sent something back and has not answered; ``about`` says what is open."""
    title = _title(time)
    how = f"请在附件“{name}”中改好（以前发来的同一份也可以），保存后发回。" if name else "请按上次来信的办法报送。"
    draft = Draft(
        head, REMINDER, f"{title}重报",
        opening=(f"贵单位的年报已退回，还没有收到改好的：{quoted(about, 160).rstrip('。')}。", how),
        facts=(*sent.facts, ("重报期限", head.deadline_text)),
    )  # fmt: skip
    sentence = (
        f"{_called(head)}：{title}，退回的 {head.to.year} 年度年报还没有收到改好的（{quoted(about, 40).rstrip('。')}），"
        f"请于 {head.by_when}重报。"
    )
    return _letter(draft, f"{title}重报（{head.due}）", sentence)


def _title(time: int) -> str:
    if time < 1:
        raise ValueError(f"reminders count from 1: {time}")
    return _TIMES.get(time, f"第 {time} 次提醒")


def _called(head: Letterhead) -> str:
    return quoted(head.to.name, 24)


def _letter(draft: Draft, about: str, sentence: str) -> Letter:
    """Return the letter; its sentence is signed where there is room, and shortened to SENTENCE characters."""
    to, by = draft.head.to, draft.head.by
    subject = f"【{draft.kind}】{draft.name} {to.year} 年度政府信息公开年报：{about}"
    contact = "" if draft.kind == RECEIPT else shortened(by.contact, 16)
    signed = f"{sentence}{f'{shortened(by.office, 16)} {contact}'.strip()}"
    short = signed if len(signed) <= SENTENCE else shortened(sentence, SENTENCE)
    return Letter(draft.kind, subject, text_of(draft), html_of(draft), short)


def _after(points: Sequence[Point], checked: Checked, reply_name: str | None) -> tuple[str, ...]:
    notes = []
    if len(points) > LISTED:
        where = "退回件“审核意见”表" if reply_name is not None else "下一次审核的结果"
        notes.append(f"其余 {len(points) - LISTED} 处见{where}。")
    explained = sum(finding.severity is Severity.WARNING and not finding.weighs for finding in checked.findings)
    waiting = len({finding.items for finding in checked.findings if finding.waits})
    infos = sum(finding.severity is Severity.INFO for finding in checked.findings)
    if waiting:
        notes.append(f"另有 {waiting} 处勾稽关系，待空白格填齐后再判断。")
    if explained:
        notes.append(f"另有存疑 {explained} 处已说明，数字不变就不必再写。")
    if infos:
        notes.append(f"另有提示 {infos} 条，供参考，不要求改动。")
    return tuple(notes)
