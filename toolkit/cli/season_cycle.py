"""``season``: the whole cycle in one command, and today's list at its end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from toolkit import season
from toolkit.cli.frame import Command
from toolkit.cli.lines import FAULTY, line
from toolkit.cli.parameters import PathArgument, collected, everywhere, format_option, job_options
from toolkit.cli.post import PACE, SELECTION, Pace, chosen, dated, password_for, server_of
from toolkit.cli.printing import clean, out, out_json, say
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import in_language, t
from toolkit.errors import ToolkitError
from toolkit.findings import Severity
from toolkit.mail import PostState, Selection, Terms, collect_folder, collect_imap
from toolkit.outputs.outside_objects import season_json
from toolkit.run import Job
from toolkit.season import Matter, Session

_FOLDER = re.compile(r"[0-9A-Z]{18}/")
"""The folder of a body in 收件, which says nothing beside its name."""
ABOUT = 60
"""The most characters of what is open that stand behind a name; 台账.xlsx has it whole."""
LONG = 12
"""The most bodies that stand on lines of their own; more are named in one line."""


@click.command(
    cls=Command,
    help=t(
        "一季工作的一轮：收件、审核、写好退回件和各封信、列出发送计划，最后是今天要办的事。可以随时再来一轮，只重读变了的文件。"
        "没有邮箱设置也行（附件放进“收件”，或写在后面）。加 --send 接着发信，同 send --yes；不加就什么都不发。\n\n"
        "每一步也可单独做：nianbao season init|collect|ledger|reply|send（即 nianbao init 等）。\n\n"
        "例：nianbao season 2025年报；nianbao season 2025年报 下载的附件.zip；nianbao season 2025年报 --send",
        "One cycle of a season: collect, judge, write replies and letters, plan; ends with today's list. Only what changed "
        "is read again. It works without mail settings. With --send it goes on to sending, as send --yes does.\n\n"
        "Each step is a command too: nianbao season init|collect|ledger|reply|send.\n\n"
        "Example: nianbao season 2025年报 --send",
    ),
)
@job_options("folder", "as-of", "jobs", "password-file", "key")
@click.argument("sources", nargs=-1, type=PathArgument, metavar=t("[来源...]", "[SOURCE...]"))
@SELECTION
@collected(
    "ending",
    dict,
    click.option(
        "--send", "sending", is_flag=True, help=t("接着发信，每封只发一次。", "Go on to sending, each letter once.")
    ),
    format_option("text", "json"),
)
@PACE
@everywhere
def season_cycle(
    job: Job, sources: tuple[Path, ...], selection: Selection, ending: dict[str, Any], pace: Pace, terminal: Terminal
) -> int:
    """Do one cycle of a season."""
    begun = time.monotonic()
    folder, job, day = dated(job)
    with season.working(folder, remembering=True) as session:
        whole = _collected(session, sources, selection)
        with terminal.progress() as bar:
            state = season.settle(session, job, bar.step)
        letters = chosen(season.prepare(session, state, day), pace.kinds)
        season.write_letters(session, state, letters, folder.replies)
        for finding in session.findings:
            say(line(finding))
        stopped = None
        if ending["sending"]:
            try:
                whole = _sent(session, state, letters, pace) and whole
            except ToolkitError as error:
                stopped = error
        season.plan(session, letters, day, _sender(session))
        today = season.todays(session, state, day)
        files = len(state.outcome.checked)
        fresh = 0 if session.memory is None else session.memory.fresh
    seconds = time.monotonic() - begun
    terminal.hint(
        t(
            f"{files} 个文件，新读 {fresh} 个，用时 {seconds:.1f} 秒。台账：{state.worklist}",
            f"{files} files, {fresh} read anew, {seconds:.1f} s. Ledger: {state.worklist}",
        )
    )
    left = (session.settings.due - day).days
    if ending["fmt"] == "json":
        out_json(season_json(day.isoformat(), left, (files, fresh), today))
    else:
        _show(today, day.isoformat(), left, Path(job.paths[0]) if _sender(session) else None)
    if stopped is not None:
        raise stopped
    return FAULTY if not whole or any(one.severity is Severity.ERROR for one in session.findings) else 0


def _collected(session: Session, sources: Sequence[Path], selection: Selection) -> bool:
    """Collect what was named, and what the mailbox has; tell whether that could be done, what hinders it is said."""
    try:
        if sources:
            _brought(season.collect(session, collect_folder(sources, season.recognise)))
        imap = season.mail_settings(session).imap
        if imap is not None:
            secret = password_for(imap, "NIANBAO_IMAP_PASSWORD")
            _brought(season.collect(session, collect_imap(imap, secret, season.recognise, selection)))
    except ToolkitError as error:
        say(
            t(
                f"没有收齐：{error}其余照常。",
                f"Not everything was collected: {error.english or error} The rest goes on.",
            )
        )
        return False
    return True


def _sender(session: Session) -> str:
    """Return who sends, "" without mail settings; those with faults are none, and were said."""
    try:
        smtp = season.mail_settings(session).smtp
    except ToolkitError:
        return ""
    return "" if smtp is None else smtp.sender


def _brought(brought: season.Collected) -> None:
    for oddity in brought.unseen:
        if oddity.finding.severity is not Severity.INFO:
            say(line(oddity.finding))
    if brought.new:
        names = "、".join(delivery.name for delivery in brought.new[:LONG])
        more = t(" 等", " …") if len(brought.new) > LONG else ""
        say(clean(t(f"新收 {len(brought.new)} 个文件：{names}{more}", f"{len(brought.new)} new files: {names}{more}")))


def _sent(session: Session, state: season.Settled, letters: Sequence[season.Prepared], pace: Pace) -> bool:
    """Send what can be sent; tell whether all of it went out, and say what did not."""
    server = server_of(season.mail_settings(session).smtp, "smtp")
    terms = Terms(None, pace.again, pace.rate, pace.most)
    sent = season.dispatch(session, state, letters, server, password_for(server, "NIANBAO_SMTP_PASSWORD"), terms)
    for message in sent:
        if message.finding is not None:
            say(line(message.finding))
    tried = sum(message.tried and message.state is PostState.SENT for message in sent)
    say(t(f"发出 {tried} 封。", f"{tried} sent."))
    return all(message.state.went for message in sent)


def _show(today: season.Today, day: str, left: int, folder: Path | None) -> None:
    """Write today's list; without a ``folder`` nothing can be sent from here."""
    due = (
        t(f"离截止 {left} 天", f"{left} days left") if left >= 0 else t(f"已过截止 {-left} 天", f"{-left} days overdue")
    )
    out(t(f"今天要办（{day}，{due}）", f"Today ({day}, {due})"))
    fates = {key: t(f"；{fate}", f"; {fate.en}") for key, fate in today.fates.items()}
    calls = [f"{one.name}{t('：', ': ')}{_about(one)}{fates.get(one.key, '')}{_number(one)}" for one in today.phone]
    if len(calls) > LONG:
        calls = _grouped(today.phone, lambda one: t(one.words, one.words.en))
    _lines(t("打电话或当面转交", "Phone or hand over"), calls, len(today.phone))
    decide = [f"{one.name}{t('：', ': ')}{_about(one)}" for one in today.decide]
    whose = t("在“文件”表填归属单位，不是年报的移出收件", "say whose on 文件, or take it out of 收件")
    stands = t("先来的那份照旧；看过在“文件”表填归属单位，就不再列", "its return stands; once seen, say whose on 文件")
    for one in today.strays:
        whom, how = (f"{one.name}：", stands) if one.code and one.state != "not_on_roster" else ("", whose)
        decide.append(
            t(f"{whom}{one.file}：{one.reason}（{how}）", f"{whom}{one.file}: {in_language(one.reason)} ({how})")
        )
    _lines(t("要决定（台账.xlsx 的黄色格）", "Decide (on 台账.xlsx)"), decide)
    how = t("转交“退回”里的信，或填好 邮箱.toml", "hand over what is in 退回, or fill in 邮箱.toml")
    how = how if folder is None else f"nianbao season {folder} --send"
    words = _grouped(
        today.send, lambda one: t(f"{one.letter}（{one.words}）", f"{in_language(one.letter)} ({one.words.en})")
    )
    _lines(t(f"可以发信（{how}）", f"Send ({how})"), words, len(today.send))
    silent = [
        f"{one.name}{t(f'（{one.words}）', f' ({one.words.en})') if one.kind == 'chase' else ''}"
        for one in today.silent
    ]
    _lines(t("仍未报", "Still silent"), ["、".join(silent)] if silent else [], len(silent))


def _grouped(matters: Sequence[Matter], by: Callable[[Matter], str]) -> list[str]:
    listed = [(word, [one.name for one in group]) for word, group in groupby(sorted(matters, key=by), by)]
    return [f"{word} {len(names)}：{'、'.join(names)}" for word, names in listed]


def _about(one: Matter) -> str:
    about = _FOLDER.sub("", in_language(one.about)).removeprefix(one.name).strip()
    about = about if len(about) <= ABOUT else f"{about[: ABOUT - 1]}…"
    words = t(one.words, one.words.en)
    return t(f"{words}（{about.rstrip('。')}）", f"{words} ({about.rstrip('.')})") if about else words


def _number(one: Matter) -> str:
    known = " ".join(part for part in (one.contact, one.phone) if part)
    return t(f"　☎ {known}", f"  ☎ {known}") if known else t("　☎ 没有电话", "  ☎ no number")


def _lines(title: str, lines: Sequence[str], count: int | None = None) -> None:
    out(f"{title} {len(lines) if count is None else count}")
    for text in lines:
        out(f"  {clean(text)}")
