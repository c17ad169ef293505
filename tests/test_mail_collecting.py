"""What saved messages, folders and archives hold: every return with its true name, and a word on all that is none."""

from __future__ import annotations

import base64
import email.header
import hashlib
import io
import random
import tracemalloc
import urllib.parse
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.incoming import NAME, archive, book, file, letter, part, text
from toolkit.errors import ToolkitError
from toolkit.findings import Severity
from toolkit.mail import Arrival, Attachment, Oddity, Post, collect_folder, eml, message_id
from toolkit.mail.arrivals import Origin
from toolkit.mail.contents import Depth, file_contents, message_contents
from toolkit.mail.headers import text_of
from toolkit.season import recognise

BOOK = book("a")


def held(data: bytes) -> list[Arrival | Oddity]:
    return list(message_contents(data, "收件箱", Depth(recognise)))


def told(found: list[Arrival | Oddity]) -> list[tuple[str, str]]:
    """Return what was found in short: ("file", name) or (code, severity)."""
    return [
        ("file", each.name) if isinstance(each, Arrival) else (each.finding.code, each.finding.severity.value)
        for each in found
    ]


def collected(*paths: Path) -> list[tuple[str, str]]:
    return [(each.source, what[1] if what[0] == "file" else what[0])
            for each in collect_folder(paths, recognise) for what in told([each])]  # fmt: skip


def test_a_return_comes_with_its_origin() -> None:
    """Name, bytes, sender, time, Message-ID and subject come with it; body and signature picture do not."""
    picture = part(b"\x89PNG....", 'Content-Type: image/png; name="logo.png"', "Content-ID: <logo1>")
    (found,) = held(letter([text('您好 <img src="cid:logo1">', "html"), picture, file(BOOK)]))
    assert found == Arrival(
        name=NAME, data=BOOK, sender="finance@example.cn", sent_at=datetime(2026, 1, 20, 1, 30, tzinfo=UTC),
        message_id="<1@example.cn>", source=f"收件箱 › {NAME}", subject="财政局年报",
    )  # fmt: skip


def _word(value: str, charset: str, way: str = "b") -> str:
    return email.header.Header(value, charset, maxlinelen=10**6).encode() if way == "b" else (
        f"=?{charset}?q?" + "".join(f"={each:02X}" for each in value.encode(charset)) + "?="
    )  # fmt: skip


def _b(value: bytes, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(value).decode()}?="


GBK = NAME.encode("gb18030")
UTF8 = NAME.encode()
SPELLINGS: dict[str, list[str | bytes]] = {
    "raw utf-8": [b'Content-Disposition: attachment; filename="' + UTF8 + b'"'],
    "raw gbk": [b'Content-Disposition: attachment; filename="' + GBK + b'"'],
    "raw gbk, no quotes": [b"Content-Disposition: attachment; filename=" + GBK],
    "raw gbk in both": [b'Content-Type: application/octet-stream; name="' + GBK + b'"',
                        b'Content-Disposition: attachment; filename="' + GBK + b'"'],
    "word utf-8": [f'Content-Disposition: attachment; filename="{_b(UTF8, "utf-8")}"'],
    "word gb18030": [f'Content-Disposition: attachment; filename="{_b(GBK, "gb18030")}"'],
    "word gb2312 for gbk": [f'Content-Disposition: attachment; filename="{_b(GBK, "gb2312")}"'],
    "word upper case": [f'Content-Disposition: attachment; filename="{_b(GBK, "GBK")}"'],
    "word q": [f'Content-Disposition: attachment; filename="{_word(NAME, "utf-8", "q")}"'],
    "word without quotes": [f"Content-Disposition: attachment; filename={_b(UTF8, 'utf-8')}"],
    "words split inside a character": [
        f'Content-Disposition: attachment;\r\n filename="{_b(UTF8[:4], "utf-8")}\r\n {_b(UTF8[4:], "utf-8")}"'],
    "gbk words split inside a character": [
        f'Content-Disposition: attachment; filename="{_b(GBK[:3], "gbk")} {_b(GBK[3:], "gbk")}"'],
    "rfc 2231 utf-8": [f"Content-Disposition: attachment; filename*=utf-8''{urllib.parse.quote(UTF8)}"],
    "rfc 2231 gbk": [f"Content-Disposition: attachment; filename*=GBK'zh-cn'{urllib.parse.quote(GBK)}"],
    "rfc 2231 split": [
        f"Content-Disposition: attachment; filename*0*=utf-8''{urllib.parse.quote(UTF8[:9])};"
        f"\r\n filename*1*={urllib.parse.quote(UTF8[9:])}"],
    "rfc 2231 gb18030 split": [
        f"Content-Disposition: attachment; filename*0*=gb18030''{urllib.parse.quote(GBK[:6])};"
        f"\r\n filename*1*={urllib.parse.quote(GBK[6:])}"],
    "rfc 2231 without charset": [f"Content-Disposition: attachment; filename*=''{urllib.parse.quote(GBK)}"],
    "both, as we send it": [
        f'Content-Type: application/octet-stream; name="{_b(UTF8, "utf-8")}"',
        f"Content-Disposition: attachment; filename*=utf-8''{urllib.parse.quote(UTF8)}"],
    "name only": [f'Content-Type: application/octet-stream; name="{_b(UTF8, "utf-8")}"', "Content-Disposition: attachment"],
    "raw gbk name only": [b'Content-Type: application/octet-stream; name="' + GBK + b'"'],
    "inline, as phones send it": [b'Content-Disposition: inline; filename="' + UTF8 + b'"'],
    "a path": [b'Content-Disposition: attachment; filename="C:\\\\Users\\\\a\\\\' + GBK + b'"'],
    "dots": [b'Content-Disposition: attachment; filename="../../' + UTF8 + b'"'],
    "folded raw": [b'Content-Disposition: attachment;\r\n\tfilename="' + GBK + b'"'],
    "unknown charset": [f'Content-Disposition: attachment; filename="{_b(UTF8, "x-nobody")}"'],
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_name_is_read_in_every_spelling(spelling: str) -> None:
    """RFC 2047, RFC 2231, raw GBK and UTF-8, split or whole, with a path before it: the name is the same."""
    assert told(held(letter([text("见附件"), part(BOOK, *SPELLINGS[spelling])]))) == [("file", NAME)]


@pytest.mark.parametrize(
    "header",
    ['filename="=?utf-8?b?%%%?="', 'filename="=?gbk?q?=ZZ?="', "filename*=utf-8", "filename*=%E8", 'filename="', "filename*0*=x''%", 'filename="\udcff"',
     "filename*=a''b; filename*0*=c"],
)  # fmt: skip
def test_an_ill_formed_name_loses_no_file(header: str) -> None:
    """However broken a name is, the file itself arrives under some name."""
    raw = f"Content-Disposition: attachment; {header}".encode("utf-8", "surrogateescape")
    (found,) = held(letter([text("见附件"), part(BOOK, raw)]))
    assert isinstance(found, Arrival)
    assert found.name
    assert found.data == BOOK


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("张三 <Finance@Example.cn>", "finance@example.cn"), ("finance@example.cn", "finance@example.cn"),
        (f"{_b('财政局, <x@y.cn>'.encode(), 'utf-8')} <finance@example.cn>", "finance@example.cn"),
        ("财政局 <finance@example.cn>".encode("gb18030"), "finance@example.cn"), ("无", ""), ("", ""),
        ("a@b.cn, c@d.cn", ""),
    ],
)  # fmt: skip
def test_the_sender_is_one_address_or_none(sender: str | bytes, address: str) -> None:
    """A display name that holds another address in encoded words does not become the sender."""
    (found,) = held(letter([file(BOOK)], sender=sender))
    assert found.sender == address


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (None, None), ("gestern", None), ("Tue, 20 Jan 2026 09:30:00", datetime(2026, 1, 20, 9, 30, tzinfo=UTC)),
        ("Tue, 20 Jan 2026 09:30:00 +0800 (CST)", datetime(2026, 1, 20, 1, 30, tzinfo=UTC)), ("Tue, 99 Jan 9999999 09:30:00 +0800", None),
    ],
)  # fmt: skip
def test_a_date_has_a_zone_or_is_none(date: str | None, expected: datetime | None) -> None:
    """Missing and impossible dates are None; a received time stands in for them."""
    (found,) = held(letter([file(BOOK)], date=date))
    assert found.sent_at == expected
    (found,) = message_contents(
        letter([file(BOOK)], date=None), "x", Depth(recognise), received=datetime(2026, 1, 21, tzinfo=UTC)
    )
    assert found.sent_at == datetime(2026, 1, 21, tzinfo=UTC)


LINKS = {
    "QQ": "https://wx.mail.qq.com/ftn/download?func=3&amp;key=1", "QQ old": "http://mail.qq.com/cgi-bin/ftnExs_download?k=1",
    "exmail": "https://exmail.qq.com/cgi-bin/ftnExs_download?k=1",
    "163": "https://mail.163.com/large-attachment-download/index.html?file=1", "dashi": "https://dashi.163.com/html/cloud-attachment-download/?key=1",
    "baidu": "https://pan.baidu.com/s/1abc?pwd=1234", "weiyun": "https://share.weiyun.com/abc", "aliyun": "https://www.alipan.com/s/abc",
    "189": "https://cloud.189.cn/t/abc", "139": "https://caiyun.139.com/m/i?1", "quark": "https://pan.quark.cn/s/abc",
    "kdocs": "https://www.kdocs.cn/l/abc", "docs": "https://docs.qq.com/sheet/abc",
}  # fmt: skip


@pytest.mark.parametrize("place", LINKS)
def test_a_link_to_a_disk_is_told_and_not_opened(place: str) -> None:
    """Told from text and from HTML; with a return beside it, it is information only."""
    link = LINKS[place]
    assert told(held(letter([text(f"链接：{link.replace('&amp;', '&')} 提取码 1234")]))) == [("MAIL_020", "warning")]
    html = text(f'<a href="{link}">财政局.xlsx</a>', "html", "gb18030")
    assert told(held(letter([html]))) == [("MAIL_020", "warning")]
    assert told(held(letter([html, file(BOOK)]))) == [("file", NAME), ("MAIL_020", "info")]


@pytest.mark.parametrize(
    "words",
    [
        "发自我的网易邮箱大师 https://mail.163.com/dashi/dlpro.html?from=mail88", "https://wx.mail.qq.com/home/index?t=readmail_businesscard_midpage",
        "https://www.baidu.com/s?wd=1", "https://notpan.baidu.com/s/1", "https://pan.baidu.com.example.cn/s/1", "pan.baidu.com",
    ],
)  # fmt: skip
def test_other_links_are_no_disks(words: str) -> None:
    """Near misses: footers of mail programs, a search, a look-alike host."""
    assert told(held(letter([text(words)], subject="您好"))) == [("MAIL_027", "info")]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"Rar!\x1a\x07\x00", "报表.rar", "MAIL_022"), (b"7z\xbc\xaf\x27\x1c", "报表.7z", "MAIL_022"), (b"\x1f\x8b\x08", "a.tar.gz", "MAIL_022"),
        (b"Rar!\x1a\x07\x00", "报表.xlsx", "MAIL_022"),
        (b"\x78\x9f\x3e\x22\x01", "winmail.dat", "MAIL_021"), (b"\x78\x9f\x3e\x22\x01", "noname", "MAIL_021"),
        (archive({"word/document.xml": b"x", "[Content_Types].xml": b"x"}), "年报.docx", "FILE_011"), (b"%PDF-1.7", "年报.pdf", "FILE_013"),
        (b"\xff\xd8\xff\xe0", "盖章页.jpg", "FILE_014"), (b"name,count\n", "a.csv", "FILE_016"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_told_with_what_to_do(data: bytes, name: str, code: str) -> None:
    """Told from the bytes whatever the name; the bytes are kept; every one has a remedy."""
    (found,) = held(letter([text("见附件"), file(data, name)]))
    assert isinstance(found, Oddity)
    assert (found.finding.code, found.data, found.name) == (code, data, name)
    assert found.finding.severity is not Severity.INFO
    assert found.finding.remedy
    assert found.finding.file == f"收件箱 › {name}"


def test_papers_beside_a_return_are_information() -> None:
    """A scan and a covering letter beside the workbook ask nothing of anybody; an archive that is not opened does."""
    parts = [file(b"%PDF-1.7", "盖章页.pdf"), file(BOOK), file(b"Rar!\x1a\x07\x00", "附.rar")]
    assert told(held(letter(parts))) == [("FILE_013", "info"), ("file", NAME), ("MAIL_022", "warning")]


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"\x00\x01\x02\x03" * 30]
)
def test_what_may_be_a_workbook_arrives(data: bytes) -> None:
    """Empty, damaged, locked and unknown files go on to the reader, which says what they are."""
    assert told(held(letter([file(data)]))) == [("file", NAME)]


def test_a_lock_file_that_was_attached_is_told() -> None:
    """What Excel keeps beside an open workbook is often sent in its stead; a name with a tilde elsewhere is none."""
    assert told(held(letter([file(b"\x05user" + bytes(160), "~$财政局.xlsx")]))) == [("MAIL_034", "warning")]
    assert told(held(letter([file(BOOK, "财政局~1.xlsx")]))) == [("file", "财政局~1.xlsx")]


def test_a_letter_without_a_file_is_told() -> None:
    """One that speaks of an attachment is a warning, another one information."""
    assert told(held(letter([text("年报见附件，请查收")], subject="报送"))) == [("MAIL_026", "warning")]
    assert told(held(letter([text("周五开会")], subject="通知"))) == [("MAIL_027", "info")]
    assert told(held(b"Subject: hi\r\nFrom: a@b.cn\r\n\r\nhello")) == [("MAIL_027", "info")]


def test_a_forwarded_message_is_opened() -> None:
    """As an attachment, as .eml under any type, and one in another; the one who forwards is the sender."""
    inner = letter([file(BOOK)], sender="other@example.cn", identifier="<2@x.cn>")
    attached = part(inner, "Content-Type: message/rfc822", encode=False)
    (found,) = held(letter([text("转发"), attached]))
    assert (found.name, found.sender, found.message_id) == (NAME, "finance@example.cn", "<1@example.cn>")
    assert found.source == f"收件箱 › 财政局年报 › {NAME}"
    assert found.data == BOOK  # type: ignore[union-attr]
    assert told(held(letter([file(inner, "转发.eml")]))) == [("file", NAME)]
    for spelling in (
        lambda data: part(data, "Content-Type: message/rfc822", encode=False),
        lambda data: file(data, "x.eml"),
    ):
        deep = inner
        for _ in range(3):
            deep = letter([spelling(deep)])
        assert told(held(deep)) == [("file", NAME)]
        assert told(held(letter([spelling(deep)]))) == [("MAIL_029", "warning")]


def test_encrypted_and_signed_mail() -> None:
    """An encrypted mail is told; a signature beside a return is nothing."""
    secret = part(b"\x30\x82", 'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"')
    signature = part(b"\x30\x82", 'Content-Type: application/pkcs7-signature; name="smime.p7s"')
    assert told(held(letter([secret]))) == [("MAIL_030", "warning")]
    assert told(held(letter([text("x"), file(BOOK), signature], kind="signed"))) == [("file", NAME)]


BOUNCE = """\
Reporting-MTA: dns; mail.example.cn

Final-Recipient: rfc822; gone@example.cn
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 User not found
"""


def bounce(action: str = "failed") -> bytes:
    post = Post("k", "c", "gone@example.cn", "审核意见", "见附件", "", (Attachment("财政局.xlsx", BOOK),))
    original = eml(post, "clerk@example.cn", datetime(2026, 1, 20, tzinfo=UTC), draft=False)
    status = part(
        BOUNCE.format(action=action).replace("\n", "\r\n").encode(),
        "Content-Type: message/delivery-status",
        encode=False,
    )
    whole = part(original, "Content-Type: message/rfc822", encode=False)
    return letter(
        [text("failed"), status, whole], kind="report", sender="MAILER-DAEMON@example.cn", subject="Undelivered Mail"
    )


def test_a_bounce_names_the_addressee_and_our_letter() -> None:
    """The workbook that comes back inside is ours and no return; the Message-ID says which letter it was."""
    (found,) = held(bounce())
    assert isinstance(found, Oddity)
    assert found.finding.code == "MAIL_028"
    assert "gone@example.cn" in found.finding.message
    assert "550 User not found" in found.finding.message
    assert found.about == message_id("k", "clerk@example.cn")


def test_a_bounce_in_words_alone_and_near_misses() -> None:
    """Chinese providers bounce without a report; a letter from a person about a bounce is none, nor is “delivered”."""
    words = letter(
        [text("很抱歉，您发送给 gone@example.cn 的邮件被退回"), file(BOOK)],
        sender="Postmaster@163.com",
        subject="系统退信",
    )
    (found,) = held(words)
    assert isinstance(found, Oddity)
    assert "gone@example.cn" in found.finding.message
    person = letter([text("上次退信了，重发"), file(BOOK)], subject="退信重发")
    assert told(held(person)) == [("file", NAME)]
    for action in ("delivered", "delayed"):
        assert told(held(bounce(action))) == [("MAIL_033", "info")]


def test_our_own_letters_in_the_mailbox_are_no_returns() -> None:
    """A trial sent to ourselves, or a copy of what was sent, does not come in as somebody's return."""
    post = Post("k", "c", "clerk@example.cn", "审核意见", "见附件", "", (Attachment("财政局.xlsx", BOOK),))
    ours = eml(post, "clerk@example.cn", datetime(2026, 1, 20, tzinfo=UTC))
    assert told(held(ours)) == [("MAIL_033", "info")]
    reply = letter([file(BOOK)], headers=[f"In-Reply-To: {message_id('k', 'clerk@example.cn')}"])
    assert told(held(reply)) == [("file", NAME)]


@pytest.mark.parametrize("codec", [None, "gb18030", "utf-8"])
def test_a_zip_is_opened_with_its_names(codec: str | None) -> None:
    """Names marked UTF-8, unmarked UTF-8 and unmarked GB18030 all come out right."""
    names = {f"各单位/{NAME}": BOOK, "各单位/民政局2025年报.xlsx": book("b"), "说明.txt": b"hi"}
    found = held(letter([file(archive(names, codec=codec), "汇总.zip")]))
    assert told(found) == [("file", NAME), ("file", "民政局2025年报.xlsx"), ("FILE_016", "info")]
    assert found[0].source == f"收件箱 › 汇总.zip › 各单位/{NAME}"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("系统".encode("gb18030"), "系统"), ("联通.xlsx".encode("gb18030"), "联通.xlsx"), ("财政局".encode("gb18030"), "财政局"),
        ("财政局".encode(), "财政局"), ("系统é.xlsx".encode(), "系统é.xlsx"), ("año.xlsx".encode(), "año.xlsx"), (b"a.xlsx", "a.xlsx"),
        (b"\xff\xfe", "\ufffd\ufffd"), ("Ελλάδα".encode(), "Ελλάδα"), (b"", ""),
    ],
)  # fmt: skip
def test_bytes_of_no_charset_are_read_as_the_likelier_one(data: bytes, expected: str) -> None:
    """GB18030 that is UTF-8 by chance is Chinese; real UTF-8, also of other tongues, stays what it is."""
    assert text_of(data) == expected


def test_the_guess_takes_no_time_over_long_texts() -> None:
    """Long texts that nearly are Chinese by chance come to an end: no reading is tried over and over."""
    for data in (
        b"a" * 10**6 + "é".encode(),
        "é".encode() * 10**6,
        "系统".encode("gb18030") * 10**6 + b"\xc3\xa9a\xc3\xa9",
    ):
        assert text_of(data)


def test_a_zip_in_a_zip_is_opened_once() -> None:
    """One archive inside another is opened; a third level is told."""
    inner = archive({"a.xlsx": BOOK})
    assert told(held(letter([file(archive({"乡镇.zip": inner}), "外.zip")]))) == [("file", "a.xlsx")]
    third = archive({"1.zip": archive({"2.zip": inner})})
    assert told(held(letter([file(third, "外.zip")]))) == [("MAIL_031", "warning")]


def test_a_zip_writes_nothing_and_keeps_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Members called ../x, /x and C:\\x are files of that last name; nothing appears on the disk."""
    monkeypatch.chdir(tmp_path)
    evil = archive(
        {
            "../../a.xlsx": BOOK,
            "/etc/b.xlsx": BOOK,
            "C:\\c.xlsx": BOOK,
            "..": b"x",
            "__MACOSX/._a.xlsx": b"x",
            "~$a.xlsx": b"x",
        }
    )
    found = held(letter([file(evil, "x.zip")]))
    assert [each.name for each in found if isinstance(each, Arrival)] == ["a.xlsx", "b.xlsx", "c.xlsx"]
    assert all(".." not in each.source for each in found)
    assert sum(code == "FILE_090" for code, _ in told(found)) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_a_name_in_a_zip_arrives() -> None:
    """An empty name in the directory of an archive loses no file and stops nothing."""
    data = archive({"a.xlsx": BOOK}).replace(b"\x06\x00\x00\x00a.xlsx", b"\x00\x00\x00\x00a.xlsx")
    named = archive({"a.xlsx": BOOK, "b.xlsx": book("b")})
    for broken in (data, named.replace(b"a.xlsx", b"\x00.xlsx")):
        assert all(isinstance(each, Arrival | Oddity) for each in held(letter([file(broken, "x.zip")])))
    assert told(held(letter([file(named.replace(b"a.xlsx", b"\x00.xlsx"), "x.zip")])))[-1] == ("file", "b.xlsx")


def test_an_encrypted_zip_is_told_once() -> None:
    """A password on every member is one finding; files without one beside it arrive."""
    data = bytearray(archive({"a.xlsx": BOOK, "b.xlsx": BOOK}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(magic)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(magic, at + 1)
    # the members of BOOK are deflated inside; only headers of the outer archive were touched
    assert told(held(letter([file(bytes(data), "密.zip")]))) == [("MAIL_023", "warning")]


def test_bombs_are_bounded() -> None:
    """Members and archives that inflate past the limits are told, in little memory."""
    big = archive({"a.xlsx": bytes(30 * 2**20)})
    many = archive({f"{each}.xlsx": bytes(15 * 2**20) for each in range(9)})
    nested = archive({f"{each}.zip": many for each in range(3)})
    crowd = archive({f"{each}.txt": b"" for each in range(2500)}, method=zipfile.ZIP_STORED)
    overlap = many[: len(many) // 2]
    tracemalloc.start()
    assert told(held(letter([file(big, "大.zip")]))) == [("MAIL_024", "warning")]
    found = [each for data in (many, nested, crowd, overlap) for each in _counted(data)]
    assert found == ["MAIL_025"] * 5, (
        "the inner archive and the outer one, whose other members are not opened, are told"
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 300 * 2**20


def _counted(data: bytes) -> list[str]:
    """Return the codes of an archive's oddities that are about the archive, without keeping its files."""
    return [
        each.finding.code
        for each in message_contents(letter([file(data, "x.zip")]), "x", Depth(recognise))
        if isinstance(each, Oddity) and each.finding.code.startswith("MAIL")
    ]


def test_a_message_of_many_parts_or_deep_nesting_is_told() -> None:
    """Neither a thousand parts nor a thousand levels stops the run."""
    assert told(held(letter([text("x")] * 1000))) == [("MAIL_029", "warning")]
    deep = b"Content-Type: text/plain\r\n\r\nx"
    for each in range(700):
        deep = (
            f'Content-Type: multipart/mixed; boundary="{each}"\r\n\r\n--{each}\r\n'.encode()
            + deep
            + f"\r\n--{each}--".encode()
        )
    assert told(held(b"From: a@b.cn\r\nSubject: x\r\n" + deep)) == [("MAIL_029", "warning")]
    long = b"Content-Type: application/octet-stream; name=" + b";" * 2_000_000
    assert told(held(letter([file(BOOK), part(BOOK, long)]))) == [("MAIL_029", "warning")]


@given(st.binary(max_size=300), st.binary(max_size=200))
def test_any_bytes_are_collected_without_a_fault(head: bytes, body: bytes) -> None:
    """Whatever a message's bytes are, it gives arrivals and oddities, never an exception."""
    for data in (
        head + body,
        letter([part(BOOK, b"Content-Disposition: attachment; filename=" + head), body], subject=head),
    ):
        for each in held(data):
            assert isinstance(each, Arrival | Oddity)


def test_mutated_letters_never_stop_a_run() -> None:
    """Sound letters, bounces and archives with pieces changed, cut and doubled: what they give is told or arrives."""
    chance = random.Random(5)
    zipped = archive({"a/财政局.xlsx": BOOK, "b.zip": archive({"c.xlsx": BOOK})}, codec="gb18030")
    forwarded = letter([part(letter([file(BOOK)]), "Content-Type: message/rfc822", encode=False)])
    sound = [
        letter([text("https://pan.baidu.com/s/1", "html", "gb18030"), part(BOOK, *each)]) for each in SPELLINGS.values()
    ]
    sound += [bounce(), forwarded, letter([file(zipped, "x.zip")])]
    pieces = [b"\r\n", b"\x00", b"\xff", b'"', b";", b"=?utf-8?b?", b"?=", b"--", b"multipart/mixed", b"message/rfc822", b"filename*0*=",
              b"base64", b"x-uuencode", b"punycode", b"unicode_escape", b"zlib", b"''", b"%", b":", b",", b"<"]  # fmt: skip
    for _ in range(700):
        data = bytearray(chance.choice(sound))
        for _ in range(chance.randrange(1, 8)):
            at, other = chance.randrange(len(data)), chance.randrange(len(data))
            if chance.random() < 0.5:
                data[at:at] = chance.choice(pieces)
            elif chance.random() < 0.5:
                del data[at : at + chance.randrange(1, 20)]
            else:
                data[at:at] = data[other : other + chance.randrange(60)]
        assert held(bytes(data))
    for _ in range(300):
        data = bytearray(zipped)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        assert list(file_contents("x.zip", bytes(data), Origin("x"), Depth(recognise)))


def test_a_folder_of_everything(tmp_path: Path) -> None:
    """Workbooks, messages, an mbox and archives in sub-folders, in order of name; nothing is changed."""
    (tmp_path / "子夹").mkdir()
    (tmp_path / "a.xlsx").write_bytes(BOOK)
    (tmp_path / "b.eml").write_bytes(letter([file(BOOK)]))
    (tmp_path / "c.EML").write_bytes(letter([text("无")], subject="hi"))
    (tmp_path / "d.mbox").write_bytes(
        b"".join(
            b"From - Tue Jan 20 09:30:00 2026\n" + letter([file(BOOK, f"{n}.xlsx")]).replace(b"\r\n", b"\n") + b"\n"
            for n in (1, 2)
        )
    )
    (tmp_path / "e.zip").write_bytes(archive({NAME: BOOK}, codec="gb18030"))
    (tmp_path / "f.docx").write_bytes(archive({"word/document.xml": b"x"}))
    (tmp_path / "g.zip").write_bytes(archive({"信.eml": letter([file(BOOK, "h.xlsx")])}))
    (tmp_path / "~$a.xlsx").write_bytes(b"x")
    (tmp_path / "空.xlsx").write_bytes(b"")
    (tmp_path / "子夹" / "msg.xlsx").write_bytes(book("c"))
    (tmp_path / "断.xlsx").symlink_to(tmp_path / "nowhere")
    before = {each: (hashlib.sha256(each.read_bytes()).hexdigest(), each.stat().st_mtime_ns)
              for each in tmp_path.rglob("*") if each.is_file()}  # fmt: skip
    expected = [
        ("a.xlsx", "a.xlsx"), (f"b.eml › {NAME}", NAME), ("c.EML", "MAIL_027"), ("d.mbox › 第 1 封 › 1.xlsx", "1.xlsx"),
        ("d.mbox › 第 2 封 › 2.xlsx", "2.xlsx"), (f"e.zip › {NAME}", NAME), ("f.docx", "FILE_011"), ("g.zip › 信.eml › h.xlsx", "h.xlsx"),
        ("~$a.xlsx", "FILE_090"), ("子夹/msg.xlsx", "msg.xlsx"), ("断.xlsx", "FILE_003"), ("空.xlsx", "空.xlsx"),
    ]  # fmt: skip
    assert collected(tmp_path) == expected
    assert collected(tmp_path, tmp_path / "a.xlsx") == expected, "a file that is named twice is taken once"
    assert before == {each: (hashlib.sha256(each.read_bytes()).hexdigest(), each.stat().st_mtime_ns) for each in before}


def test_a_path_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Before anything is read, a missing path raises ToolkitError; a file that is too large is an oddity."""
    (tmp_path / "a.xlsx").write_bytes(BOOK)
    with pytest.raises(ToolkitError, match="找不到"):
        collect_folder([tmp_path / "a.xlsx", tmp_path / "b.xlsx"], recognise)
    with (tmp_path / "big.xlsx").open("wb") as made:
        made.write(b"\x00\x01\x02")
        made.truncate(21 * 2**20)
    assert collected(tmp_path) == [("a.xlsx", "a.xlsx"), ("big.xlsx", "MAIL_024")]


def test_info_zip_names_win_over_the_old_ones() -> None:
    """The extra field with a UTF-8 name is used when its checksum fits the old name, else not."""
    import struct
    import zlib

    for fits in (True, False):
        info = zipfile.ZipInfo("abc.xlsx")
        check = zlib.crc32(b"abc.xlsx") + (0 if fits else 1)
        field = struct.pack("<BI", 1, check) + NAME.encode()
        info.extra = struct.pack("<HH", 0x7075, len(field)) + field
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as made:
            made.writestr(info, BOOK)
        assert told(held(letter([file(stream.getvalue(), "x.zip")]))) == [("file", NAME if fits else "abc.xlsx")]
