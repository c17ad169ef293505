"""Links to files that were put elsewhere instead of being attached, as a letter's text has them; none is ever opened."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

_PLACES: tuple[tuple[str, str], ...] = (
    (
        r"(?:[\w-]+\.)*(?:wx\.mail|mail|exmail)\.qq\.com/(?:ftn|cgi-bin/ftnexs|cgi-bin/ftndown)",
        "QQ 邮箱超大附件（中转站）",
    ),
    (r"(?:[\w-]+\.)*mail\.ftn\.qq\.com(?::\d+)?/", "QQ 邮箱超大附件（中转站）"),
    (
        r"(?:[\w-]+\.)*(?:163|126|yeah)\.(?:com|net)/(?:large-attachment|html/cloud-attachment|fs/display|filehub)",
        "网易邮箱云附件",
    ),
    (r"u\.163\.com/t\d/", "网易邮箱云附件"),
    (r"(?:pan|yun)\.baidu\.com/(?:s|share)", "百度网盘"),
    (r"share\.weiyun\.com/", "腾讯微云"),
    (r"(?:www\.)?(?:aliyundrive|alipan)\.com/s/", "阿里云盘"),
    (r"pan\.quark\.cn/s/", "夸克网盘"),
    (r"cloud\.189\.cn/(?:t|web/share|file/downloadfile)|download\.cloud\.189\.cn/file", "天翼云盘"),
    (r"(?:caiyun|yun)\.139\.com/", "中国移动云盘"),
    (r"pan\.xunlei\.com/s/", "迅雷云盘"),
    (r"(?:www\.)?jianguoyun\.com/p/", "坚果云"),
    (r"(?:www\.)?123pan\.com/s/|(?:www\.)?123\d{3}\.com/s/", "123 云盘"),
    (r"(?:www\.)?115\.com/s/", "115 网盘"),
    (r"(?:[\w-]+\.)?lanzou[a-z]?\.com/", "蓝奏云"),
    (r"(?:www\.)?(?:wenshushu\.cn|cowtransfer\.com)/", "文件中转链接"),
    (r"(?:[\w-]+\.)*mail\.sina\.com\.cn/filecenter", "新浪邮箱中转站"),
    (r"(?:[\w-]+\.)?kdocs\.cn/", "金山文档（在线文档）"),
    (r"docs\.qq\.com/", "腾讯文档（在线文档）"),
    (r"1drv\.ms/|(?:[\w-]+\.)?sharepoint\.com/", "OneDrive"),
)
_KNOWN = tuple((re.compile(rf"(?<![\w.-])(?:https?:)?//({place})", re.IGNORECASE), name) for place, name in _PLACES)
_WORDS = re.compile(
    r"超大附件|大附件|超大文件|云附件|附件链接|附件地址|附件下载|文件链接|文件下载|下载链接|下载地址|文件中转|中转站|网盘|云盘|提取码"
)
"""What programs and people call a file that was put elsewhere; the longer word first."""
_FILE = re.compile(r"[^\s/\\]\.(?:xlsx|xlsm|xls|et|ods|zip|rar|7z)(?![\w.])", re.IGNORECASE)
_LINK = re.compile(
    r"(?:(?:https?|ftp)://|(?<![\w./@-])(?=www\.))([\w.:@%-]+)[^\s<>\"'\u0080-\uffff]*", re.IGNORECASE | re.ASCII
)
_FOOTERS = re.compile(r"/dashi/dlpro|readmail_businesscard", re.IGNORECASE)
"""What mail programs write below a letter about themselves."""
_BEFORE, _AFTER = 200, 100
"""Characters before and after a link, other links left out, that are about it."""
_TAG = re.compile(r"<([^<>]{1,4000})>")
_HREF = re.compile(r"\b(?:href|action)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_WRITTEN_OUT = re.compile(r"(?:https?|ftp):|www\.", re.IGNORECASE)
_BREAKS = re.compile(r"/?(?:br|p|div|tr|li|ul|ol|table|h[1-6]|pre|hr|blockquote|title)\b", re.IGNORECASE)
TEXT_CHARACTERS = 2_000_000
"""How much of a letter is looked through."""


def links(text: str) -> tuple[tuple[str, str], ...]:
    """Return the kinds of places that a letter's text or HTML links to for files, each once with its host.

    A place that is not known is one when a word for such a place, or the name of a file, stands beside the link.
    """
    looked = html.unescape(text[:TEXT_CHARACTERS])
    if "%2F" in looked.upper():
        looked += "\n" + unquote(looked)  # the page that warns of leaving the mailbox has the link in its own
    hosts: dict[str, str] = {}
    for pattern, name in _KNOWN:
        match = pattern.search(looked)
        if match is not None:
            hosts.setdefault(name, match[1].partition("/")[0].lower())
    return tuple(hosts.items()) or tuple(_called(visible(text[:TEXT_CHARACTERS])))


def visible(markup: str) -> str:
    """Return the text that a person sees of HTML, in lines, each link before its words; other text stays as it is."""

    def shown(tag: re.Match[str]) -> str:
        if _WRITTEN_OUT.match(tag[1]):
            return f" {tag[1]} "
        link = _HREF.search(tag[1])
        if link is not None:
            return f" {link[1] or link[2] or link[3] or ''} "
        return "\n" if _BREAKS.match(tag[1]) else ""

    return html.unescape(_TAG.sub(shown, markup)).replace("\xa0", " ")


def _called(text: str) -> Iterator[tuple[str, str]]:
    """Yield what the places are called that a text links to, with their hosts; a host is named once."""
    words: list[str] = []
    places: list[tuple[int, re.Match[str]]] = []
    end = length = 0
    for link in _LINK.finditer(text):
        words.append(text[end : link.start()])
        length += link.start() - end
        places.append((length, link))
        end = link.end()
    whole = "".join(words) + text[end:]
    hosts: set[str] = set()
    for at, link in places:
        host = link[1].rpartition("@")[2].lower()
        if host in hosts or _FOOTERS.search(link[0]):
            continue
        around = whole[max(0, at - _BEFORE) : at + _AFTER]
        line = whole[max(0, at - _BEFORE) : at].rpartition("\n")[2] + whole[at : at + _AFTER].partition("\n")[0]
        word = _WORDS.search(around)
        if word is not None or _FILE.search(unquote(link[0])) or _FILE.search(line):
            hosts.add(host)
            yield f"“{word[0]}”" if word else "文件", host
