"""Every leaf of a message ends taken, named, or known to hold nothing: kinds × transfer encodings × nestings."""

from __future__ import annotations

import base64
import binascii
import random
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.incoming import NAME, archive, book, file, letter, part, text
from toolkit.mail import Arrival, Oddity
from toolkit.mail.contents import Depth, message_contents
from toolkit.season import recognise

BOOK = book("a")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ABSENT = {"MAIL_026", "MAIL_027"}


def contents(data: bytes) -> list[Arrival | Oddity]:
    return list(message_contents(data, "收件箱", Depth(recognise)))


def outcomes(data: bytes) -> list[str]:
    """Return what a message held in short: the name of a file or the code of an oddity."""
    return [content.name if isinstance(content, Arrival) else content.finding.code for content in contents(data)]


def workbooks(data: bytes) -> list[bytes]:
    return [content.data for content in contents(data) if isinstance(content, Arrival)]


def uu(data: bytes, name: str = "a.xlsx", *, blank: bytes = b"`", codec: str = "utf-8") -> bytes:
    """Return a file uuencoded, with either sign that encoders write for zero."""
    lines = [binascii.b2a_uu(data[at : at + 45], backtick=blank == b"`") for at in range(0, len(data), 45)]
    return f"begin 644 {name}\n".encode(codec) + b"".join(lines) + blank + b"\nend\n"


def qp(data: bytes) -> bytes:
    return binascii.b2a_qp(data, istext=False, quotetabs=True)


def base64_lines(data: bytes) -> bytes:
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


ENCODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "base64": ("base64", base64_lines), "upper case": ("BASE64", base64_lines), "semicolon": ("base64;", base64_lines),
    "quotes": ('"base64"', base64_lines), "blank after": ("base64  ", base64_lines),
    "comment": ("base64 (MIME)", base64_lines), "quoted-printable": ("quoted-printable", qp),
    "uuencode": ("x-uuencode", uu), "uue": ("uue", lambda data: uu(data, blank=b" ")), "binary": ("binary", bytes),
    "said and not done": ("base64", bytes), "said and not done (qp)": ("quoted-printable", bytes),
    "done and not said": ("", base64_lines), "done and 7bit said": ("7bit", base64_lines),
}  # fmt: skip
USUAL = ("base64", "quoted-printable", "uuencode", "binary")
KINDS: dict[str, tuple[str, ...]] = {
    "attached": (f"Content-Type: {XLSX}", 'Content-Disposition: attachment; filename="a.xlsx"'),
    "inline": ('Content-Type: application/octet-stream; name="a.xlsx"', "Content-Disposition: inline"),
    "no type": ('Content-Disposition: attachment; filename="a.xlsx"',),
    "no name": (f"Content-Type: {XLSX}",),
    "no name, text": ("Content-Type: text/plain",),
    "no name, html": ("Content-Type: text/html; charset=utf-8",),
    "ill-formed type": ("Content-Type: xlsx",),
    "a picture that is shown": ("Content-Type: image/png", "Content-ID: <p1>"),
    "signature": ("Content-Type: application/pgp-signature",),
    "text with a name": ('Content-Type: text/plain; name="a.xlsx"',),
    "calendar": ("Content-Type: text/calendar",),
    "applefile": ("Content-Type: application/applefile",),
}


def leaf(kind: str, encoding: str, data: bytes = BOOK) -> bytes:
    word, encode = ENCODINGS[encoding]
    stated = (f"Content-Transfer-Encoding: {word}",) if word else ()
    return part(encode(data), *KINDS[kind], *stated, encode=False)


def forwarded(data: bytes, encoding: str = "", kind: str = "message/rfc822") -> bytes:
    word, encode = ENCODINGS[encoding] if encoding else ("", bytes)
    stated = (f"Content-Transfer-Encoding: {word}",) if word else ()
    return part(encode(data), f'Content-Type: {kind}; name="fw.eml"', *stated, encode=False)


def whole_encoded(inner: bytes, encoding: str) -> bytes:
    """Return a multipart that is encoded as a whole, which RFC 2045 forbids."""
    word, encode = ENCODINGS[encoding]
    body = b"--IN\r\n" + inner + b"\r\n--IN--\r\n"
    return part(
        encode(body), 'Content-Type: multipart/mixed; boundary="IN"', f"Content-Transfer-Encoding: {word}", encode=False
    )


def multipart(inner: bytes, kind: str) -> bytes:
    body = b"--P\r\n" + text("年报见附件") + b"\r\n--P\r\n" + inner + b"\r\n--P--\r\n"
    return part(body, f'Content-Type: multipart/{kind}; boundary="P"', encode=False)


HTML = text('<p>年报见附件</p><img src="cid:p1">', "html")
NESTINGS: dict[str, Callable[[bytes], bytes]] = {
    "mixed": lambda inner: letter([text("年报见附件"), HTML, inner]),
    "first": lambda inner: letter([inner, text("年报见附件")]),
    "alternative": lambda inner: letter([text("年报见附件"), HTML, inner], kind="alternative"),
    "related": lambda inner: letter([HTML, inner], kind="related"),
    "signed": lambda inner: letter([multipart(inner, "mixed"), part(b"0", "Content-Type: application/pkcs7-signature")], kind="signed"),
    "related in alternative": lambda inner: letter([text("见附件"), multipart(inner, "related")], kind="alternative"),
    "declared encoding of a multipart that is not encoded": lambda inner: letter(
        [multipart(inner, "mixed")], headers=["Content-Transfer-Encoding: base64"]),
    "encoded multipart": lambda inner: letter([text("见附件"), whole_encoded(inner, "base64")]),
    "encoded multipart, qp": lambda inner: letter([text("见附件"), whole_encoded(inner, "quoted-printable")]),
    "forwarded": lambda inner: letter([text("见附件"), forwarded(letter([text("见附件"), inner]))]),
    "forwarded global": lambda inner: letter([text("见附件"), forwarded(letter([inner]), "base64", "message/global")]),
    "forwarded in digest": lambda inner: letter([part(letter([inner]), encode=False)], kind="digest"),
    "attached as a file": lambda inner: letter([text("见附件"), file(letter([inner]), "转发.eml")]),
    "attached as a file with BOM": lambda inner: letter([file(b"\xef\xbb\xbf\r\n" + letter([inner]), "转发.eml")]),
    "in a zip": lambda inner: letter([file(archive({"转发.eml": letter([inner])}), "转发.zip")]),
    "forwarded twice": lambda inner: letter([forwarded(letter([forwarded(letter([inner]), "quoted-printable")]), "base64")]),
    **{f"forwarded, {encoding}": lambda inner, encoding=encoding: letter(  # type: ignore[misc]
        [text("见附件"), forwarded(letter([text("见附件"), inner]), encoding)]) for encoding in ENCODINGS if encoding != "binary"},
}  # fmt: skip


@pytest.mark.parametrize("nesting", NESTINGS)
def test_a_workbook_arrives_once_wherever_it_stands(nesting: str) -> None:
    """Every kind of leaf in every transfer encoding in every nesting: the workbook, whole, once, and nothing missing."""
    encodings = USUAL if nesting.startswith("forwarded, ") else ENCODINGS
    for kind, encoding in product(KINDS, encodings):
        (content,) = contents(NESTINGS[nesting](leaf(kind, encoding)))
        assert isinstance(content, Arrival), (kind, encoding)
        assert content.data == BOOK, (kind, encoding)


def test_a_workbook_that_is_the_whole_letter_arrives() -> None:
    """A letter of one part and no text, in every encoding."""
    for kind, encoding in product(KINDS, ENCODINGS):
        head = b"MIME-Version: 1.0\r\nFrom: a@b.cn\r\nSubject: x\r\n"
        assert workbooks(head + leaf(kind, encoding)) == [BOOK], (kind, encoding)


@given(st.integers(0, 2**32))
def test_every_workbook_of_a_tree_arrives_exactly_once(seed: int) -> None:
    """Several workbooks among empty leaves, in any nesting of three levels: each arrives once; nothing is said to be missing."""
    chance = random.Random(seed)
    put: list[bytes] = []

    def tree(level: int) -> bytes:
        match chance.randrange(6 if level else 3):
            case 0:
                put.append(book(f"{len(put)}"))
                return leaf(chance.choice(list(KINDS)), chance.choice(list(ENCODINGS)), put[-1])
            case 1:
                put.append(book(f"{len(put)}"))
                return part(uu(put[-1]), "Content-Type: text/plain; charset=x-nobody", encode=False)
            case 2:
                return chance.choice([text("年报见附件"), HTML, part(b"0", "Content-Type: application/pgp-signature")])
            case 3:
                return forwarded(
                    letter([tree(level - 1), tree(level - 1)]), chance.choice(["", "base64", "quoted-printable"])
                )
            case 4:
                return whole_encoded(tree(level - 1), chance.choice(["base64", "quoted-printable"]))
            case _:
                return multipart_of([tree(level - 1), tree(level - 1)], level)

    data = letter([HTML, *(tree(3) for _ in range(3))])
    assert sorted(workbooks(data)) == sorted(put)
    assert set(outcomes(data)) & ABSENT == (set() if put else {"MAIL_026"})
    assert "MAIL_029" not in outcomes(data)


def multipart_of(inner: list[bytes], level: int) -> bytes:
    body = b"".join(f"--L{level}\r\n".encode() + each + b"\r\n" for each in inner) + f"--L{level}--\r\n".encode()
    return part(body, f'Content-Type: multipart/mixed; boundary="L{level}"', encode=False)


def plain(data: bytes, charset: str = "utf-8") -> bytes:
    return part(data, f"Content-Type: text/plain; charset={charset}", encode=False)


def escaped(data: bytes) -> bytes:
    return data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


CODE = uu(BOOK)
IN_TEXT: dict[str, bytes] = {
    "alone": plain(CODE),
    "below words": plain("年报见附件\r\n\r\n".encode() + CODE + "\n此致".encode()),
    "lines of CRLF": plain(CODE.replace(b"\n", b"\r\n")),
    "blanks for zero": plain(uu(BOOK, blank=b" ")),
    "blanks at the end cut off": plain(b"\n".join(line.rstrip() for line in uu(BOOK, blank=b" ").split(b"\n"))),
    "check digits": plain(b"\n".join(line + b"X" if line[:1] == b"M" else line for line in CODE.split(b"\n"))),
    "quoted": plain(b"\n".join(b"> " + line for line in CODE.split(b"\n"))),
    "quoted twice": plain(b"\n".join(b">> " + line for line in CODE.split(b"\n"))),
    "quoted, blanks cut off": plain(b"\n".join((b"> " + line).rstrip() for line in uu(BOOK, blank=b" ").split(b"\n"))),
    "flowed": plain(b"\n".join(b" " + line if line[:1] == b">" else line for line in CODE.split(b"\n"))),
    "an unknown charset": plain(CODE, "x-nobody"),
    "an empty charset": plain(CODE, '""'),
    "utf-7": plain(CODE, "utf-7"),
    "quoted-printable": part(qp(CODE), "Content-Type: text/plain", "Content-Transfer-Encoding: quoted-printable", encode=False),
    "base64": part(CODE, "Content-Type: text/plain"),
    "no end": plain(CODE.replace(b"`\nend\n", b"")),
    "begin-base64": plain(b"begin-base64 644 a.xlsx\n" + base64.encodebytes(BOOK) + b"====\n"),
    "html, pre": part(b"<html><pre>" + escaped(CODE) + b"</pre></html>", "Content-Type: text/html"),
    "html, lines": part(b"<p>x</p>" + escaped(uu(BOOK, blank=b" ")).replace(b" ", b"&nbsp;").replace(b"\n", b"<br>\r\n"),
                        "Content-Type: text/html; charset=gbk"),
    "both forms": multipart(plain(CODE) + b"\r\n--P\r\n" + part(b"<pre>" + escaped(CODE) + b"</pre>", "Content-Type: text/html"), "alternative"),
    "a text that is attached": file(b"x\n" + CODE, "ATT00001.txt", "text/plain"),
    "after the last part": multipart(text("见附件"), "mixed") + b"\r\n" + CODE,
    "a multipart without its boundary": part(CODE, "Content-Type: multipart/mixed", encode=False),
}  # fmt: skip


@pytest.mark.parametrize("spelling", IN_TEXT)
def test_a_uuencoded_workbook_is_taken_out_of_the_text(spelling: str) -> None:
    """However the text is encoded, quoted and wrapped; in the letter and in one that is forwarded."""
    for data in (
        letter([IN_TEXT[spelling]]),
        b"From: a@b.cn\r\nSubject: x\r\n" + IN_TEXT[spelling],
        letter([forwarded(letter([IN_TEXT[spelling]]), "base64")]),
    ):
        assert workbooks(data) == [BOOK]
        assert not ABSENT & set(outcomes(data))


def test_several_uuencoded_files_keep_their_names() -> None:
    """Two workbooks and a picture in one body, names in UTF-8, in GB18030 of a stated charset, and of none."""
    code = uu(BOOK, NAME) + b"\n" + uu(book("b"), "b.xlsx") + uu(b"\xff\xd8\xff\xe0", "章.jpg")
    assert outcomes(letter([plain(code)])) == [NAME, "b.xlsx", "FILE_014"]
    for charset in ("gb2312", "x-nobody"):
        assert outcomes(letter([plain(uu(BOOK, NAME, codec="gb18030"), charset)])) == [NAME]
    marked = part(b"<pre>" + escaped(uu(BOOK, NAME, codec="gbk")), "Content-Type: text/html; charset=gbk", encode=False)
    assert outcomes(letter([marked])) == [NAME]
    assert outcomes(letter([plain(uu(archive({NAME: BOOK}), "x.zip"))])) == [NAME]
    assert outcomes(letter([plain(uu(b"\x05", "~$a.xlsx"))])) == ["MAIL_034"]


@pytest.mark.parametrize(
    "words", ["begin 644 年报\n填报时间", "begin 2025\nthe report", "begin 644 a.xlsx", "> begin 644 the work\n> now", "begin 644 x\n\n\nend of it"]
)  # fmt: skip
def test_prose_that_begins_like_a_file_is_none(words: str) -> None:
    """The word begin and a number in a sentence make no file."""
    assert outcomes(letter([text(words)], subject="x")) in (["MAIL_026"], ["MAIL_027"])


NOTHING = letter([text("周五开会")], subject="通知")
EXTERNAL = "Content-Type: message/external-body; access-type=URL"
ACCOUNTS: dict[str, tuple[list[bytes], list[str]]] = {
    "words": ([text("年报见附件")], ["MAIL_026"]),
    "a forwarded letter without a file": ([text("年报见附件"), forwarded(NOTHING, "base64")], ["MAIL_026"]),
    "and a workbook beside it": ([text("见附件"), forwarded(NOTHING), file(BOOK)], [NAME]),
    "the same as a file": ([text("见附件"), file(NOTHING, "转.eml"), file(BOOK)], [NAME]),
    "a signature": ([text("年报见附件"), part(b"0", "Content-Type: application/pgp-signature")], ["MAIL_026"]),
    "an invitation": ([text("年报见附件"), part(b"BEGIN:VCALENDAR\r\n", 'Content-Type: text/calendar; name="i.ics"')], ["MAIL_026"]),
    "an invitation with a file": ([text("年报见附件"), part(b"BEGIN:VCALENDAR\r\nATTACH:x\r\n", "Content-Type: text/calendar")], ["MAIL_029"]),
    "a card": ([text("年报见附件"), file(b"BEGIN:VCARD\r\n", "a.vcf", "text/vcard")], ["MAIL_026"]),
    "a shown picture": ([HTML, part(b"\x89PNG", "Content-Type: image/png", "Content-ID: <p1>")], ["MAIL_026"]),
    "another picture": ([HTML, part(b"\x89PNG", "Content-Type: image/png")], ["FILE_014"]),
    "a table as text": ([text("年报见附件"), part(b"a,b\n1,2\n", "Content-Type: text/csv")], ["FILE_016"]),
    "delivery status": ([text("年报见附件"), part(b"Action: delivered\r\n", "Content-Type: message/delivery-status")], ["MAIL_026"]),
    "external body": ([text("年报见附件"), part(b"Content-Type: x/y\r\n\r\n", EXTERNAL, encode=False)], ["MAIL_029"]),
    "external body, encoded": ([text("年报见附件"), part(b"Content-Type: x/y\r\n\r\n", EXTERNAL)], ["MAIL_029"]),
    "a part of a message": ([text("年报见附件"), part(b"x", "Content-Type: message/partial; id=1; number=1")], ["MAIL_029"]),
    "winmail.dat": ([text("年报见附件"), file(b"\x78\x9f\x3e\x22", "winmail.dat", "application/ms-tnef")], ["MAIL_021"]),
    "enveloped": ([part(b"0\x82", "Content-Type: application/octet-stream; name=smime.p7m")], ["MAIL_030"]),
    "PGP in the text": ([text("年报见附件\n-----BEGIN PGP MESSAGE-----\nabc")], ["MAIL_030"]),
    "PGP/MIME": ([part(b"Version: 1", "Content-Type: application/pgp-encrypted"),
                  part(b"-----BEGIN PGP MESSAGE-----\n", "Content-Type: application/octet-stream; name=e.asc")], ["MAIL_030"]),
    "source as text": ([text("年报\n--x\nContent-Type: a/b\nContent-Disposition: attachment; filename=a.xlsx\n")], ["MAIL_029"]),
    "parts after the end": ([text("年报见附件"), multipart(text("x"), "mixed") + b"\r\nContent-Disposition: attachment\r\n"], ["MAIL_029"]),
    "a base64 message that is none": ([text("年报见附件"), forwarded(b"\x00\x01", "base64")], ["fw.eml"]),
}  # fmt: skip


@pytest.mark.parametrize("account", ACCOUNTS)
def test_that_there_is_no_file_is_said_only_when_every_leaf_proves_it(account: str) -> None:
    """What holds nothing proves it; what is not opened is named instead."""
    parts, expected = ACCOUNTS[account]
    assert outcomes(letter(parts)) == expected


def test_a_leaf_that_cannot_be_read_takes_no_other_with_it() -> None:
    """A forwarded letter of a thousand parts is named; the workbook after it arrives."""
    parts = [forwarded(letter([text("x")] * 600), "base64"), file(BOOK)]
    assert outcomes(letter(parts)) == ["MAIL_029", NAME]


def test_the_depth_of_encoded_letters_is_bounded() -> None:
    """Three forwarded letters in one another are opened, a fourth is named; so are too many parts of an encoded one."""
    data = letter([file(BOOK)])
    for _ in range(3):
        data = letter([forwarded(data, "base64")])
    assert outcomes(data) == [NAME]
    assert outcomes(letter([forwarded(data, "quoted-printable")])) == ["MAIL_029"]
    levels = file(BOOK)
    for _ in range(20):
        levels = whole_encoded(levels, "base64")
    assert outcomes(letter([levels]))


def test_a_bounce_whose_report_is_encoded_is_one() -> None:
    """The addressee stands in a delivery status in base64 too, which RFC 3464 does not forbid."""
    report = b"Final-Recipient: rfc822; gone@example.cn\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    data = letter([text("failed"), part(report, "Content-Type: message/delivery-status")], kind="report")
    (returned,) = contents(data)
    assert isinstance(returned, Oddity)
    assert returned.finding.code == "MAIL_028"
    assert "gone@example.cn" in returned.finding.message


WORDS = [
    "超大附件",
    "附件链接",
    "中转站",
    "网盘",
    "大附件",
    "文件中转",
    "云附件",
    "下载链接",
    "超大文件",
    "附件地址",
    "提取码",
]
FORMS = {
    "anchor": '<p>{word}</p><a href="{url}">住建局年报</a>',
    "anchor after": "<a href={url}>住建局年报</a>（{word}，30 天内有效）",
    "words of the anchor": "<div><a target=_blank HREF='{url}'><b>进入{word}</b></a></div>",
    "form": '{word}<form action="{url}"><input></form>',
    "text": "{word}：{url} 提取码 ab12",
    "text, angle": "年报\n{word} <{url}>",
    "text, Chinese after": "请从{url}下载（{word}）",
}
HOSTS = ["fs.mail.10086.cn", "wp.county.gov.cn:8443", "10.1.2.3", "mail.unit.edu.cn"]


@pytest.mark.parametrize("form", FORMS)
def test_a_link_of_any_host_is_told_by_the_word_beside_it(form: str) -> None:
    """Each word, each way to write a link, hosts that nobody knows; beside a workbook it is information only."""
    kind = "plain" if form.startswith("text") else "html"
    for word, host in product(WORDS, HOSTS):
        body = text(FORMS[form].format(word=word, url=f"https://{host}/d/x?id=1"), kind)
        (link,) = contents(letter([body], subject="x"))
        assert isinstance(link, Oddity)
        assert link.finding.code == "MAIL_020"
        assert host in link.finding.message
        assert "可能在链接里" in link.finding.message
        (arrived, link) = contents(letter([body, file(BOOK)]))
        assert isinstance(arrived, Arrival)
        assert isinstance(link, Oddity)
        assert (link.finding.code, link.finding.severity.value) == ("MAIL_020", "info")


def test_a_link_to_a_file_is_told_by_its_name() -> None:
    """A workbook or an archive that is linked needs no word; a page does."""
    for body in (
        text('<a href="http://oa.x.gov.cn/f?1">住建局年报.xlsx</a>', "html"), text("http://oa.x.gov.cn/up/a.zip"),
        text("年报.xlsx (3 MB) 请点 http://oa.x.gov.cn/f?1"), text("www.x.gov.cn/%E5%B9%B4%E6%8A%A5.et"),
    ):  # fmt: skip
        assert outcomes(letter([body])) == ["MAIL_020"]
    assert outcomes(letter([forwarded(letter([text("网盘 https://x.cn/1")]), "base64")])) == ["MAIL_020"]
    assert outcomes(
        letter([text('<a href="https://j.x.cn/?u=https%3A%2F%2Fpan.baidu.com%2Fs%2F1">x</a>', "html")])
    ) == ["MAIL_020"]
    assert outcomes(letter([text("年报见附件\n我局网站 http://www.x.gov.cn/")])) == ["MAIL_026"]
    assert outcomes(letter([text("附件太大，稍后用网盘发来")])) == ["MAIL_026"]


def test_looking_for_links_and_files_takes_no_time() -> None:
    """Long texts of the signs that links, tags and files begin with come to an end."""
    for piece in (
        "<",
        "<a href=",
        "http://",
        "www.",
        "begin 644 a\n",
        "> ",
        "M" * 61 + "\n",
        "网盘 http://a.cn ",
        "<!--",
        "a.",
    ):
        assert contents(letter([text(piece * (100_000 // len(piece)), "html"), text(piece * (100_000 // len(piece)))]))
