"""Collecting from a real IMAP server: read-only, over verified TLS, with Chinese folders and the ID that 163 wants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.incoming import NAME, book, file, letter, text
from tests.servers import (
    PASSWORD,
    USER,
    Certificate,
    ImapServer,
    certificate,
    free_port,
    requires_dovecot,
    silent_listener,
)
from toolkit.errors import ToolkitError
from toolkit.mail import Arrival, Attachment, Oddity, Post, Security, Selection, Server, collect_imap, eml
from toolkit.season import recognise

pytestmark = requires_dovecot
RECEIVED = "&XfJlNl50YqU-"
"""已收年报 in modified UTF-7."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def mailbox(made: Certificate) -> Iterator[ImapServer]:
    """Give a mailbox with two returns, a link and an odd name in INBOX, and one return in 已收年报."""
    with ImapServer(made) as imap:
        old = datetime(2025, 12, 1, 12, tzinfo=UTC)
        imap.put(letter([text("见附件"), file(book("1"), "去年12月.xlsx")], date=None), date=old)
        imap.put(
            letter([file(book("2"), NAME.encode("gb18030"))]),
            letter([text("https://pan.baidu.com/s/1")]),
            letter([]),
        )
        imap.put(letter([file(book("3"), "民政局.xlsx")]), folder=RECEIVED)
        yield imap


@pytest.fixture
def server(mailbox: ImapServer, made: Certificate) -> Server:
    return Server("127.0.0.1", mailbox.secure, USER, Security.TLS, ca_file=made.authority)


def short(found: list[Arrival | Oddity]) -> list[str]:
    return [each.name if isinstance(each, Arrival) else each.finding.code for each in found]


def flags(imap: ImapServer, folder: str = "INBOX") -> list[bytes]:
    with imap.session() as client:
        client.select(f'"{folder}"', readonly=True)
        return [bytes(each) for each in client.fetch("1:*", "(FLAGS)")[1]]


@pytest.mark.parametrize("security", Security)
def test_everything_is_collected_and_nothing_is_changed(
    mailbox: ImapServer, made: Certificate, security: Security
) -> None:
    """With each kind of security all messages come, oldest first, with sender and time; none is marked as read."""
    port = mailbox.secure if security is Security.TLS else mailbox.port
    before = flags(mailbox)
    found = list(collect_imap(Server("127.0.0.1", port, USER, security, ca_file=made.authority), PASSWORD, recognise))
    assert short(found) == ["去年12月.xlsx", NAME, "MAIL_020", "MAIL_026"]
    first, second = found[:2]
    assert isinstance(second, Arrival)
    assert (second.data, second.sender) == (book("2"), "finance@example.cn")
    assert second.source == f"{USER} INBOX › 邮件 2 › {NAME}"
    assert second.sent_at == datetime(2026, 1, 20, 1, 30, tzinfo=UTC)
    assert first.sent_at == datetime(2025, 12, 1, 12, tzinfo=UTC), "without a Date the time of arrival stands"
    assert flags(mailbox) == before
    assert not any(b"Seen" in each for each in before)


def test_who_we_are_is_said_before_the_folder_is_opened(server: Server, mailbox: ImapServer) -> None:
    """Dovecot's log has our ID; without it 163 and 126 refuse SELECT."""
    list(collect_imap(server, PASSWORD, recognise))
    assert re.search(r"ID sent: name=nianbao", mailbox.log)


def test_a_chinese_folder_is_found_and_a_missing_one_told(server: Server) -> None:
    """Folders go by the name people see; of a missing one the names that there are are told."""
    assert short(list(collect_imap(server, PASSWORD, recognise, Selection("已收年报")))) == ["民政局.xlsx"]
    with pytest.raises(ToolkitError, match="没有的") as told:
        list(collect_imap(server, PASSWORD, recognise, Selection("没有的")))
    assert "已收年报" in told.value.remedy


def test_since_leaves_out_what_came_before(server: Server) -> None:
    """The day itself is included, the day after excludes it."""
    assert (
        short(list(collect_imap(server, PASSWORD, recognise, Selection(since=date(2025, 12, 1)))))[0] == "去年12月.xlsx"
    )
    assert "去年12月.xlsx" not in short(
        list(collect_imap(server, PASSWORD, recognise, Selection(since=date(2025, 12, 3))))
    )


def test_marking_is_done_only_when_asked_and_after_the_taking(made: Certificate) -> None:
    """With ``mark_seen`` a message is marked when the next one is asked for, not when it is handed out."""
    with ImapServer(made) as imap:
        imap.put(letter([file(book("1"), "1.xlsx")]), letter([file(book("2"), "2.xlsx")]))
        server = Server("127.0.0.1", imap.secure, USER, ca_file=made.authority)
        collected = collect_imap(server, PASSWORD, recognise, Selection(mark_seen=True))
        assert next(collected)
        assert not any(b"Seen" in each for each in flags(imap))
        assert next(collected)
        collected.close()  # type: ignore[attr-defined]
        assert [b"Seen" in each for each in flags(imap)] == [True, False]
        assert short(list(collect_imap(server, PASSWORD, recognise))) == ["1.xlsx", "2.xlsx"], (
            "read ones are collected too"
        )


def test_a_wrong_password_and_a_stranger_are_refused(server: Server, made: Certificate, tmp_path: Path) -> None:
    """The remedy speaks of the authorization code, the password is in no text; an unknown certificate gets none."""
    with pytest.raises(ToolkitError, match="授权码") as told:
        list(collect_imap(server, "hunter2", recognise))
    assert "hunter2" not in f"{told.value} {told.value.english}"
    with pytest.raises(ToolkitError, match=r"密码|登录"):
        list(collect_imap(server, "密码", recognise))
    for trusted in (None, certificate(tmp_path / "stranger").authority):
        with pytest.raises(ToolkitError, match="不能确认"):
            list(collect_imap(replace(server, ca_file=trusted), PASSWORD, recognise))


def test_no_server_and_no_mail_server_are_told(made: Certificate) -> None:
    """No listener, silence and another protocol raise ToolkitError; plain to another machine is refused at once."""
    for security in Security:
        with pytest.raises(ToolkitError):
            list(collect_imap(Server("127.0.0.1", free_port(), USER, security), PASSWORD, recognise, timeout=1))
        for words in (b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"):
            with silent_listener(words) as port, pytest.raises(ToolkitError):
                list(collect_imap(Server("127.0.0.1", port, USER, security), PASSWORD, recognise, timeout=0.5))
    with pytest.raises(ToolkitError, match="没有加密"):
        list(collect_imap(Server("imap.example.cn", 143, USER, Security.PLAIN), PASSWORD, recognise))


def test_a_connection_lost_in_the_middle_is_told_and_what_came_stands(made: Certificate) -> None:
    """When the server goes away, ToolkitError; what was handed out before stands."""
    with ImapServer(made) as imap:
        imap.put(letter([file(book("1"), "1.xlsx")]), letter([file(book("2"), "2.xlsx")]))
        collected = collect_imap(
            Server("127.0.0.1", imap.secure, USER, ca_file=made.authority), PASSWORD, recognise, timeout=5
        )
        assert short([next(collected)]) == ["1.xlsx"]
        imap.kill()
        with pytest.raises(ToolkitError, match=r"连不上|答复"):
            next(collected)


def test_another_parser_sees_our_letter_as_it_was_meant(made: Certificate) -> None:
    """Dovecot, which shares no code with us, finds one addressee, the parts, and both spellings of the name, unsplit."""
    post = Post(
        "k", "c", "finance@example.cn", "【退回】财政局 2025 年度政府信息公开工作年度报告审核意见", "您好", "<p>您好</p>",
        (Attachment("371730-017_财政局_2025核对.xlsx", book("1")),),
    )  # fmt: skip
    with ImapServer(made) as imap:
        imap.put(eml(post, "某某县政务公开办 <clerk@example.cn>", datetime(2026, 1, 20, tzinfo=UTC)))
        with imap.session() as client:
            client.select("INBOX", readonly=True)
            structure = str(client.fetch("1", "(BODYSTRUCTURE)")[1])
            envelope = str(client.fetch("1", "(ENVELOPE)")[1])
    kinds = re.findall(r'"(text|application|ALTERNATIVE|MIXED)"', structure, re.IGNORECASE)
    assert [each.lower() for each in kinds] == ["text", "text", "alternative", "application", "mixed"]
    assert re.search(r'\("name" "=\?utf-8\?b\?[A-Za-z0-9+/=]+\?="\)', structure, re.IGNORECASE)
    assert re.search(
        r"\(\"attachment\" \(\"filename\*\" \"utf-8'+371730-017_%E8%B4%A2", structure.replace("\\'", "'"), re.IGNORECASE
    )
    assert envelope.count('"finance" "example.cn"') == 1
    assert envelope.count('"clerk" "example.cn"') == 3, "From, and Sender and Reply-To that follow it"
