"""``reply``, ``send`` and ``collect``: letters, the mail they go out by, and what comes in."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import click
from msgspec import Struct
from msgspec.structs import replace

from toolkit import season
from toolkit.cli.frame import Command
from toolkit.cli.lines import FAULTY, line
from toolkit.cli.parameters import PathArgument, collected, date_option, everywhere, format_option, job_options
from toolkit.cli.printing import clean, out, out_json, say
from toolkit.cli.season_work import settled
from toolkit.cli.terminal import Terminal
from toolkit.cli.words import in_language, t
from toolkit.findings import fault
from toolkit.mail import PostResult, Selection, Server, Terms, collect_folder, collect_imap, password
from toolkit.outputs.outside_objects import send_json
from toolkit.run import Job

KINDS = click.Choice([season.ISSUE, season.QUERY, season.RETURNED, season.RECEIPT, season.REMINDER])


def dated(job: Job) -> tuple[season.Folder, Job, datetime.date]:
    """Return the season of a job, the job with its day, and the day: today unless another is asked for."""
    day = datetime.date.fromisoformat(job.as_of) if job.as_of else datetime.date.today()
    (path,) = job.paths
    return season.folder_at(Path(path)), replace(job, as_of=day.isoformat()), day


@click.command(
    cls=Command,
    help=t(
        "写信：有错的退回（标好问题的工作簿和一封短信），通过的发回执，没报的催报；每封有文本、网页和一句话三种。"
        "写到“退回”文件夹，不发送。\n\n例：nianbao reply 2025年报",
        "Write the letters of a season: returned with the marked workbook, receipt, reminder; as text, HTML and one "
        "sentence. Nothing is sent.\n\nExample: nianbao reply 2025年报",
    ),
)
@job_options("folder", "as-of", "jobs", "password-file", "key")
@click.option("--kind", "kinds", multiple=True, type=KINDS, help=t("只写这几种；默认全部。", "Only these kinds."))
@everywhere
def reply(job: Job, kinds: tuple[str, ...], terminal: Terminal) -> int:
    """Write the letters of a season."""
    folder, job, day = dated(job)
    with settled(folder, job, terminal, remembering=True) as (session, state):
        letters = chosen(season.prepare(session, state, day), kinds)
        season.write_letters(session, state, letters, folder.replies)
    for prepared in letters:
        sentence = prepared.letter.sentence
        out(clean(f"{in_language(prepared.letter.kind)}\t{prepared.name}\t{t(sentence, f'“{sentence}”')}"))
    terminal.hint(t(f"共 {len(letters)} 封，在 {folder.replies}。", f"{len(letters)} letters."))
    return 0


def chosen(letters: Sequence[season.Prepared], kinds: tuple[str, ...]) -> tuple[season.Prepared, ...]:
    """Return the letters of the kinds that are wanted, all where none are named."""
    return tuple(prepared for prepared in letters if not kinds or prepared.letter.kind in kinds)


class Mode(Struct, frozen=True):
    """What is to become of the letters: ``plan`` them, send all ``to_self``, or really send them (``yes``)."""

    plan: bool
    to_self: str | None
    yes: bool


class Pace(Struct, frozen=True):
    """Which letters go out in this run, and how fast: at ``most`` so many, ``rate`` a minute, some ``again``."""

    kinds: tuple[str, ...]
    again: tuple[str, ...]
    most: int | None
    rate: float


PACE = collected(
    "pace",
    Pace,
    click.option("--kind", "kinds", multiple=True, type=KINDS, help=t("只发这几种；默认全部。", "Only these kinds.")),
    click.option(
        "--again",
        multiple=True,
        metavar=t("编号", "KEY"),
        help=t("确认未收到的，按计划中的编号重发。", "Resend by key."),
    ),
    click.option("--most", type=click.IntRange(1), help=t("本次最多发几封。", "At most so many in this run.")),
    click.option("--rate", type=float, default=20, help=t("每分钟封数，默认 20。", "Messages a minute.")),
)
"""The options by which some letters go out and others not, and how fast."""


@click.command(
    cls=Command,
    help=t(
        "发信。默认只写草稿（发件箱/*.eml，可用邮件程序打开再发）和 发送计划.xlsx；--to-self 全部先发给自己看；"
        "--yes 才真正发送，每封只发一次，不能确定是否发出的列为“不明”，不会自动重发。\n\n"
        "例：nianbao send 2025年报；nianbao send 2025年报 --to-self 我@163.com；nianbao send 2025年报 --yes",
        "Send the letters. By default drafts and a plan are written; --to-self sends all to you first; only --yes sends, "
        "each letter once.\n\nExample: nianbao send 2025年报 --yes",
    ),
)
@job_options("folder", "as-of", "jobs", "password-file", "key")
@collected(
    "mode",
    Mode,
    click.option(
        "--plan", is_flag=True, help=t("写草稿和发送计划（默认）。", "Write drafts and the plan (the default).")
    ),
    click.option(
        "--to-self", metavar=t("邮箱", "ADDRESS"), help=t("全部发到这个邮箱试看。", "Send all to this address.")
    ),
    click.option("--yes", is_flag=True, help=t("真正发送。", "Really send.")),
)
@PACE
@format_option("text", "json")
@everywhere
def send(job: Job, mode: Mode, pace: Pace, fmt: str, terminal: Terminal) -> int:
    """Plan or send the letters of a season."""
    if sum((mode.plan, mode.to_self is not None, mode.yes)) > 1:
        raise fault("SENDING_OPTIONS_CLASH")
    folder, job, day = dated(job)
    with settled(folder, job, terminal, remembering=True) as (session, state):
        letters = chosen(season.prepare(session, state, day), pace.kinds)
        season.write_letters(session, state, letters, folder.replies)
        smtp = season.mail_settings(session).smtp
        if not mode.yes and mode.to_self is None:
            path, drafts = season.plan(session, letters, day, smtp.sender if smtp is not None else "")
            out(str(path))
            terminal.hint(t(f"草稿 {drafts} 封，没有发送。", f"{drafts} drafts; nothing was sent."))
            return 0
        server = server_of(smtp, "smtp")
        if mode.yes and not season.tried_before(session):
            terminal.hint(t("提示：还没有用 --to-self 试发过。", "Hint: the letters were never tried with --to-self."))
        terms = Terms(mode.to_self, pace.again, pace.rate, pace.most)
        secret = password_for(server, "NIANBAO_SMTP_PASSWORD")
        sent = season.dispatch(session, state, letters, server, secret, terms)
    without = season.without_address(letters, state.outcome.roster)
    if fmt == "json":
        out_json(send_json(sent, without))
    else:
        _text(sent, without)
    return 0 if all(message.state.went for message in sent) else FAULTY


def _text(sent: Sequence[PostResult], without: Sequence[str]) -> None:
    for message in sent:
        out(clean(f"{t(message.state.zh, message.state.value)}\t{message.code}\t{message.to}\t{message.detail}"))
        if message.finding is not None:
            say(line(message.finding))
    for name in without:
        say(clean(t(f"{name} 在名录中没有邮箱，没有发。", f"{name} has no address on the roster.")))


def server_of(server: Server | None, kind: str) -> Server:
    """Return a server that must be set, or raise ToolkitError."""
    if server is None:
        raise fault("MAIL_SECTION_MISSING", kind=kind)
    return server


def password_for(server: Server, variable: str) -> str:
    """Return the password of a server, asked for where it is nowhere else: once for an account and its two servers."""
    typed: dict[tuple[str, str], str] = click.get_current_context().meta.setdefault("nianbao.passwords", {})
    home = server.host.partition(".")[2]
    account = (server.user, home if "." in home else server.host)

    def ask(prompt: str) -> str:
        if account not in typed:
            typed[account] = str(click.prompt(prompt, hide_input=True, err=True))
        return typed[account]

    return password(server, (variable,), ask=ask)


def _selection(mailbox: str, since: datetime.date | None, mark_seen: bool) -> Selection:
    return Selection(mailbox, since, mark_seen)


SELECTION = collected(
    "selection",
    _selection,
    click.option("--mailbox", default="INBOX", help=t("邮箱里的文件夹，默认收件箱。", "Mailbox folder.")),
    date_option("--since", t("只收这一天起到的邮件。", "Only mail that came since.")),
    click.option(
        "--mark-seen", is_flag=True, help=t("收过的邮件标为已读；默认不动邮箱。", "Mark collected mail as read.")
    ),
)
"""The options by which mail is looked at."""


@click.command(
    cls=Command,
    help=t(
        "收表：从邮箱（IMAP，只读）、或从给出的文件夹、.eml、mbox、zip 里取出附件，按单位和内容放进“收件”，来路记入台账。"
        "重复运行不会重复；不是年报的逐一列出怎么办。\n\n例：nianbao collect 2025年报；nianbao collect 2025年报 下载的附件.zip",
        "Collect returns from the mailbox (IMAP, read-only) or from folders, .eml, mbox and zip files.\n\n"
        "Example: nianbao collect 2025年报 attachments.zip",
    ),
)
@click.argument("folder", type=PathArgument, metavar=t("文件夹", "FOLDER"))
@click.argument("sources", nargs=-1, type=PathArgument, metavar=t("[来源...]", "[SOURCE...]"))
@SELECTION
@everywhere
def collect(folder: Path, sources: tuple[Path, ...], selection: Selection, terminal: Terminal) -> int:
    """Collect returns into a season's folder."""
    with season.working(season.folder_at(folder)) as session:
        if sources:
            arrivals = collect_folder(sources, season.recognise)
        else:
            server = server_of(season.mail_settings(session).imap, "imap")
            secret = password_for(server, "NIANBAO_IMAP_PASSWORD")
            arrivals = collect_imap(server, secret, season.recognise, selection)
        collected_now = season.collect(session, arrivals)
    for delivery in collected_now.new:
        out(clean(f"{delivery.path}\t{delivery.name}\t{delivery.sender}"))
    for oddity in collected_now.oddities:
        if oddity.finding.severity.value != "info":
            say(line(oddity.finding))
    counts = len(collected_now.new), collected_now.known, len(collected_now.oddities)
    terminal.hint(
        t(
            f"新收 {counts[0]} 个文件，已有 {counts[1]} 个，其他来件 {counts[2]} 个。下一步：nianbao ledger {folder}",
            f"{counts[0]} new files, {counts[1]} known, {counts[2]} others.",
        )
    )
    return 0
