"""Headers of strangers' messages → text, in the many ways that names are written: RFC 2047, RFC 2231, raw GBK."""

from __future__ import annotations

import binascii
import codecs
import re
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from toolkit.mail.addresses import one_address, plain

NAME_CHARACTERS = 120
HEADER_CHARACTERS = 8_192
"""How much of a header is looked at."""
_CHINESE = {"gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "ms936", "hz-gb-2312", "unknown-8bit", "x-unknown"}
_NO_TEXT = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "utf_16", "utf_32"}
"""Codecs of Python that no letter is written in: slow on long texts, or that take any bytes for something."""
_COMMON_WORDS = re.compile(rb"(?:[\x00-\x7f]++|(?:[\xb0-\xd7][\xa1-\xfe]){2,}+(?![\x80-\xff]))*+")
"""GB2312's first level, the 3,755 common characters, in runs of two or more."""


def text_of(data: bytes, charset: str = "") -> str:
    """Return bytes as text: in the stated charset if it fits, else UTF-8, else GB18030, which every GBK is part of."""
    stated = charset.strip("\"' ").lower()
    tries = ["gb18030"] if stated in _CHINESE - {"unknown-8bit", "x-unknown"} else [stated] if stated else []
    for codec in (*tries, codec_of(data), "gb18030"):
        try:
            if codecs.lookup(codec).name.replace("-", "_") not in _NO_TEXT:
                return data.decode(codec)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("utf-8", "replace")


def answer_text(*parts: bytes | str) -> str:
    """Return a server's answer as one line; servers here answer in UTF-8 or GB18030."""
    return plain(" ".join(text_of(part) if isinstance(part, bytes) else part for part in parts))


def codec_of(data: bytes) -> str:
    """Return utf-8 or gb18030, whichever bytes of no stated charset are likelier written in.

    Some Chinese words in GB18030 (系统, 联通) are well-formed UTF-8 of two-byte letters by chance. Where that reading has
    such letters alone, and the other is words of two or more common characters, it is Chinese.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    foreign = not text.isascii() and all(letter < "\u0800" for letter in text)
    return "gb18030" if foreign and _COMMON_WORDS.fullmatch(data) else "utf-8"


def raw_header(message: Message, name: str) -> str:
    """Return the first header of a name as text, its 8-bit bytes decoded, encoded words still encoded; "" for none."""
    for known, value in message.raw_items():
        if known.lower() == name.lower():
            return text_of(str(value)[:HEADER_CHARACTERS].encode("utf-8", "surrogateescape"))
    return ""


def header_text(message: Message, name: str, most: int = 200) -> str:
    """Return a header as one readable line."""
    return plain(words(raw_header(message, name)), most)


def words(value: str) -> str:
    """Return a text with its RFC 2047 words decoded; one that is ill-formed stays as it is."""
    if "=?" not in value:
        return value
    try:
        parts = decode_header(value)
    except (HeaderParseError, binascii.Error, ValueError):
        return value
    return "".join(part if isinstance(part, str) else text_of(part, charset or "") for part, charset in parts)


def attachment_name(part: Message) -> str:
    """Return the name of an attachment, one line without a path; "" when it states none."""
    for header, parameter in (("Content-Disposition", "filename"), ("Content-Type", "name")):
        value = _parameter(raw_header(part, header), parameter)
        if value:
            return last_name(value)
    return ""


def last_name(value: str) -> str:
    """Return the last component of a path in anyone's spelling, one line, of bounded length."""
    name = plain(value.replace("\\", "/").rstrip("/").rpartition("/")[2], 1000)
    if len(name) <= NAME_CHARACTERS:
        return "" if name in (".", "..") else name
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:NAME_CHARACTERS]}…{dot}{suffix}" if dot and len(suffix) < 10 else name[:NAME_CHARACTERS]


def _parameter(value: str, name: str) -> str:
    if not value:
        return ""
    holder = Message()
    holder["X-Parameters"] = " ".join(value.split())
    try:
        parameter = holder.get_param(name, header="X-Parameters")
    except (TypeError, ValueError, LookupError):  # pieces of one parameter that contradict each other
        return ""
    if parameter is None:
        return ""
    if isinstance(parameter, tuple):
        charset, _, text = parameter
        try:
            data = text.encode("latin-1")  # the text of an extended parameter stands for its bytes
        except UnicodeEncodeError:
            data = text.encode("utf-8", "replace")  # it was not encoded at all
        return text_of(unquote_to_bytes(data) if re.search(rb"%[0-9A-Fa-f]{2}", data) else data, charset or "")
    return words(parameter)


def sender_of(message: Message) -> str:
    """Return the one address in From in lower case; "" for none, several or an ill-formed one."""
    stated = [address for _, address in getaddresses([plain(raw_header(message, "From"), 1000)])]
    address = one_address(stated[0]) if len(stated) == 1 else None
    return "" if address is None else address.lower()


def date_of(message: Message) -> datetime | None:
    """Return the time in Date; one without a zone is taken for UTC, one that is none is None."""
    try:
        stated = parsedate_to_datetime(raw_header(message, "Date"))
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return stated.replace(tzinfo=UTC) if stated.tzinfo is None else stated


def charset_of(part: Message) -> str:
    """Return the charset that a part states, "" for none."""
    return _parameter(raw_header(part, "Content-Type"), "charset")
