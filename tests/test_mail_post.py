"""A letter's bytes: one addressee, no forged header, names that Chinese mail programs show."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import ToolkitError
from toolkit.mail import Attachment, Post, attachment_name, eml, message_id, one_address

WHEN = datetime(2026, 1, 20, 9, 30, tzinfo=UTC)
SENDER = "某某县政务公开办公室 <clerk@example.cn>"
NAME = "371730-017_财政局_2025核对.xlsx"


def post(**changes: object) -> Post:
    known = {
        "key": "2025/371730-017/abc", "code": "371730-017", "to": "finance@example.cn",
        "subject": "【退回】财政局 2025 年度政府信息公开工作年度报告审核意见，请于 1 月 31 日前改正后重新报送",
        "text": "您好：\n第三表 H6 不平。\n", "html": "<p>您好：</p><p>第三表 H6 不平。</p>",
        "attachments": (Attachment(NAME, b"PK\x03\x04 not a real book"),),
    }  # fmt: skip
    return Post(**{**known, **changes})  # type: ignore[arg-type]


def test_python_reads_back_what_was_written() -> None:
    """Subject, both texts, the attachment's name and its bytes come out of a standard parser as they went in."""
    message = message_from_bytes(eml(post(), SENDER, WHEN), policy=policy.default)
    assert message["Subject"] == post().subject
    assert message["To"] == "finance@example.cn"
    assert message["From"] == SENDER
    assert message["Date"].datetime == WHEN
    assert message["X-Unsent"] == "1"
    assert message.get_body(("plain",)).get_content() == post().text
    assert message.get_body(("html",)).get_content().rstrip("\n") == post().html
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == NAME
    assert attached.get_content() == post().attachments[0].data
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]  # fmt: skip


def test_a_chinese_name_goes_both_ways_and_unsplit() -> None:
    """The wire has the name as one RFC 2047 word in Content-Type and as one unsplit RFC 2231 parameter."""
    data = eml(post(), SENDER, WHEN)
    head = data[data.index(b"Content-Type: application/") :].split(b"\r\n\r\n")[0]
    assert re.search(rb'; name="=\?utf-8\?b\?[A-Za-z0-9+/=]+\?="\r\n', head)
    assert b"\r\nContent-Disposition: attachment; filename*=utf-8''371730-017_%E8%B4%A2" in head
    assert b"*0" not in head
    assert b'filename="' not in head


def test_every_byte_is_ascii_and_every_line_is_short_enough() -> None:
    """Long names, subjects and texts keep to ASCII, CRLF and 998 bytes a line, the boundary of what servers take."""
    long = post(subject="审" * 300, text="长" * 5000, attachments=(Attachment("长" * 200 + ".xlsx", b"x" * 5000),))
    data = eml(long, SENDER, WHEN)
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert max(len(line) for line in data.split(b"\r\n")) <= 998
    (attached,) = message_from_bytes(data, policy=policy.default).iter_attachments()
    assert attached.get_filename() == "长" * 75 + ".xlsx"


def test_an_ascii_name_is_plain() -> None:
    """A name in ASCII needs neither spelling."""
    data = eml(post(attachments=(Attachment("report 2025.xlsx", b"x"),)), SENDER, WHEN)
    assert b'Content-Disposition: attachment; filename="report 2025.xlsx"' in data


def test_the_same_post_has_the_same_bytes_and_another_key_another_identifier() -> None:
    """Drafts are repeatable; the Message-ID comes from the key alone, whatever the letter says."""
    assert eml(post(), SENDER, WHEN) == eml(post(), SENDER, WHEN)
    assert message_id("a", SENDER) == message_id("a", "clerk@example.cn")
    assert message_id("a", SENDER) != message_id("b", SENDER)
    assert message_id(post().key, SENDER).encode() in eml(post(text="另一封"), SENDER, WHEN)
    assert b"X-Unsent" not in eml(post(), SENDER, WHEN, draft=False)


BREAKS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00"]


@pytest.mark.parametrize("ending", BREAKS)
def test_no_header_can_be_forged(ending: str) -> None:
    """A line break of any kind in subject, code or names adds no header and no addressee."""
    evil = f"题{ending}Bcc: other@example.cn{ending}{ending}<b>text</b>"
    made = post(subject=evil, code=evil, attachments=(Attachment(f"{evil}.xlsx", b"x"),))
    message = message_from_bytes(eml(made, f"题{ending}Bcc: other <clerk@example.cn>", WHEN), policy=policy.default)
    assert set(message.keys()) == {
        "Content-Type", "MIME-Version", "From", "To", "Subject", "Date", "Message-ID", "X-Nianbao-Code", "X-Unsent",
    }  # fmt: skip
    assert [str(each.addr_spec) for each in message["To"].addresses] == ["finance@example.cn"]
    assert message.get_body(("plain",)).get_content() == post().text
    assert not message.defects
    (attached,) = message.iter_attachments()
    assert set(attached.keys()) == {"Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Content-Disposition"}


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_text_keeps_one_addressee_and_its_place(subject: str, name: str, key: str) -> None:
    """Whatever stands in subject, attachment name and key: the parser sees one addressee and one attachment."""
    made = post(key=key, subject=subject, attachments=(Attachment(name, b"x"),))
    data = eml(made, SENDER, WHEN)
    message = message_from_bytes(data, policy=policy.default)
    assert data.isascii()
    assert [str(each.addr_spec) for each in message["To"].addresses] == ["finance@example.cn"]
    assert len(list(message.iter_attachments())) == 1
    assert not re.search("[\r\n\x00-\x1f\u202e]", str(message["Subject"]))


@pytest.mark.parametrize(
    "to",
    [
        "", "finance", "a@b", "a@b.cn, c@d.cn", "a@b.cn;c@d.cn", "a@b.cn c@d.cn", '"a@b.cn, c@d.cn"', "财政局@example.cn",
        "Name <a@b.cn>", "a@b.cn\nBcc: c@d.cn", "a@b.cn\r\n", "a..b@c.cn", ".a@c.cn", "a@-b.cn", "a@b.cn>", "a@[127.0.0.1]",
        "a@b.cn\u2028c@d.cn", "x" * 65 + "@b.cn", "a@b..cn", '"a b"@c.cn', "a@b.cn(c@d.cn)", "a@１.cn",
    ],
)  # fmt: skip
def test_what_is_not_exactly_one_address_is_refused(to: str) -> None:
    """Two addresses, none, names, quotes, comments, line breaks: no letter is made."""
    assert one_address(to) is None
    with pytest.raises(ToolkitError, match="邮箱地址"):
        eml(post(to=to), SENDER, WHEN)


@pytest.mark.parametrize(
    "to", ["finance@example.cn", " a.b+c@mail.gov.cn\u3000", "12345@qq.com", "a_b-c@xn--fiq228c.cn"]
)
def test_one_address_is_taken(to: str) -> None:
    """Near misses: blanks around an address do not matter, and digits, dots and dashes are fine."""
    assert one_address(to) == to.strip(" \u3000")
    assert f"\r\nTo: {to.strip()}\r\n".encode() in eml(post(to=to), SENDER, WHEN)


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../财政局.xlsx", "财政局.xlsx"), ("C:\\temp\\财政局.xlsx", "财政局.xlsx"), ("a\u202exslx.exe", "axslx.exe"),
        ("a:b*c?.xlsx", "a_b_c_.xlsx"), ("", "附件"), ("..", "附件"), ("财政局 .xlsx", "财政局 .xlsx"),
    ],
)  # fmt: skip
def test_an_attachment_name_can_be_saved_anywhere(given_name: str, shown: str) -> None:
    """Paths, direction marks and characters that Windows refuses do not reach the addressee."""
    assert attachment_name(given_name) == shown


def test_a_display_name_is_one_name() -> None:
    """A comma or a quotation mark in an ASCII display name makes no second sender."""
    data = eml(post(), 'County "Office", other@example.cn <clerk@example.cn>', WHEN)
    message = message_from_bytes(data, policy=policy.default)
    assert [str(each.addr_spec) for each in message["From"].addresses] == ["clerk@example.cn"]


def test_a_bad_sender_and_a_date_without_zone_are_refused() -> None:
    """Both would make letters that servers refuse or that lie about their time."""
    with pytest.raises(ToolkitError, match="发件地址"):
        eml(post(), "a@b.cn, c@d.cn", WHEN)
    with pytest.raises(ToolkitError, match="时区"):
        eml(post(), SENDER, WHEN.replace(tzinfo=None))
