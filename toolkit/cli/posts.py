"""``reply``, ``send`` and ``collect``: letters, the mail they go out by, and what comes in."""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from toolkit import season as campaign
from toolkit.cli.frame import FOUND, Command, PathArgument, clean, common, line, out, out_json, say
from toolkit.cli.opening import access, opening
from toolkit.cli.saying import season_said
from toolkit.cli.words import t
from toolkit.errors import ToolkitError
from toolkit.mail import PostState, Selection, Server, collect_folder, collect_imap, password
from toolkit.outputs.documents import finding_json

KINDS = click.Choice([campaign.RETURNED, campaign.RECEIPT, campaign.REMINDER])


def _day(as_of: datetime.datetime | None) -> datetime.date:
    return as_of.date() if as_of is not None else datetime.date.today()


@click.command(
    cls=Command,
    help=t(
        "写信：有错的退回（标好问题的工作簿和一封短信），通过的发回执，没报的催报；每封有文本、网页和一句话三种。"
        "写到“退回”文件夹，不发送。\n\n例：nianbao reply 2025年报",
        "Write the letters of a season: returned with the marked workbook, receipt, reminder; as text, HTML and one "
        "sentence. Nothing is sent.\n\nExample: nianbao reply 2025年报",
    ),
)
@click.argument("folder", type=PathArgument, metavar=t("文件夹", "FOLDER"))
@click.option("--kind", "kinds", multiple=True, type=KINDS, help=t("只写这几种；默认全部。", "Only these kinds."))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=t("日期，默认今天。", "Date; today."))
@opening
@common
def reply(
    folder: Path,
    kinds: tuple[str, ...],
    as_of: datetime.datetime | None,
    password_file: Path | None,
    key_file: Path | None,
    lang: str,
    debug: bool,
    quiet: bool,
) -> int:
    """Write the letters of a season."""
    held = access(password_file, key_file)
    day = _day(as_of)
    with campaign.working(campaign.at(folder)) as session:
        settled = campaign.settle(session, passwords=held.passwords, key=key_file, as_of=day.isoformat())
        prepared = _chosen(campaign.prepare(session, settled, day), kinds)
        campaign.write_letters(session, settled, prepared, session.folder.replies)
    season_said(session, settled, quiet=quiet)
    for each in prepared:
        out(clean(f"{each.letter.kind}\t{each.name}\t{each.letter.sentence}"))
    if not quiet:
        say(t(f"共 {len(prepared)} 封，在 {session.folder.replies}。", f"{len(prepared)} letters."))
    return 0


def _chosen(prepared: tuple[campaign.Prepared, ...], kinds: tuple[str, ...]) -> tuple[campaign.Prepared, ...]:
    return tuple(each for each in prepared if not kinds or each.letter.kind in kinds)


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
@click.argument("folder", type=PathArgument, metavar=t("文件夹", "FOLDER"))
@click.option("--plan", is_flag=True, help=t("写草稿和发送计划（默认）。", "Write drafts and the plan (the default)."))
@click.option("--to-self", metavar=t("邮箱", "ADDRESS"), help=t("全部发到这个邮箱试看。", "Send all to this address."))
@click.option("--yes", is_flag=True, help=t("真正发送。", "Really send."))
@click.option("--kind", "kinds", multiple=True, type=KINDS, help=t("只发这几种；默认全部。", "Only these kinds."))
@click.option(
    "--again", multiple=True, metavar=t("编号", "KEY"), help=t("确认未收到的，按计划中的编号重发。", "Resend by key.")
)
@click.option("--most", type=click.IntRange(1), help=t("本次最多发几封。", "At most so many in this run."))
@click.option("--rate", type=float, default=20, help=t("每分钟封数，默认 20。", "Messages a minute."))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=t("日期，默认今天。", "Date; today."))
@click.option("--format", "fmt", type=click.Choice(["text", "json"]), default="text", help=t("输出格式。", "Format."))
@opening
@common
def send(
    folder: Path,
    plan: bool,
    to_self: str | None,
    yes: bool,
    kinds: tuple[str, ...],
    again: tuple[str, ...],
    most: int | None,
    rate: float,
    as_of: datetime.datetime | None,
    fmt: str,
    password_file: Path | None,
    key_file: Path | None,
    lang: str,
    debug: bool,
    quiet: bool,
) -> int:
    """Plan or send the letters of a season."""
    if sum((plan, to_self is not None, yes)) > 1:
        raise ToolkitError(
            t("--plan、--to-self、--yes 只能用一个。", "--plan, --to-self and --yes exclude each other."),
            t("请先 --plan 或 --to-self，看过再 --yes。", "Plan or try first, then --yes."),
        )
    held = access(password_file, key_file)
    day = _day(as_of)
    with campaign.working(campaign.at(folder)) as session:
        settled = campaign.settle(session, passwords=held.passwords, key=key_file, as_of=day.isoformat())
        prepared = _chosen(campaign.prepare(session, settled, day), kinds)
        campaign.write_letters(session, settled, prepared, session.folder.replies)
        server = _server(campaign.mail_settings(session).smtp, "smtp")
        if not yes and to_self is None:
            path, drafts = campaign.plan(session, prepared, day, server.sender)
            out(str(path))
            if not quiet:
                say(t(f"草稿 {drafts} 封，没有发送。", f"{drafts} drafts; nothing was sent."))
            return 0
        if yes and not quiet and not campaign.tried_before(session):
            say(t("提示：还没有用 --to-self 试发过。", "Hint: the letters were never tried with --to-self."))
        sent = campaign.dispatch(
            session, settled, prepared, server, _password(server, "NIANBAO_SMTP_PASSWORD"), to_self=to_self,
            again=again, rate=rate, most=most,
        )  # fmt: skip
    if fmt == "json":
        out_json(
            {
                "schema": "nianbao.send/1",
                "messages": [
                    {
                        "key": each.key, "code": each.code, "to": each.to, "state": each.state.value,
                        "detail": each.detail, "message_id": each.message_id,
                        "finding": None if each.finding is None else finding_json(each.finding),
                    }
                    for each in sent
                ],
                "without_address": list(campaign.without_address(prepared, settled.run.roster)),
            }
        )  # fmt: skip
    else:
        for each in sent:
            out(clean(f"{each.state.zh}\t{each.code}\t{each.to}\t{each.detail}"))
            if each.finding is not None:
                say(line(each.finding))
        for name in campaign.without_address(prepared, settled.run.roster):
            say(clean(t(f"{name} 在名录中没有邮箱，没有发。", f"{name} has no address on the roster.")))
    return 0 if all(each.state is PostState.SENT for each in sent) else FOUND


def _server(server: Server | None, kind: str) -> Server:
    if server is None:
        raise ToolkitError(
            t(f"邮箱设置里没有 [{kind}] 一节。", f"The mail settings have no [{kind}]."),
            t("请在 邮箱.toml 中填写服务器和邮箱地址。", "Fill it in in 邮箱.toml."),
        )
    return server


def _password(server: Server, variable: str) -> str:
    return password(server, (variable,), ask=lambda said: str(click.prompt(said, hide_input=True, err=True)))


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
@click.option("--mailbox", default="INBOX", help=t("邮箱里的文件夹，默认收件箱。", "Mailbox folder."))
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help=t("只收这一天起到的邮件。", "Only mail that came since.")
)
@click.option("--mark-seen", is_flag=True, help=t("收过的邮件标为已读；默认不动邮箱。", "Mark collected mail as read."))
@common
def collect(
    folder: Path,
    sources: tuple[Path, ...],
    mailbox: str,
    since: datetime.datetime | None,
    mark_seen: bool,
    lang: str,
    debug: bool,
    quiet: bool,
) -> int:
    """Collect returns into a season's folder."""
    with campaign.working(campaign.at(folder)) as session:
        if sources:
            found = collect_folder(sources, campaign.recognise)
        else:
            server = _server(campaign.mail_settings(session).imap, "imap")
            secret = _password(server, "NIANBAO_IMAP_PASSWORD")
            day = None if since is None else since.date()
            found = collect_imap(server, secret, campaign.recognise, Selection(mailbox, day, mark_seen))
        got = campaign.collect(session, found)
    for each in got.new:
        out(clean(f"{each.path}\t{each.name}\t{each.sender}"))
    for odd in got.oddities:
        if odd.finding.severity.value != "info":
            say(line(odd.finding))
    if not quiet:
        say(
            t(
                f"新收 {len(got.new)} 个文件，已有 {got.known} 个，其他来件 {len(got.oddities)} 个。下一步：nianbao ledger {folder}",
                f"{len(got.new)} new files, {got.known} known, {len(got.oddities)} others.",
            )
        )
    return 0
